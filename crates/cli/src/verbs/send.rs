//! `send` and `sent`.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use sealpost_agent::views::{SendReport, Submitted};
use sealpost_agent::{Address, Agent, Certificate, ConsignmentMode, Deadline, LargeFile};
use sealpost_letter::limits::{CHUNKED_FROM_OCTETS, CONTENT_OCTETS_MAX, TEXT_OCTETS_MAX};
use sealpost_letter::{Attachment, Draft, Party};

use super::{stages, views, worst};
use crate::arguments::{Mode, Send, Sent};
use crate::clock;
use crate::desk::Desk;
use crate::documents::ciphers::Cipher;
use crate::documents::handed_in::{HandedIn, HandedInLetter};
use crate::documents::outgoing::SentList;
use crate::durations::DeadlineText;
use crate::exit::Exit;
use crate::failure::{Conflict, Failure};
use crate::files;
use crate::limits::CERTIFICATES_OCTETS_MAX;
use crate::printer::Answer;
use crate::progress::Progress;

/// Sends. A letter that the provider rejected with evidence is a verdict: exit code 1. One that
/// waits here, or was refused without evidence, is a fault.
pub(super) fn perform(asked: Send, desk: &Desk<'_>) -> Result<Answer, Failure> {
    check_options(&asked)?;
    let deadline = deadline(&asked)?;
    let mut written = Written::read(&asked, desk)?;
    let known = known(&asked)?;
    let agent = desk.agent()?;
    let large = std::mem::take(&mut written.large);
    let experimental = asked.experimental.clone();
    let draft = draft(asked, deadline, written, &agent);
    let texts = desk.printer.texts();
    let progress = Progress::begin(desk.printer, texts.looking_up);
    let mut stages = stages(&progress, texts);
    let report = match &experimental {
        Some(cipher) => agent.send_within(cipher, &draft, &large, &known, &mut stages)?,
        None => agent.send_with(&draft, &large, &known, &mut stages)?,
    };
    drop(stages);
    drop(progress);
    Ok(said(report, desk))
}

/// Each submission, and in the end the first fault.
fn said(report: SendReport, desk: &Desk<'_>) -> Answer {
    let (mut letters, mut failure, mut error) = (Vec::new(), None, None);
    for handed in report.letters {
        let letter = views::outgoing(&handed.letter);
        let accepted = matches!(handed.submitted, Submitted::Accepted);
        if let (None, Some(fault)) = (&failure, handed.submitted.into_fault()) {
            let fault = Failure::from(fault);
            error = Some(desk.printer.reported(&fault).about(Some(&letter.handing_in)));
            failure = Some(fault);
        }
        letters.push(HandedInLetter { letter, accepted, octets: handed.octets });
    }
    let exit = if letters.iter().all(|it| it.accepted) { Exit::Passed } else { Exit::Failed };
    let experiment = report.experiment.map(Cipher::of);
    let document = HandedIn { letters, experiment, error };
    let text = document.text(desk.printer);
    Answer::new("send", &document, text).exit(exit).failed(failure)
}

/// The letters from the person, or the way of one of them.
pub(super) fn sent(asked: &Sent, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let name = asked.letter.as_ref().map(|letter| letter.as_str());
    let agent = desk.agent()?;
    let progress = Progress::begin(desk.printer, desk.printer.texts().reading);
    let letters = agent.sent(name)?;
    drop(progress);
    let mut letters: Vec<_> = letters.iter().map(views::outgoing).collect();
    match (name, letters.pop()) {
        (Some(_), Some(letter)) => {
            let steps = letter.recipients.iter().flat_map(|recipient| &recipient.steps);
            let exit = worst(steps.map(|step| step.indication));
            let text = letter.text(desk.printer);
            Ok(Answer::new("sent-letter", &letter, text).exit(exit))
        }
        (_, last) => {
            letters.extend(last);
            let document = SentList { letters };
            let text = document.text(desk.printer);
            Ok(Answer::new("sent", &document, text))
        }
    }
}

/// Recipients' certificates that the sender has from elsewhere.
fn known(asked: &Send) -> Result<Vec<Certificate>, Failure> {
    let mut known = Vec::new();
    for path in &asked.certificate {
        let pem = files::read_text(path, CERTIFICATES_OCTETS_MAX)?;
        let read = Certificate::many_from_pem(&pem).ok().filter(|read| !read.is_empty());
        known.extend(read.ok_or_else(|| {
            Failure::usage(
                "a file given with --certificate holds no certificate (PEM)",
                "eine mit --certificate genannte Datei enthält kein Zertifikat (PEM)",
                "sealpost send",
            )
        })?);
    }
    Ok(known)
}

/// What was written for the letter, read before a PIN is asked for.
struct Written {
    to: Vec<Address>,
    cc: Vec<Address>,
    bcc: Vec<Address>,
    text: String,
    attachments: Vec<Attachment>,
    /// Read while they are sealed, and not before.
    large: Vec<LargeFile>,
}

impl Written {
    fn read(asked: &Send, desk: &Desk<'_>) -> Result<Self, Failure> {
        let several = |texts: &[String]| {
            texts.iter().map(|text| address(text)).collect::<Result<Vec<_>, _>>()
        };
        let (attachments, large) = attachments(&asked.documents)?;
        Ok(Self {
            to: several(&asked.to)?,
            cc: several(&asked.cc)?,
            bcc: several(&asked.bcc)?,
            attachments,
            large,
            text: text(asked, desk)?,
        })
    }
}

