//! What was typed. Nothing here opens a file or asks the agent; what the words mean is decided in
//! `verbs`.

mod examples;
mod misuse;
mod verbs;

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::error::ErrorKind;
use clap::{Args, CommandFactory, Parser, ValueEnum};
use sealpost_agent::Language;

use crate::failure::Failure;
use crate::printer::Manners;

pub(crate) use verbs::{
    CiphersVerb, Completions, Decide, Evidence, Export, IdentityVerb, Inbox, Mode, Register,
    Rotate, Save, SaveAs, Send, Sent, Show, SuitesVerb, Sync, Trust, Verb, Verify,
};

/// Registered mail: every step is proven, and only the recipient can read the letter.
#[derive(Parser)]
#[command(
    name = "sealpost",
    version,
    after_help = examples::SEALPOST,
    subcommand_required = true,
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub(crate) struct Command {
    #[command(flatten)]
    pub(crate) everywhere: Everywhere,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// What every verb understands.
#[derive(Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Everywhere {
    /// The profile directory [default: $SEALPOST_HOME, else sealpost in the XDG data directory]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Print one JSON document instead of text (docs/json.md)
    #[arg(long, global = true)]
    json: bool,
    /// Read the PIN from the first line of this file instead of asking
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) pin_file: Option<PathBuf>,
    /// The language of texts [default: as the locale says]
    #[arg(long, global = true, value_name = "LANGUAGE")]
    lang: Option<Spoken>,
    /// No messages; results, warnings, questions and errors stay
    #[arg(long, global = true)]
    quiet: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Spoken {
    /// Deutsch
    De,
    /// English
    En,
}

/// What became of the arguments.
pub(crate) enum Understood {
    /// A command to be done.
    Command(Box<Command>),
    /// Help or the version was asked for.
    Help(String),
    /// They make no sense.
    Refused(Failure),
}

/// Reads all arguments.
pub(crate) fn understand(arguments: Vec<OsString>) -> Understood {
    match Command::try_parse_from(arguments) {
        Ok(command) => Understood::Command(Box::new(command)),
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                Understood::Help(error.render().to_string())
            }
            _ => Understood::Refused(Failure::Usage(misuse::of(&error))),
        },
    }
}

/// How to answer, found out before anything is understood: mistakes are told in the same manner.
pub(crate) fn manners(arguments: &[OsString]) -> Manners {
    let mut words = arguments.iter().skip(1).map(|word| word.to_str().unwrap_or_default());
    let mut manners = Manners { language: of_locale(), ..Manners::default() };
    while let Some(word) = words.next() {
        let language = match word {
            // Whatever follows is the name of a file.
            "--" => break,
            "--json" => {
                manners.json = true;
                None
            }
            "--quiet" => {
                manners.quiet = true;
                None
            }
            "--lang" => words.next(),
            other => other.strip_prefix("--lang="),
        };
        match language {
            Some("de") => manners.language = Language::German,
            Some("en") => manners.language = Language::English,
            _ => {}
        }
    }
    manners
}

/// POSIX: the first of the three that is set and not empty decides.
fn of_locale() -> Language {
    let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
    Language::of_locale(&locale.unwrap_or_default())
}

/// The whole command line, for completions.
pub(crate) fn command() -> clap::Command {
    Command::command()
}

#[cfg(test)]
mod tests;
