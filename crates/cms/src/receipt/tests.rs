mod two;

use std::fs;

use super::*;
use crate::attributes::{Attribute, ID_DATA};
use crate::certificate::Certificate;
use crate::issue::{Issuer, Profile, Validity, issue};
use crate::keys::SigningKey;
use crate::signed::{ContentRef, digests_for, request_signature, verify_attached, verify_foreign};
use crate::testing::{DAY, HOUSE, NOW, openssl, openssl_agrees, rng};
use crate::time::ClaimedTime;
use crate::verdict::{Outcome, Verified};

const CONTENT: &[u8] = b"Dear Bert,\r\nthe lease ends.\r\n";
const BERT: &str = "bert@south.example";
const ANNA: &str = "anna@north.example";

fn at() -> ClaimedTime {
    ClaimedTime::from_unix(NOW)
}

/// Somebody who signs.
struct Signer {
    key: SigningKey,
    certificate: Certificate,
}

impl Signer {
    fn new(address: &str) -> Self {
        let key = SigningKey::generate(&mut rng());
        let issuer = Issuer { certificate: &HOUSE.root, key: &HOUSE.root_key };
        let validity = Validity { not_before: NOW - DAY, not_after: NOW + DAY };
        let profile = Profile::PersonSignature { name: "Bert", address, organisation: None };
        let certificate = issue(issuer, profile, &key.spki_der(), validity, &mut rng()).unwrap();
        Self { key, certificate }
    }

    fn signs(&self, content: &[u8], oid: ObjectIdentifier, extra: &[Attribute]) -> Vec<u8> {
        let digested = ContentRef::with(content, &digests_for(&[&self.certificate]));
        let asked = request_signature(digested, Some(oid), &self.certificate, at(), extra);
        let answer = self.key.answer(&asked);
        asked.answered(answer).unwrap().attached(content, &[], &[])
    }
}

fn asked(from: ReceiptsFrom) -> ReceiptRequest {
    ReceiptRequest::new(&HOUSE.anna, at(), from, vec![ANNA.to_owned()], &mut rng()).unwrap()
}

/// Anna's letter with these attributes, as it is read.
fn letter(attributes: &[Attribute]) -> (Vec<u8>, Verified<SignedContent>) {
    let digested = ContentRef::of(CONTENT);
    let asked = request_signature(digested, None, &HOUSE.anna, at(), attributes);
    let answer = HOUSE.anna_key.answer(&asked);
    let message = asked.answered(answer).unwrap().attached(CONTENT, &[], &[]);
    let verified = verify_attached(&message, &HOUSE.verification()).passed().unwrap();
    (message, verified)
}

fn receipt(signer: &Signer, draft: &ReceiptDraft) -> Vec<u8> {
    let asked = draft.request_signature(&signer.certificate, at());
    let answer = signer.key.answer(&asked);
    asked.answered(answer).unwrap().attached(draft.content(), &[], &[])
}

fn verdict(sent: &SentMessage, receipt: &[u8]) -> String {
    let outcome = sent.verify(receipt, &HOUSE.verification());
    match outcome {
        Outcome::TotalPassed(verified) => verified.get().recipient().to_owned(),
        Outcome::Indeterminate(_, shortfall) | Outcome::TotalFailed(shortfall) => {
            let detail = shortfall.detail.split(':').next().unwrap_or_default().to_owned();
            format!("{} {detail}", shortfall.sub.code())
        }
    }
}

#[test]
fn a_receipt_proves_that_the_recipients_program_verified_this_signature() {
    let bert = Signer::new(BERT);
    for from in [
        ReceiptsFrom::All,
        ReceiptsFrom::FirstTier,
        ReceiptsFrom::List(vec!["carl@south.example".to_owned(), "Bert@South.example".to_owned()]),
    ] {
        let (_, letter) = letter(&[asked(from).attribute()]);
        let sent = SentMessage::new(letter.get(), &["carl@south.example", BERT]).unwrap();
        let draft = ReceiptDraft::new(&letter, BERT).unwrap();
        assert_eq!(draft.to(), [ANNA]);
        let receipt = receipt(&bert, &draft);
        let verified = sent.verify(&receipt, &HOUSE.verification()).passed().unwrap();
        assert_eq!(verified.get().recipient(), BERT);
        assert_eq!(verified.finding().signer, bert.certificate);
    }
}

