//! What `cargo xtask bench case-files` measures: one complete case file checked without a network, beside
//! OpenSSL checking every signature and every time-stamp in it.
//!
//! The case file is a dossier that the product makes: a letter that had to be accepted with a signature, sent
//! through two providers, with all its evidence. Both sides read the same octets in the same round.

mod contents;
mod openssl;

use super::Arguments;
use super::figures::{median, short, spread};
use super::machine::{self, Usage};
use super::page::{Page, Section};
use crate::demo::story;
use crate::{peers, shell};
use anyhow::{Context, Result, ensure};
use contents::Signed;
use sealpost_tests::{House, program};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use tempfile::TempDir;

pub fn run(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.rounds > 0, "at least one round is needed");
    let load_before = machine::load();
    let newest = peers::openssl_4()?;
    let binaries = build()?;
    program::use_binaries(binaries.clone());
    println!("a letter with all its evidence …");
    let case = Case::made(&binaries)?;
    let signed = contents::all(&case.unpacked())?;
    case.agrees_on(&signed)?;
    let peer = openssl::Peer::prepared(&case.unpacked(), &signed, &case.roots, &newest)?;
    println!("checking it …");
    let mut rounds = Vec::new();
    for _ in 0..arguments.rounds {
        rounds.push(Round::measured(&case, &peer)?);
    }
    let sections = vec![figures(&rounds, &peer), checked(&case, &signed, &peer)?];
    Page { subject: "case-files", sections, builds: None, load_before }.publish(arguments.dry_run)
}

/// Builds what is measured, optimised; the folder it lies in. `SEALPOST_BIN_DIR` names a folder
/// that has it already.
fn build() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os("SEALPOST_BIN_DIR") {
        return Ok(folder.into());
    }
    let binaries = ["-p", "sealpost-provider", "-p", "sealpost-cli", "--bins"];
    // By itself: what only examples need must not change what is in the binaries.
    let driver = ["-p", "sealpost-letter", "--example", "case_driver"];
    for what in [binaries.as_slice(), &driver] {
        shell::run(shell::cargo().args(["build", "--release", "--locked"]).args(what))?;
    }
    Ok(shell::target_dir().join("release"))
}

/// The dossier, unpacked beside it for OpenSSL, and whom to trust.
struct Case {
    folder: TempDir,
    driver: PathBuf,
    roots: Vec<PathBuf>,
}

impl Case {
    /// Sends the letter, has it accepted, and exports the sender's dossier.
    fn made(binaries: &Path) -> Result<Self> {
        let folder = TempDir::new().context("the folder for temporary files is not writable")?;
        let place = folder.path().join("house");
        fs::create_dir(&place)?;
        let mut house = House::built_in(place, None);
        house.north.start();
        house.south.start();
        let anna = house.northerner("Anna Adler");
        let bert = house.southerner("Bert Brandt");
        let sent = story::send(&anna, &bert, story::SUBJECT, "14d", None);
        let letter = story::text(&sent["letters"][0]["letter_id"])?;
        story::wait_for(&bert, "waiting", 1);
        bert.json(&["accept", &letter, "--yes"]);
        story::wait_for_evidence(&anna, &letter, "E.1");
        let trust = house.trust();
        let mut roots: Vec<PathBuf> =
            fs::read_dir(trust)?.map(|entry| Ok(entry?.path())).collect::<Result<_>>()?;
        roots.sort();
        let case = Self { driver: binaries.join("examples/case_driver"), folder, roots };
        let dossier = case.dossier();
        anna.json(&["export", &letter, "--out", dossier.to_str().context("plain names")?]);
        ensure!(house.north.stop() == 0 && house.south.stop() == 0, "a provider did not stop");
        shell::run(case.driver().arg("unpack").arg(dossier).arg(case.unpacked()))?;
        Ok(case)
    }

    fn dossier(&self) -> PathBuf {
        self.folder.path().join("dossier.asice")
    }

    fn unpacked(&self) -> PathBuf {
        self.folder.path().join("unpacked")
    }

    fn driver(&self) -> Command {
        Command::new(&self.driver)
    }

    /// The process of a judge: it reads the dossier and the trusted roots, and ends with the verdict.
    fn judge(&self, more: &[&str]) -> Command {
        let trust = self.folder.path().join("house/trust");
        let mut command = program::ours("sealpost");
        command.args(more).arg("verify").arg(self.dossier()).arg("--trust").arg(trust);
        command
    }

    /// Both sides must check the same: each signed file has a proof in our report, with a time-stamp exactly
    /// where there is one, and no other file has. A verdict of TOTAL-PASSED needs every signer of a file and
    /// the time-stamp of each.
    fn agrees_on(&self, signed: &[Signed]) -> Result<()> {
        let answer = shell::output_of(&mut self.judge(&["--json"]))?;
        let answer: serde_json::Value = serde_json::from_str(&answer)?;
        let parts = answer["report"]["parts"].as_array().context("a report has parts")?;
        let mut ours: Vec<(&str, bool)> = parts
            .iter()
            .filter(|part| part["proof"].is_object())
            .filter_map(|part| {
                Some((part["part"].as_str()?, part["proof"]["time_stamp_authority"].is_object()))
            })
            .collect();
        let mut theirs: Vec<(&str, bool)> =
            signed.iter().map(|it| (it.name.as_str(), !it.stamped.is_empty())).collect();
        ours.sort_unstable();
        theirs.sort_unstable();
        ensure!(ours == theirs, "we check {ours:?}, and OpenSSL would check {theirs:?}");
        Ok(())
    }

