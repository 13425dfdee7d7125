//! Large attachments: sent piece by piece, gone on with after every kill, in little memory, and never
//! saved before they are what their sender signed.

use crate::steps::{learns, proven, send, text, waits_for};
use sealpost_tests::provider::signal;
use sealpost_tests::{House, Person, Provider, until};
use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

const MIB: u64 = 1024 * 1024;
/// Not a whole number of pieces.
const OCTETS: u64 = 200 * MIB + 12_345;
/// What an object is not smaller than; nothing else in these journeys is so large.
const OBJECT: u64 = 4 * MIB;
/// When something is killed: not at its beginning, and far from its end.
const MIDDLE: usize = 10;

/// A file that differs everywhere.
fn film(folder: &Path, octets: u64) -> PathBuf {
    let path = folder.join("film.mp4");
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut words = Vec::with_capacity(usize::try_from(octets).unwrap() + 8);
    while (words.len() as u64) < octets {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        words.extend_from_slice(&state.to_le_bytes());
    }
    words.truncate(usize::try_from(octets).unwrap());
    fs::write(&path, words).unwrap();
    path
}

/// The objects in a folder and below, and where on the disk each is.
fn objects(folder: &Path) -> Vec<(PathBuf, u64)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        // What is on its way in has another name, and may be gone by now.
        if path.is_dir() && !path.ends_with("incoming") {
            found.extend(objects(&path));
        } else if let Ok(file) = entry.metadata()
            && file.is_file()
            && file.len() >= OBJECT
            && !path.to_string_lossy().ends_with(".new")
        {
            found.push((path, file.ino()));
        }
    }
    found
}

fn blobs(provider: &Provider) -> Vec<(PathBuf, u64)> {
    objects(&provider.folder)
}

fn bodies(person: &Person) -> Vec<(PathBuf, u64)> {
    objects(&person.home.join("bodies"))
}

fn started(person: &Person, arguments: &[&str]) -> Child {
    let mut command: Command = person.command(arguments);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Waits for something quick.
fn soon(what: &str, mut is_so: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what} does not happen");
        sleep(Duration::from_millis(2));
    }
}

/// SIGKILL as soon as something is so.
fn killed_when(what: &str, mut child: Child, is_so: impl FnMut() -> bool) {
    soon(what, is_so);
    child.kill().unwrap();
    assert_eq!(child.wait().unwrap().code(), None, "{what}: it had ended before");
}

/// Octets that came in since the start.
fn came_in(provider: &Provider) -> u64 {
    let metrics = provider.metrics();
    let line = metrics.lines().find(|line| line.starts_with("sealpost_blob_octets_total")).unwrap();
    line.rsplit(' ').next().unwrap().parse::<f64>().unwrap() as u64
}

/// A line of what the kernel says of a process, in octets.
fn memory(process: u32, field: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with(field))?;
    let kibibytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kibibytes * 1024)
}

/// The most memory that a process has from when `began` is so until its end: before, the derivation of
/// the PIN key takes what scrypt is made to take.
fn peak(what: &str, mut child: Child, began: impl FnMut() -> bool) -> u64 {
    soon(what, began);
    // proc_pid_clear_refs(5): 5 sets the high-water mark to what is resident now.
    fs::write(format!("/proc/{}/clear_refs", child.id()), "5").unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        peak = memory(child.id(), "VmHWM:").unwrap_or(0).max(peak);
        sleep(Duration::from_millis(2));
    }
    assert!(child.wait().unwrap().success(), "{what} failed");
    assert!(peak > 0, "{what}: it had ended before");
    peak
}

/// What a process has that has unlocked the profile and waits for a provider that does not answer.
fn at_rest(person: &Person, provider: &Provider) -> u64 {
    let process = provider.process_id().unwrap();
    signal("-STOP", process);
    let mut child = started(person, &["sync"]);
    let (mut before, mut since) = (0, Instant::now());
    // The derivation of the PIN key is over when nothing has changed for a while.
    soon("rest", || {
        let now = memory(child.id(), "VmRSS:").unwrap();
        if now != before {
            (before, since) = (now, Instant::now());
        }
        since.elapsed() > Duration::from_millis(700) && now < 120 * MIB
    });
    child.kill().unwrap();
    child.wait().unwrap();
    signal("-CONT", process);
    before
}

