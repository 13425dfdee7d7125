//! Each path of a letter, with the evidence of each step on both sides.

use sealpost_erds::ConsignmentMode;
use sealpost_erds::acceptance::Verdict;
use sealpost_erds::event::{Event, Reason};
use sealpost_wire::api::{HandoverRequest, LetterState, Taken};
use tokio::io::AsyncReadExt;

use super::town::{
    ACCEPTED_AND_HANDED_OVER, CONSIGNED, Letter, NOTIFIED, QUICK, Town, Wish, quick_and, until,
};
use crate::service::mailbox::Part;
use crate::service::{decision, handover, mailbox};

const TELL: HandoverRequest = HandoverRequest { tell_sender: true };
const DO_NOT_TELL: HandoverRequest = HandoverRequest { tell_sender: false };

#[tokio::test]
async fn a_basic_letter_is_consigned_at_once_and_handed_over_without_telling_the_sender() {
    let town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    let letter =
        Letter::new(&anna, town.south.provider(), &Wish { octets: 200_000, ..Wish::default() });
    let answer = anna.submits(&letter).await.unwrap();
    assert_eq!(answer.outcome, Taken::Accepted);
    assert_eq!(anna.reads(&answer.evidence[0].0).event, Event::SubmissionAcceptance);

    anna.waits_for(CONSIGNED).await;
    assert_eq!(town.north.count("dispatch_out").await, 0, "the sender's provider keeps no letter");
    until("its ciphertext is gone", async || town.north.count("blob").await == 0).await;

    let page = bert.mailbox().await;
    assert_eq!(page.letters.len(), 1);
    assert_eq!(page.letters[0].state, LetterState::Consigned);
    assert_eq!(page.letters[0].carrier_key.0, letter.carrier_keys[0]);
    assert_eq!(
        bert.reads(&page.letters[0].submission_evidence.0).event,
        Event::SubmissionAcceptance
    );
    let (south, id) = (town.south.provider(), letter.dispatch_id());
    let mut reader = mailbox::part(south, &bert.account, id, Part::Enveloped).await.unwrap();
    let mut octets = Vec::new();
    reader.read_to_end(&mut octets).await.unwrap();
    assert!(octets == letter.parts[0]);

    let handed = handover::confirm(south, &bert.account, id, DO_NOT_TELL).await.unwrap();
    assert_eq!(bert.reads(&handed.evidence.0).event, Event::ContentHandover);
    assert_eq!(bert.events().await, [Event::ContentConsignment, Event::ContentHandover]);
    assert_eq!(town.south.count("blob").await, 0);
    assert_eq!(town.south.count("receipt_out").await, 0);
    assert_eq!(anna.events().await.len(), 3, "the sender does not hear of it");
    assert!(mailbox::part(south, &bert.account, id, Part::Enveloped).await.is_err());
}

#[tokio::test]
async fn a_letter_to_be_accepted_gives_its_share_only_for_the_acceptance() {
    let town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    for mode in [ConsignmentMode::Consent, ConsignmentMode::Signed] {
        let letter = Letter::new(&anna, town.south.provider(), &Wish { mode, ..Wish::default() });
        anna.submits(&letter).await.unwrap();
        anna.waits_for(NOTIFIED).await;
        let (south, id) = (town.south.provider(), letter.dispatch_id());
        let waiting = bert.mailbox().await.letters.remove(0);
        assert_eq!(waiting.state, LetterState::Awaiting);
        let error = handover::confirm(south, &bert.account, id, TELL).await.unwrap_err();
        assert_eq!(error.code(), "letter-awaits-decision");

        let request = bert.decides(&waiting.metadata, Verdict::Accepted).await;
        let answer = decision::accept(south, &bert.account, id, request.clone()).await.unwrap();
        assert_eq!(answer.release_share.as_ref().unwrap().0, letter.release_shares[0]);
        let events: Vec<_> = answer.evidence.iter().map(|one| bert.reads(&one.0).event).collect();
        assert_eq!(events, [Event::ConsignmentAcceptance, Event::ContentConsignment]);
        let again = decision::accept(south, &bert.account, id, request).await.unwrap();
        assert_eq!(again, answer, "the same decision gets the same answer");

        assert_eq!(bert.mailbox().await.letters[0].state, LetterState::Consigned);
        handover::confirm(south, &bert.account, id, DO_NOT_TELL).await.unwrap();
        anna.waits_for(ACCEPTED_AND_HANDED_OVER).await;
        let acceptance = anna.evidence(Event::ConsignmentAcceptance).await;
        assert_eq!(acceptance.attachment.unwrap().0, b"for Anna");
        for person in [&anna, &bert] {
            person.acknowledges().await;
            assert!(person.mailbox().await.evidence.is_empty());
        }
    }
}

#[tokio::test]
async fn a_refused_letter_is_gone_at_once_and_the_sender_knows() {
    let town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    let wish = Wish { mode: ConsignmentMode::Signed, octets: 100_000, ..Wish::default() };
    let (letter, metadata) = anna.sends(&bert, &wish).await;
    let (south, id) = (town.south.provider(), letter.dispatch_id());
    let request = bert.decides(&metadata, Verdict::Refused).await;
    let answer = decision::refuse(south, &bert.account, id, request.clone()).await.unwrap();
    assert_eq!(answer.release_share, None);
    assert_eq!(bert.reads(&answer.evidence[0].0).event, Event::ConsignmentRejection);
    assert_eq!(town.south.count("blob").await, 0);
    assert_eq!(decision::refuse(south, &bert.account, id, request).await.unwrap(), answer);

    let acceptance = bert.decides(&metadata, Verdict::Accepted).await;
    let error = decision::accept(south, &bert.account, id, acceptance).await.unwrap_err();
    assert_eq!(error.code(), "letter-refused-already");
    anna.waits_for(&[
        Event::SubmissionAcceptance,
        Event::RelayAcceptance,
        Event::NotificationForAcceptance,
        Event::ConsignmentRejection,
    ])
    .await;
}