#[test]
fn rcp_007_rcp_008_rcp_009_not_everybody_answers_everything() {
    let refused = |letter: &Verified<SignedContent>| {
        ReceiptDraft::new(letter, BERT).err().map(|error| error.code())
    };
    assert_eq!(refused(&letter(&[]).1), Some("receipt-not-requested"));
    let malformed = Attribute::octets(RECEIPT_REQUEST, b"please");
    assert_eq!(refused(&letter(&[malformed]).1), Some("receipt-request-malformed"));
    // [RCP-007]
    let request = asked(ReceiptsFrom::All).attribute();
    let bert = Signer::new(BERT);
    let receipt = bert.signs(b"0", ID_CT_RECEIPT, std::slice::from_ref(&request));
    let receipt = verify_foreign(&receipt, &HOUSE.verification()).passed().unwrap();
    assert_eq!(refused(&receipt), Some("receipt-for-receipt"));
    // [RCP-008]
    let others = asked(ReceiptsFrom::List(vec!["carl@south.example".to_owned()]));
    assert_eq!(refused(&letter(&[others.attribute()]).1), Some("receipt-asked-of-others"));
    // [RCP-009]
    let history = Attribute::octets(MAILING_LIST_HISTORY, b"list");
    let direct = asked(ReceiptsFrom::FirstTier).attribute();
    let through = letter(&[direct, history.clone()]).1;
    assert_eq!(refused(&through), Some("receipt-not-first-tier"));
    assert_eq!(refused(&letter(&[request, history]).1), None);
}

#[test]
fn rcp_010_to_rcp_016_each_tie_is_missed_alone() {
    let bert = Signer::new(BERT);
    let (_, letter) = letter(&[asked(ReceiptsFrom::All).attribute()]);
    let sent = SentMessage::new(letter.get(), &[BERT]).unwrap();
    let good = Receipt::from_der(ReceiptDraft::new(&letter, BERT).unwrap().content()).unwrap();
    let tie = |digest: &[u8]| Attribute::octets(MESSAGE_SIGNATURE_DIGEST, digest);
    let digest = Asking::of(letter.get()).ok().unwrap().ties[0].digest.clone();
    let with = |receipt: &Receipt| {
        verdict(&sent, &bert.signs(&receipt.to_der(), ID_CT_RECEIPT, &[tie(&digest)]))
    };
    assert_eq!(with(&good), BERT);
    // [RCP-010]
    let carl = Signer::new("carl@south.example");
    let by_carl = carl.signs(&good.to_der(), ID_CT_RECEIPT, &[tie(&digest)]);
    assert_eq!(verdict(&sent, &by_carl), "SEALPOST_MISMATCH receipt-signer");
    // [RCP-011]
    let as_data = bert.signs(&good.to_der(), ID_DATA, &[tie(&digest)]);
    assert_eq!(verdict(&sent, &as_data), "SEALPOST_MISMATCH receipt-type");
    // [RCP-012]
    let other = Receipt { content_type: ID_CT_RECEIPT, ..good.clone() };
    assert_eq!(with(&other), "SEALPOST_MISMATCH receipt-content-type");
    // [RCP-013]
    let other = Receipt { identifier: b"another".to_vec(), ..good.clone() };
    assert_eq!(with(&other), "SEALPOST_MISMATCH receipt-identifier");
    // [RCP-014]
    let mut signature = good.signature.clone();
    signature[9] ^= 1;
    let other = Receipt { signature, ..good.clone() };
    assert_eq!(with(&other), "SEALPOST_MISMATCH receipt-signature-value");
    // [RCP-015]
    let untied = bert.signs(&good.to_der(), ID_CT_RECEIPT, &[]);
    assert!(verdict(&sent, &untied).starts_with("FORMAT_FAILURE"));
    // [RCP-016]
    let other = bert.signs(&good.to_der(), ID_CT_RECEIPT, &[tie(&[7; 32])]);
    assert_eq!(verdict(&sent, &other), "SEALPOST_MISMATCH receipt-digest");
    // [RCP-001]
    let mut version = good.to_der();
    let at = version.windows(3).position(|it| it == [tlv::INTEGER, 1, 1]).unwrap();
    version[at + 2] = 2;
    let version = bert.signs(&version, ID_CT_RECEIPT, &[tie(&digest)]);
    assert!(verdict(&sent, &version).starts_with("FORMAT_FAILURE version of a receipt"));
}

