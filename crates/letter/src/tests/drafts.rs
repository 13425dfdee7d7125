//! Drafts that become no letter, and recipients who become none.

use super::house::{House, NOW, address, person, rng};
use crate::draft::{Draft, Recipient};
use crate::error::{ComposeError, RecipientError};
use crate::limits;
use crate::{Signers, compose};
use sealpost_cms::time::{ClaimedTime, Deadline};
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::ConsignmentMode::{Basic, Signed};

fn refusal(house: &House, draft: &Draft) -> ComposeError {
    refusal_with(draft, &[house.recipient(&house.bert)])
}

fn refusal_with(draft: &Draft, recipients: &[Recipient]) -> ComposeError {
    compose(draft, recipients, ClaimedTime::from_unix(NOW), &mut rng()).unwrap_err()
}

#[test]
fn let_001_a_certificate_of_another_address_makes_no_recipient() {
    let house = House::new();
    let certificate = house.bert.encryption.1.clone();
    let made = Recipient::verified(house.cleo.address.clone(), certificate, &house.verification());
    assert_eq!(made.unwrap_err(), RecipientError::OtherAddress);
}

#[test]
fn let_002_a_certificate_that_is_revoked_untrusted_or_for_signing_makes_no_recipient() {
    let house = House::new();
    let sub = |certificate, verification| match Recipient::verified(
        house.bert.address.clone(),
        certificate,
        &verification,
    ) {
        Err(RecipientError::Certificate(shortfall)) => shortfall.sub,
        _ => panic!("no shortfall"),
    };
    let certificate = &house.bert.encryption.1;
    let revoked = [house.list_revoking(certificate)];
    let verification =
        sealpost_cms::signed::Verification { crls: &revoked, ..house.verification() };
    assert!(matches!(
        sub(certificate.clone(), verification),
        SubIndication::Revoked | SubIndication::RevokedNoPoe
    ));
    assert_eq!(
        sub(house.bert.signing.1.clone(), house.verification()),
        SubIndication::ChainConstraintsFailure
    );
    let stranger = person(&House::new().root, "bert@south.example", "Bert Brand");
    assert_eq!(
        sub(stranger.encryption.1, house.verification()),
        SubIndication::NoCertificateChainFound
    );
}

#[test]
fn let_003_what_is_too_large_is_refused_before_it_is_built() {
    let house = House::new();
    let mut draft = house.draft(Basic, &[&house.bert], &[], &[]);
    draft.attachments[0].octets = vec![0; limits::CONTENT_OCTETS_MAX];
    assert_eq!(refusal(&house, &draft).code(), "letter-too-large");
    draft.attachments[0].octets = vec![0; 30 * 1024 * 1024];
    (draft.to, draft.bcc) =
        (vec![], (0..9).map(|n| address(&format!("b{n}@south.example"))).collect());
    assert_eq!(
        refusal(&house, &draft),
        ComposeError::TooLarge { octets_max: limits::COMPOSED_OCTETS_MAX }
    );
    draft.text = "x".repeat(limits::TEXT_OCTETS_MAX + 1);
    assert_eq!(refusal(&house, &draft), ComposeError::TextTooLong);
}

#[test]
fn let_004_deadline_and_time_stamp_belong_to_the_mode() {
    let house = House::new();
    let mut draft = house.draft(Basic, &[&house.bert], &[], &[]);
    draft.deadline = Some(Deadline::from_unix(NOW + 1));
    assert_eq!(refusal(&house, &draft), ComposeError::Deadline);
    let mut draft = house.draft(Signed, &[&house.bert], &[], &[]);
    draft.time_stamp = false;
    assert_eq!(refusal(&house, &draft), ComposeError::TimeStampNeeded);
    draft.deadline = None;
    assert_eq!(refusal(&house, &draft), ComposeError::Deadline);
    let composed = house.compose(&house.draft(Signed, &[&house.bert], &[], &[])).remove(0);
    let asked = composed.ask(house.anna.signers(), ClaimedTime::from_unix(NOW)).unwrap();
    let answer = house.anna.signing.0.answer(&asked.requests()[0]);
    let unstamped = asked.answered(vec![answer]).unwrap().without_time_stamp();
    assert_eq!(unstamped.unwrap_err(), ComposeError::TimeStampNeeded);
}

