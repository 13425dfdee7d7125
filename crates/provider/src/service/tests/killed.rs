//! SIGKILL at every commit step of every transition, then a restart: no evidence without state, no
//! state without evidence, no letter lost or doubled.
//!
//! The test runs itself as another process, in which both providers live and die together, and in
//! which the agents do what agents do after a crash: the same again.

use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::sync::atomic::{AtomicUsize, Ordering};

use sealpost_erds::ConsignmentMode;
use sealpost_erds::acceptance::Verdict;
use sealpost_erds::event::Event;
use sealpost_erds::relay::SubmissionHead;
use sealpost_wire::api::{DecisionRequest, HandoverRequest};

use super::renewing;
use super::town::{Letter, Person, QUICK, Town, Wish, quick_and, until};
use crate::service::{decision, handover, retention};
use crate::{clock, fault, limits};

const FOLDER: &str = "SEALPOST_TEST_FOLDER";
const STORY: &str = "SEALPOST_TEST_STORY";

/// What the recipient does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Story {
    Accepts,
    Refuses,
    Waits,
    /// As `Accepts`, with providers that forget at once.
    AcceptsAndIsForgotten,
    /// Nobody writes: somebody moves to new keys.
    Renews,
}

impl Story {
    /// The story in which a transition happens.
    fn with(transition: &str) -> Self {
        match transition {
            "refusal" => Self::Refuses,
            "expiry" => Self::Waits,
            "retention" => Self::AcceptsAndIsForgotten,
            "renewal" | "renewal-confirmation" => Self::Renews,
            _ => Self::Accepts,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Accepts => "accepts",
            Self::Refuses => "refuses",
            Self::Waits => "waits",
            Self::AcceptsAndIsForgotten => "accepts-and-is-forgotten",
            Self::Renews => "renews",
        }
    }

    fn evidence(self) -> (&'static [Event], &'static [Event]) {
        use Event::{
            AcceptanceRejectionExpiry as C5, ConsignmentAcceptance as C3,
            ConsignmentRejection as C4, ContentConsignment as D1, ContentHandover as E1,
            NotificationForAcceptance as C1, RelayAcceptance as B1, SubmissionAcceptance as A1,
        };
        match self {
            Self::Accepts | Self::AcceptsAndIsForgotten => {
                (&[A1, B1, C1, C3, D1, E1], &[C1, C3, D1, E1])
            }
            Self::Refuses => (&[A1, B1, C1, C4], &[C1, C4]),
            Self::Waits => (&[A1, B1, C1, C5], &[C1, C5]),
            Self::Renews => (&[], &[]),
        }
    }
}

#[test]
fn killed_at_every_step_and_restarted_nothing_is_lost_doubled_or_unproven() {
    let points: Vec<(&str, &str)> = fault::POINTS
        .iter()
        .flat_map(|(transition, steps)| steps.iter().map(move |step| (*transition, *step)))
        .collect();
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(point) = points.get(next.fetch_add(1, Ordering::Relaxed)) {
                    dies_and_lives_on(point.0, point.1);
                }
            });
        }
    });
}

fn dies_and_lives_on(transition: &str, step: &str) {
    let folder = tempfile::tempdir().unwrap();
    let point = format!("{transition}.{step}");
    let story = Story::with(transition).word();
    let (status, _) = run(folder.path(), story, Some(&point));
    assert_eq!(status.signal(), Some(9), "{point} was not reached: {status}");
    let (status, output) = run(folder.path(), story, None);
    assert!(status.success(), "after a death at {point}:\n{output}");
}

fn run(folder: &Path, story: &str, abort_at: Option<&str>) -> (ExitStatus, String) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["--exact", "service::tests::killed::a_life_of_two_providers", "--nocapture"]);
    child.env(FOLDER, folder).env(STORY, story);
    match abort_at {
        Some(point) => child.env("SEALPOST_ABORT_AT", point),
        None => child.env_remove("SEALPOST_ABORT_AT"),
    };
    let output = child.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status, String::from_utf8_lossy(&text).into_owned())
}

/// Not a test by itself: the other process.
#[tokio::test]
async fn a_life_of_two_providers() {
    let (Ok(folder), Ok(story)) = (std::env::var(FOLDER), std::env::var(STORY)) else { return };
    let stories =
        [Story::Accepts, Story::Refuses, Story::Waits, Story::AcceptsAndIsForgotten, Story::Renews];
    match stories.into_iter().find(|known| known.word() == story).unwrap() {
        Story::Renews => renewing::live(Path::new(&folder)).await,
        story => live(Path::new(&folder), story).await,
    }
}

