//! `verify`: no profile, no network, no clock but this machine's.

use std::fs;

use sealpost_agent::{FileFault, Language, verify_file};
use sealpost_letter::dossier::{self, Report};
use serde::Serialize;

use crate::arguments::Verify;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::printer::{Answer, Printer};
use crate::progress::Progress;

/// Verifies, and says what is proven.
pub(super) fn perform(asked: &Verify, printer: &Printer) -> Result<Answer, Failure> {
    fs::File::open(&asked.file).map_err(Failure::read(&asked.file))?;
    fs::metadata(&asked.trust).map_err(Failure::read(&asked.trust))?;
    if let Some(policy) = &asked.policy {
        fs::File::open(policy).map_err(Failure::read(policy))?;
    }
    let progress = Progress::begin(printer, printer.texts().verifying);
    let report =
        verify_file(&asked.file, &asked.trust, asked.policy.as_deref()).map_err(refused)?;
    drop(progress);
    let language = match printer.language() {
        Language::English => dossier::Language::English,
        Language::German => dossier::Language::German,
    };
    let text = report.render(language);
    let exit = Exit::of_report(report.exit_code());
    Ok(Answer::new("verify", &Verified { report: &report }, text).exit(exit))
}

#[derive(Serialize)]
struct Verified<'a> {
    report: &'a Report,
}

/// The same with the name of the file.
fn refused(fault: FileFault) -> Failure {
    let path = fault.file;
    match fault.error.code() {
        "no-trust-anchors" => Failure::TrustEmpty { path },
        "trust-anchor-unreadable" => Failure::TrustUnreadable { path },
        _ => fault.error.into(),
    }
}