#[test]
fn let_005_addresses_certificates_and_keys_map_one_to_one() {
    let house = House::new();
    let [bert, cleo] = [house.recipient(&house.bert), house.recipient(&house.cleo)];
    let to_bert = house.draft(Basic, &[&house.bert], &[], &[]);
    let nobody = house.draft(Basic, &[], &[], &[]);
    let twice = house.draft(Basic, &[&house.bert], &[], &[&house.bert]);
    assert_eq!(refusal_with(&nobody, &[]), ComposeError::NoRecipient);
    assert_eq!(refusal_with(&twice, std::slice::from_ref(&bert)), ComposeError::AddressTwice);
    assert_eq!(refusal_with(&to_bert, &[]), ComposeError::CertificateMissing);
    assert_eq!(
        refusal_with(&to_bert, std::slice::from_ref(&cleo)),
        ComposeError::CertificateMissing
    );
    assert_eq!(refusal_with(&to_bert, &[bert.clone(), cleo]), ComposeError::CertificateUnasked);
    assert_eq!(refusal_with(&to_bert, &[bert.clone(), bert]), ComposeError::CertificateUnasked);
    let many = Draft {
        to: (0..=limits::RECIPIENTS_MAX).map(|n| address(&format!("b{n}@south.example"))).collect(),
        ..to_bert
    };
    assert_eq!(refusal(&house, &many).code(), "too-many-recipients");
}

#[test]
fn let_006_only_the_sender_signs_under_the_certified_name_with_a_key_for_letters() {
    let house = House::new();
    let now = ClaimedTime::from_unix(NOW);
    let draft = house.draft(Basic, &[&house.bert], &[], &[]);
    let ask = |draft: &Draft, certificate| {
        house
            .compose(draft)
            .remove(0)
            .ask(Signers { classic: certificate, post_quantum: None }, now)
            .unwrap_err()
    };
    assert_eq!(ask(&draft, &house.bert.signing.1), ComposeError::SignerAddress);
    assert_eq!(ask(&draft, &house.anna.authentication.1), ComposeError::SignerPurpose);
    let mut other_name = draft.clone();
    other_name.sender.name = "Federal Court".to_owned();
    assert_eq!(ask(&other_name, &house.anna.signing.1), ComposeError::SignerName);
    let asked = house.compose(&draft).remove(0).ask(house.anna.signers(), now).unwrap();
    let forged = house.bert.signing.0.answer(&asked.requests()[0]);
    assert!(asked.answered(vec![forged]).is_err());
}

#[test]
fn let_007_a_header_field_cannot_be_injected() {
    let house = House::new();
    let draft = || house.draft(Basic, &[&house.bert], &[], &[]);
    for subject in ["x\r\nBcc: dora@south.example", "x\ny", "x\ry", "x\0", "x\u{202e}fdp"] {
        let draft = Draft { subject: subject.to_owned(), ..draft() };
        assert_eq!(refusal(&house, &draft), ComposeError::SubjectControlCharacter, "{subject:?}");
    }
    let long = Draft { subject: "ü".repeat(limits::SUBJECT_OCTETS_MAX), ..draft() };
    assert_eq!(refusal(&house, &long), ComposeError::SubjectTooLong);
    for name in ["", " x", "a\r\nb", "a\u{202e}b"] {
        let mut draft = draft();
        draft.sender.name = name.to_owned();
        assert_eq!(refusal(&house, &draft), ComposeError::SenderName, "{name:?}");
    }
    for file_name in ["", "../x", "a/b", "a\\b", "x\r\nContent-Type: text/html", ".profile", "x\"y"]
    {
        let mut draft = draft();
        draft.attachments[0].file_name = file_name.to_owned();
        assert_eq!(refusal(&house, &draft), ComposeError::FileName, "{file_name:?}");
    }
    for media_type in
        ["pdf", "text/plain\r\nX: y", "message/rfc822", crate::parties::PARTIES_MEDIA_TYPE]
    {
        let mut draft = draft();
        draft.attachments[0].media_type = media_type.to_owned();
        assert_eq!(refusal(&house, &draft), ComposeError::MediaType, "{media_type:?}");
    }
    let reference = Draft { reference: Some("a\nb".to_owned()), ..draft() };
    assert_eq!(refusal(&house, &reference), ComposeError::Reference);
    let mut many = draft();
    many.attachments = vec![many.attachments[0].clone(); limits::ATTACHMENTS_MAX + 1];
    assert_eq!(refusal(&house, &many), ComposeError::TooManyAttachments);
}
