//! `inbox` and `show`.

use super::{views, worst};
use crate::arguments::{Inbox, Show};
use crate::clock;
use crate::desk::Desk;
use crate::documents::inbox;
use crate::failure::Failure;
use crate::printer::Answer;
use crate::progress::Progress;

/// The letters to the person.
pub(super) fn inbox(asked: &Inbox, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let agent = desk.agent()?;
    let progress = Progress::begin(desk.printer, desk.printer.texts().reading);
    let letters = agent.inbox(asked.all)?;
    drop(progress);
    let document = inbox::Inbox { letters: letters.into_iter().map(views::entry).collect() };
    let text = document.text(desk.printer, clock::now());
    Ok(Answer::new("inbox", &document, text))
}

/// One letter.
pub(super) fn show(asked: &Show, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let agent = desk.agent()?;
    let progress = Progress::begin(desk.printer, desk.printer.texts().reading);
    let letter = views::letter(agent.show(asked.letter.as_str())?);
    drop(progress);
    let text = letter.text(desk.printer, clock::now());
    let exit = worst(std::iter::once(letter.signature.verdict.indication));
    Ok(Answer::new("show", &letter, text).exit(exit))
}