#[test]
fn a_doubtful_signature_makes_a_doubtful_receipt_and_a_changed_one_none() {
    let bert = Signer::new(BERT);
    let (_, letter) = letter(&[asked(ReceiptsFrom::All).attribute()]);
    let sent = SentMessage::new(letter.get(), &[BERT]).unwrap();
    let receipt = receipt(&bert, &ReceiptDraft::new(&letter, BERT).unwrap());
    let revoked = [HOUSE.revokes(&[(&bert.certificate, NOW - 60)])];
    let v = crate::signed::Verification { crls: &revoked, ..HOUSE.verification() };
    let outcome = sent.verify(&receipt, &v);
    assert_eq!(outcome.shortfall().map(|it| it.sub.code()), Some("REVOKED_NO_POE"));
    assert_eq!(outcome.indication(), "INDETERMINATE");
    for octet in 0..receipt.len() {
        let mut changed = receipt.clone();
        changed[octet] ^= 1 << (octet % 8);
        assert!(sent.verify(&changed, &HOUSE.verification()).passed().is_err(), "octet {octet}");
    }
}

#[test]
fn rcp_002_to_rcp_006_requests_are_bounded_and_read_back() {
    let many = |count: usize| (0..count).map(|n| format!("p{n}@x.example")).collect::<Vec<_>>();
    let new = |from, to| ReceiptRequest::new(&HOUSE.anna, at(), from, to, &mut rng());
    for request in [
        new(ReceiptsFrom::All, many(1)),
        new(ReceiptsFrom::FirstTier, many(16)),
        new(ReceiptsFrom::List(many(1000)), many(1)),
    ] {
        let request = request.unwrap();
        assert!(ReceiptRequest::from_der(&request.to_der()).unwrap() == request);
    }
    // [RCP-002]
    assert!(new(ReceiptsFrom::All, many(0)).is_none());
    assert!(new(ReceiptsFrom::All, many(17)).is_none());
    assert!(new(ReceiptsFrom::List(Vec::new()), many(1)).is_none());
    assert!(new(ReceiptsFrom::List(many(1001)), many(1)).is_none());
    for address in ["", "anna", "@x", "a@", "a@b@c", "a b@c", "a@b\r\n", "ä@b", "<a@b>"] {
        assert!(new(ReceiptsFrom::All, vec![address.to_owned()]).is_none(), "{address:?}");
    }
    let built = |identifier: &[u8], from: &[u8], to: &[Vec<u8>]| {
        let der = tlv::nested(tlv::SEQUENCE, |request| {
            request.element(tlv::OCTET_STRING, identifier);
            request.raw(from);
            request.element(tlv::SEQUENCE, &to.concat());
        });
        ReceiptRequest::from_der(&der).err().map(|error| error.code())
    };
    let name = |tag, octets: &[u8]| tlv::element(tlv::SEQUENCE, &tlv::element(tag, octets));
    let (all, anna) = ([0x80, 1, 0], name(0x81, ANNA.as_bytes()));
    assert_eq!(built(b"id", &all, std::slice::from_ref(&anna)), None);
    // [RCP-003]
    assert_eq!(built(b"", &all, std::slice::from_ref(&anna)), Some("malformed"));
    let long = [7; limits::CONTENT_IDENTIFIER_OCTETS_MAX + 1];
    assert_eq!(built(&long, &all, std::slice::from_ref(&anna)), Some("malformed"));
    assert_eq!(built(b"id", &[0x80, 1, 2], std::slice::from_ref(&anna)), Some("malformed"));
    // [RCP-004]
    assert_eq!(built(b"id", &all, &[]), Some("malformed"));
    assert_eq!(built(b"id", &all, &[name(0x82, b"x.example")]), Some("malformed"));
    // [RCP-005]
    assert_eq!(built(b"id", &all, &vec![anna.clone(); 17]), Some("too-many"));
    // [RCP-006]
    assert_eq!(built(b"id", &all, &[name(0x81, b"a@b\r\nBcc: c@d")]), Some("malformed"));
}

