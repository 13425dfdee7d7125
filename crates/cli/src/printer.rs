//! The only place that writes to the terminal, to pipes and to files behind them.
//!
//! - A result goes to stdout: once, whole, as text or as one JSON document.
//! - Messages and questions go to stderr. `--quiet` takes the messages away, never a warning.
//! - A reader who closes the pipe early has seen enough: no error, no other exit code. Any other
//!   failure to write is one, since half a result must not pass for a whole one.

use std::fs::File;
use std::io::{self, IsTerminal, Write};

use dialoguer::console::Term;
use sealpost_agent::Language;
use serde::Serialize;

use crate::documents::ciphers::Cipher;
use crate::documents::handed_in::HandingIn;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::texts::Texts;

/// How to speak to who called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Manners {
    /// JSON instead of text.
    pub(crate) json: bool,
    /// No messages beyond result, warnings and errors.
    pub(crate) quiet: bool,
    /// The language of texts.
    pub(crate) language: Language,
}

/// What a verb has to say in the end.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Everything to be printed as text, with its line breaks.
    text: String,
    /// The same for programs, as one JSON document.
    document: String,
    exit: Exit,
    /// Told after the result.
    failure: Option<Failure>,
}

impl Answer {
    /// The answer of a verb. `fields` must be written as a JSON object; the schema comes first.
    pub(crate) fn new(verb: &str, fields: &impl Serialize, text: String) -> Self {
        let document = document(verb, fields);
        Self { text, document, exit: Exit::Passed, failure: None }
    }

    /// Help or the version.
    pub(crate) fn help(text: String) -> Self {
        #[derive(Serialize)]
        struct Help<'a> {
            text: &'a str,
        }
        let document = document("help", &Help { text: &text });
        Self { text, document, exit: Exit::Passed, failure: None }
    }

    /// The same with another exit code.
    pub(crate) fn exit(self, exit: Exit) -> Self {
        Self { exit, ..self }
    }

    /// The same, and that something failed all the same, which decides on the exit code. The
    /// document says so itself.
    pub(crate) fn failed(self, failure: Option<Failure>) -> Self {
        Self { failure, ..self }
    }
}

/// Writes for one command.
pub(crate) struct Printer {
    manners: Manners,
}

impl Printer {
    /// A printer with these manners.
    pub(crate) fn new(manners: Manners) -> Self {
        Self { manners }
    }

    /// The language of texts.
    pub(crate) fn language(&self) -> Language {
        self.manners.language
    }

    /// The texts in that language.
    pub(crate) fn texts(&self) -> &'static Texts {
        Texts::of(self.manners.language)
    }

    /// Whether messages are unwanted.
    pub(crate) fn is_quiet(&self) -> bool {
        self.manners.quiet
    }

    /// The columns of the terminal that text goes to, if it goes to one.
    pub(crate) fn columns(&self) -> Option<usize> {
        let term = Term::stdout();
        if !term.is_term() {
            return None;
        }
        term.size_checked().map(|(_, columns)| usize::from(columns))
    }

    /// Prints the result.
    pub(crate) fn answer(&self, answer: Answer) -> Result<Exit, Failure> {
        let text = if self.manners.json { answer.document } else { answer.text };
        write_whole(&mut io::stdout().lock(), &text).map_err(Failure::Output)?;
        Ok(match answer.failure {
            Some(failure) => self.complaint(&failure),
            None => answer.exit,
        })
    }

    /// Says something that is not the result.
    pub(crate) fn message(&self, text: &str) {
        if !self.manners.quiet {
            say(text);
        }
    }

    /// Says something that must not be missed.
    pub(crate) fn warning(&self, text: &str) {
        say(&format!("{}: {text}", self.texts().warning));
    }

    /// Says what somebody is about to decide on, even if messages are unwanted.
    pub(crate) fn before_question(&self, text: &str) {
        say(text);
    }

    /// Writes a question and leaves the cursor behind it.
    pub(crate) fn ask(&self, question: &str) {
        let mut out = io::stderr().lock();
        // Who does not see the question answers nothing, and nothing is decided.
        let _ = write!(out, "{question} ").and_then(|()| out.flush());
    }

    /// Says what went wrong and what to do, and for programs says it on stdout too.
    pub(crate) fn failure(&self, failure: &Failure) -> Exit {
        let exit = self.complaint(failure);
        if self.manners.json {
            let fields = self.reported(failure);
            // The text on stderr has said it; nothing is left to do if stdout is gone as well.
            let _ = write_whole(&mut io::stdout().lock(), &document("error", &fields));
        }
        exit
    }

    /// What went wrong and what to do, for programs.
    pub(crate) fn reported(&self, failure: &Failure) -> Reported {
        let language = self.manners.language;
        let (provider_code, sub_indication) = failure.particulars();
        Reported {
            code: failure.code(),
            provider_code: provider_code.map(str::to_owned),
            sub_indication: sub_indication.map(str::to_owned),
            waits: false,
            experiment: failure.missing_cipher().map(Cipher::of),
            message: failure.message(language),
            remedy: failure.remedy(language),
            fault: failure.fault(),
        }
    }

    fn complaint(&self, failure: &Failure) -> Exit {
        let Reported { code, message, remedy, .. } = self.reported(failure);
        let (error, help) = (self.texts().error, self.texts().help);
        say(&format!("{error}[{code}]: {message}\n{help}: {remedy}"));
        Exit::Fault
    }
}

