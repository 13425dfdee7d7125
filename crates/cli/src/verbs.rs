//! What each verb does: question the agent, then say what it answered.

mod ciphers;
mod completions;
mod decide;
mod evidence;
mod identity;
mod inbox;
mod register;
mod rotate;
mod save;
mod send;
mod suites;
mod sync;
mod trust;
mod verify;
mod views;

use sealpost_agent::views::Progress as Stage;

use crate::arguments::{Command, Verb};
use crate::desk::Desk;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::{Answer, Printer};
use crate::progress::Progress;
use crate::texts::Texts;

/// Does what a command says.
pub(crate) fn perform(command: Command, printer: &Printer) -> Result<Answer, Failure> {
    // Keys must not end up in a file when the program crashes. A system that has no such limit
    // writes no core files either.
    let _ = sealpost_agent::forbid_core_dumps();
    let Command { everywhere, verb } = command;
    let desk = Desk::new(&everywhere, printer);
    match verb {
        Verb::Register(asked) => register::perform(&asked, &desk),
        Verb::Identity(asked) => identity::perform(asked.verb, &desk),
        Verb::Send(asked) => send::perform(asked, &desk),
        Verb::Sync(asked) => sync::perform(&asked, &desk),
        Verb::Inbox(asked) => inbox::inbox(&asked, &desk),
        Verb::Show(asked) => inbox::show(&asked, &desk),
        Verb::Accept(asked) => decide::accept(&asked, &desk),
        Verb::Refuse(asked) => decide::refuse(&asked, &desk),
        Verb::Save(asked) => save::save(&asked, &desk),
        Verb::Sent(asked) => send::sent(&asked, &desk),
        Verb::Evidence(asked) => evidence::perform(&asked, &desk),
        Verb::Export(asked) => save::export(&asked, &desk),
        Verb::Verify(asked) => verify::perform(&asked, printer),
        Verb::Trust(asked) => trust::perform(&asked, &desk),
        Verb::Rotate(asked) => rotate::perform(&asked, &desk),
        Verb::Suites(asked) => suites::perform(asked.verb, &desk),
        Verb::Ciphers(asked) => ciphers::perform(asked.verb, &desk),
        Verb::Completions(asked) => Ok(completions::perform(&asked)),
    }
}

/// Shows the stages of what the agent does.
fn stages<'p>(progress: &'p Progress, texts: &'static Texts) -> impl FnMut(Stage) + use<'p> {
    move |stage| {
        progress.step(match stage {
            Stage::Recipients => texts.looking_up,
            Stage::Encrypting => texts.encrypting,
            Stage::HandingIn => texts.handing_in,
            Stage::Fetching => texts.fetching,
            Stage::Sealing(amount) => return progress.amount(texts.sealing, amount),
            Stage::Uploading(amount) => return progress.amount(texts.uploading, amount),
            Stage::Downloading(amount) => return progress.amount(texts.downloading, amount),
            Stage::Signing => texts.signing,
            Stage::Certifying => texts.certifying,
            Stage::Moving { moved, of } => return progress.share(texts.moving, moved, of),
        });
    }
}

/// The exit that says how the worst of several results in the terms of EN 319 102-1 is.
fn worst<'i>(indications: impl Iterator<Item = &'i str>) -> Exit {
    indications.fold(Exit::Passed, |worst, indication| match (indication, worst) {
        ("TOTAL-FAILED", _) | (_, Exit::Failed) => Exit::Failed,
        ("TOTAL-PASSED", worst) => worst,
        _ => Exit::Indeterminate,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The profile is read and keys are derived after unlocking too, which may take seconds.
    #[test]
    fn whoever_unlocks_sees_that_work_goes_on() {
        let verbs = [
            include_str!("verbs/ciphers.rs"),
            include_str!("verbs/decide.rs"),
            include_str!("verbs/evidence.rs"),
            include_str!("verbs/identity.rs"),
            include_str!("verbs/inbox.rs"),
            include_str!("verbs/rotate.rs"),
            include_str!("verbs/save.rs"),
            include_str!("verbs/send.rs"),
            include_str!("verbs/suites.rs"),
            include_str!("verbs/sync.rs"),
            include_str!("verbs/trust.rs"),
        ];
        // These look at nothing but what unlocking has read.
        let ready = ["perform(verb: Option<IdentityVerb>", "certificates("];
        let functions = verbs.iter().flat_map(|source| source.split("fn ").skip(1));
        let unlock =
            functions.filter(|it| it.contains("desk.agent()") || it.contains("desk.keys()"));
        let unlock: Vec<_> =
            unlock.filter(|it| !ready.iter().any(|name| it.starts_with(name))).collect();
        assert!(unlock.len() > 8, "the sources are read");
        for function in unlock {
            assert!(function.contains("Progress::begin"), "fn {function}");
        }
    }

    /// [`crate::limits`] says why each bound is what it is.
    #[test]
    fn what_is_read_and_waited_for_has_its_bound_among_the_limits() {
        let sources = [
            include_str!("pin.rs"),
            include_str!("question.rs"),
            include_str!("arguments/verbs.rs"),
            include_str!("verbs/register.rs"),
            include_str!("verbs/send.rs"),
            include_str!("verbs/sync.rs"),
            include_str!("../../agent/src/client.rs"),
            include_str!("../../agent/src/proof.rs"),
            include_str!("../../agent/src/save.rs"),
        ];
        for line in sources.iter().flat_map(|source| source.lines()) {
            let bound = line.contains("_MAX: ") || line.contains(": Duration = ");
            assert!(!(line.contains("const ") && bound), "{line}");
        }
    }

    #[test]
    fn the_exit_is_that_of_the_worst_result() {
        let (passed, open, failed) = ("TOTAL-PASSED", "INDETERMINATE", "TOTAL-FAILED");
        assert_eq!(worst([].into_iter()), Exit::Passed);
        assert_eq!(worst([passed, passed].into_iter()), Exit::Passed);
        assert_eq!(worst([passed, open, passed].into_iter()), Exit::Indeterminate);
        assert_eq!(worst([failed, open].into_iter()), Exit::Failed);
        assert_eq!(worst([open, failed, passed].into_iter()), Exit::Failed);
    }
}
