//! The story: three letters, their evidence, the proof without a network, and what the operators
//! could have learned.

use super::search;
use super::timeline::Timeline;
use anyhow::{Context, Result, bail, ensure};
use sealpost_tests::program::{ours, run};
use sealpost_tests::{House, Person, until};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// What is sent.
pub struct Document {
    pub name: String,
    pub octets: Vec<u8>,
}

pub const SUBJECT: &str = "Notice of termination, flat at 7 Lindenweg";
const TEXT: &str = "Dear Mr Brandt, please find my notice attached. Kind regards, Anna Adler";
/// A piece of the text that stands on one line of the letter.
pub const TEXT_NEEDLE: &str = "please find my notice";

/// The people of the story.
struct People {
    anna: Person,
    bert: Person,
}

/// Tells the whole story; files go to `out`.
pub fn tell(house: &mut House, document: &Document, out: &Path, keep: bool) -> Result<Timeline> {
    fs::create_dir_all(out)?;
    fs::write(out.join(&document.name), &document.octets)?;
    house.north.start();
    house.south.start();
    let people =
        People { anna: house.northerner("Anna Adler"), bert: house.southerner("Bert Brandt") };
    let trust = house.trust();
    copy_folder(&trust, &out.join("trust"))?;

    let mut timeline = Timeline::new();
    let accepted = accepted_letter(&mut timeline, house, &people, document, out)?;
    let refused = refused_letter(&mut timeline, &people)?;
    let expired = expired_letter(&mut timeline, &people)?;
    for (letter, name) in [(&refused, "refused"), (&expired, "expired")] {
        write_evidence(&people.anna, letter, &out.join(format!("evidence-{name}")))?;
    }
    let dossiers = [
        (&people.anna, &accepted, "anna"),
        (&people.bert, &accepted, "bert"),
        (&people.anna, &refused, "refused"),
        (&people.anna, &expired, "expired"),
    ];
    proof(&mut timeline, house, &dossiers, out, keep)?;
    search::who_learned_what(&mut timeline, house, document)?;
    Ok(timeline)
}

fn accepted_letter(
    timeline: &mut Timeline,
    house: &House,
    people: &People,
    document: &Document,
    out: &Path,
) -> Result<String> {
    let People { anna, bert } = people;
    let file = out.join(&document.name);
    let file = file.to_str().context("the folder needs a plain name")?;
    timeline.heading("1  A letter that must be accepted with a signature");
    let (sent, took) = timed(|| send(anna, bert, SUBJECT, "14d", Some(file)));
    let letter = text(&sent["letters"][0]["letter_id"])?;
    timeline.act(
        "Anna",
        &format!("sends {} ({}) to Bert", document.name, kilo(document.octets.len())),
        took,
    );
    let (waiting, took) = timed(|| wait_for(bert, "waiting", 1));
    timeline.act("Bert", "sees that a letter waits", took);
    let shown = bert.json(&["show", &letter]);
    let from =
        format!("{} <{}>", text(&shown["sender"]["name"])?, text(&shown["sender"]["address"])?);
    timeline.say(&format!(
        "          before he accepts he sees: from {from}, signature {}",
        text(&shown["signature"]["indication"])?
    ));
    timeline.say(&format!(
        "          {}, until {}, subject hidden",
        kilo(octets(&waiting[0])),
        text(&shown["deadline"])?
    ));
    let locked = bert.run(&["save", &letter, "--dir", out.to_str().context("plain names")?]);
    ensure!(locked.code != 0, "the letter opened without acceptance");
    timeline.say("          and cannot open it: half of the key is with his provider");
    search::nothing_is_held(house, document)?;
    timeline.say("          both providers are searched while it waits: nothing of it is found");
    let (_, took) = timed(|| bert.json(&["accept", &letter, "--yes"]));
    timeline.act("Bert", "accepts with his signature and opens the letter", took);
    let saved = out.join("bert");
    bert.json(&["save", &letter, "--dir", saved.to_str().context("plain names")?]);
    let letters = out.join("letters");
    bert.json(&["save", &letter, "--dir", letters.to_str().context("plain names")?, "--as", "eml"]);
    search::would_be_found(&letters, document)?;
    let received = fs::read(saved.join(&document.name)).context("Bert has the document")?;
    ensure!(received == document.octets, "the document changed on its way");
    timeline.say(&format!("          {} arrived, octet for octet", document.name));
    let (_, took) = timed(|| wait_for_evidence(anna, &letter, "E.1"));
    timeline.act("Anna", "holds the evidence", took);
    timeline.evidence(&steps(anna, &letter));
    write_evidence(anna, &letter, &out.join("evidence"))?;
    Ok(letter)
}

fn write_evidence(person: &Person, letter: &str, folder: &Path) -> Result<()> {
    let folder = folder.to_str().context("plain names")?;
    person.json(&["evidence", letter, "--out", folder]);
    Ok(())
}

fn refused_letter(timeline: &mut Timeline, people: &People) -> Result<String> {
    let People { anna, bert } = people;
    timeline.heading("2  A letter that is refused");
    let (sent, took) = timed(|| send(anna, bert, "Rent increase", "14d", None));
    let letter = text(&sent["letters"][0]["letter_id"])?;
    timeline.act("Anna", "sends a second letter", took);
    wait_for(bert, "waiting", 1);
    let (_, took) = timed(|| bert.json(&["refuse", &letter, "--yes"]));
    timeline.act("Bert", "refuses it with his signature", took);
    wait_for_evidence(anna, &letter, "C.4");
    timeline.evidence(&steps(anna, &letter));
    Ok(letter)
}

