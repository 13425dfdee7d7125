//! Secrets that a person types: PINs and passphrases, from a terminal or the first line of a file.
//!
//! Never from an argument or the environment, which other processes can read.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use dialoguer::Password;
use dialoguer::console::Term;
use sealpost_agent::keystore::{Passphrase, Pin};
use zeroize::{Zeroize, Zeroizing};

use crate::failure::Failure;
use crate::limits::LINE_OCTETS_MAX;
use crate::printer::{Printer, can_ask_secret};

/// Where a secret comes from if nobody is asked.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    /// The file that was named.
    pub(crate) file: Option<&'a Path>,
    /// The option that names it.
    pub(crate) option: &'static str,
    /// What the person is asked for.
    pub(crate) prompt: &'static str,
}

/// The PIN of a keystore that exists.
pub(crate) fn known(source: Source<'_>, printer: &Printer) -> Result<Pin, Failure> {
    Ok(Pin::new(secret(source, None, printer)?)?)
}

/// A PIN for new keys or instead of the old one: on a terminal it is asked for twice.
pub(crate) fn new(source: Source<'_>, printer: &Printer) -> Result<Pin, Failure> {
    Ok(Pin::new(secret(source, Some(printer.texts().pin_again), printer)?)?)
}

/// The passphrase for an exported key: on a terminal it is asked for twice.
pub(crate) fn passphrase(source: Source<'_>, printer: &Printer) -> Result<Passphrase, Failure> {
    Ok(Passphrase::new(secret(source, Some(printer.texts().passphrase_again), printer)?)?)
}

fn secret(
    source: Source<'_>,
    again: Option<&'static str>,
    printer: &Printer,
) -> Result<Zeroizing<String>, Failure> {
    if let Some(path) = source.file {
        return first_line(path, printer);
    }
    if !can_ask_secret() {
        return Err(Failure::SecretNeeded { option: source.option });
    }
    let mut question = Password::new().with_prompt(source.prompt);
    if let Some(again) = again {
        question = question.with_confirmation(again, printer.texts().not_the_same);
    }
    let answer = question.report(false).interact_on(&Term::stderr());
    answer.map(Zeroizing::new).map_err(|dialoguer::Error::IO(error)| Failure::Terminal(error))
}

fn first_line(path: &Path, printer: &Printer) -> Result<Zeroizing<String>, Failure> {
    let file = File::open(path).map_err(Failure::read(path))?;
    let found = file.metadata().map_err(Failure::read(path))?;
    // A pipe or a terminal has no permissions that mean anything here.
    if found.is_file() && found.mode() & OPEN_TO_OTHERS != 0 {
        printer.warning(&(printer.texts().secret_open_to_others)(path));
    }
    let mut line = Zeroizing::new(Vec::with_capacity(LINE_OCTETS_MAX));
    let mut reader = BufReader::with_capacity(LINE_OCTETS_MAX, file.take(LINE_OCTETS_MAX as u64));
    let read = reader.read_until(b'\n', &mut line);
    read.map_err(Failure::read(path))?;
    while line.last().is_some_and(|last| matches!(last, b'\n' | b'\r')) {
        line.pop();
    }
    if line.is_empty() {
        return Err(Failure::SecretEmpty { path: path.to_owned() });
    }
    let text = String::from_utf8(std::mem::take(&mut *line)).map_err(|error| {
        error.into_bytes().zeroize();
        Failure::NotText { path: Some(path.to_owned()) }
    })?;
    Ok(Zeroizing::new(text))
}

/// Others, and the group.
const OPEN_TO_OTHERS: u32 = 0o077;

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::*;
    use crate::printer::Manners;

    fn read(octets: &[u8]) -> Result<String, Failure> {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("pin");
        fs::write(&path, octets).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let line = first_line(&path, &Printer::new(Manners::default()));
        line.map(|line| line.to_string())
    }

    #[test]
    fn a_secret_is_the_first_line_of_its_file() {
        assert_eq!(read(b"482913\n").unwrap(), "482913");
        assert_eq!(read(b"482913\r\nnote\n").unwrap(), "482913");
        assert_eq!(read("pass wörd ".as_bytes()).unwrap(), "pass wörd ");
        assert_eq!(read(b"").unwrap_err().code(), "secret-empty");
        assert_eq!(read(b"\n482913\n").unwrap_err().code(), "secret-empty");
        assert_eq!(read(b"\xff\xff\xff").unwrap_err().code(), "not-text");
    }

    #[test]
    fn the_rules_of_a_pin_hold_for_files_too() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("pin");
        fs::write(&path, "123").unwrap();
        let source = Source { file: Some(&path), option: "--pin-file", prompt: "PIN" };
        let refused = known(source, &Printer::new(Manners::default()));
        assert_eq!(refused.err().unwrap().code(), "pin-too-short");
    }
}
