//! `accept` and `refuse`.

use sealpost_agent::Agent;
use sealpost_agent::views::{self as agent_views, State};

use super::{stages, views};
use crate::arguments::Decide;
use crate::clock;
use crate::desk::Desk;
use crate::documents::brief;
use crate::documents::outgoing::Step;
use crate::documents::small::Decided;
use crate::failure::Failure;
use crate::page::Page;
use crate::printer::{Answer, can_ask};
use crate::progress::Progress;
use crate::question;

/// Accepts, and opens the letter.
pub(super) fn accept(asked: &Decide, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let texts = desk.printer.texts();
    let agent = confirmed(asked, texts.accept_question, desk)?;
    let progress = Progress::begin(desk.printer, texts.deciding);
    let decided = agent.accept(asked.letter.as_str(), &mut stages(&progress, texts))?;
    drop(progress);
    let read = format!("sealpost show {}", brief(&decided.letter_id.hex()));
    Ok(said("accept", &decided, desk, |page| {
        page.gap().line(texts.to_read).indented(&read);
    }))
}

/// Refuses; the letter stays closed.
pub(super) fn refuse(asked: &Decide, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let texts = desk.printer.texts();
    let agent = confirmed(asked, texts.refuse_question, desk)?;
    let progress = Progress::begin(desk.printer, texts.deciding);
    let decided = agent.refuse(asked.letter.as_str(), &mut stages(&progress, texts))?;
    drop(progress);
    Ok(said("refuse", &decided, desk, |_| {}))
}

/// The agent, once the person has seen what waits and said yes to it. Whoever cannot be asked is
/// told so before a PIN is tried.
fn confirmed(asked: &Decide, question: &str, desk: &Desk<'_>) -> Result<Agent, Failure> {
    if !asked.yes && !can_ask() {
        return Err(Failure::ConfirmationNeeded);
    }
    let agent = desk.agent()?;
    if asked.yes {
        return Ok(agent);
    }
    let progress = Progress::begin(desk.printer, desk.printer.texts().reading);
    let shown = agent.show(asked.letter.as_str())?;
    drop(progress);
    // What was decided before is only carried on; the agent says if it is something else.
    if shown.entry.state == State::Waiting {
        let letter = views::letter(shown);
        desk.printer.before_question(&letter.text(desk.printer, clock::now()));
        question::confirmed(question, desk.printer)?;
    }
    Ok(agent)
}

fn said(
    verb: &str,
    decided: &agent_views::Decided,
    desk: &Desk<'_>,
    more: impl FnOnce(&mut Page),
) -> Answer {
    let texts = desk.printer.texts();
    let document = Decided {
        letter_id: decided.letter_id.hex(),
        dispatch_id: decided.dispatch_id.hex(),
        state: views::state(decided.state),
        steps: decided.steps.iter().map(views::step).collect(),
    };
    let mut page = Page::new(desk.printer.columns());
    page.line(if verb == "accept" { texts.accepted } else { texts.refused });
    let steps: &[Step] = &document.steps;
    for step in steps {
        step.put(&mut page, desk.printer);
    }
    more(&mut page);
    Answer::new(verb, &document, page.into_text())
}