async fn live(folder: &Path, story: Story) {
    let is_forgotten = story == Story::AcceptsAndIsForgotten;
    let changes = match is_forgotten {
        true => quick_and(&[("after_handover = \"7d\"", "after_handover = \"2s\"")]),
        false => QUICK,
    };
    let mut town = Town::made_in(folder, changes).await;
    town.north.start().await;
    town.south.start().await;
    let (north, south) = (town.north.provider(), town.south.provider());
    let anna = Person::kept_in(folder, north.clone(), "anna@north.example").await;
    let bert = Person::kept_in(folder, south.clone(), "bert@south.example").await;
    if !folder.join("ended").exists() {
        let letter = kept_letter(folder, &anna, &town, story);
        // An agent whose submission was answered does not ask again which objects are missing; one
        // that does not know sends them once more, and they are forgotten after a week.
        if !folder.join("submitted").exists() {
            anna.uploads(&letter).await.unwrap();
        }
        anna.submits(&letter).await.unwrap();
        std::fs::write(folder.join("submitted"), "").unwrap();
        receive(folder, &town, &bert, &letter, story).await;
        let (senders, recipients) = story.evidence();
        anna.waits_for(senders).await;
        bert.waits_for(recipients).await;
        // A moment for what should not come: a second copy of anything.
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        anna.waits_for(senders).await;
        assert!(is_forgotten || town.south.count("letter").await == 1);
        assert_eq!(town.north.count("dispatch_out").await, 0);
        until("no receipt waits", async || town.south.count("receipt_out").await == 0).await;
        for house in [&town.north, &town.south] {
            let much_later = clock::now_unix() + 2 * limits::UPLOAD_MEMORY_SECONDS;
            let (store, blobs) = (&house.provider().store, &house.provider().blobs);
            store.forget_uploads(blobs.clone(), much_later).await.unwrap();
            assert_eq!(house.count("blob").await, 0);
        }
        std::fs::write(folder.join("ended"), "").unwrap();
    }
    if !is_forgotten {
        return;
    }
    until("the letter is forgotten", async || town.south.count("letter").await == 0).await;
    for house in [&town.north, &town.south] {
        retention::forget(house.provider(), true).await.unwrap();
        assert!(house.provider().blobs.list().unwrap().is_empty(), "no file is left");
    }
}

/// The recipient's agent, which does not know how far it came before.
async fn receive(folder: &Path, town: &Town, bert: &Person, letter: &Letter, story: Story) {
    let (south, id) = (town.south.provider(), letter.dispatch_id());
    let file = folder.join("decision");
    let verdict = match story {
        _ if folder.join("handed-over").exists() => return,
        Story::Accepts | Story::AcceptsAndIsForgotten => Verdict::Accepted,
        Story::Refuses => Verdict::Refused,
        Story::Waits | Story::Renews => return,
    };
    if !file.exists() {
        until("the letter waits", async || !bert.mailbox().await.letters.is_empty()).await;
        let metadata = bert.mailbox().await.letters.remove(0).metadata;
        let request = bert.decides(&metadata, verdict).await;
        std::fs::write(&file, serde_json::to_vec(&request).unwrap()).unwrap();
    }
    let request: DecisionRequest = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    if verdict == Verdict::Refused {
        decision::refuse(south, &bert.account, id, request).await.unwrap();
        return;
    }
    decision::accept(south, &bert.account, id, request).await.unwrap();
    let told = HandoverRequest { tell_sender: true };
    handover::confirm(south, &bert.account, id, told).await.unwrap();
    std::fs::write(folder.join("handed-over"), "").unwrap();
}

/// The letter, the same in every life.
fn kept_letter(folder: &Path, anna: &Person, town: &Town, story: Story) -> Letter {
    let (head, parts) = (folder.join("head"), ["body", "notice"].map(|name| folder.join(name)));
    let objects = ["object-0", "object-1"].map(|name| folder.join(name));
    if !parts[1].exists() {
        let deadline_in = if story == Story::Waits { 3 } else { 3600 };
        let (mode, octets) = (ConsignmentMode::Signed, 100_000);
        let wish = Wish { mode, deadline_in, octets, objects: 2, ..Wish::default() };
        let letter = Letter::new(anna, town.south.provider(), &wish);
        std::fs::write(&head, letter.head.to_json()).unwrap();
        let objects = objects.iter().zip(&letter.objects);
        for (path, octets) in objects.chain(parts.iter().zip(&letter.parts)) {
            std::fs::write(path, octets).unwrap();
        }
    }
    Letter {
        head: SubmissionHead::from_json(&std::fs::read(head).unwrap()).unwrap(),
        parts: parts.map(|path| std::fs::read(path).unwrap()).into(),
        objects: objects.map(|path| std::fs::read(path).unwrap()).into(),
        release_shares: Vec::new(),
        carrier_keys: Vec::new(),
        disclosures: Vec::new(),
    }
}
