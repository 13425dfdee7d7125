//! What makes no sense about the arguments. The parser says so in English alone; the German
//! sentence is made from the kind of its error and from what was typed.

use clap::error::{ContextKind, ErrorKind};

use crate::failure::Misuse;
use crate::shown::shown;

/// What is wrong, and how to write it.
pub(super) fn of(error: &clap::Error) -> Misuse {
    Misuse {
        english: english(error),
        german: german(error),
        usage: usage(error),
        guess: guess(error),
    }
}

/// The first paragraph of what the parser says, as one line; what was typed stands in it.
fn english(error: &clap::Error) -> String {
    if error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand {
        return "no command was given".to_owned();
    }
    let text = error.render().to_string();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let lines: Vec<&str> = paragraph.lines().map(str::trim).collect();
    shown(lines.join(" ").trim_start_matches("error: "))
}

fn german(error: &clap::Error) -> String {
    let said = |kind| context(error, kind).unwrap_or_default();
    let argument = said(ContextKind::InvalidArg);
    match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            match said(ContextKind::InvalidValue) {
                value if value.is_empty() => format!("zu „{argument}“ fehlt der Wert"),
                value => format!("der Wert „{value}“ passt nicht zu „{argument}“"),
            }
        }
        ErrorKind::UnknownArgument => format!("„{argument}“ ist keine bekannte Angabe"),
        ErrorKind::InvalidSubcommand => {
            format!("„{}“ ist kein Befehl", said(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("es fehlt: {argument}"),
        ErrorKind::ArgumentConflict => {
            format!("„{argument}“ verträgt sich nicht mit „{}“", said(ContextKind::PriorArg))
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand | ErrorKind::MissingSubcommand => {
            "es wurde kein Befehl genannt".to_owned()
        }
        ErrorKind::InvalidUtf8 => "eine Angabe ist kein UTF-8-Text".to_owned(),
        _ => format!("„{argument}“ ist so nicht zu verstehen"),
    }
}

/// The line of usage.
fn usage(error: &clap::Error) -> String {
    let text = error.render().to_string();
    let mut lines = text.lines().map(str::trim);
    // Help that nobody asked for has a line of usage too, of the whole program.
    shown(lines.find_map(|line| line.strip_prefix("Usage: ")).unwrap_or(USAGE))
}

/// What the parser guesses was meant.
fn guess(error: &clap::Error) -> Option<String> {
    let kinds =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    kinds.into_iter().find_map(|kind| context(error, kind))
}

fn context(error: &clap::Error, kind: ContextKind) -> Option<String> {
    error.get(kind).map(|value| shown(&value.to_string())).filter(|said| !said.is_empty())
}

const USAGE: &str = "sealpost [OPTIONS] <COMMAND>";
