//! `evidence`.

use std::collections::BTreeMap;
use std::path::Path;

use sealpost_agent::Agent;
use sealpost_agent::views::StepView;

use super::worst;
use crate::arguments::Evidence;
use crate::desk::Desk;
use crate::documents::evidence::{EvidenceEntry, EvidenceList};
use crate::documents::{Moment, brief};
use crate::failure::Failure;
use crate::files;
use crate::letter_name::LetterName;
use crate::printer::Answer;
use crate::progress::Progress;

/// Lists the evidence about a letter, and writes it to files if asked to.
pub(super) fn perform(asked: &Evidence, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let agent = desk.agent()?;
    let progress = Progress::begin(desk.printer, desk.printer.texts().reading);
    let case = Case::of(&asked.letter, &agent)?;
    drop(progress);
    let mut evidence: Vec<_> = case.steps.iter().map(|step| case.entry(step)).collect();
    if let Some(directory) = &asked.out {
        files::directory(directory)?;
        for (index, (entry, step)) in evidence.iter_mut().zip(&case.steps).enumerate() {
            entry.file = Some(write(directory, &case.file_name(index, step), &step.octets)?);
        }
    }
    let exit = worst(evidence.iter().map(|entry| entry.indication));
    let document = EvidenceList { letter_id: case.letter_id, evidence };
    let text = document.text(desk.printer);
    Ok(Answer::new("evidence", &document, text).exit(exit))
}

/// All evidence about one letter, whoever sent it.
struct Case {
    letter_id: String,
    steps: Vec<StepView>,
    /// Dispatch to address; known to the sender only.
    recipients: BTreeMap<String, String>,
}

impl Case {
    fn of(letter: &LetterName, agent: &Agent) -> Result<Self, Failure> {
        let steps = agent.evidence(letter.as_str())?;
        // The same letter may be in both archives of who writes to himself: the sender's knows more.
        let sent = agent.sent(Some(letter.as_str())).unwrap_or_default();
        let Some(sent) = sent.first() else {
            let letter_id = agent.show(letter.as_str())?.entry.letter_id.hex();
            return Ok(Self { letter_id, steps, recipients: BTreeMap::new() });
        };
        let recipients = sent.recipients.iter();
        let recipients =
            recipients.map(|it| (it.dispatch_id.hex(), it.address.as_str().to_owned())).collect();
        Ok(Self { letter_id: sent.letter_id.hex(), steps, recipients })
    }

    fn entry(&self, step: &StepView) -> EvidenceEntry {
        let dispatch_id = step.dispatch_id.hex();
        EvidenceEntry {
            event: step.event.name().to_owned(),
            code: step.event.code().to_owned(),
            recipient: self.recipients.get(&dispatch_id).cloned(),
            dispatch_id,
            issuer: step.issuer.clone(),
            proven_time: step.proven_time.map(Moment),
            indication: step.indication,
            octets: step.octets.len() as u64,
            file: None,
        }
    }

    /// `01-A.1-SubmissionAcceptance.p7m`; with the dispatch if there are several recipients.
    fn file_name(&self, index: usize, step: &StepView) -> String {
        let (code, event) = (step.event.code(), step.event.name());
        let of = match self.recipients.len() {
            0 | 1 => String::new(),
            _ => format!("-{}", brief(&step.dispatch_id.hex())),
        };
        format!("{:02}-{code}-{event}{of}.p7m", index + 1)
    }
}

fn write(directory: &Path, name: &str, octets: &[u8]) -> Result<String, Failure> {
    let path = directory.join(name);
    files::write_new(&path, octets)?;
    Ok(path.to_string_lossy().into_owned())
}
