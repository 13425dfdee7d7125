//! Two signers of one message, each archived for itself (EN 319 122-1 §5.5.3).

mod checks;

use proptest::prelude::*;

use super::checks::{FORMAT, HASH, rebuilt_for_all, tokens_of};
use super::*;
use crate::attributes::{ARCHIVE_TIME_STAMP_V3, Attribute};
use crate::cades::index::HashIndex;
use crate::cades::parts::Parts;
use crate::signed::verify_attached;

const DIGESTS: [DigestAlgorithm; 3] =
    [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];
const EXPIRED: (&str, &str) = ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE");

/// One of Anna's keys.
struct Key {
    key: SigningKey,
    certificate: Certificate,
}

impl Key {
    fn new(scheme: SignatureScheme) -> Self {
        let key = SigningKey::generate_for(scheme, &mut rng()).unwrap();
        let address = "anna@north.example";
        let profile = Profile::PersonSignature { name: "Anna", address, organisation: None };
        let certificate = issued(profile, &key, NOW - YEAR, NOW + 2 * YEAR);
        Self { key, certificate }
    }

    fn signs(&self, content: &[u8]) -> Signature {
        let content = ContentRef::with(content, &DIGESTS);
        let at = ClaimedTime::from_unix(NOW);
        let asked = request_signature_with(None, content, None, &self.certificate, at, &[]);
        let asked = asked.unwrap();
        let answer = self.key.answer(&asked);
        asked.answered(answer).unwrap()
    }

    fn signs_in_time(&self, content: &[u8], at: i64) -> Signature {
        let signature = self.signs(content);
        let request = signature.time_stamp_request(7);
        signature.with_time_stamp(WORLD.tsa[0].stamps(&request, at))
    }
}

/// As letters have it: an old kind of key and a new one. ECDSA stands first, being shorter.
static PAIR: std::sync::LazyLock<[Key; 2]> =
    std::sync::LazyLock::new(|| [SignatureScheme::P256, SignatureScheme::MlDsa65].map(Key::new));

fn stamped(content: &[u8]) -> Vec<u8> {
    let [old, new] = &*PAIR;
    let both = old.signs_in_time(content, NOW).together_with(new.signs_in_time(content, NOW + 20));
    both.unwrap().attached(content, &[], &[])
}

fn long_term(content: &[u8]) -> Vec<u8> {
    let root = std::slice::from_ref(&HOUSE.root);
    with_validation_data(&stamped(content), root, &HOUSE.crls).unwrap()
}

fn archived(content: &[u8]) -> Vec<u8> {
    WORLD.archives(&long_term(content), &around(FIRST), 1, DigestAlgorithm::Sha256, FIRST)
}

/// The archive time-stamps of the signers at these places are taken out.
fn without(message: &[u8], places: &[usize]) -> Vec<u8> {
    let tokens = tokens_of(message);
    rebuilt_for_all(message, |_, _, attributes| {
        for at in places {
            let value_der = tokens[*at].clone();
            let stamp = Attribute { oid: ARCHIVE_TIME_STAMP_V3, value_der }.to_der();
            attributes[*at].retain(|attribute| *attribute != stamp);
        }
    })
}

fn levels(preserved: &Preserved) -> Vec<Level> {
    preserved.signers().iter().map(Preservation::level).collect()
}

#[test]
fn two_signers_are_archived_each_for_itself_and_again_years_later() {
    let message = archived(CONTENT);
    let verified = at(&message, LATER).passed().unwrap();
    assert_eq!(verified.get().signed().content(), CONTENT);
    assert_eq!(levels(verified.get()), [Level::Archived; 2]);
    let finding = verified.finding();
    assert_eq!(finding.signer, PAIR[0].certificate);
    assert_eq!(finding.cosigners, std::slice::from_ref(&PAIR[1].certificate));
    // Both existed when the later one did.
    assert_eq!(finding.proven_time.map(|time| time.unix()), Some(NOW + 20));
    // One time-stamp does not do for both.
    let tokens = tokens_of(&message);
    assert_ne!(tokens[0], tokens[1]);

    let crl = around(SECOND);
    let renewed = WORLD.archives(&message, &crl, 2, DigestAlgorithm::Sha512, SECOND);
    let verified = at(&renewed, MUCH_LATER).passed().unwrap();
    for signer in verified.get().signers() {
        let proofs: Vec<_> = signer.proofs().iter().map(|it| (it.time.unix(), it.digest)).collect();
        assert_eq!(proofs, [(FIRST, DigestAlgorithm::Sha256), (SECOND, DigestAlgorithm::Sha512)]);
    }
    assert_eq!(code(&at(&message, MUCH_LATER)), EXPIRED, "whoever forgets to renew loses both");
}