#[track_caller]
fn within_32_mib(what: &str, peak: u64, rest: u64) {
    assert!(peak < rest + 32 * MIB, "{what}: {} MiB more than at rest", (peak - rest) / MIB);
}

fn letters_of(person: &Person) -> Vec<String> {
    let sent = person.json(&["sent"]);
    let ids = sent["letters"].as_array().unwrap().iter();
    ids.map(|it| it["letter_id"].as_str().unwrap().to_owned()).collect()
}

fn is_here(bert: &Person, letter: &str) -> bool {
    let shown = bert.json(&["show", letter]);
    let attachment = &shown["content"]["attachments"][0];
    assert_eq!(
        (&attachment["file_name"], &attachment["octets"]),
        (&"film.mp4".into(), &OCTETS.into())
    );
    attachment["here"].as_bool().unwrap()
}

#[test]
fn agt_061_a_large_attachment_goes_on_after_every_kill_where_it_stopped() {
    let mut house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let film = film(house.folder(), OCTETS);
    let rest = at_rest(&anna, &house.north);
    let (letter, all) = is_sent(&mut house, (&anna, &bert), &film, rest);
    is_relayed(&mut house, &bert, &letter, all);
    is_fetched(&house, (&anna, &bert), &letter, all, rest);
    assert!(blobs(&house.north).is_empty());
    until("south has forgotten it", || blobs(&house.south).is_empty().then_some(()));
    let folder = house.folder().join("saved again");
    let save = started(&bert, &["save", &letter, "--dir", text(&folder)]);
    within_32_mib("saving", peak("saving", save, || is_written_to(&folder)), rest);
    assert!(fs::read(folder.join("film.mp4")).unwrap() == fs::read(&film).unwrap(), "another film");
}

/// Whether a file is on its way that has no name yet.
fn is_written_to(folder: &Path) -> bool {
    let names = fs::read_dir(folder).into_iter().flatten().flatten().map(|file| file.file_name());
    names.into_iter().any(|name| name.to_string_lossy().ends_with(".new"))
}

/// Anna is killed in the middle of sending. The letter, and how many objects it has.
fn is_sent(
    house: &mut House,
    (anna, bert): (&Person, &Person),
    film: &Path,
    rest: u64,
) -> (String, usize) {
    let command = ["send", "--mode", "signed", "--subject", "x", "--text", "x", "--deadline", "1d"];
    let send = [&command[..], &["--to", &bert.address, text(film)]].concat();
    killed_when("half sent", started(anna, &send), || blobs(&house.north).len() >= MIDDLE);
    let (all, before) = (bodies(anna).len(), blobs(&house.north));
    assert!(all > 2 * MIDDLE && before.len() < all, "{} of {all}", before.len());
    let letter = letters_of(anna).remove(0);
    assert!(proven(anna, &letter, 0).is_empty(), "nobody has been told anything");
    // What North has is not sent again: at most the one that was cut off.
    house.south.kill();
    let peak = peak("the rest of the upload", started(anna, &["sync"]), || {
        blobs(&house.north).len() > before.len()
    });
    within_32_mib("sending", peak, rest);
    let once = all as u64 * fs::metadata(&before[0].0).unwrap().len();
    assert!(came_in(&house.north) < once + OBJECT + MIB, "{} of {once}", came_in(&house.north));
    let after = blobs(&house.north);
    let same = before.iter().filter(|object| after.contains(object)).count();
    assert!(same + 1 >= before.len(), "all but the one that was cut off are the same files");
    assert_eq!(proven(anna, &letter, 0), ["A.1"]);
    assert!(bodies(anna).is_empty(), "Anna has the film itself");
    (letter, all)
}

/// South is killed in the middle of being relayed to.
fn is_relayed(house: &mut House, bert: &Person, letter: &str, all: usize) {
    house.south.start();
    soon("half relayed", || blobs(&house.south).len() >= MIDDLE);
    house.south.kill();
    let before = blobs(&house.south);
    assert!(before.len() < all, "{} of {all}", before.len());
    house.south.start();
    waits_for(bert, letter, "waiting");
    let object = fs::metadata(&before[0].0).unwrap().len();
    // The one that was not recorded yet comes once more.
    let rest_of_it = (all - before.len() + 1) as u64 * object + MIB;
    assert!(came_in(&house.south) < rest_of_it, "{} of {rest_of_it}", came_in(&house.south));
    assert_eq!(blobs(&house.south).len(), all);
}

