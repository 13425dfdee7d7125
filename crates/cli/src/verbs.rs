//! What each verb does: question the agent, then say what it answered.

mod completions;

use crate::arguments::{Command, Verb};
use crate::failure::Failure;
use crate::printer::{Answer, Printer};

pub(crate) fn perform(command: Command, _printer: &Printer) -> Result<Answer, Failure> {
    match command.verb {
        Verb::Completions(asked) => Ok(completions::perform(&asked)),
        _ => Err(Failure::Declined),
    }
}
