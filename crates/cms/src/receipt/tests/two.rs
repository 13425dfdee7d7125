//! Receipts for a message with two signers.

use super::*;
use crate::digest::DigestAlgorithm;
use crate::keys::SignatureScheme;
use crate::signed::Signature;

const ALL: [DigestAlgorithm; 3] =
    [DigestAlgorithm::Sha256, DigestAlgorithm::Sha384, DigestAlgorithm::Sha512];

impl Signer {
    fn of_kind(scheme: SignatureScheme, address: &str) -> Self {
        let key = SigningKey::generate_for(scheme, &mut rng()).unwrap();
        let issuer = Issuer { certificate: &HOUSE.root, key: &HOUSE.root_key };
        let validity = Validity { not_before: NOW - DAY, not_after: NOW + DAY };
        let profile = Profile::PersonSignature { name: "Anna", address, organisation: None };
        let certificate = issue(issuer, profile, &key.spki_der(), validity, &mut rng()).unwrap();
        Self { key, certificate }
    }

    fn signature(&self, content: &[u8], oid: ObjectIdentifier, extra: &[Attribute]) -> Signature {
        let content = ContentRef::with(content, &ALL);
        let asked = request_signature(content, Some(oid), &self.certificate, at(), extra);
        let answer = self.key.answer(&asked);
        asked.answered(answer).unwrap()
    }
}

/// Anna's keys, the old kind first, as it stands in the message.
static ANNAS: std::sync::LazyLock<[Signer; 2]> = std::sync::LazyLock::new(|| {
    [SignatureScheme::P256, SignatureScheme::MlDsa65].map(|kind| Signer::of_kind(kind, ANNA))
});

/// A letter by two, each of whom asks this or nothing.
fn letter_by(signers: &[Signer; 2], asked: [&[Attribute]; 2]) -> Vec<u8> {
    let [one, other] = [0, 1].map(|at| signers[at].signature(CONTENT, ID_DATA, asked[at]));
    one.together_with(other).unwrap().attached(CONTENT, &[], &[])
}

fn read(message: &[u8]) -> Verified<SignedContent> {
    verify_foreign(message, &HOUSE.verification()).passed().unwrap()
}

/// What a program gives that answers one signer alone, with the digest of one of them.
fn answer(bert: &Signer, letter: &Verified<SignedContent>, to: usize, digest_of: usize) -> Vec<u8> {
    let Asking { request, ties } = Asking::of(letter.get()).ok().unwrap();
    let receipt = Receipt {
        content_type: ID_DATA,
        identifier: request.identifier().to_vec(),
        signature: ties[to].signature.clone(),
    };
    let tie = Attribute::octets(MESSAGE_SIGNATURE_DIGEST, &ties[digest_of].digest);
    bert.signs(&receipt.to_der(), ID_CT_RECEIPT, &[tie])
}

#[test]
fn a_message_by_two_gets_one_receipt_and_the_sender_knows_for_which_signature() {
    let (bert, ask) = (Signer::new(BERT), [asked(ReceiptsFrom::All).attribute()]);
    let message = letter_by(&ANNAS, [&ask, &ask]);
    let letter = verify_attached(&message, &HOUSE.verification()).passed().unwrap();
    let sent = SentMessage::new(letter.get(), &[BERT]).unwrap();
    let draft = ReceiptDraft::new(&letter, BERT).unwrap();
    let ours = receipt(&bert, &draft);
    let verified = sent.verify(&ours, &HOUSE.verification()).passed().unwrap();
    assert_eq!((verified.get().recipient(), verified.get().answered_signer()), (BERT, 0));
    // Somebody's program answers the other one.
    for signer in [0, 1] {
        let receipt = answer(&bert, &letter, signer, signer);
        let verified = sent.verify(&receipt, &HOUSE.verification()).passed().unwrap();
        assert_eq!(verified.get().answered_signer(), signer);
        let report = &letter.get().signers()[signer];
        assert_eq!(report.certificate(), Some(&ANNAS[signer].certificate));
    }
    // Bert may sign his receipt twice as well.
    let ties = Asking::of(letter.get()).ok().unwrap().ties;
    let tie = [Attribute::octets(MESSAGE_SIGNATURE_DIGEST, &ties[0].digest)];
    let new = Signer::of_kind(SignatureScheme::MlDsa65, BERT);
    let both = [&bert, &new].map(|it| it.signature(draft.content(), ID_CT_RECEIPT, &tie));
    let [one, other] = both;
    let twice = one.together_with(other).unwrap().attached(draft.content(), &[], &[]);
    assert_eq!(verdict(&sent, &twice), BERT);
    for octet in (0..ours.len()).step_by(3) {
        let mut changed = ours.clone();
        changed[octet] ^= 1 << (octet % 8);
        assert!(sent.verify(&changed, &HOUSE.verification()).passed().is_err(), "octet {octet}");
    }
}

