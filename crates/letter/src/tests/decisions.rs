//! Answers to notices.

use super::house::{House, NOW, rng};
use crate::decision::{PendingDecision, encrypt_for_sender, open_from_recipient};
use crate::error::{DecisionError, OpenError};
use sealpost_cms::signed::Verification;
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::ConsignmentMode::{Consent, Signed};
use sealpost_erds::acceptance::{Verdict, verify_acceptance, verify_rejection};
use sealpost_erds::slip::Share;

#[test]
fn a_decision_is_signed_with_the_key_that_the_mode_asks_for_and_verifies_at_the_provider() {
    let house = House::new();
    let now = ClaimedTime::from_unix(NOW);
    for mode in [Consent, Signed] {
        let sent = house.send(&house.draft(mode, &[&house.bert], &[], &[])).remove(0);
        let delivery = sent.to(&house.bert);
        let notice = delivery.notice(&house, &house.bert).passed().unwrap();
        let (own, other) = match mode {
            Signed => (&house.bert.signing, &house.bert.authentication),
            _ => (&house.bert.authentication, &house.bert.signing),
        };
        let wrong =
            PendingDecision::about(&notice, &delivery.metadata, Verdict::Accepted, &other.1, now);
        assert_eq!(wrong.err(), Some(DecisionError::Purpose));
        for verdict in [Verdict::Accepted, Verdict::Refused] {
            let pending =
                PendingDecision::about(&notice, &delivery.metadata, verdict, &own.1, now).unwrap();
            let answer = own.0.answer(pending.request());
            let signed = pending.answered(answer).unwrap();
            let token = house.token(&signed.time_stamp_request(9));
            let decision =
                signed.time_stamped(token, &house.verification(), house.embedded()).unwrap();
            let verification = Verification { crls: &[], ..house.verification() };
            let accepted = verify_acceptance(&decision, mode, &verification).passed();
            let refused = verify_rejection(&decision, mode, &verification).passed();
            assert_eq!(
                (accepted.is_ok(), refused.is_ok()),
                (verdict == Verdict::Accepted, verdict == Verdict::Refused)
            );
            if let Ok(accepted) = accepted {
                assert!(accepted.get().decision().is_about(&delivery.metadata));
            }
        }
    }
}

#[test]
fn dec_001_nobody_decides_for_another_person_or_about_another_letter() {
    let house = House::new();
    let now = ClaimedTime::from_unix(NOW);
    let draft = house.draft(Signed, &[&house.bert], &[], &[]);
    let (sent, other) = (house.send(&draft).remove(0), house.send(&draft).remove(0));
    let delivery = sent.to(&house.bert);
    let notice = delivery.notice(&house, &house.bert).passed().unwrap();
    let about = |metadata, certificate| {
        PendingDecision::about(&notice, metadata, Verdict::Accepted, certificate, now).err()
    };
    let (bert, cleo) = (&house.bert.signing.1, &house.cleo.signing.1);
    assert_eq!(about(&other.to(&house.bert).metadata, bert), Some(DecisionError::OtherLetter));
    assert_eq!(about(&delivery.metadata, cleo), Some(DecisionError::Address));
    let basic = house
        .send(&house.draft(sealpost_erds::ConsignmentMode::Basic, &[&house.bert], &[], &[]))
        .remove(0);
    assert_eq!(about(&basic.to(&house.bert).metadata, bert), Some(DecisionError::NotNeeded));
}

#[test]
fn what_a_recipient_sends_back_opens_for_the_sender_only() {
    let house = House::new();
    let sent = house.send(&house.draft(Signed, &[&house.bert], &[], &[])).remove(0);
    let delivery = sent.to(&house.bert);
    let notice = delivery.notice(&house, &house.bert).passed().unwrap();
    let id = notice.get().dispatch_id();
    let sealed = encrypt_for_sender(b"accepted", id, notice.get().reply_key(), &mut rng()).unwrap();
    let kept = sent.prepared.record.recipient(id).unwrap().reply_key.clone().unwrap();
    assert_eq!(open_from_recipient(&sealed, id, &kept).unwrap(), b"accepted");
    let wrong = Share::from_array([1; 32]);
    assert_eq!(open_from_recipient(&sealed, id, &wrong).unwrap_err(), OpenError::Unauthentic);
    let other = sealpost_erds::DispatchId::from_array([1; 16]);
    assert_eq!(open_from_recipient(&sealed, other, &kept).unwrap_err(), OpenError::Unauthentic);
}