fn expired_letter(timeline: &mut Timeline, people: &People) -> Result<String> {
    let People { anna, bert } = people;
    timeline.heading("3  A letter that nobody decides about");
    let (sent, took) = timed(|| send_until_accepted(anna, bert));
    let (letter, seconds) = sent?;
    let what = format!("sends a third letter with a deadline of {seconds} seconds");
    timeline.act("Anna", &what, took);
    let (_, took) = timed(|| wait_for_evidence(anna, &letter, "C.5"));
    timeline.act("nobody", "decides, and the deadline passes", took);
    timeline.evidence(&steps(anna, &letter));
    Ok(letter)
}

/// A busy machine may need longer than the deadline to hand the letter in; then it gets more.
fn send_until_accepted(anna: &Person, bert: &Person) -> Result<(String, u32)> {
    for seconds in [5, 20, 60] {
        let deadline = format!("{seconds}s");
        let ran = anna.run(&sending(bert, "Last reminder", &deadline, None, &["--json"]));
        if ran.code == 0 {
            return Ok((text(&ran.json()["letters"][0]["letter_id"])?, seconds));
        }
    }
    bail!("the third letter was not accepted even with a deadline of a minute")
}

/// The dossiers, checked with both providers switched off.
fn proof(
    timeline: &mut Timeline,
    house: &mut House,
    dossiers: &[(&Person, &String, &str)],
    out: &Path,
    keep: bool,
) -> Result<()> {
    timeline.heading("4  Proof without a network");
    let mut files = Vec::new();
    for (person, letter, name) in dossiers {
        let file = out.join(format!("dossier-{name}.asice"));
        let path = file.to_str().context("plain names")?.to_owned();
        let (_, took) = timed(|| person.json(&["export", letter, "--out", &path]));
        let size = fs::metadata(&file)?.len();
        let who = person.address.split('@').next().unwrap_or_default();
        let which = if *name == who { "accepted" } else { name };
        timeline.act(
            &capital(who),
            &format!("exports a dossier of the {which} letter ({})", kilo(usize::try_from(size)?)),
            took,
        );
        files.push(path);
    }
    if !keep {
        ensure!(
            house.north.stop() == 0 && house.south.stop() == 0,
            "a provider did not stop cleanly"
        );
        timeline.say("          both providers are switched off");
    }
    for path in &files {
        let mut verify = ours("sealpost");
        verify.args(["--json", "verify", path, "--trust"]).arg(out.join("trust"));
        let (ran, took) = timed(|| run(verify));
        ensure!(ran.code == 0, "verification failed:\n{}{}", ran.stdout, ran.stderr);
        timeline.act(
            "a third person",
            "checks it with nothing but two root certificates: TOTAL-PASSED",
            took,
        );
    }
    let mut tampered = fs::read(&files[0])?;
    let middle = tampered.len() / 2;
    tampered[middle] ^= 1;
    let path = out.join("dossier-tampered.asice");
    fs::write(&path, tampered)?;
    let mut verify = ours("sealpost");
    verify.arg("verify").arg(&path).arg("--trust").arg(out.join("trust"));
    let (ran, took) = timed(|| run(verify));
    ensure!(ran.code == 1, "a changed dossier passed");
    timeline.act(
        "a third person",
        "checks a copy with one bit changed: TOTAL-FAILED, exit code 1",
        took,
    );
    Ok(())
}

pub fn send(
    from: &Person,
    to: &Person,
    subject: &str,
    deadline: &str,
    file: Option<&str>,
) -> Value {
    from.json(&sending(to, subject, deadline, file, &[]))
}

fn sending<'a>(
    to: &'a Person,
    subject: &'a str,
    deadline: &'a str,
    file: Option<&'a str>,
    more: &[&'a str],
) -> Vec<&'a str> {
    let mut arguments = vec!["send", "--to", &to.address, "--subject", subject, "--text", TEXT];
    arguments.extend(["--mode", "signed", "--deadline", deadline]);
    arguments.extend(file);
    arguments.extend(more);
    arguments
}

/// Syncs until `count` letters are in `state`, and returns them.
pub fn wait_for(person: &Person, state: &str, count: usize) -> Vec<Value> {
    until(state, || {
        person.syncs();
        let letters = person.json(&["inbox", "--all"])["letters"].clone();
        let found: Vec<Value> = letters
            .as_array()
            .into_iter()
            .flatten()
            .filter(|it| it["state"] == state)
            .cloned()
            .collect();
        (found.len() >= count).then_some(found)
    })
}

/// Syncs until this evidence of a sent letter is there.
pub fn wait_for_evidence(person: &Person, letter: &str, code: &str) {
    until(code, || {
        person.syncs();
        steps(person, letter).iter().any(|step| step["code"] == code).then_some(())
    });
}

/// The evidence that a sender holds about the first recipient of a letter.
fn steps(person: &Person, letter: &str) -> Vec<Value> {
    let sent = person.json(&["sent", letter]);
    sent["recipients"][0]["steps"].as_array().cloned().unwrap_or_default()
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let began = Instant::now();
    let result = work();
    (result, began.elapsed().as_secs_f64())
}

pub fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("expected text, not {value}"))
}

fn octets(entry: &Value) -> usize {
    entry["octets"].as_u64().and_then(|octets| usize::try_from(octets).ok()).unwrap_or(0)
}

pub fn kilo(octets: usize) -> String {
    match octets {
        0..=9_999 => format!("{octets} octets"),
        10_000..=9_999_999 => format!("{} kB", octets / 1_000),
        _ => format!("{} MB", octets / 1_000_000),
    }
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        fs::copy(entry.path(), to.join(entry.file_name()))?;
    }
    Ok(())
}
