//! What `cargo xtask bench crypto` measures: CMS, beside OpenSSL doing the same work.
//!
//! Files are sealed and opened by whole processes, `openssl cms` against
//! `crates/cms/examples/crypto_driver`; small messages in one process each, libcrypto in C against
//! the same driver.

use super::Arguments;
use super::figures::{median, short, spread};
use super::libcrypto::{self, Small};
use super::machine::{self, Usage};
use super::page::{Page, Section};
use crate::shell;
use anyhow::{Context, Result, ensure};
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

pub fn run(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.rounds > 0, "at least one round is needed");
    let load_before = machine::load();
    let work = Work::prepare()?;
    let mut sections = Vec::new();
    sections.extend(large(&work, arguments)?);
    sections.extend(small(&work, arguments.rounds)?);
    Page { subject: "crypto", sections, builds: None, load_before }.publish(arguments.dry_run)
}

/// A folder with keys, and the program that is measured.
struct Work {
    folder: TempDir,
    driver: PathBuf,
}

impl Work {
    fn prepare() -> Result<Self> {
        let mut cargo = shell::cargo();
        cargo.args(["build", "--release", "--locked", "-p", "sealpost-cms"]);
        shell::run(cargo.args(["--example", "crypto_driver"]))?;
        let driver = shell::target_dir().join("release/examples/crypto_driver");
        let folder = TempDir::new().context("the folder for temporary files is not writable")?;
        let work = Self { folder, driver };
        shell::run(&mut work.ours(&["keys", "."]))?;
        for name in ["signer", "reader", "tsa"] {
            let (der, pem) = (format!("{name}.key"), format!("{name}.key.pem"));
            let convert = ["pkey", "-inform", "DER", "-in", &der, "-out", &pem];
            shell::run(work.command("openssl").args(convert))?;
        }
        Ok(work)
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(self.path());
        command
    }

    fn ours(&self, words: &[&str]) -> Command {
        let mut command = self.command(&self.driver);
        command.args(words);
        command
    }

    /// Two programs of OpenSSL, as people chain them.
    fn openssl(&self, pipe: &str) -> Command {
        let mut command = self.command("sh");
        command.args(["-c", pipe]);
        command
    }
}

/// Files of growing size.
fn large(work: &Work, arguments: &Arguments) -> Result<[Section; 2]> {
    let columns =
        ["content", "what", "Sealpost", "OpenSSL", "time: ratio", "CPU: ratio", "memory, MiB"];
    let mut sealing = Section::new("Sign and encrypt a file", &columns);
    let mut opening = Section::new("Decrypt and verify a file", &columns);
    let largest = arguments.largest * MIB;
    for octets in [KIB, 64 * KIB, MIB, 100 * MIB, 1024 * MIB, 5 * 1024 * MIB] {
        if octets > largest.max(KIB) {
            continue;
        }
        println!("files of {} …", size(octets));
        random_file(&work.path().join("content"), octets)?;
        let rounds = if octets >= 1024 * MIB { arguments.rounds.min(3) } else { arguments.rounds };
        let repeats = if octets < 10 * MIB { 20 } else { 1 };
        let mut pair = Pair { seal: Vec::new(), open: Vec::new() };
        for _ in 0..rounds {
            pair.round(work, octets, repeats)?;
        }
        row(&mut sealing, octets, &pair.seal);
        row(&mut opening, octets, &pair.open);
    }
    sealing.note(SEALING);
    opening.note(OPENING);
    Ok([sealing, opening])
}

const SEALING: &str = "One process of ours, signing and encrypting in one pass, beside \
    `openssl cms -sign -stream | openssl cms -encrypt -stream`: ECDSA P-256, one P-256 recipient, \
    AES-256-GCM, BER. Times are of whole processes, their start included; below 10 MiB of twenty \
    in a row. Goals from 100 MiB on: CPU ≤ 0.65×, rate ≥ 1.2× (time ≤ 0.83×), memory ≤ 32 MiB.";
const OPENING: &str = "The same two ways back. Ours writes to a file that gets its name when tag, \
    signature, chain and revocation list have held; `openssl cms -decrypt | openssl cms -verify` \
    checks no revocation list, holds the message in memory, and cannot read more than 2 GiB. \
    Goals from 100 MiB on: CPU ≤ 0.2×, rate ≥ 5× (time ≤ 0.2×).";

/// What both sides used, round by round.
struct Pair {
    seal: Vec<(Usage, Option<Usage>)>,
    open: Vec<(Usage, Option<Usage>)>,
}

impl Pair {
    fn round(&mut self, work: &Work, octets: u64, repeats: u32) -> Result<()> {
        let ours = machine::usage(repeats, || work.ours(&["seal", ".", "content", "ours"]))?;
        let theirs = machine::usage(repeats, || work.openssl(OPENSSL_SEALS))?;
        self.seal.push((ours, Some(theirs)));
        let ours = machine::usage(repeats, || work.ours(&["open", ".", "ours", "ours.out"]))?;
        ensure!(same(work, "ours.out")?, "what was sealed did not open to the same content");
        // OpenSSL's reader ends at 2 GiB.
        let theirs =
            (octets <= 1024 * MIB).then(|| machine::usage(repeats, || work.openssl(OPENSSL_OPENS)));
        let theirs = theirs.transpose()?;
        if theirs.is_some() {
            ensure!(same(work, "theirs.out")?, "OpenSSL did not open what it had sealed");
        }
        self.open.push((ours, theirs));
        Ok(())
    }
}

