//! Letters one by one, from sending to handover.

use crate::{draft, fault, milliseconds};
use anyhow::{Result, bail};
use sealpost_agent::Agent;
use sealpost_erds::event::Event;
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

/// Between the end of one synchronisation and the beginning of the next, on both sides.
const POLL: Duration = Duration::from_millis(10);
/// A letter that takes longer is a fault.
const PATIENCE: Duration = Duration::from_secs(30);

/// The times of each letter.
#[derive(Default)]
struct Times {
    accepted: Vec<f64>,
    opened: Vec<f64>,
    handed_over: Vec<f64>,
}

/// Sends at most `count` letters in at most `seconds`.
pub(crate) fn run(sender: &Agent, recipient: Agent, count: usize, seconds: u64) -> Result<Value> {
    let to = recipient.identity().person.address.as_str().to_owned();
    let stop = AtomicBool::new(false);
    let (opened, openings) = channel();
    let ends = Instant::now() + Duration::from_secs(seconds);
    std::thread::scope(|scope| {
        let stop = &stop;
        let reading = scope.spawn(move || accept_all(&recipient, stop, &opened));
        let mut times = Times::default();
        let mut sent = Ok(());
        while times.accepted.len() < count && Instant::now() < ends && sent.is_ok() {
            sent = send_one(sender, &to, &openings, &mut times);
        }
        stop.store(true, Ordering::Relaxed);
        let accepted = reading.join().map_err(|_| anyhow::anyhow!("the recipient panicked"))?;
        accepted.and(sent)?;
        Ok(json!({
            "accepted_ms": times.accepted,
            "opened_ms": times.opened,
            "handed_over_ms": times.handed_over,
        }))
    })
}

fn send_one(
    sender: &Agent,
    to: &str,
    openings: &Receiver<Instant>,
    times: &mut Times,
) -> Result<()> {
    let draft = draft(sender, to)?;
    let began = Instant::now();
    let report = sender.send(&draft, &mut |_| ()).map_err(fault)?;
    times.accepted.push(milliseconds(began.elapsed()));
    let Some(handed) = report
        .letters
        .first()
        .filter(|handed| matches!(handed.submitted, sealpost_agent::views::Submitted::Accepted))
    else {
        bail!("the provider refused the letter");
    };
    let id = handed.letter.letter_id.hex();
    while !is_handed_over(sender, &id)? {
        if began.elapsed() > PATIENCE {
            bail!("no handover within {PATIENCE:?}");
        }
        std::thread::sleep(POLL);
    }
    times.handed_over.push(milliseconds(began.elapsed()));
    let opened = openings.recv_timeout(PATIENCE)?;
    times.opened.push(milliseconds(opened.duration_since(began)));
    Ok(())
}

/// Whether the sender holds evidence of the handover that is TOTAL-PASSED.
fn is_handed_over(sender: &Agent, id: &str) -> Result<bool> {
    if sender.sync(&mut |_| ()).map_err(fault)?.evidence_new == 0 {
        return Ok(false);
    }
    let steps = sender.evidence(id).map_err(fault)?;
    Ok(steps
        .iter()
        .any(|step| step.event == Event::ContentHandover && step.indication == "TOTAL-PASSED"))
}

/// Accepts whatever waits, with a signature, until told to stop.
fn accept_all(recipient: &Agent, stop: &AtomicBool, opened: &Sender<Instant>) -> Result<()> {
    while !stop.load(Ordering::Relaxed) {
        let report = recipient.sync(&mut |_| ()).map_err(fault)?;
        for letter in report.waiting {
            recipient.accept(&letter.dispatch_id.hex(), &mut |_| ()).map_err(fault)?;
            opened.send(Instant::now())?;
        }
        std::thread::sleep(POLL);
    }
    Ok(())
}
