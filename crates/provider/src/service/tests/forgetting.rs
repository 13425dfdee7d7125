//! After handover and retention nothing of a letter is left: not in the database, not in its log,
//! not in the folder of ciphertext.

use std::path::Path;

use sealpost_erds::ConsignmentMode;
use sealpost_erds::acceptance::Verdict;
use sealpost_wire::api::HandoverRequest;

use super::town::{
    ACCEPTED_AND_HANDED_OVER, CONSIGNED, House, Letter, QUICK, Town, Wish, quick_and, until,
};
use crate::service::{decision, handover, retention};

/// All octets in files of a folder (not the keys), whatever their names.
fn octets_of(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(octets_of(&path));
        } else {
            all.extend(path.file_name().unwrap().as_encoded_bytes());
            all.extend(std::fs::read(&path).unwrap());
        }
    }
    all
}

fn holds(octets: &[u8], what: &[u8]) -> bool {
    octets.windows(what.len()).any(|window| window == what)
}

/// Everything that could point to this letter, in every form in which it could stand there.
fn traces(letter: &Letter) -> Vec<(String, Vec<u8>)> {
    let mut traces = vec![
        ("letter id".to_owned(), letter.head.letter_id.as_array().to_vec()),
        ("letter id, hex".to_owned(), letter.head.letter_id.hex().into_bytes()),
        ("commitment".to_owned(), letter.head.content_commitment.hex().into_bytes()),
    ];
    for consignment in &letter.head.consignments {
        traces.push(("dispatch id".into(), consignment.dispatch_id.as_array().to_vec()));
        traces.push(("dispatch id, hex".into(), consignment.dispatch_id.hex().into_bytes()));
        traces.push(("slip".into(), consignment.slip.0[..64].to_vec()));
    }
    for part in &letter.parts {
        let digest = sealpost_erds::Digest::of(part);
        traces.push(("ciphertext".into(), part[part.len() / 2..][..64].to_vec()));
        traces.push(("digest of ciphertext".into(), digest.as_array().to_vec()));
        traces.push(("digest of ciphertext, hex".into(), digest.hex().into_bytes()));
    }
    traces
}

/// What no provider may ever store in clear.
fn secrets(letter: &Letter) -> Vec<Vec<u8>> {
    let shares =
        letter.release_shares.iter().chain(&letter.carrier_keys).map(|share| share.to_vec());
    let salts =
        letter.disclosures.iter().map(|disclosure| disclosure.encoded().as_bytes().to_vec());
    shares.chain(salts).collect()
}

async fn assert_holds_nothing(house: &House, letter: &Letter) {
    retention::forget(house.provider(), true).await.unwrap();
    let octets = octets_of(&house.folder);
    for (what, trace) in traces(letter) {
        assert!(!holds(&octets, &trace), "{what} is still in {}", house.folder.display());
    }
}

#[tokio::test]
async fn after_handover_and_retention_nothing_of_the_letter_is_left() {
    let changes = quick_and(&[
        ("after_handover = \"7d\"", "after_handover = \"1s\""),
        ("idempotency = \"7d\"", "idempotency = \"8s\""),
        ("receipts_give_up_after = \"30d\"", "receipts_give_up_after = \"8s\""),
    ]);
    let town = Town::new(changes).await;
    let (anna, bert) = town.anna_and_bert().await;
    let wish = Wish { mode: ConsignmentMode::Signed, octets: 120_000, ..Wish::default() };
    let (letter, metadata) = anna.sends(&bert, &wish).await;

    let (north, south) = (octets_of(&town.north.folder), octets_of(&town.south.folder));
    assert!(holds(&south, &traces(&letter)[3].1), "the search finds what is there");
    for secret in secrets(&letter) {
        assert!(!holds(&north, &secret) && !holds(&south, &secret), "a secret lies in clear");
    }
    assert!(!holds(&north, b"bert@"), "the sender's provider knows the recipient");
    assert!(!holds(&south, b"anna@"), "the recipient's provider knows the sender");

    let (provider, id) = (town.south.provider(), letter.dispatch_id());
    let request = bert.decides(&metadata, Verdict::Accepted).await;
    decision::accept(provider, &bert.account, id, request).await.unwrap();
    handover::confirm(provider, &bert.account, id, HandoverRequest { tell_sender: true })
        .await
        .unwrap();
    anna.waits_for(ACCEPTED_AND_HANDED_OVER).await;
    for person in [&anna, &bert] {
        person.acknowledges().await;
    }
    for house in [&town.north, &town.south] {
        for table in
            ["submission", "letter", "dispatch_in", "receipt_in", "receipt_out", "evidence", "blob"]
        {
            until(table, async || house.count(table).await == 0).await;
        }
        assert_holds_nothing(house, &letter).await;
    }
}

#[tokio::test]
async fn what_was_relayed_is_gone_from_the_senders_provider_but_for_the_evidence() {
    let town = Town::new(QUICK).await;
    let (anna, _bert) = town.anna_and_bert().await;
    let letter =
        Letter::new(&anna, town.south.provider(), &Wish { octets: 90_000, ..Wish::default() });
    anna.submits(&letter).await.unwrap();
    anna.waits_for(CONSIGNED).await;
    retention::forget(town.north.provider(), true).await.unwrap();
    let octets = octets_of(&town.north.folder);
    assert!(!holds(&octets, &letter.parts[0][1000..1064]), "the ciphertext is still there");
    assert!(!holds(&octets, &letter.head.consignments[0].slip.0[..64]), "the slip is still there");
}
