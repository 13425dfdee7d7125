//! What must end although something is in the way, and what must not happen although it could.

use std::path::Path;

use sealpost_cms::issue::{Profile, Validity, issue};
use sealpost_erds::ConsignmentMode;
use sealpost_erds::event::{Event, Reason};

use super::town::{House, Letter, QUICK, Town, Wish, quick_and, until};
use crate::clock;
use crate::config::Config;
use crate::keys::ProviderKeys;
use crate::service::{discovery, expiry, time_stamp};
use crate::store::StoreError;

/// Writes a certificate for the same key that has ended.
fn let_end(house: &House, name: &str) {
    let config = Config::load(&house.folder.join("provider.toml")).unwrap();
    let keys = ProviderKeys::load(&config.files).unwrap();
    let (organisation, domain) = (config.organisation.as_str(), config.domain.as_str());
    let (profile, key) = match name {
        "seal" => (Profile::ElectronicSeal { organisation, domain }, &keys.seal().key),
        _ => (Profile::TimeStamping { organisation, domain }, &keys.time_stamping().key),
    };
    let now = clock::now_unix();
    let validity = Validity { not_before: now - 1000, not_after: now - 10 };
    let random = &mut clock::system_random();
    let ended = issue(keys.issuer(), profile, &key.spki_der(), validity, random).unwrap();
    std::fs::write(config.files.certificate(name), ended.to_pem()).unwrap();
}

#[tokio::test]
async fn cer_001_nothing_is_evidenced_under_a_certificate_that_has_ended() {
    for name in ["seal", "time-stamping"] {
        let mut town = Town::not_started(QUICK).await;
        let_end(&town.north, name);
        town.north.start().await;
        town.south.start().await;
        let anna = town.north.person("anna@north.example").await;
        let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
        let refused = anna.submits(&letter).await.err().unwrap();
        assert_eq!(refused.code(), "own-certificate-not-valid", "{name}");
        for table in ["submission", "dispatch_out", "evidence", "blob"] {
            assert_eq!(town.north.count(table).await, 0, "{name}: {table}");
        }
        let north = town.north.provider();
        let refused = discovery::signed(north).await.err().unwrap();
        assert_eq!(refused.code(), "own-certificate-not-valid", "{name}");
        let refused = time_stamp::respond(north, b"").await.err().unwrap();
        assert_eq!(refused.code(), "own-certificate-not-valid", "{name}");
    }
}

#[tokio::test]
async fn a_letter_whose_ciphertext_is_lost_is_given_up_when_its_time_is_over() {
    let changes = quick_and(&[("give_up_after = \"72h\"", "give_up_after = \"2s\"")]);
    let mut town = Town::not_started(changes).await;
    town.north.start().await;
    town.south.start().await;
    let anna = town.north.person("anna@north.example").await;
    let wish = Wish { octets: 200_000, ..Wish::default() };
    let letter = Letter::new(&anna, town.south.provider(), &wish);
    town.south.stop().await;
    anna.submits(&letter).await.unwrap();
    delete_blobs(&town.north.folder.join("blobs"));
    anna.waits_for(&[Event::SubmissionAcceptance, Event::RelayFailure]).await;
    let failure = anna.reads(&anna.evidence(Event::RelayFailure).await.evidence.0);
    assert_eq!(failure.reason(), Some(Reason::R_ERDS_UNREACHABLE));
    assert_eq!(town.north.count("dispatch_out").await, 0);
}

fn delete_blobs(folder: &Path) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            delete_blobs(&path);
        } else {
            std::fs::remove_file(path).unwrap();
        }
    }
}

#[tokio::test]
async fn a_dispatch_that_cannot_end_is_not_due_again_at_once() {
    // After the first try the worker leaves it alone for as long as this test takes.
    let slow = &[("first_retry = \"2s\"", "first_retry = \"10m\"")];
    let mut town = Town::not_started(slow).await;
    town.north.start().await;
    town.south.start().await;
    let anna = town.north.person("anna@north.example").await;
    let letter = Letter::new(&anna, town.south.provider(), &Wish::default());
    town.south.stop().await;
    anna.submits(&letter).await.unwrap();
    let store = &town.north.provider().store;
    let next_try_at = async || {
        let read = store.read(|db| {
            let sql = "SELECT next_try_at FROM dispatch_out";
            Ok::<i64, StoreError>(db.query_row(sql, [], |row| row.get(0))?)
        });
        read.await.unwrap()
    };
    until("it was tried", async || store.dispatch(1).await.unwrap().unwrap().tries > 0).await;
    let give_up_at = store.dispatch(1).await.unwrap().unwrap().give_up_at;
    // Before its time is over it is tried no later than that; afterwards there is always a pause.
    store.postpone_dispatch(1, give_up_at - 10, give_up_at + 100).await.unwrap();
    assert_eq!(next_try_at().await, give_up_at);
    store.postpone_dispatch(1, give_up_at, give_up_at + 100).await.unwrap();
    assert_eq!(next_try_at().await, give_up_at + 100);
}

#[tokio::test]
async fn a_letter_that_cannot_expire_does_not_hold_up_the_others() {
    let town = Town::new(QUICK).await;
    let (anna, bert) = (
        town.north.person("anna@north.example").await,
        town.south.person("bert@south.example").await,
    );
    let south = town.south.provider();
    for count in 1..=3 {
        let wish = Wish { mode: ConsignmentMode::Consent, deadline_in: 6, ..Wish::default() };
        anna.submits(&Letter::new(&anna, south, &wish)).await.unwrap();
        until("the letter is there", async || town.south.count("letter").await == count).await;
    }
    // The first has a slip that does not open, the second does not read at all.
    let overdue = clock::now_unix() - 1000;
    south
        .store
        .write("test-damage", move |tx| {
            tx.execute("UPDATE letter SET slip = x'00' WHERE id = 1", [])?;
            tx.execute("UPDATE letter SET metadata = x'00' WHERE id = 2", [])?;
            tx.execute("UPDATE letter SET deadline = ?1 + id", [overdue])?;
            Ok::<_, StoreError>(())
        })
        .await
        .unwrap();
    let states = async || {
        let read = south.store.read(|db| {
            let mut statement = db.prepare("SELECT state FROM letter ORDER BY id")?;
            let states = statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
            Ok::<Vec<String>, StoreError>(states)
        });
        read.await.unwrap()
    };
    until("the metadata's own deadline has passed", async || {
        expiry::expire_overdue(south).await.unwrap();
        states().await == ["expired", "awaiting", "expired"]
    })
    .await;
    let expiries = |events: Vec<Event>| {
        events.into_iter().filter(|event| *event == Event::AcceptanceRejectionExpiry).count()
    };
    assert_eq!(expiries(bert.events().await), 2, "one each, however often it was tried");
    until("the sender hears of the one that has a way back", async || {
        expiries(anna.events().await) == 1
    })
    .await;
}
