//! Signatures taken off, exchanged and put on other contents.
//!
//! What is refused says nothing about a content; what is not refused names the one who really signed.

use crate::attributes::{ID_DATA, ObjectIdentifier};
use crate::certificate::Certificate;
use crate::issue::{self, Issuer, Profile, Validity};
use crate::keys::SigningKey;
use crate::signed::{
    ContentRef, SignedContent, request_signature, verify_attached, verify_foreign,
};
use crate::stream;
use crate::testing::{DAY, HOUSE, NOW, rng};
use crate::time::ClaimedTime;
use crate::tlv::{self, Reader, Writer};
use crate::verdict::Outcome;

const ORDER: &[u8] = b"Pay 100 to Bert.";

/// Somebody else whom the same root has certified.
struct Mallory {
    key: SigningKey,
    certificate: Certificate,
}

impl Mallory {
    fn new() -> Self {
        let key = SigningKey::generate(&mut rng());
        let issuer = Issuer { certificate: &HOUSE.root, key: &HOUSE.root_key };
        let profile = Profile::PersonSignature {
            name: "Mallory",
            address: "mallory@north.example",
            organisation: None,
        };
        let validity = Validity { not_before: NOW - DAY, not_after: NOW + DAY };
        let certificate =
            issue::issue(issuer, profile, &key.spki_der(), validity, &mut rng()).unwrap();
        Self { key, certificate }
    }

    fn signs(&self, content: &[u8]) -> Vec<u8> {
        let at = ClaimedTime::from_unix(NOW);
        let asked = request_signature(ContentRef::of(content), None, &self.certificate, at, &[]);
        let answer = self.key.answer(&asked);
        asked.answered(answer).unwrap().attached(content, &[], &[])
    }
}

/// A SignedData in parts: everything in it lies open to whoever has it.
#[derive(Clone)]
struct Parts {
    /// version and digestAlgorithms.
    head: Vec<u8>,
    encapsulated: Vec<u8>,
    certificates: Vec<u8>,
    /// The inside of signerInfos.
    signer_infos: Vec<u8>,
}

impl Parts {
    fn of(message: &[u8]) -> Self {
        const WHAT: &str = "signed message";
        let mut content_info = Reader::new(tlv::only(message, tlv::SEQUENCE, WHAT).unwrap());
        content_info.oid(WHAT).unwrap();
        let mut explicit = content_info.enter(tlv::context(0), WHAT).unwrap();
        let mut fields = explicit.enter(tlv::SEQUENCE, WHAT).unwrap();
        let version = fields.any(WHAT).unwrap().octets;
        let digests = fields.any(WHAT).unwrap().octets;
        Self {
            head: [version, digests].concat(),
            encapsulated: fields.any(WHAT).unwrap().octets.to_vec(),
            certificates: fields.value(tlv::context(0), WHAT).unwrap().to_vec(),
            signer_infos: fields.value(tlv::SET, WHAT).unwrap().to_vec(),
        }
    }

    fn message(&self) -> Vec<u8> {
        wrapped(&crate::attributes::ID_SIGNED_DATA, |explicit| {
            explicit.nest(tlv::SEQUENCE, |fields| {
                fields.raw(&self.head);
                fields.raw(&self.encapsulated);
                fields.element(tlv::context(0), &self.certificates);
                fields.element(tlv::SET, &self.signer_infos);
            });
        })
    }

    /// The SignerInfo with another issuerAndSerialNumber.
    fn naming(&self, certificate: &Certificate) -> Self {
        let mut fields = Reader::new(tlv::only(&self.signer_infos, tlv::SEQUENCE, "").unwrap());
        let version = fields.any("").unwrap().octets;
        fields.any("sid").unwrap();
        let mut info = Writer::new();
        info.raw(version);
        let sid = [certificate.issuer_der(), certificate.serial_der()].concat();
        info.element(tlv::SEQUENCE, &sid);
        while let Ok(rest) = fields.any("") {
            info.raw(rest.octets);
        }
        let signer_infos = tlv::element(tlv::SEQUENCE, info.octets());
        Self { signer_infos, ..self.clone() }
    }
}

fn wrapped(outer_type: &ObjectIdentifier, inside: impl FnOnce(&mut Writer)) -> Vec<u8> {
    tlv::nested(tlv::SEQUENCE, |content_info| {
        content_info.oid(outer_type);
        content_info.nest(tlv::context(0), inside);
    })
}