#[test]
fn rcp_014_rcp_016_the_ties_of_a_receipt_are_to_one_signer() {
    let (bert, ask) = (Signer::new(BERT), [asked(ReceiptsFrom::All).attribute()]);
    let letter = read(&letter_by(&ANNAS, [&ask, &ask]));
    let sent = SentMessage::new(letter.get(), &[BERT]).unwrap();
    for (to, digest_of) in [(0, 1), (1, 0)] {
        let mixed = answer(&bert, &letter, to, digest_of);
        assert_eq!(verdict(&sent, &mixed), "SEALPOST_MISMATCH receipt-digest");
    }
    // The same request in another message. Signatures may be deterministic, so it says more.
    let more = [ask[0].clone(), Attribute::octets(MAILING_LIST_HISTORY, b"list")];
    let other = read(&letter_by(&ANNAS, [&more, &more]));
    for signer in [0, 1] {
        let receipt = answer(&bert, &other, signer, signer);
        assert_eq!(verdict(&sent, &receipt), "SEALPOST_MISMATCH receipt-signature-value");
    }
}

#[test]
fn rcp_017_signers_who_ask_for_different_things_get_nothing() {
    let ask = || [asked(ReceiptsFrom::All).attribute()];
    let differ = read(&letter_by(&ANNAS, [&ask(), &ask()]));
    let refused = ReceiptDraft::new(&differ, BERT).err();
    assert_eq!(refused.map(|error| error.code()), Some("receipt-requests-differ"));
    assert!(SentMessage::new(differ.get(), &[BERT]).err() == Some(NoReceipt::RequestsDiffer));
    let silent = read(&letter_by(&ANNAS, [&[], &[]]));
    assert_eq!(ReceiptDraft::new(&silent, BERT).err(), Some(NoReceipt::NotRequested));
    // RFC 2634 §2.2.1: one may ask alone, and is the one who is answered.
    let bert = Signer::new(BERT);
    for signer in [0, 1] {
        let ask = ask();
        let mut asks: [&[Attribute]; 2] = [&[], &[]];
        asks[signer] = &ask;
        let letter = read(&letter_by(&ANNAS, asks));
        let sent = SentMessage::new(letter.get(), &[BERT]).unwrap();
        let receipt = receipt(&bert, &ReceiptDraft::new(&letter, BERT).unwrap());
        let verified = sent.verify(&receipt, &HOUSE.verification()).passed().unwrap();
        assert_eq!(verified.get().answered_signer(), signer);
    }
    // [RCP-009] A list that one signer alone names stands between all the same.
    let direct = asked(ReceiptsFrom::FirstTier).attribute();
    let history = Attribute::octets(MAILING_LIST_HISTORY, b"list");
    let listed = letter_by(&ANNAS, [std::slice::from_ref(&direct), &[direct.clone(), history]]);
    let refused = ReceiptDraft::new(&read(&listed), BERT).err();
    assert_eq!(refused, Some(NoReceipt::ThroughMailingList));
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_takes_our_receipt_for_two_signers_and_we_take_its() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    HOUSE.moves_into(path);
    let bert = bert_moves_into(path);
    // OpenSSL 3.0 verifies all signers first, and knows no ML-DSA.
    let kinds = [SignatureScheme::P256, SignatureScheme::P384];
    let annas = kinds.map(|kind| Signer::of_kind(kind, ANNA));
    let ask = [asked(ReceiptsFrom::All).attribute()];
    let message = letter_by(&annas, [&ask, &ask]);
    let letter = read(&message);
    let sent = SentMessage::new(letter.get(), &[BERT]).unwrap();
    fs::write(path.join("letter.p7m"), &message).unwrap();
    let common = format!("-inform DER -in letter.p7m -CAfile root.pem -attime {NOW} -purpose any");
    let verify = format!("cms -verify_receipt receipt.p7m -rctform DER {common}");
    for signer in [0, 1] {
        fs::write(path.join("receipt.p7m"), answer(&bert, &letter, signer, signer)).unwrap();
        openssl_agrees(path, &verify);
        fs::write(path.join("receipt.p7m"), answer(&bert, &letter, signer, 1 - signer)).unwrap();
        assert!(!openssl(path, &verify).status.success(), "digest of the other");
    }
    let draft = ReceiptDraft::new(&letter, BERT).unwrap();
    fs::write(path.join("receipt.p7m"), receipt(&bert, &draft)).unwrap();
    openssl_agrees(path, &verify);
    let sign = format!("cms -sign_receipt {common} -signer b.pem -inkey b.key -outform DER");
    let theirs = openssl_agrees(path, &format!("{sign} -cades -md sha256"));
    assert_eq!(verdict(&sent, &theirs), BERT);
}
