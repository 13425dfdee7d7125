//! `rotate`.

use sealpost_agent::Agent;

use super::{identity, stages};
use crate::arguments::Rotate;
use crate::desk::Desk;
use crate::documents::identity::Rotated;
use crate::failure::Failure;
use crate::printer::Answer;
use crate::progress::Progress;

/// Moves to new keys, goes on with a move that was interrupted, or forgets the former keys.
pub(super) fn perform(asked: &Rotate, desk: &Desk<'_>) -> Result<Answer, Failure> {
    match asked.forget_former {
        true => forget(desk),
        false => rotate(desk),
    }
}

fn rotate(desk: &Desk<'_>) -> Result<Answer, Failure> {
    let texts = desk.printer.texts();
    let (profile, pin) = desk.profile_and_pin()?;
    let progress = Progress::begin(desk.printer, texts.unlocking);
    let (agent, rotated) = Agent::rotate(&profile, &pin, &mut stages(&progress, texts))?;
    drop(progress);
    let title = (texts.rotated)(rotated.records);
    let document = Rotated {
        identity: identity::document(agent.identity(), &desk.home()?),
        resumed: rotated.resumed,
        records: rotated.records,
        forgotten: 0,
    };
    Ok(said(&document, &title, desk))
}

fn forget(desk: &Desk<'_>) -> Result<Answer, Failure> {
    let texts = desk.printer.texts();
    let mut agent = desk.agent()?;
    let progress = Progress::begin(desk.printer, texts.fetching);
    let forgotten = agent.forget_former_keys(&mut stages(&progress, texts))?;
    drop(progress);
    let document = Rotated {
        identity: identity::document(agent.identity(), &desk.home()?),
        resumed: false,
        records: 0,
        forgotten,
    };
    Ok(said(&document, &(texts.forgotten)(forgotten), desk))
}

fn said(document: &Rotated, title: &str, desk: &Desk<'_>) -> Answer {
    let text = document.identity.text(title, desk.printer);
    Answer::new("rotate", document, text)
}
