//! The story: three letters, their evidence, the proof without a network, and what the operators
//! could have learned.

use super::timeline::Timeline;
use anyhow::{Context, Result, ensure};
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

const SUBJECT: &str = "Notice of termination, flat at 7 Lindenweg";
const TEXT: &str = "Dear Mr Brandt, please find my notice attached. Kind regards, Anna Adler";

/// The people of the story.
struct People {
    anna: Person,
    bert: Person,
}

/// Tells the whole story; files go to `out`.
pub fn tell(house: &mut House, document: &Document, out: &Path, keep: bool) -> Result<Timeline> {
    fs::create_dir_all(out)?;
    let file = out.join(&document.name);
    fs::write(&file, &document.octets)?;
    let file = file.to_str().context("the folder needs a plain name")?.to_owned();
    house.north.start();
    house.south.start();
    let people =
        People { anna: house.northerner("Anna Adler"), bert: house.southerner("Bert Brandt") };
    let trust = house.trust();
    copy_folder(&trust, &out.join("trust"))?;

    let mut timeline = Timeline::new();
    let accepted = accepted_letter(&mut timeline, &people, document, &file, out)?;
    refused_letter(&mut timeline, &people)?;
    expired_letter(&mut timeline, &people)?;
    proof(&mut timeline, house, &people, &accepted, out, keep)?;
    who_learned_what(&mut timeline, house, document);
    Ok(timeline)
}

fn accepted_letter(
    timeline: &mut Timeline,
    people: &People,
    document: &Document,
    file: &str,
    out: &Path,
) -> Result<String> {
    let People { anna, bert } = people;
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
    let (_, took) = timed(|| bert.json(&["accept", &letter, "--yes"]));
    timeline.act("Bert", "accepts with his signature and opens the letter", took);
    let saved = out.join("bert");
    bert.json(&["save", &letter, "--dir", saved.to_str().context("plain names")?]);
    let letters = out.join("letters");
    bert.json(&["save", &letter, "--dir", letters.to_str().context("plain names")?, "--as", "eml"]);
    let received = fs::read(saved.join(&document.name)).context("Bert has the document")?;
    ensure!(received == document.octets, "the document changed on its way");
    timeline.say(&format!("          {} arrived, octet for octet", document.name));
    let (_, took) = timed(|| wait_for_evidence(anna, &letter, "E.1"));
    timeline.act("Anna", "holds the evidence", took);
    timeline.evidence(&steps(anna, &letter));
    anna.json(&[
        "evidence",
        &letter,
        "--out",
        out.join("evidence").to_str().context("plain names")?,
    ]);
    Ok(letter)
}

fn refused_letter(timeline: &mut Timeline, people: &People) -> Result<()> {
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
    Ok(())
}

fn expired_letter(timeline: &mut Timeline, people: &People) -> Result<()> {
    let People { anna, bert } = people;
    timeline.heading("3  A letter that nobody decides about");
    let (sent, took) = timed(|| send(anna, bert, "Last reminder", "5s", None));
    let letter = text(&sent["letters"][0]["letter_id"])?;
    timeline.act("Anna", "sends a third letter with a deadline of 5 seconds", took);
    let (_, took) = timed(|| wait_for_evidence(anna, &letter, "C.5"));
    timeline.act("nobody", "decides, and the deadline passes", took);
    timeline.evidence(&steps(anna, &letter));
    Ok(())
}

/// The dossiers, checked with both providers switched off.
fn proof(
    timeline: &mut Timeline,
    house: &mut House,
    people: &People,
    letter: &str,
    out: &Path,
    keep: bool,
) -> Result<()> {
    timeline.heading("4  Proof without a network");
    let mut files = Vec::new();
    for (name, person) in [("anna", &people.anna), ("bert", &people.bert)] {
        let file = out.join(format!("dossier-{name}.asice"));
        let path = file.to_str().context("plain names")?.to_owned();
        let (_, took) = timed(|| person.json(&["export", letter, "--out", &path]));
        let size = fs::metadata(&file)?.len();
        timeline.act(
            &capital(name),
            &format!("exports a dossier ({})", kilo(usize::try_from(size)?)),
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

/// Searches every octet that the providers hold.
fn who_learned_what(timeline: &mut Timeline, house: &House, document: &Document) {
    timeline.heading("5  What the providers could have learned");
    for (provider, other_address) in
        [(&house.north, "bert@south.example"), (&house.south, "anna@north.example")]
    {
        let held = provider.everything_it_holds();
        let octets: usize = held.iter().map(|(_, octets)| octets.len()).sum();
        let files = held.len();
        timeline.say(&format!("{}: searched {files} files, {}", provider.domain, kilo(octets)));
        for (what, needle) in [
            ("the other party's address", other_address),
            ("the subject", SUBJECT),
            ("the text", TEXT),
            ("the file's name", &document.name),
        ] {
            let found = provider.files_with(needle.as_bytes()).len();
            timeline.say(&format!("    {what:<28} found in {found} files"));
        }
    }
    timeline.say("Known to the sender's provider: its account, the recipient's domain, padded sizes, until relayed.");
    timeline.say("Known to the recipient's provider: its mailbox, the sender's provider, padded sizes, until handed over.");
}

fn send(from: &Person, to: &Person, subject: &str, deadline: &str, file: Option<&str>) -> Value {
    let mut arguments = vec!["send", "--to", &to.address, "--subject", subject, "--text", TEXT];
    arguments.extend(["--mode", "signed", "--deadline", deadline]);
    arguments.extend(file);
    from.json(&arguments)
}

/// Syncs until `count` letters are in `state`, and returns them.
fn wait_for(person: &Person, state: &str, count: usize) -> Vec<Value> {
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

fn wait_for_evidence(person: &Person, letter: &str, code: &str) {
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

fn text(value: &Value) -> Result<String> {
    value.as_str().map(str::to_owned).with_context(|| format!("expected text, not {value}"))
}

fn octets(entry: &Value) -> usize {
    entry["octets"].as_u64().and_then(|octets| usize::try_from(octets).ok()).unwrap_or(0)
}

fn kilo(octets: usize) -> String {
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
