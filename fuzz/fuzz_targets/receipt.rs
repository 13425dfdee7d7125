//! Requests for receipts, and receipts: one encoding each, and nothing counts as a receipt for a
//! message but what repeats its signature.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealpost_cms::attributes::Attribute;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::receipt::{
    ID_CT_RECEIPT, MESSAGE_SIGNATURE_DIGEST, RECEIPT_REQUEST, ReceiptDraft, ReceiptRequest,
    SentMessage,
};
use sealpost_cms::signed::{ContentRef, request_signature, verify_foreign};
use sealpost_cms::time::ClaimedTime;
use sealpost_fuzz::{CONTENT, House, NOW, read, signing_key};
use std::sync::LazyLock;

static HOUSE: LazyLock<House> = LazyLock::new(House::new);

/// A message that asks, signed while the target runs: no input can know its signature.
static SENT: LazyLock<SentMessage> = LazyLock::new(|| {
    let request = ReceiptRequest::from_der(&read("receipt/request_all.der"));
    let message = HOUSE.signs(CONTENT, &[request.expect("a seed").attribute()]);
    let verified = verify_foreign(&message, &HOUSE.verification(KeyPurpose::LetterSignature));
    let verified = verified.passed().unwrap_or_else(|shortfall| panic!("{shortfall}"));
    SentMessage::new(verified.get(), &["anna@north.example"]).expect("it has a request")
});

fuzz_target!(init: LazyLock::force(&SENT), |octets: &[u8]| {
    if let Ok(request) = ReceiptRequest::from_der(octets) {
        let again = ReceiptRequest::from_der(&request.to_der()).expect("our own request is read");
        assert!(again == request, "written otherwise than read");
        assert!((1..=16).contains(&request.to().len()));
    }
    let verification = HOUSE.verification(KeyPurpose::LetterSignature);
    // Whoever asks with this attribute gets an answer or a reason, and no more.
    let attribute = Attribute { oid: RECEIPT_REQUEST, value_der: octets.to_vec() };
    if let Ok(asking) = verify_foreign(&HOUSE.signs(CONTENT, &[attribute]), &verification).passed() {
        if let Ok(draft) = ReceiptDraft::new(&asking, "bert@south.example") {
            assert!(draft.to().iter().all(|address| address.contains('@') && address.is_ascii()));
        }
    }
    // The content of a receipt, signed by somebody who was asked.
    let tie = Attribute::octets(MESSAGE_SIGNATURE_DIGEST, &[7; 32]);
    let (content, time) = (ContentRef::of(octets), ClaimedTime::from_unix(NOW));
    let asked = request_signature(content, Some(ID_CT_RECEIPT), HOUSE.signer(), time, &[tie]);
    let answer = signing_key("anna signature").answer(&asked);
    let signature = asked.answered(answer).expect("the key is the certificate's");
    let receipt = signature.attached(octets, &[], &[]);
    assert!(SENT.verify(&receipt, &verification).passed().is_err(), "a receipt for nothing");
    assert!(SENT.verify(octets, &verification).passed().is_err(), "a receipt by nobody");
});