#[tokio::test]
async fn silence_past_the_deadline_is_evidenced_as_expiry_and_nothing_is_handed_over() {
    let town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    let wish = Wish { mode: ConsignmentMode::Consent, deadline_in: 2, ..Wish::default() };
    let (letter, metadata) = anna.sends(&bert, &wish).await;
    anna.waits_for(&[
        Event::SubmissionAcceptance,
        Event::RelayAcceptance,
        Event::NotificationForAcceptance,
        Event::AcceptanceRejectionExpiry,
    ])
    .await;
    assert_eq!(
        bert.events().await,
        [Event::NotificationForAcceptance, Event::AcceptanceRejectionExpiry]
    );
    let page = bert.mailbox().await;
    let expiry = bert.reads(&page.evidence[1].evidence.0);
    assert!(
        expiry.event_time.unix() > metadata.deadline.unwrap().unix(),
        "never before the deadline"
    );
    assert!(page.letters.is_empty());
    assert_eq!(town.south.count("blob").await, 0);

    let late = bert.decides(&metadata, Verdict::Accepted).await;
    let (south, id) = (town.south.provider(), letter.dispatch_id());
    let error = decision::accept(south, &bert.account, id, late).await.unwrap_err();
    assert_eq!(error.code(), "letter-expired");
}

#[tokio::test]
async fn a_letter_within_one_house_leaves_the_same_evidence() {
    let town = Town::new(QUICK).await;
    let (anna, otto) = (
        town.north.person("anna@north.example").await,
        town.north.person("otto@north.example").await,
    );
    let wish = Wish { to: &["otto@north.example"], ..Wish::default() };
    let letter = Letter::new(&anna, town.north.provider(), &wish);
    anna.submits(&letter).await.unwrap();
    anna.waits_for(CONSIGNED).await;
    assert_eq!(otto.mailbox().await.letters.len(), 1);
}

#[tokio::test]
async fn several_recipients_share_one_body_and_have_evidence_each() {
    let town = Town::new(QUICK).await;
    let anna = town.north.person("anna@north.example").await;
    let (bert, carl) = (
        town.south.person("bert@south.example").await,
        town.south.person("carl@south.example").await,
    );
    let wish = Wish {
        mode: ConsignmentMode::Consent,
        octets: 150_000,
        to: &["bert@south.example", "carl@south.example"],
        ..Wish::default()
    };
    let letter = Letter::new(&anna, town.south.provider(), &wish);
    let answer = anna.submits(&letter).await.unwrap();
    assert_eq!(answer.evidence.len(), 2);
    until("both letters wait", async || {
        bert.mailbox().await.letters.len() == 1 && carl.mailbox().await.letters.len() == 1
    })
    .await;
    assert_eq!(town.south.count("blob").await, 3, "two notices and one body");
    let south = town.south.provider();
    let metadata = bert.mailbox().await.letters.remove(0).metadata;
    let request = bert.decides(&metadata, Verdict::Refused).await;
    decision::refuse(south, &bert.account, letter.dispatch_id(), request).await.unwrap();
    assert_eq!(town.south.count("blob").await, 2, "the body is still Carl's");
    let second = letter.head.consignments[1].dispatch_id;
    assert!(mailbox::part(south, &carl.account, second, Part::Body).await.is_ok());
    // Nobody fetches what is another's.
    let error = mailbox::part(south, &bert.account, second, Part::Body).await.err().unwrap();
    assert_eq!(error.code(), "letter-not-found");
}

#[tokio::test]
async fn a_provider_that_stays_away_is_tried_again_and_then_the_relay_has_failed() {
    let changes = quick_and(&[("give_up_after = \"72h\"", "give_up_after = \"3s\"")]);
    let mut town = Town::not_started(changes).await;
    town.north.start().await;
    town.south.start().await;
    let anna = town.north.person("anna@north.example").await;
    let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
    town.south.stop().await;
    anna.submits(&letter).await.unwrap();
    anna.waits_for(&[Event::SubmissionAcceptance, Event::RelayFailure]).await;
    let failure = anna.reads(&anna.evidence(Event::RelayFailure).await.evidence.0);
    assert_eq!(failure.reason(), Some(Reason::R_ERDS_UNREACHABLE));
    let attempts = failure.reasons[0].details[1].strip_prefix("attempts=").unwrap();
    assert!(attempts.parse::<u32>().unwrap() >= 3, "{attempts}");
    assert_eq!(town.north.count("dispatch_out").await, 0);
    assert_eq!(town.north.count("blob").await, 0);
}

#[tokio::test]
async fn a_provider_that_comes_back_gets_the_letter_and_a_restart_loses_nothing() {
    let mut town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
    let account = bert.account.clone();
    drop(bert);
    town.south.stop().await;
    anna.submits(&letter).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    let sender = anna.account.clone();
    drop(anna);
    town.north.stop().await;
    town.north.start().await;
    town.south.start().await;
    let (north, south) = (town.north.provider(), town.south.provider());
    until("the letter arrives", async || {
        !mailbox::page(south, &account).await.unwrap().letters.is_empty()
    })
    .await;
    until("the evidence is back", async || {
        mailbox::page(north, &sender).await.unwrap().evidence.len() == 3
    })
    .await;
}
