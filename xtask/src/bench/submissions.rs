//! Many clients at the same time, with and without a peer beside it.

use super::driver::numbers;
use super::figures::{median, percentile, short, spread};
use super::letter::Setting;
use super::machine;
use super::page::Section;
use super::postfix::Postfix;
use super::smtp::{self, Session};
use super::syncs::Count;
use crate::setup;
use anyhow::{Context, Result};
use sealpost_tests::provider::signal;

/// Clients at the same time, and letters in one round of theirs.
const TIERS: [(usize, usize); 3] = [(1, 40), (8, 160), (32, 320)];
const CLIENTS_MAX: usize = 32;
/// Octets of a plain message for the peer: what our letters' documents have.
const MESSAGE_OCTETS: usize = 10 * 1024;

/// One round.
struct Sample {
    rate: f64,
    p50: f64,
    p99: f64,
    cpu_ms: f64,
    commits: f64,
    written: f64,
}

/// All rounds with one number of clients.
struct Tier {
    clients: usize,
    count: usize,
    ours: Vec<Sample>,
    peer: Vec<Sample>,
    /// fsync and fdatasync per letter, in a round of its own.
    syncs: Option<f64>,
}

pub fn measure(setting: &mut Setting, rounds: usize) -> Result<Vec<Section>> {
    let size = prepare(setting, rounds)?;
    // The recipient's provider holds still, so that letters are accepted and stay, as with the peer.
    let south = setting.south()?;
    signal("-STOP", south);
    let measured = with_relay_held(setting, rounds, &size);
    signal("-CONT", south);
    measured
}

/// Seals all letters of all rounds: a warm-up, the timed ones and those that are counted. Says how
/// large one is.
fn prepare(setting: &mut Setting, rounds: usize) -> Result<String> {
    let a_round: usize = TIERS.iter().map(|(_, count)| count).sum();
    let count = a_round * (rounds + 2);
    let to = &setting.recipient.address;
    let answer = setting.driver.ask(&format!("prepare {count} {to}"))?;
    setting.driver.ask(&format!("connect {CLIENTS_MAX}"))?;
    let octets = answer["octets"].as_f64().context("no octets")?;
    let parts: Vec<String> =
        numbers(&answer, "part_octets").iter().map(|it| format!("{it:.0}")).collect();
    Ok(format!(
        "{:.0} octets (a head of {}, the locked body and the notice in its envelope of {})",
        octets / count as f64,
        answer["head_octets"],
        parts.join(" and ")
    ))
}

fn with_relay_held(setting: &mut Setting, rounds: usize, size: &str) -> Result<Vec<Section>> {
    let (peer, absence) = match Postfix::start(setting.folder.path()) {
        Ok(postfix) => (Some(postfix), None),
        Err(error) => (None, Some(format!("{error:#}"))),
    };
    let mut sessions = Vec::new();
    if let Some(postfix) = &peer {
        sessions =
            (0..CLIENTS_MAX).map(|_| Session::open(postfix.port)).collect::<Result<Vec<_>>>()?;
    }
    let of_tier =
        |(clients, count)| Tier { clients, count, ours: Vec::new(), peer: Vec::new(), syncs: None };
    let mut tiers = TIERS.map(of_tier);
    for round in 0..=rounds {
        for tier in &mut tiers {
            let ours = our_round(setting, tier.clients, tier.count)?;
            let theirs = match &peer {
                Some(postfix) => {
                    Some(peer_round(postfix, &mut sessions[..tier.clients], tier.count)?)
                }
                None => None,
            };
            // The first round warms up caches and connections.
            if round > 0 {
                tier.ours.push(ours);
                tier.peer.extend(theirs);
            }
        }
    }
    drop(sessions);
    let not_counted = count_syncs(setting, &mut tiers).err().map(|error| format!("{error:#}"));
    let mut sections = vec![own_section(&tiers, rounds, size, not_counted)];
    sections.push(match (&peer, absence) {
        (Some(postfix), _) => peer_section(&tiers, rounds, &postfix.version),
        (None, absence) => absent_peer(&absence.unwrap_or_default()),
    });
    Ok(sections)
}

fn our_round(setting: &mut Setting, clients: usize, count: usize) -> Result<Sample> {
    let north = setting.north()?;
    let commits = |setting: &mut Setting| -> Result<f64> {
        setting.driver.ask("commits")?["commits"].as_f64().context("no commits")
    };
    let (cpu, written, commits_before) =
        (machine::cpu_ms(north, false)?, machine::written(north)?, commits(setting)?);
    let answer = setting.driver.ask(&format!("submit {clients} {count}"))?;
    let cpu = machine::cpu_ms(north, false)? - cpu;
    let written = machine::written(north)? - written;
    let commits = commits(setting)? - commits_before;
    let latencies = numbers(&answer, "latencies_ms");
    let count = count as f64;
    Ok(Sample {
        rate: count / answer["ms"].as_f64().context("no time")? * 1000.0,
        p50: median(&latencies),
        p99: percentile(&latencies, 0.99),
        cpu_ms: cpu / count,
        commits: commits / count,
        written: written as f64 / answer["octets"].as_f64().context("no octets")?,
    })
}

fn peer_round(postfix: &Postfix, sessions: &mut [Session], count: usize) -> Result<Sample> {
    let message = smtp::message(MESSAGE_OCTETS);
    let cpu = postfix.cpu_ms()?;
    let round = smtp::round(sessions, count, &message)?;
    let count = count as f64;
    Ok(Sample {
        rate: count / round.took.as_secs_f64(),
        p50: median(&round.latencies_ms),
        p99: percentile(&round.latencies_ms, 0.99),
        cpu_ms: (postfix.cpu_ms()? - cpu) / count,
        commits: f64::NAN,
        written: f64::NAN,
    })
}