/// Bert is killed in the middle of fetching: the letter is open, and not yet handed over.
fn is_fetched(
    house: &House,
    (anna, bert): (&Person, &Person),
    letter: &str,
    all: usize,
    rest: u64,
) {
    let accept = started(bert, &["accept", letter, "--yes"]);
    killed_when("half fetched", accept, || bodies(bert).len() >= MIDDLE);
    let before = bodies(bert);
    assert!(before.len() < all, "{} of {all}", before.len());
    assert!(!is_here(bert, letter));
    let folder = house.folder().join("saved");
    bert.run(&["save", letter, "--dir", text(&folder)]).failed_with("attachment-not-here");
    learns(anna, letter, "D.1");
    assert!(!proven(anna, letter, 0).contains(&"E.1".to_owned()));
    let fetches = started(bert, &["sync"]);
    let peak = peak("the rest", fetches, || bodies(bert).len() > before.len());
    within_32_mib("fetching", peak, rest);
    let after = bodies(bert);
    assert!(
        before.iter().all(|object| after.contains(object)),
        "what is here is not fetched again"
    );
    assert!(is_here(bert, letter));
    learns(anna, letter, "E.1");
}

#[test]
fn agt_062_an_object_that_a_provider_exchanges_is_found_and_the_letter_is_not_confirmed() {
    let house = House::open();
    let (anna, bert) = (house.northerner("Anna Adler"), house.southerner("Bert Brandt"));
    let film = film(house.folder(), 9 * MIB);
    let letter = send(&anna, &["--to", &bert.address], "signed", &[text(&film)]);
    waits_for(&bert, &letter, "waiting");
    let held = blobs(&house.south);
    assert_eq!(held.len(), 3);
    let (one, two) = (fs::read(&held[0].0).unwrap(), fs::read(&held[1].0).unwrap());
    let mut flipped = one.clone();
    flipped[1_000_000] ^= 1;
    for wrong in [&two, &flipped, &one[..one.len() - 1].to_vec()] {
        fs::write(&held[0].0, wrong).unwrap();
        let ran = bert.run(&["accept", &letter, "--yes"]);
        assert_ne!(ran.code, 0, "{}", ran.stdout);
        assert!(bodies(&bert).len() < 3);
        anna.syncs();
        assert!(!proven(&anna, &letter, 0).contains(&"E.1".to_owned()));
    }
    fs::write(&held[0].0, &one).unwrap();
    bert.run(&["accept", &letter, "--yes"]).succeeded();
    learns(&anna, &letter, "E.1");
    let folder = house.folder().join("saved");
    bert.run(&["save", &letter, "--dir", text(&folder)]).succeeded();
    assert_eq!(fs::read(folder.join("film.mp4")).unwrap(), fs::read(&film).unwrap());
    // The dossier names the film by what Anna signed, and claims nothing more.
    let dossier = house.folder().join("dossier.asice");
    bert.run(&["export", &letter, "--out", text(&dossier)]).succeeded();
    let trust = house.trust();
    let report = bert.json(&["verify", text(&dossier), "--trust", text(&trust)]);
    let named = &report["report"]["letter"]["large_attachments"][0];
    assert_eq!((&named["file_name"], &named["octets"]), (&"film.mp4".into(), &(9 * MIB).into()));
    let unproven = report["report"]["not_proven"].as_array().unwrap();
    assert!(unproven.iter().any(|it| it["code"] == "large-attachments"), "{unproven:?}");
}

#[test]
fn a_blind_copy_has_objects_of_its_own() {
    let house = House::open();
    let anna = house.northerner("Anna Adler");
    let (bert, cora) = (house.southerner("Bert Brandt"), house.southerner("Cora Carlsen"));
    let film = film(house.folder(), 8 * MIB);
    let to = ["--to", &bert.address, "--bcc", &cora.address];
    let letters = crate::steps::send_all(&anna, &to, "consent", &[text(&film)]);
    for (letter, person) in letters["letters"].as_array().unwrap().iter().zip([&bert, &cora]) {
        let letter = letter["letter_id"].as_str().unwrap();
        waits_for(person, letter, "waiting");
    }
    assert_eq!(blobs(&house.south).len(), 4, "two for each, none shared");
}
