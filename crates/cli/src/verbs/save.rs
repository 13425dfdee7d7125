//! `save` and `export`.

use std::fs;
use std::path::Path;

use sealpost_agent as agent;

use crate::arguments::{Export, Save, SaveAs};
use crate::desk::Desk;
use crate::documents::size;
use crate::documents::small::{Exported, File, Written};
use crate::failure::Failure;
use crate::files;
use crate::page::Page;
use crate::printer::{Answer, Printer};
use crate::progress::Progress;

/// The letter as files.
pub(super) fn save(asked: &Save, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let agent = desk.agent()?;
    let is_new = !asked.dir.exists();
    // The agent would make a directory that others may enter.
    files::directory(&asked.dir)?;
    let progress = Progress::begin(desk.printer, desk.printer.texts().reading);
    let saved = agent.save(asked.letter.as_str(), &asked.dir, form(asked.form));
    drop(progress);
    if saved.is_err() && is_new {
        // It is ours; if something is in it after all, it stays.
        let _ = fs::remove_dir(&asked.dir);
    }
    let files: Result<Vec<_>, _> = saved?.iter().map(|path| written(path)).collect();
    Ok(said("save", files?, desk.printer))
}

/// The dossier as a file.
pub(super) fn export(asked: &Export, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let texts = desk.printer.texts();
    if asked.out.symlink_metadata().is_ok() {
        return Err(Failure::FileExists { path: asked.out.clone() });
    }
    let agent = desk.agent()?;
    let progress = Progress::begin(desk.printer, texts.collecting);
    let dossier = agent.export(asked.letter.as_str())?;
    drop(progress);
    files::write_new(&asked.out, &dossier.octets)?;
    desk.printer.message(texts.dossier_note);
    if dossier.evidence_left_out > 0 {
        desk.printer.warning(&(texts.evidence_left_out)(dossier.evidence_left_out));
    }
    let files = vec![file(&asked.out, dossier.octets.len() as u64)];
    let document = Exported { files, evidence_left_out: dossier.evidence_left_out };
    let text = listed(&document.files, desk.printer);
    Ok(Answer::new("export", &document, text))
}

/// What was written.
pub(super) fn said(verb: &str, files: Vec<File>, printer: &Printer) -> Answer {
    let text = listed(&files, printer);
    Answer::new(verb, &Written { files }, text)
}

fn listed(files: &[File], printer: &Printer) -> String {
    let mut page = Page::new(printer.columns());
    page.line(printer.texts().written);
    for file in files {
        page.indented(&format!("{}  {}", file.path, size(file.octets)));
    }
    page.into_text()
}

/// One file that was written.
pub(super) fn file(path: &Path, octets: u64) -> File {
    File { path: path.to_string_lossy().into_owned(), octets }
}

fn written(path: &Path) -> Result<File, Failure> {
    Ok(file(path, fs::metadata(path).map_err(Failure::read(path))?.len()))
}

fn form(form: SaveAs) -> agent::SaveAs {
    match form {
        SaveAs::Eml => agent::SaveAs::Mail,
        SaveAs::Parts => agent::SaveAs::Parts,
        SaveAs::Smime => agent::SaveAs::Smime,
    }
}
