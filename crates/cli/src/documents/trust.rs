//! The roots of another provider.

use serde::Serialize;

use super::Moment;
use crate::page::{INDENT, Page};
use crate::printer::Printer;

/// `sealpost/trust/1`.
#[derive(Serialize)]
pub(crate) struct Roots {
    pub(crate) domain: String,
    /// The root that was believed before this command; absent if the provider was never met.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) known: Option<Root>,
    /// The root that the own provider presents now.
    pub(crate) presented: Root,
    /// Whether the two differed.
    pub(crate) differs: bool,
    /// Whether the presented one is believed because its digest was given.
    pub(crate) confirmed: bool,
}

/// One root certificate.
#[derive(Clone, Serialize)]
pub(crate) struct Root {
    pub(crate) subject: String,
    pub(crate) sha256: String,
    pub(crate) not_before: Moment,
    pub(crate) not_after: Moment,
}

impl Roots {
    /// The roots for people, and what to do.
    pub(crate) fn text(&self, printer: &Printer) -> String {
        let (mut page, texts) = (Page::new(printer.columns()), printer.texts());
        if let Some(known) = self.known.as_ref().filter(|_| self.differs) {
            page.line(texts.root_known);
            known.put(&mut page, printer);
            page.gap();
        }
        page.line(texts.root_presented);
        self.presented.put(&mut page, printer);
        page.gap().paragraph(match (self.confirmed, self.differs) {
            (true, true) => texts.root_confirmed,
            (_, false) => texts.root_unchanged,
            (false, true) => texts.root_to_confirm,
        });
        if self.differs && !self.confirmed {
            page.indented(&format!("sealpost trust {} --root-sha256 HEX", self.domain));
        }
        page.into_text()
    }
}

impl Root {
    fn put(&self, page: &mut Page, printer: &Printer) {
        let (texts, language) = (printer.texts(), printer.language());
        page.entries(
            INDENT,
            &[
                (texts.subject_of_certificate, Some(self.subject.clone())),
                (texts.valid_from, Some(self.not_before.in_full(language))),
                (texts.valid_until, Some(self.not_after.in_full(language))),
                ("SHA-256", Some(self.sha256.clone())),
            ],
        );
    }
}

#[cfg(test)]
mod tests {
    use sealpost_agent::Language;

    use super::super::letter::tests::printer;
    use super::*;

    fn told(known: Option<&str>, confirmed: bool) -> String {
        let root = |sha256: &str| Root {
            subject: "CN=South Post".into(),
            sha256: sha256.into(),
            not_before: Moment(0),
            not_after: Moment(1),
        };
        let roots = Roots {
            domain: "south.example".into(),
            known: known.map(root),
            presented: root("beef"),
            differs: known != Some("beef"),
            confirmed,
        };
        roots.text(&printer(Language::English))
    }

    #[test]
    fn both_roots_are_shown_and_what_to_do_only_if_something_is_to_be_done() {
        let text = told(Some("cafe"), false);
        assert!(text.contains("cafe") && text.contains("beef"), "{text}");
        assert!(text.contains("sealpost trust south.example --root-sha256"), "{text}");
        assert!(text.contains("Nothing was changed"), "{text}");
        for done in [told(Some("cafe"), true), told(Some("beef"), false), told(Some("beef"), true)]
        {
            assert!(!done.contains("--root-sha256"), "{done}");
        }
    }
}
