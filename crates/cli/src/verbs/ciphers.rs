//! `ciphers` and what belongs to it.

use std::path::Path;

use sealpost_agent::ciphers::MODULE_OCTETS_MAX;

use crate::arguments::CiphersVerb;
use crate::desk::Desk;
use crate::documents::ciphers::{Changed, Cipher, Ciphers};
use crate::failure::Failure;
use crate::files;
use crate::fingerprint::Fingerprint;
use crate::printer::Answer;
use crate::progress::Progress;

/// Installs, lists or removes experimental ciphers.
pub(super) fn perform(verb: Option<CiphersVerb>, desk: &Desk<'_>) -> Result<Answer, Failure> {
    match verb {
        None | Some(CiphersVerb::List) => list(desk),
        Some(CiphersVerb::Install { file, sha256 }) => install(&file, sha256, desk),
        Some(CiphersVerb::Remove { cipher }) => remove(&cipher, desk),
    }
}

fn list(desk: &Desk<'_>) -> Result<Answer, Failure> {
    let agent = desk.agent()?;
    let _progress = Progress::begin(desk.printer, desk.printer.texts().reading);
    let ciphers = agent.ciphers()?.into_iter().map(Cipher::of).collect();
    let document = Ciphers { ciphers };
    let text = document.text(desk.printer);
    Ok(Answer::new("ciphers", &document, text))
}

/// The file is read before a PIN is asked for.
fn install(file: &Path, sha256: Fingerprint, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let texts = desk.printer.texts();
    let module = files::read(file, MODULE_OCTETS_MAX)?;
    let agent = desk.agent()?;
    let progress = Progress::begin(desk.printer, texts.trying_cipher);
    let cipher = Cipher::of(agent.install_cipher(&module, sha256.0)?);
    drop(progress);
    let document = Changed { cipher };
    let text = document.text(texts.cipher_installed, desk.printer);
    Ok(Answer::new("ciphers-install", &document, text))
}

fn remove(cipher: &str, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let texts = desk.printer.texts();
    let agent = desk.agent()?;
    let progress = Progress::begin(desk.printer, texts.reading);
    let cipher = Cipher::of(agent.remove_cipher(cipher)?);
    drop(progress);
    let document = Changed { cipher };
    let text = document.text(texts.cipher_removed, desk.printer);
    Ok(Answer::new("ciphers-remove", &document, text))
}
