//! The same request once more, and another under the same name.

use sealpost_erds::acceptance::Verdict;
use sealpost_erds::event::Event;
use sealpost_erds::relay::{DispatchHead, Receipt};
use sealpost_erds::{ConsignmentMode, Domain, Octets};
use sealpost_wire::api::{HandoverRequest, ReceiptBatch, Taken};

use super::town::{CONSIGNED, Letter, QUICK, Town, Wish, until};
use crate::service::{decision, handover, mailbox, receipts_in, relay_in};
use crate::store::StoreError;

#[tokio::test]
async fn the_same_submission_gets_the_same_evidence_and_another_by_its_name_is_refused() {
    let town = Town::new(QUICK).await;
    let anna = town.north.person("anna@north.example").await;
    let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
    let (first, second) = tokio::join!(anna.submits(&letter), anna.submits(&letter));
    let first = first.unwrap();
    assert_eq!(first, second.unwrap(), "even at the same time");
    // Acknowledged or not, relayed or not: the answer stays.
    until("it is relayed", async || town.north.count("dispatch_out").await == 0).await;
    anna.acknowledges().await;
    assert_eq!(anna.submits(&letter).await.unwrap(), first);

    let mut other = Letter::new(&anna, town.south.provider(), &Wish::default());
    other.head.letter_id = letter.head.letter_id;
    let error = anna.submits(&other).await.unwrap_err();
    // SUB-006
    assert_eq!(error.code(), "letter-id-reused");
}

#[tokio::test]
async fn the_same_dispatch_gets_the_same_answer_and_another_by_its_name_is_refused() {
    let mut town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
    // South is asked by hand: North's worker would be faster.
    let account = bert.account.clone();
    drop(bert);
    town.south.stop().await;
    anna.submits(&letter).await.unwrap();
    let json = dispatch_head(&town).await;
    drop(anna);
    town.north.stop().await;
    town.south.start().await;
    let south = town.south.provider();
    let north = Domain::parse("north.example").unwrap();
    let head = DispatchHead::from_json(&json).unwrap();
    let receive = async |json: &[u8], from: &Domain| {
        let parts = letter.stored_parts(south).await;
        let head = DispatchHead::from_json(json).unwrap();
        relay_in::receive(south, from, json, head, parts).await
    };
    let (one, two) = tokio::join!(receive(&json, &north), receive(&json, &north));
    let one = one.unwrap();
    assert_eq!(one.outcome, Taken::Accepted);
    assert_eq!(one, two.unwrap());
    assert_eq!(one, receive(&json, &north).await.unwrap());
    assert_eq!(mailbox::page(south, &account).await.unwrap().letters.len(), 1);

    let mut other = head.clone();
    other.submission_evidence = Octets(vec![1]);
    let error = receive(&other.to_json(), &north).await.unwrap_err();
    // RIN-010
    assert_eq!(error.code(), "dispatch-id-reused");
    // RIN-001: nobody relays in another's name; nor asks for another's answer.
    let stranger = Domain::parse("south.example").unwrap();
    let error = receive(&json, &stranger).await.unwrap_err();
    assert_eq!(error.code(), "dispatch-id-reused");
}

#[tokio::test]
async fn a_handover_confirmed_twice_is_one_handover() {
    let town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    let (letter, _) = anna.sends(&bert, &Wish::default()).await;
    let (south, id) = (town.south.provider(), letter.dispatch_id());
    let confirm =
        || handover::confirm(south, &bert.account, id, HandoverRequest { tell_sender: true });
    let (one, two) = tokio::join!(confirm(), confirm());
    let one = one.unwrap();
    assert_eq!(one, two.unwrap());
    assert_eq!(one, confirm().await.unwrap());
    assert_eq!(bert.events().await, [Event::ContentConsignment, Event::ContentHandover]);
    anna.waits_for(&[
        Event::SubmissionAcceptance,
        Event::RelayAcceptance,
        Event::ContentConsignment,
        Event::ContentHandover,
    ])
    .await;
}

#[tokio::test]
async fn two_different_decisions_at_the_same_time_end_in_one_of_them() {
    let town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    let wish = Wish { mode: ConsignmentMode::Consent, ..Wish::default() };
    let (letter, metadata) = anna.sends(&bert, &wish).await;
    let (south, id) = (town.south.provider(), letter.dispatch_id());
    let yes = bert.decides(&metadata, Verdict::Accepted).await;
    let no = bert.decides(&metadata, Verdict::Refused).await;
    let (accepted, refused) = tokio::join!(
        decision::accept(south, &bert.account, id, yes),
        decision::refuse(south, &bert.account, id, no)
    );
    let error = match (accepted, refused) {
        (Ok(_), Err(error)) | (Err(error), Ok(_)) => error,
        _ => panic!("both or none"),
    };
    assert!(["letter-accepted-already", "letter-refused-already"].contains(&error.code()));
}

#[tokio::test]
async fn a_receipt_that_comes_twice_is_put_into_the_mailbox_once() {
    let mut town = Town::new(QUICK).await;
    let (anna, bert) = town.anna_and_bert().await;
    let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
    anna.submits(&letter).await.unwrap();
    anna.waits_for(CONSIGNED).await;
    let evidence = anna.evidence(Event::ContentConsignment).await.evidence;
    let random = &mut crate::clock::system_random();
    let path = sealpost_erds::slip::ReplyPath { mailbox: anna.account.address.clone() };
    let key = anna.provider.keys.routing().public();
    let dispatch_id = letter.dispatch_id();
    let receipt = Receipt {
        reply_path: path.seal(&key, dispatch_id, random).unwrap(),
        dispatch_id,
        evidence: evidence.clone(),
        attachment: None,
    };
    let south = Domain::parse("south.example").unwrap();
    let north = Domain::parse("north.example").unwrap();
    let batch = |receipts: Vec<Receipt>| ReceiptBatch { receipts };
    receipts_in::take(&anna.provider, &south, batch(vec![receipt.clone(); 3])).await.unwrap();
    assert_eq!(anna.events().await.len(), 3);
    // RCI-003: the path of one letter does not carry evidence of another.
    let other = Letter::new(&anna, town.south.provider(), &Wish::default()).dispatch_id();
    let moved = Receipt {
        dispatch_id: other,
        reply_path: path.seal(&key, other, random).unwrap(),
        ..receipt.clone()
    };
    // TRU-002: nobody brings what another has issued.
    let error =
        receipts_in::take(&anna.provider, &north, batch(vec![receipt.clone()])).await.unwrap_err();
    assert_eq!(error.code(), "evidence-indeterminate");
    // RCI-002: what accompanies it is bounded.
    let heavy = Receipt { attachment: Some(Octets(vec![0; 512 * 1024])), ..receipt.clone() };
    receipts_in::take(&anna.provider, &south, batch(vec![moved, heavy])).await.unwrap();
    assert_eq!(anna.events().await.len(), 3);
    // RCI-001
    let error =
        receipts_in::take(&anna.provider, &south, batch(vec![receipt; 65])).await.unwrap_err();
    assert_eq!(error.code(), "too-many");
    drop((anna, bert));
    town.north.stop().await;
}

/// The head of the one dispatch that waits at North.
pub(super) async fn dispatch_head(town: &Town) -> Vec<u8> {
    let read = |db: &rusqlite::Connection| {
        Ok::<_, StoreError>(db.query_row("SELECT head FROM dispatch_out", [], |row| row.get(0))?)
    };
    town.north.provider().store.read(read).await.unwrap()
}
