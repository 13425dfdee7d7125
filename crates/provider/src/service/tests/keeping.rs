//! How much is kept and shown, and for how long.

use sealpost_erds::ConsignmentMode;
use sealpost_erds::event::Event;

use super::town::{House, Letter, Person, QUICK, Town, Wish, quick_and, until};
use crate::clock;
use crate::service::retention;
use crate::store::StoreError;

async fn change(house: &House, sql: &'static str) {
    let write = house.provider().store.write("test-change", move |tx| {
        tx.execute(sql, [])?;
        Ok::<_, StoreError>(())
    });
    write.await.unwrap();
}

async fn number(house: &House, sql: &'static str) -> i64 {
    let read = house
        .provider()
        .store
        .read(move |db| Ok::<_, StoreError>(db.query_row(sql, [], |row| row.get(0))?));
    read.await.unwrap()
}

/// Anna's letter has reached Bert in basic mode, and Anna knows.
async fn delivered(town: &Town) -> (Person, Person, Letter) {
    let (anna, bert) = (
        town.north.person("anna@north.example").await,
        town.south.person("bert@south.example").await,
    );
    let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
    anna.submits(&letter).await.unwrap();
    anna.waits_for(&[
        Event::SubmissionAcceptance,
        Event::RelayAcceptance,
        Event::ContentConsignment,
    ])
    .await;
    (anna, bert, letter)
}

#[tokio::test]
async fn evidence_that_answers_a_repetition_outlives_the_mailboxes_retention() {
    let town = Town::new(QUICK).await;
    let (anna, _bert, letter) = delivered(&town).await;
    let first = anna.submits(&letter).await.unwrap();
    change(&town.north, "UPDATE evidence SET arrived_day = 0").await;
    retention::forget(town.north.provider(), true).await.unwrap();
    assert_eq!(town.north.count("evidence").await, 1, "what answers nothing any more has gone");
    assert_eq!(anna.submits(&letter).await.unwrap(), first);
}

#[tokio::test]
async fn a_mailbox_keeps_evidence_no_shorter_than_was_written() {
    let changes = quick_and(&[("mailbox = \"3650d\"", "mailbox = \"12h\"")]);
    let town = Town::new(changes).await;
    delivered(&town).await;
    // It may have come a second before midnight.
    change(&town.north, "UPDATE evidence SET arrived_day = arrived_day - 1").await;
    retention::forget(town.north.provider(), true).await.unwrap();
    assert_eq!(town.north.count("evidence").await, 3);
    change(&town.north, "UPDATE evidence SET arrived_day = arrived_day - 1").await;
    retention::forget(town.north.provider(), true).await.unwrap();
    assert_eq!(town.north.count("evidence").await, 1);
}

#[tokio::test]
async fn a_receipt_is_known_again_as_long_as_it_may_be_repeated() {
    let town = Town::new(QUICK).await;
    delivered(&town).await;
    let until = number(&town.north, "SELECT min(purge_after) FROM receipt_in").await;
    let days = (until - clock::now_unix()) / (24 * 3600);
    assert!((29..=30).contains(&days), "as long as receipts are repeated, and not seven: {days}");
}

#[tokio::test]
async fn a_page_of_the_mailbox_counts_everything_that_is_in_it() {
    let town = Town::new(QUICK).await;
    let (anna, bert, _) = delivered(&town).await;
    change(&town.north, "UPDATE evidence SET attachment = zeroblob(3 * 1024 * 1024)").await;
    let page = anna.mailbox().await;
    assert_eq!((page.evidence.len(), page.more), (1, true), "two attachments are too much");

    for count in 2..=3 {
        let wish = Wish { mode: ConsignmentMode::Consent, ..Wish::default() };
        anna.submits(&Letter::new(&anna, town.south.provider(), &wish)).await.unwrap();
        until("the letter is there", async || town.south.count("letter").await == count).await;
    }
    assert_eq!(bert.mailbox().await.letters.len(), 3);
    let large = "UPDATE letter SET submission_evidence = zeroblob(5 * 1024 * 1024)";
    change(&town.south, large).await;
    assert_eq!(bert.mailbox().await.letters.len(), 1, "one always fits");
}