/// Bert's key and certificate, for OpenSSL.
fn bert_moves_into(path: &std::path::Path) -> Signer {
    let bert = Signer::new(BERT);
    let pem = der::pem::LineEnding::LF;
    let key = der::pem::encode_string("PRIVATE KEY", pem, &bert.key.to_pkcs8_der()).unwrap();
    fs::write(path.join("b.key"), key).unwrap();
    fs::write(path.join("b.pem"), bert.certificate.to_pem()).unwrap();
    bert
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn openssl_reads_our_request_answers_it_and_takes_our_receipt() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    HOUSE.moves_into(path);
    let bert = bert_moves_into(path);
    let (message, letter) = letter(&[asked(ReceiptsFrom::All).attribute()]);
    let sent = SentMessage::new(letter.get(), &[BERT]).unwrap();
    fs::write(path.join("letter.p7m"), &message).unwrap();
    let common = format!("-inform DER -in letter.p7m -CAfile root.pem -attime {NOW} -purpose any");
    // OpenSSL answers us; without -cades it does not say whose certificate it was.
    let sign = format!("cms -sign_receipt {common} -signer b.pem -inkey b.key -outform DER");
    let plain = openssl_agrees(path, &sign);
    assert!(verdict(&sent, &plain).starts_with("SIG_CONSTRAINTS_FAILURE"));
    let tied = openssl_agrees(path, &format!("{sign} -cades -md sha256"));
    assert_eq!(verdict(&sent, &tied), BERT);
    // OpenSSL holds ours against the letter, and another letter's against it.
    let verify = format!("cms -verify_receipt receipt.p7m -rctform DER {common}");
    let draft = ReceiptDraft::new(&letter, BERT).unwrap();
    fs::write(path.join("receipt.p7m"), receipt(&bert, &draft)).unwrap();
    openssl_agrees(path, &verify);
    let other = super::tests::letter(&[asked(ReceiptsFrom::All).attribute()]).1;
    let other = receipt(&bert, &ReceiptDraft::new(&other, BERT).unwrap());
    fs::write(path.join("receipt.p7m"), other).unwrap();
    assert!(!openssl(path, &verify).status.success());
}

#[test]
#[cfg_attr(target_arch = "wasm32", ignore = "runs a foreign program")]
fn we_answer_what_openssl_asks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    HOUSE.moves_into(path);
    let bert = Signer::new(BERT);
    fs::write(path.join("content"), CONTENT).unwrap();
    let sign = "cms -sign -binary -nodetach -cades -md sha256 -outform DER -in content \
                -signer anna.pem -inkey anna.key -receipt_request_to anna@north.example";
    for from in [
        "-receipt_request_all",
        "-receipt_request_first",
        "-receipt_request_from bert@south.example",
    ] {
        let message = openssl_agrees(path, &format!("{sign} {from}"));
        let letter = verify_foreign(&message, &HOUSE.verification()).passed().unwrap();
        let draft = ReceiptDraft::new(&letter, BERT).unwrap();
        assert_eq!(draft.to(), [ANNA]);
        fs::write(path.join("letter.p7m"), &message).unwrap();
        fs::write(path.join("receipt.p7m"), receipt(&bert, &draft)).unwrap();
        openssl_agrees(
            path,
            &format!(
                "cms -verify_receipt receipt.p7m -rctform DER -inform DER -in letter.p7m \
                 -CAfile root.pem -attime {NOW} -purpose any"
            ),
        );
    }
}

proptest::proptest! {
    #[test]
    fn any_octets_are_read_or_refused(
        octets in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200),
    ) {
        proptest::prop_assert!(Receipt::from_der(&octets).is_err());
        let _ = ReceiptRequest::from_der(&octets);
    }
}
