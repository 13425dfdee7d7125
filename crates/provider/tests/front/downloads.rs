//! A letter from mailbox to mailbox of one provider, over HTTP: taken, relayed to itself through
//! its own front door, fetched as a stream, handed over, and gone.

use std::time::Duration;

use sealpost_erds::disclosure::{Disclosure, PartyReference};
use sealpost_erds::relay::{PartDigest, SubmissionHead};
use sealpost_erds::slip::{RelaySlip, ReplyPath, Share, SlipBinding};
use sealpost_wire::api::{HandoverAnswer, MailboxLetter, MailboxPage, Taken};
use sealpost_wire::paths;

use super::house::{Caller, House, code, rng};
use super::intake::{answer, blob_files, enveloped, head, message, submit};

/// Seals the slip for `bert@north.example`, as Anna's agent does.
fn addressed(house: &House, mut head: SubmissionHead) -> SubmissionHead {
    let routing = house.provider().keys.routing().public();
    let recipient = sealpost_erds::Address::parse("bert@north.example").unwrap();
    let recipient = Disclosure::identifier(&recipient, &mut rng());
    head.consignments[0].recipient = PartyReference::to(std::slice::from_ref(&recipient), None);
    let mailbox = sealpost_erds::Address::parse("anna@north.example").unwrap();
    let dispatch_id = head.consignments[0].dispatch_id;
    let reply_path = ReplyPath { mailbox }.seal(&routing, dispatch_id, &mut rng()).unwrap();
    let slip = RelaySlip {
        recipient,
        carrier_key: Share::random(&mut rng()),
        release_share: None,
        reply_path,
    };
    let binding = SlipBinding::of_submission(&head, &head.consignments[0]);
    head.consignments[0].slip = slip.seal(&routing, &binding, &mut rng()).unwrap();
    head
}

async fn mailbox(caller: &Caller) -> MailboxPage {
    let answer = caller.get(paths::MAILBOX).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["cache-control"], "no-store");
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

/// The letter, once it is there.
async fn arrived(caller: &Caller) -> MailboxLetter {
    for _ in 0..200 {
        if let Some(letter) = mailbox(caller).await.letters.pop() {
            return letter;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the letter did not arrive");
}

#[tokio::test]
async fn a_letter_is_fetched_as_a_stream_handed_over_and_gone() {
    let north = House::open("north.example").await;
    let anna = north.register("anna@north.example", "Anna Adler").await.at(&north);
    let bert = north.register("bert@north.example", "Bert Berg").await.at(&north);
    let part = enveloped(400_000);
    let head =
        addressed(&north, head("anna@north.example", "north.example", PartDigest::of(&part)));
    let taken = answer(submit(&anna, message(&head, &[&part])).await).await;
    assert_eq!(taken.outcome, Taken::Accepted);

    let letter = arrived(&bert).await;
    let dispatch_id = letter.metadata.dispatch_id.hex();
    assert_eq!(letter.metadata.dispatch_id, head.consignments[0].dispatch_id);
    let path = paths::fill(paths::LETTER_ENVELOPED, &dispatch_id);
    let fetched = bert.get(&path).send().await.unwrap();
    assert_eq!(fetched.status(), 200);
    assert_eq!(fetched.headers()["content-type"], paths::MEDIA_CMS);
    assert_eq!(fetched.headers()["content-length"], part.len().to_string());
    assert_eq!(fetched.headers()["etag"], format!("\"{}\"", PartDigest::of(&part).sha256.hex()));
    assert_eq!(fetched.bytes().await.unwrap(), part);
    // Only for its owner; and a basic letter has no second part.
    assert_eq!(
        code(anna.get(&path).send().await.unwrap()).await,
        (404, "letter-not-found".to_owned())
    );
    let body = paths::fill(paths::LETTER_BODY, &dispatch_id);
    assert_eq!(
        code(bert.get(&body).send().await.unwrap()).await,
        (404, "part-not-found".to_owned())
    );
    let accept = paths::fill(paths::LETTER_ACCEPTANCE, &dispatch_id);
    let accepted =
        bert.post(&accept, "application/json", "{\"decision\":\"AAAA\"}").send().await.unwrap();
    assert!(accepted.status().is_client_error());

    let hand_over = paths::fill(paths::LETTER_HANDOVER, &dispatch_id);
    let confirmed =
        bert.post(&hand_over, "application/json", "{\"tell_sender\":true}").send().await.unwrap();
    assert_eq!(confirmed.status(), 200);
    let confirmed: HandoverAnswer =
        serde_json::from_slice(&confirmed.bytes().await.unwrap()).unwrap();
    assert!(!confirmed.evidence.0.is_empty());
    assert_eq!(bert.get(&path).send().await.unwrap().status(), 409, "the provider keeps no copy");
    for _ in 0..200 {
        if blob_files(north.folder.path()).is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(blob_files(north.folder.path()), Vec::<std::path::PathBuf>::new());

    // A.1, B.1, D.1 and E.1 wait for Anna until her agent has them.
    let mut page = mailbox(&anna).await;
    for _ in 0..200 {
        if page.evidence.len() >= 3 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        page = mailbox(&anna).await;
    }
    assert!(page.evidence.len() >= 3);
    let ids: Vec<i64> = page.evidence.iter().map(|evidence| evidence.id).collect();
    let acknowledgement = serde_json::json!({ "ids": ids }).to_string();
    let acknowledged = anna
        .post(paths::MAILBOX_ACKNOWLEDGEMENT, "application/json", acknowledgement)
        .send()
        .await
        .unwrap();
    assert_eq!(acknowledged.status(), 204);
    assert!(mailbox(&anna).await.evidence.iter().all(|evidence| !ids.contains(&evidence.id)));
}