/// Whether somebody can be asked: questions are read from stdin and written to stderr.
pub(crate) fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Whether somebody can be asked for a secret: that is read from the controlling terminal even if
/// stdin is a pipe, as when the text of a letter comes from it.
pub(crate) fn can_ask_secret() -> bool {
    io::stderr().is_terminal() && (io::stdin().is_terminal() || File::open("/dev/tty").is_ok())
}

/// Whether a moving picture makes sense where messages go.
pub(crate) fn can_show_progress() -> bool {
    io::stderr().is_terminal()
}

/// A failure, for programs: `sealpost/error/1`, and `error` in documents of what was done in part.
#[derive(Serialize)]
pub(crate) struct Reported {
    code: &'static str,
    /// What the provider itself calls it, if it refused something.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider_code: Option<String>,
    /// Why a signature or a certificate is not believed.
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_indication: Option<String>,
    /// Whether the letter that it is about waits here and is handed in later.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    waits: bool,
    /// The plug-in that a letter needs and that is not installed.
    #[serde(skip_serializing_if = "Option::is_none")]
    experiment: Option<Cipher>,
    message: String,
    remedy: String,
    fault: &'static str,
}

impl Reported {
    /// The same about a letter that waits here, or does not.
    pub(crate) fn about(self, handing_in: Option<&HandingIn>) -> Self {
        Self { waits: matches!(handing_in, Some(HandingIn::Waiting { .. })), ..self }
    }
}

/// `{"schema": "sealpost/<verb>/1", …fields}` and a line break.
fn document(verb: &str, fields: &impl Serialize) -> String {
    #[derive(Serialize)]
    struct Document<'a, T> {
        schema: String,
        #[serde(flatten)]
        fields: &'a T,
    }
    let document = Document { schema: format!("sealpost/{verb}/1"), fields };
    let written = serde_json::to_string_pretty(&document);
    let mut text = written.expect("answers are objects with string keys and no odd numbers");
    text.push('\n');
    text
}

/// Writes everything and makes sure that it left this process.
fn write_whole(out: &mut dyn Write, text: &str) -> io::Result<()> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

/// A line on stderr. Nobody is left to tell if that fails.
fn say(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

#[cfg(test)]
mod tests {
    use sealpost_agent::PostError;

    use super::*;

    struct Closed(io::ErrorKind);

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_who_leaves_is_no_error_and_a_full_disk_is() {
        assert!(write_whole(&mut Closed(io::ErrorKind::BrokenPipe), "text").is_ok());
        assert!(write_whole(&mut Closed(io::ErrorKind::StorageFull), "text").is_err());
    }

    #[test]
    fn programs_learn_what_the_provider_calls_it_and_whether_the_letter_waits() {
        let printer = Printer::new(Manners::default());
        let refused = PostError::Refused {
            code: "certificate-refused".to_owned(),
            status: 401,
            sub_indication: Some("REVOKED".to_owned()),
        };
        let failure = Failure::from(PostError::Waits { cause: Box::new(refused) });
        let waiting = HandingIn::Waiting { code: None };
        let reported = printer.reported(&failure).about(Some(&waiting));
        let json = serde_json::to_value(reported).unwrap();
        assert_eq!(json["code"], "provider-refused");
        assert_eq!(json["provider_code"], "certificate-refused");
        assert_eq!(json["sub_indication"], "REVOKED");
        assert_eq!(json["waits"], true);
        let json = serde_json::to_value(printer.reported(&Failure::Invitation)).unwrap();
        for absent in ["provider_code", "sub_indication", "waits"] {
            assert!(json.get(absent).is_none(), "{absent}");
        }
    }

    #[test]
    fn a_document_names_its_schema_and_keeps_its_fields() {
        #[derive(Serialize)]
        struct Fields {
            letters: u8,
        }
        let text = document("inbox", &Fields { letters: 3 });
        assert!(text.starts_with("{\n  \"schema\": \"sealpost/inbox/1\",\n"));
        assert!(text.ends_with("\"letters\": 3\n}\n"));
    }
}