fn anna_signs() -> Vec<u8> {
    HOUSE.signs(ORDER).attached(ORDER, &[], &[])
}

/// What every entrance says: the code of the shortfall, or `passed`.
fn said(message: &[u8]) -> [&'static str; 3] {
    let v = HOUSE.verification();
    let code = |outcome: Outcome<SignedContent>| match outcome.passed() {
        Ok(_) => "passed",
        Err(shortfall) => shortfall.sub.code(),
    };
    let flowed = match stream::verify(message, Vec::new(), u64::MAX, &v) {
        Ok(outcome) => outcome.passed().map_or_else(|miss| miss.sub.code(), |_| "passed"),
        // A stream breaks off where it is malformed, which is that verdict.
        Err(_) => "FORMAT_FAILURE",
    };
    [code(verify_attached(message, &v)), code(verify_foreign(message, &v)), flowed]
}

#[test]
fn what_anna_signed_passes_at_every_entrance() {
    assert_eq!(said(&anna_signs()), ["passed"; 3]);
    let message = anna_signs();
    assert!(Parts::of(&message).message() == message, "taking apart changes nothing");
}

#[test]
fn a_content_whose_signature_was_taken_off_is_nobodys() {
    let stripped = Parts { signer_infos: Vec::new(), ..Parts::of(&anna_signs()) };
    assert_eq!(said(&stripped.message()), ["FORMAT_FAILURE"; 3], "no signer is left");
    assert_eq!(said(ORDER), ["FORMAT_FAILURE"; 3], "nothing but the content is left");
    let plain = wrapped(&ID_DATA, |explicit| explicit.element(tlv::OCTET_STRING, ORDER));
    assert_eq!(said(&plain), ["FORMAT_FAILURE"; 3], "id-data says who signed: nobody");
}

#[test]
fn a_signature_does_not_move_to_another_content() {
    let theirs = Parts::of(&Mallory::new().signs(b"Pay 900 to Mallory."));
    let moved = Parts { encapsulated: theirs.encapsulated, ..Parts::of(&anna_signs()) };
    assert_eq!(said(&moved.message()), ["HASH_FAILURE"; 3]);
}

#[test]
fn nobody_puts_their_name_under_annas_signature() {
    let mallory = Mallory::new();
    let honest = Parts::of(&anna_signs());
    let renamed = honest.naming(&mallory.certificate);
    // Both certificates in hand, the other alone, and neither.
    let own = HOUSE.anna.der();
    let other = mallory.certificate.der();
    let mut both = [own.to_vec(), other.to_vec()];
    both.sort();
    for certificates in [both.concat(), other.to_vec()] {
        let swapped = Parts { certificates, ..renamed.clone() };
        // signing-certificate-v2, which Anna signed, binds hers.
        assert_eq!(said(&swapped.message()), ["FORMAT_FAILURE"; 3]);
    }
    let missing = Parts { certificates: other.to_vec(), ..honest };
    assert_eq!(said(&missing.message()), ["NO_SIGNING_CERTIFICATE_FOUND"; 3]);
}

#[test]
fn a_certificate_with_annas_name_and_number_does_not_take_her_place() {
    let key = SigningKey::generate(&mut rng());
    let (own, hers) = (key.spki_der(), HOUSE.anna.spki_der());
    let at = HOUSE.anna.der().windows(hers.len()).position(|octets| octets == hers).unwrap();
    let mut twin = HOUSE.anna.der().to_vec();
    twin[at..at + own.len()].copy_from_slice(&own);
    let read = Certificate::from_der(&twin).unwrap();
    assert_eq!((read.serial(), read.spki_der()), (HOUSE.anna.serial(), own));
    let swapped = Parts { certificates: twin, ..Parts::of(&anna_signs()) };
    assert_eq!(said(&swapped.message()), ["FORMAT_FAILURE"; 3]);
}

#[test]
fn whoever_signs_a_copied_content_is_named_as_its_signer() {
    let mallory = Mallory::new();
    let copied = mallory.signs(ORDER);
    let verified = verify_attached(&copied, &HOUSE.verification()).passed().unwrap();
    assert_eq!(verified.finding().signer, mallory.certificate);
    assert_ne!(verified.finding().signer, HOUSE.anna);
}