/// An address as it was typed.
pub(super) fn address(text: &str) -> Result<Address, Failure> {
    Address::parse(text).map_err(|_| Failure::Address { text: text.to_owned() })
}

fn check_options(asked: &Send) -> Result<(), Failure> {
    let conflict = match asked.mode {
        Mode::Basic if asked.deadline.is_some() => Conflict::BasicWithDeadline,
        Mode::Basic if asked.show_subject || asked.show_recipients => Conflict::BasicWithShow,
        Mode::Consent | Mode::Signed if asked.without_time_stamp => {
            Conflict::ConsentWithoutTimeStamp
        }
        _ => return Ok(()),
    };
    Err(Failure::Options { conflict })
}

fn deadline(asked: &Send) -> Result<Option<Deadline>, Failure> {
    if asked.mode == Mode::Basic {
        return Ok(None);
    }
    let now = clock::now();
    let unix = asked.deadline.unwrap_or(DEADLINE_DEFAULT).unix(now);
    if unix <= now {
        return Err(Failure::DeadlinePast);
    }
    Ok(Some(Deadline::from_unix(unix)))
}

fn text(asked: &Send, desk: &Desk<'_>) -> Result<String, Failure> {
    match (&asked.text, &asked.text_file) {
        (Some(text), _) => Ok(text.clone()),
        (None, Some(path)) => files::read_text(path, TEXT_OCTETS_MAX as u64),
        (None, None) if io::stdin().is_terminal() => {
            desk.printer.message(desk.printer.texts().letter_without_text);
            Ok(String::new())
        }
        (None, None) => files::read_stdin(TEXT_OCTETS_MAX as u64),
    }
}

/// The documents that go into the letter, and the large ones that go beside it.
fn attachments(paths: &[PathBuf]) -> Result<(Vec<Attachment>, Vec<LargeFile>), Failure> {
    let (mut small, mut large) = (Vec::new(), Vec::new());
    for path in paths {
        let found = fs::metadata(path).map_err(Failure::read(path))?;
        match found.is_file() && found.len() >= CHUNKED_FROM_OCTETS {
            true => large.push(LargeFile {
                path: path.clone(),
                file_name: file_name(path)?.to_owned(),
                media_type: media_type(path).to_owned(),
            }),
            false => small.push(attachment(path)?),
        }
    }
    Ok((small, large))
}

fn file_name(path: &Path) -> Result<&str, Failure> {
    let file_name = path.file_name().and_then(|name| name.to_str());
    file_name.ok_or_else(|| Failure::FileName { path: path.to_owned() })
}

fn attachment(path: &Path) -> Result<Attachment, Failure> {
    Ok(Attachment {
        file_name: file_name(path)?.to_owned(),
        media_type: media_type(path).to_owned(),
        octets: files::read(path, CONTENT_OCTETS_MAX as u64)?,
    })
}

/// By the ending of the name, for programs that open it; nothing of ours depends on it.
fn media_type(path: &Path) -> &'static str {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let ending = ending.to_ascii_lowercase();
    let known = MEDIA_TYPES.iter().find(|(known, _)| *known == ending);
    known.map_or("application/octet-stream", |(_, media_type)| media_type)
}

fn draft(asked: Send, deadline: Option<Deadline>, written: Written, agent: &Agent) -> Draft {
    let person = agent.identity().person;
    Draft {
        sender: Party { address: person.address, name: person.name.unwrap_or_default() },
        to: written.to,
        cc: written.cc,
        bcc: written.bcc,
        subject: asked.subject,
        text: written.text,
        attachments: written.attachments,
        chunked: Vec::new(),
        mode: match asked.mode {
            Mode::Basic => ConsignmentMode::Basic,
            Mode::Consent => ConsignmentMode::Consent,
            Mode::Signed => ConsignmentMode::Signed,
        },
        deadline,
        show_subject: asked.show_subject,
        show_recipients: asked.show_recipients,
        time_stamp: !asked.without_time_stamp,
        suite: asked.suite,
        reference: asked.reference,
    }
}

/// Two weeks: what laws usually give for picking up a registered letter.
const DEADLINE_DEFAULT: DeadlineText = DeadlineText::After { seconds: 14 * 86_400 };

const MEDIA_TYPES: [(&str, &str); 16] = [
    ("asice", "application/vnd.etsi.asic-e+zip"),
    ("csv", "text/csv"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("gif", "image/gif"),
    ("html", "text/html"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("tiff", "image/tiff"),
    ("txt", "text/plain"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_follow_the_ending_in_any_case() {
        assert_eq!(media_type(Path::new("a/Notice.PDF")), "application/pdf");
        assert_eq!(media_type(Path::new("notice")), "application/octet-stream");
        assert_eq!(media_type(Path::new("mail.eml")), "application/octet-stream");
    }

    #[test]
    fn an_address_is_checked_before_anything_is_asked() {
        assert!(address("bert@south.example").is_ok());
        let failure = address("bert\u{1b}@").err().unwrap();
        assert_eq!(failure.code(), "address-malformed");
    }
}
