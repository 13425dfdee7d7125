//! Letters one by one: from sending to each proof.

use super::driver::numbers;
use super::figures::{median, percentile, short};
use super::letter::Setting;
use super::machine;
use super::page::Section;
use anyhow::Result;

/// The bound of this part, in seconds.
const SECONDS_MAX: u64 = 150;

pub fn measure(setting: &mut Setting, count: usize) -> Result<Section> {
    let (north, south) = (setting.north()?, setting.south()?);
    let before = machine::cpu_ms(north, false)? + machine::cpu_ms(south, false)?;
    let answer = setting.driver.ask(&format!("letters {count} {SECONDS_MAX}"))?;
    let cpu = machine::cpu_ms(north, false)? + machine::cpu_ms(south, false)? - before;
    let accepted = numbers(&answer, "accepted_ms");
    let title =
        format!("One letter from end to end ({} letters, signed mode, 10 KiB)", accepted.len());
    let mut section = Section::new(&title, &["from sending to", "median, ms", "p99, ms"]);
    let rows = [
        ("SubmissionAcceptance (A.1) verified and stored by the sender", &accepted),
        ("the letter opened, verified and stored by the recipient", &numbers(&answer, "opened_ms")),
        (
            "ContentHandover (E.1) verified and stored by the sender",
            &numbers(&answer, "handed_over_ms"),
        ),
    ];
    for (what, sample) in rows {
        section.row([what, &short(median(sample)), &short(percentile(sample, 0.99))]);
    }
    let unlock = short(setting.driver.unlock_ms);
    section.row([
        "unlocking a profile with its PIN (scrypt), once per command, in none of the above",
        &unlock,
        "-",
    ]);
    let cpu = short(cpu / accepted.len() as f64);
    section.row([
        "CPU of both providers together per letter, whole way, polling included",
        &cpu,
        "-",
    ]);
    section.note(
        "Timed from before the agent's `send` in a process that keeps its connection and its unlocked keys: \
         look-up of the recipient at both providers, composing, signature, time-stamp, encryption, storing in \
         the outbox (fsync), handing in, verifying and storing the evidence. The recipient is a program that \
         synchronises every 10 ms and accepts at once with a signature and a time-stamp; the sender also \
         synchronises every 10 ms. Two providers, both agents' synchronous disk writes, and all signatures \
         and time-stamps are in the figures.",
    );
    Ok(section)
}