const OPENSSL_SEALS: &str = "openssl cms -sign -binary -nodetach -stream -md sha256 -in content \
    -outform DER -signer signer.pem -inkey signer.key.pem | openssl cms -encrypt -binary -stream \
    -aes-256-gcm -outform DER -recip reader.pem -keyopt ecdh_kdf_md:sha256 -aes256-wrap -out theirs";
const OPENSSL_OPENS: &str = "openssl cms -decrypt -binary -inform DER -in theirs -recip reader.pem \
    -inkey reader.key.pem | openssl cms -verify -binary -inform DER -CAfile root.pem -purpose any \
    -out theirs.out 2>/dev/null";

fn row(section: &mut Section, octets: u64, rounds: &[(Usage, Option<Usage>)]) {
    let of = |value: fn(&Usage) -> f64| -> (Vec<f64>, Vec<f64>) {
        let ours = rounds.iter().map(|(ours, _)| value(ours)).collect();
        let theirs = rounds.iter().filter_map(|(_, theirs)| theirs.as_ref().map(value)).collect();
        (ours, theirs)
    };
    let ratio = |(ours, theirs): &(Vec<f64>, Vec<f64>)| {
        let each: Vec<f64> = ours.iter().zip(theirs).map(|(ours, theirs)| ours / theirs).collect();
        if each.is_empty() { "-".to_owned() } else { spread(&each, "×") }
    };
    let text = |values: &[f64], unit: &str| match values.is_empty() {
        true => "-".to_owned(),
        false => format!("{} {unit}", short(median(values))),
    };
    let (wall, cpu) = (of(|usage| usage.wall_ms), of(|usage| usage.cpu_ms));
    let memory = of(|usage| usage.peak_octets as f64 / MIB as f64);
    let both = |(ours, theirs): &(Vec<f64>, Vec<f64>)| {
        format!("{} / {}", text(ours, "").trim(), text(theirs, "").trim())
    };
    section.row([
        &size(octets),
        "each, ms",
        &text(&wall.0, ""),
        &text(&wall.1, ""),
        &ratio(&wall),
        &ratio(&cpu),
        &both(&memory),
    ]);
}

/// Messages in memory, by size and by number of recipients.
fn small(work: &Work, rounds: usize) -> Result<Vec<Section>> {
    println!("small messages …");
    let peer = match libcrypto::build(work.path()) {
        Ok(peer) => peer,
        Err(error) => {
            let mut section = Section::new("Small messages", &["not measured"]);
            section.row([&format!("{error:#}")]);
            return Ok(vec![section]);
        }
    };
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        ours.push(Small::read(&mut work.ours(&["small", "."]))?);
        theirs.push(Small::read(work.command(&peer).arg("."))?);
    }
    let columns =
        ["message", "Sealpost, µs", "libcrypto, µs", "ratio", "octets, ours", "theirs", "goal"];
    let mut section = Section::new("Small messages in one process, one core", &columns);
    for case in ours[0].cases() {
        let values = |side: &[Small]| -> Vec<f64> {
            side.iter().filter_map(|round| round.micros(case)).collect()
        };
        let (mine, other) = (values(&ours), values(&theirs));
        let each: Vec<f64> = mine.iter().zip(&other).map(|(mine, other)| mine / other).collect();
        let octets = |side: &Small| side.octets(case).map_or("-".to_owned(), |it| it.to_string());
        section.row([
            libcrypto::title(case),
            &short(median(&mine)),
            &short(median(&other)),
            &spread(&each, "×"),
            &octets(&ours[0]),
            &octets(&theirs[0]),
            libcrypto::goal(case),
        ]);
    }
    section.note(SMALL);
    Ok(vec![section])
}

const SMALL: &str = "Sealing is signing (P-256, CAdES B-B), then encrypting for the recipients; \
    opening is unwrapping, decrypting and verifying signature, chain and revocation list. Keys and \
    certificates were read before. Octets include the signer's certificate and the list. \
    libcrypto is Debian's, called from C; it makes one ephemeral key for every recipient. A time-stamp is a reply to a request of RFC 3161 \
    with the authority's certificate; verifying is comparing it with the request, and its signature, \
    chain and revocation list.";

fn random_file(path: &Path, octets: u64) -> Result<()> {
    let mut from = File::open("/dev/urandom")?.take(octets);
    let mut to = File::create(path)?;
    std::io::copy(&mut from, &mut to)?;
    Ok(to.flush()?)
}

fn same(work: &Work, name: &str) -> Result<bool> {
    let compared = work.command("cmp").args(["-s", "content", name]).status()?;
    fs::remove_file(work.path().join(name))?;
    Ok(compared.success())
}

fn size(octets: u64) -> String {
    match octets {
        0..MIB => format!("{} KiB", octets / KIB),
        _ => format!("{} MiB", octets / MIB),
    }
}
