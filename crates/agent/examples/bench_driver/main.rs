//! The client side of `cargo xtask bench letter`: two agents in one process, and many kept TLS
//! connections that hand in letters which were sealed beforehand.
//!
//! Takes one command a line on standard input and answers each with one line of JSON:
//!
//! - `letters COUNT SECONDS`: sends letters one by one and waits for the handover of each
//! - `prepare COUNT`: seals letters and keeps them in memory
//! - `connect CLIENTS`: opens connections that stay open
//! - `submit CLIENTS COUNT`: hands in letters that were sealed, each client one after the other
//! - `commits`: the provider's own count of commits
#![allow(clippy::print_stdout)] // standard output is how it answers

mod letters;
mod load;

use anyhow::{Context, Result, bail};
use sealpost_agent::keystore::Pin;
use sealpost_agent::profile::Profile;
use sealpost_agent::{Address, Agent, ConsignmentMode, Deadline};
use sealpost_letter::{Attachment, Draft, Party};
use std::io::BufRead as _;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};
use zeroize::Zeroizing;

/// Octets of the document in every letter.
const DOCUMENT_OCTETS: usize = 10 * 1024;
const DAY: u64 = 24 * 3600;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [sender, sender_pin, recipient, recipient_pin, endpoint] = arguments.as_slice() else {
        bail!("usage: bench_driver SENDER-HOME PIN-FILE RECIPIENT-HOME PIN-FILE ENDPOINT");
    };
    let (sender, unlock) = open(sender, sender_pin)?;
    let (recipient, _) = open(recipient, recipient_pin)?;
    println!("{}", serde_json::json!({ "unlock_ms": milliseconds(unlock) }));
    let mut load = load::Load::new(&sender, endpoint)?;
    let mut recipient = Some(recipient);
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let words: Vec<&str> = line.split(' ').collect();
        let answer = match words.as_slice() {
            ["letters", count, seconds] => {
                let recipient = recipient.take().context("letters are sent once")?;
                letters::run(&sender, recipient, count.parse()?, seconds.parse()?)?
            }
            ["prepare", count, to] => {
                load.prepare(&sender, &draft(&sender, to)?, count.parse()?)?
            }
            ["connect", clients] => load.connect(clients.parse()?)?,
            ["submit", clients, count] => load.submit(clients.parse()?, count.parse()?)?,
            ["commits"] => load.commits()?,
            _ => bail!("unknown command"),
        };
        println!("{answer}");
    }
    Ok(())
}

/// An agent, and how long the PIN took.
fn open(home: &str, pin_file: &str) -> Result<(Agent, Duration)> {
    let profile = Profile::open(Path::new(home)).map_err(|error| anyhow::anyhow!(error.code()))?;
    let typed = std::fs::read_to_string(pin_file)?.trim().to_owned();
    let pin = Pin::new(Zeroizing::new(typed)).map_err(|error| anyhow::anyhow!(error.code()))?;
    let began = Instant::now();
    let agent = Agent::open(profile, &pin).map_err(fault)?;
    Ok((agent, began.elapsed()))
}

/// A letter in signed mode with one document, whose octets are different each time.
fn draft(sender: &Agent, to: &str) -> Result<Draft> {
    let person = sender.identity().person;
    let mut octets = vec![0; DOCUMENT_OCTETS];
    getrandom::fill(&mut octets)?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    Ok(Draft {
        sender: Party { address: person.address, name: person.name.unwrap_or_default() },
        to: vec![Address::parse(to).ok().context("no address")?],
        cc: Vec::new(),
        bcc: Vec::new(),
        subject: "Measured letter".to_owned(),
        text: "The document is attached.".to_owned(),
        attachments: vec![Attachment {
            file_name: "document.bin".to_owned(),
            media_type: "application/octet-stream".to_owned(),
            octets,
        }],
        chunked: Vec::new(),
        mode: ConsignmentMode::Signed,
        deadline: Some(Deadline::from_unix(i64::try_from(now + 14 * DAY)?)),
        show_subject: false,
        show_recipients: false,
        time_stamp: true,
        suite: None,
        reference: None,
    })
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}

/// Agents' errors have codes and, on purpose, no text for logs.
fn fault(error: sealpost_agent::AgentError) -> anyhow::Error {
    anyhow::anyhow!("the agent failed: {}", error.code())
}
