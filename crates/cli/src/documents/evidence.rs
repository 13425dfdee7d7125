//! The evidence about one letter.

use serde::Serialize;

use super::Moment;
use crate::page::{INDENT, Page};
use crate::printer::Printer;

/// `sealpost/evidence/1`.
#[derive(Serialize)]
pub(crate) struct EvidenceList {
    pub(crate) letter_id: String,
    pub(crate) evidence: Vec<EvidenceEntry>,
}

/// One evidence.
#[derive(Clone, Serialize)]
pub(crate) struct EvidenceEntry {
    /// The event's name in EN 319 522-1.
    pub(crate) event: String,
    /// Its letter code.
    pub(crate) code: String,
    /// The recipient that it is about; only the sender knows him by his address here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recipient: Option<String>,
    pub(crate) dispatch_id: String,
    /// The domain of the provider that states it.
    pub(crate) issuer: String,
    /// Absent if the evidence is not TOTAL-PASSED.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) proven_time: Option<Moment>,
    /// `TOTAL-PASSED`, `INDETERMINATE` or `TOTAL-FAILED`.
    pub(crate) indication: &'static str,
    pub(crate) octets: u64,
    /// Where it was written to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) file: Option<String>,
}

impl EvidenceList {
    /// The list for people.
    pub(crate) fn text(&self, printer: &Printer) -> String {
        let (mut page, texts) = (Page::new(printer.columns()), printer.texts());
        if self.evidence.is_empty() {
            page.line(texts.no_event);
            return page.into_text();
        }
        for entry in &self.evidence {
            let time = entry.proven_time.map(|time| time.in_full(printer.language()));
            page.line(&format!("{}  {}", entry.code, (texts.event)(&entry.code)));
            page.entries(
                2 * INDENT,
                &[
                    (texts.recipient, entry.recipient.clone()),
                    (texts.proven_time, Some(time.unwrap_or_else(|| texts.not_proven.to_owned()))),
                    (texts.stated_by, Some(entry.issuer.clone())),
                    (texts.result, Some(entry.indication.to_owned())),
                    (texts.file, entry.file.clone()),
                ],
            );
        }
        page.into_text()
    }
}