#[test]
fn a_message_by_two_has_the_levels_that_one_has() {
    let [old, new] = &*PAIR;
    let bare = old.signs(CONTENT).together_with(new.signs(CONTENT)).unwrap();
    let bare = bare.attached(CONTENT, &[], &[]);
    for (message, level) in [
        (bare, Level::Signed),
        (stamped(CONTENT), Level::TimeStamped),
        (long_term(CONTENT), Level::LongTerm),
        (archived(CONTENT), Level::Archived),
    ] {
        let now = if level == Level::Archived { FIRST } else { NOW + 60 };
        let verified = at(&message, now).passed().unwrap();
        assert_eq!(verified.get().level(), level);
    }
    // B-LT is still a message of ours.
    let now = LocalTime::from_unix(NOW + 60);
    let alone = Verification { crls: &[], now, ..HOUSE.verification() };
    assert_eq!(code(&verify_attached(&long_term(CONTENT), &alone)), PASSED);
}

#[test]
fn what_is_added_for_one_signer_leaves_the_index_of_the_other_whole() {
    let message = archived(CONTENT);
    // EN 319 122-1 §5.5.2: what comes later is permitted, and not covered.
    let more = [WORLD.tsa[2].certificate.clone()];
    let more = with_validation_data(&message, &more, &[around(NOW + 3)]).unwrap();
    assert_eq!(code(&at(&more, LATER)), PASSED);
    // A second archive time-stamp for the second signer alone, with a certificate and a list of then.
    let parts = Parts::read(&more).unwrap();
    let signer = &parts.signers[1];
    let index = HashIndex::over(&parts, signer, DigestAlgorithm::Sha512).unwrap();
    let content = DigestAlgorithm::Sha512.of(CONTENT);
    let request = TimeStampRequest::with_imprint(index.imprint(&parts, signer, &content), 7);
    let token = WORLD.tsa[1].stamps(&request, FIRST + DAY);
    let token = Parts::read(&token).unwrap();
    let oid = crate::attributes::ATS_HASH_INDEX_V3;
    let value_der = token.with(&[], &[], &[Attribute { oid, value_der: index.der }]);
    let renewed = rebuilt_for_all(&more, |_, _, attributes| {
        attributes[1].push(Attribute { oid: ARCHIVE_TIME_STAMP_V3, value_der }.to_der());
    });
    let renewed = with_validation_data(&renewed, &[], &[around(FIRST + DAY)]).unwrap();
    let verified = at(&renewed, LATER).passed().unwrap();
    let counts: Vec<_> = verified.get().signers().iter().map(|it| it.proofs().len()).collect();
    assert_eq!(counts, [1, 2]);
    // What is shared and covered, both miss.
    let cut = rebuilt_for_all(&message, |_, crls, _| crls.retain(|it| it != HOUSE.crls[0].der()));
    let outcome = at(&cut, LATER);
    assert_eq!(code(&outcome), HASH);
    assert!(outcome.shortfall().unwrap().detail.ends_with("HASH_FAILURE"), "of the second, too");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_signers_are_archived_and_renewed_and_any_flipped_bit_is_found(
        content in prop::collection::vec(any::<u8>(), 0..3000),
        second in prop::option::of(0..KINDS.len()),
        digests in prop::collection::vec(0..DIGESTS.len(), 1..3),
        place in any::<prop::sample::Index>(),
        bit in 0..8u8,
    ) {
        let one = PAIR[0].signs_in_time(&content, NOW);
        let both = match second {
            Some(kind) => one.together_with(KINDS[kind].signs_in_time(&content, NOW)).unwrap(),
            None => one,
        };
        let message = both.attached(&content, &[], &[]);
        let mut message = with_validation_data(&message, &[], &HOUSE.crls).unwrap();
        let times = [(1, FIRST, LATER), (2, SECOND, MUCH_LATER)];
        for (digest, (authority, at, _)) in digests.iter().zip(times) {
            message = WORLD.archives(&message, &around(at), authority, DIGESTS[*digest], at);
        }
        let read = times[digests.len() - 1].2;
        let verified = at(&message, read).passed().unwrap();
        prop_assert!(verified.get().signed().content() == content);
        prop_assert_eq!(verified.get().level(), Level::Archived);
        let count = 1 + usize::from(second.is_some());
        prop_assert_eq!(verified.get().signers().len(), count);
        for signer in verified.get().signers() {
            prop_assert_eq!(signer.proofs().len(), digests.len());
        }
        let place = place.index(message.len());
        message[place] ^= 1 << bit;
        prop_assert!(at(&message, read).passed().is_err());
    }
}

static KINDS: std::sync::LazyLock<[Key; 4]> = std::sync::LazyLock::new(|| {
    use SignatureScheme::{Ed25519, MlDsa65, P256, P384};
    [P256, P384, Ed25519, MlDsa65].map(Key::new)
});