    /// Microseconds of one check in a process that has everything in memory.
    fn warm(&self) -> Result<f64> {
        let mut command = self.driver();
        command.arg("verify").arg(self.dossier()).arg(WARM_SECONDS).args(&self.roots);
        Ok(shell::output_of(&mut command)?.trim().parse()?)
    }
}

/// Processes in a row: the kernel counts CPU in steps of 10 ms.
const REPEATS: u32 = 20;
/// How long the warm check is repeated.
const WARM_SECONDS: &str = "2";

/// The same case three ways, one after the other.
struct Round {
    ours: Usage,
    theirs: Usage,
    warm_micros: f64,
}

impl Round {
    fn measured(case: &Case, peer: &openssl::Peer) -> Result<Self> {
        let quiet = |mut command: Command| {
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        Ok(Self {
            ours: machine::usage(REPEATS, || quiet(case.judge(&[])))?,
            theirs: machine::usage(REPEATS, || quiet(peer.command()))?,
            warm_micros: case.warm()?,
        })
    }
}

fn figures(rounds: &[Round], peer: &openssl::Peer) -> Section {
    let columns = ["one case file", "Sealpost", "OpenSSL", "ratio", "goal"];
    let mut section = Section::new("One complete case file, checked offline", &columns);
    let of = |value: fn(&Round) -> f64| -> Vec<f64> { rounds.iter().map(value).collect() };
    let mut pair = |what: &str, ours: Vec<f64>, theirs: Vec<f64>, goal: &str| {
        let each: Vec<f64> = ours.iter().zip(&theirs).map(|(ours, theirs)| ours / theirs).collect();
        let text = |values: &[f64]| short(median(values));
        section.row([what, &text(&ours), &text(&theirs), &spread(&each, "×"), goal]);
    };
    pair("cold, ms", of(|it| it.ours.wall_ms), of(|it| it.theirs.wall_ms), "≤ 0.5×");
    pair("cold, CPU ms", of(|it| it.ours.cpu_ms), of(|it| it.theirs.cpu_ms), "-");
    let octets = |usage: &Usage| usage.peak_octets as f64 / f64::from(1 << 20);
    let memory = [
        rounds.iter().map(|it| octets(&it.ours)).collect::<Vec<_>>(),
        rounds.iter().map(|it| octets(&it.theirs)).collect(),
    ]
    .map(|values| short(median(&values)));
    section.row(["memory, MiB", &memory[0], &memory[1], "-", "-"]);
    let warm = of(|it| it.warm_micros);
    section.row(["warm, µs", &short(median(&warm)), "-", "-", "≤ 2000"]);
    let per_second: Vec<f64> = warm.iter().map(|micros| 1e6 / micros).collect();
    section.row(["warm, cases/s of a core", &spread(&per_second, ""), "-", "-", "≥ 500"]);
    section.note(&format!(
        "Cold: one process `sealpost verify DOSSIER --trust DIR`, beside {} processes of OpenSSL, one \
         `openssl cms -verify` for each signed file and one `openssl ts -verify` for each time-stamp, \
         started one after the other by a shell; times are of {REPEATS} in a row. Warm: the same check again \
         and again in one process that has the dossier and the roots in memory.",
        peer.processes()
    ));
    section
}

/// What was checked, counted from the octets of the dossier.
fn checked(case: &Case, signed: &[Signed], peer: &openssl::Peer) -> Result<Section> {
    let mut section = Section::new("What is checked in it", &["what", "Sealpost", "OpenSSL"]);
    let signers: usize = signed.iter().map(|it| it.signers).sum();
    let tokens: usize = signed.iter().map(|it| it.stamped.len()).sum();
    let mut row = |what: &str, ours: &str, theirs: &str| section.row([what, ours, theirs]);
    for (what, count) in [
        ("signed files", signed.len()),
        ("signatures in them", signers),
        ("time-stamps of signatures", tokens),
        ("certificate paths to a root", signers + tokens),
    ] {
        row(what, &count.to_string(), &count.to_string());
    }
    row("revocation of a signer", &signers.to_string(), &signers.to_string());
    row("revocation of a time-stamp authority", &tokens.to_string(), "-");
    row("ciphertexts opened, digests, disclosures, what parts say about each other", "yes", "-");
    row("processes", "1", &peer.processes().to_string());
    let octets = fs::metadata(case.dossier())?.len();
    section.note(&format!(
        "A dossier of {octets} octets: a letter in mode `signed`, with the evidence of each step, the \
         recipient's decision and the exporting party's signature. On either side a file passes only if all \
         of its signatures hold. {} `openssl cms` looks into the revocation lists that travel in the file, \
         `openssl ts` into none. A chain or a list that several signatures share is computed once by \
         Sealpost, and by each process of OpenSSL again.",
        peer.versions()
    ));
    Ok(section)
}