/// In rounds of their own: a traced process is slower.
fn count_syncs(setting: &mut Setting, tiers: &mut [Tier]) -> Result<()> {
    setup::strace()?;
    for tier in tiers {
        let count = Count::begin(setting.north()?)?;
        setting.driver.ask(&format!("submit {} {}", tier.clients, tier.count))?;
        tier.syncs = Some(count.end()? as f64 / tier.count as f64);
    }
    Ok(())
}

fn own_section(tiers: &[Tier], rounds: usize, size: &str, not_counted: Option<String>) -> Section {
    let columns = [
        "clients",
        "letters/s",
        "p50, ms",
        "p99, ms",
        "server CPU per letter, ms",
        "commits per letter",
        "fsync + fdatasync per letter",
        "octets written per octet accepted",
    ];
    let title = "Accepting letters durably, with signed and time-stamped evidence";
    let mut section = Section::new(title, &columns);
    for tier in tiers {
        let of = |value: fn(&Sample) -> f64| short(median(&values(&tier.ours, value)));
        let syncs = tier.syncs.map_or_else(|| "-".to_owned(), short);
        section.row([
            &tier.clients.to_string(),
            &of(|it| it.rate),
            &of(|it| it.p50),
            &of(|it| it.p99),
            &short(mean(&values(&tier.ours, |it| it.cpu_ms))),
            &of(|it| it.commits),
            &syncs,
            &of(|it| it.written),
        ]);
    }
    let each: Vec<String> = tiers.iter().map(|it| it.count.to_string()).collect();
    section.note(&format!(
        "Medians (of CPU: means) of {rounds} rounds of {} letters after one that is not counted. Every client is one kept \
         TLS 1.3 connection with a client certificate, and begins the next letter when the last was answered. \
         The letters were sealed beforehand; a submission has {size}. The recipient's \
         provider is stopped (SIGSTOP), so that letters are accepted and not relayed. Client and server \
         share the machine. Letters of this size lie in the database: its write-ahead log and its \
         checkpoints are both in the octets written.",
        each.join(", ")
    ));
    section.note(match &not_counted {
        None => {
            "Commits are the provider's own count in the timed rounds; each is one fdatasync of the \
             write-ahead log. fsync and fdatasync were counted by strace in rounds of their own, which \
             are slower; checkpoints are in them."
        }
        Some(_) => "Commits are the provider's own count; each is one fdatasync of the write-ahead log.",
    });
    if let Some(reason) = not_counted {
        section.note(&format!("System calls were not counted: {reason}."));
    }
    section
}

fn peer_section(tiers: &[Tier], rounds: usize, version: &str) -> Section {
    let columns = ["clients", "what", "Sealpost", "Postfix", "ratio: median (range)", "goal"];
    let mut section = Section::new(&format!("Beside Postfix {version}"), &columns);
    type Figure = fn(&Sample) -> f64;
    let figures: [(&str, Figure, [&str; 3]); 3] = [
        ("accepted per second", |it| it.rate, ["-", "≥ 1.3×", "≥ 3×"]),
        ("p50, ms", |it| it.p50, ["-", "-", "≤ 0.4×"]),
        ("p99, ms", |it| it.p99, ["-", "-", "≤ 0.5×"]),
    ];
    for (at, tier) in tiers.iter().enumerate() {
        for (what, value, goals) in figures {
            let (ours, theirs) = (values(&tier.ours, value), values(&tier.peer, value));
            let ratios: Vec<f64> =
                ours.iter().zip(&theirs).map(|(ours, theirs)| ours / theirs).collect();
            let clients = tier.clients.to_string();
            let (ours, theirs) = (short(median(&ours)), short(median(&theirs)));
            section.row([&clients, what, &ours, &theirs, &spread(&ratios, "×"), goals[at]]);
        }
        let cpu = |samples: &[Sample]| mean(&values(samples, |it| it.cpu_ms));
        let (ours, theirs) = (cpu(&tier.ours), cpu(&tier.peer));
        let ratio = format!("**{}×** (all rounds together)", short(ours / theirs));
        let goal = ["-", "-", "≤ 0.35×"][at];
        let clients = tier.clients.to_string();
        section.row([&clients, "server CPU each, ms", &short(ours), &short(theirs), &ratio, goal]);
    }
    section.note(&format!(
        "The same numbers of sessions and messages, in turns, {rounds} rounds; the ratio is taken round by \
         round. Postfix accepts plain messages of 10 KiB without TLS, without signatures and without \
         evidence, over sessions that stay open, with the envelope pipelined, makes each durable and puts \
         it on hold. Sealpost does its whole job: TLS, the account's certificate checked at each request, \
         two signatures, a durable record. Rates of one client say little: a lone disk flush takes 0.1 to \
         4 ms on such machines, whoever asks for it. CPU is counted in steps of 10 ms; that of Postfix is of \
         all its processes."
    ));
    section
}

fn absent_peer(reason: &str) -> Section {
    let mut section = Section::new("Beside Postfix", &["what", "measured"]);
    section.row(["ratios", "not measured in this run"]);
    section.note(&format!("There was no peer: {reason}."));
    section
}

fn mean(sample: &[f64]) -> f64 {
    sample.iter().sum::<f64>() / sample.len() as f64
}

fn values(samples: &[Sample], value: fn(&Sample) -> f64) -> Vec<f64> {
    samples.iter().map(value).collect()
}
