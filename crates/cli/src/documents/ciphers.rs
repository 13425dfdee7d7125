//! Experimental ciphers: which are installed, and which one is around a letter.

use sealpost_agent::ciphers::CipherView;
use serde::Serialize;

use crate::page::{INDENT, Page};
use crate::printer::Printer;

/// One experimental cipher.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Cipher {
    /// What it calls itself.
    pub(crate) name: String,
    /// SHA-256 of the plug-in.
    pub(crate) sha256: String,
}

/// `sealpost/ciphers/1`.
#[derive(Serialize)]
pub(crate) struct Ciphers {
    /// By their digests.
    pub(crate) ciphers: Vec<Cipher>,
}

/// `sealpost/ciphers-install/1` and `sealpost/ciphers-remove/1`.
#[derive(Serialize)]
pub(crate) struct Changed {
    pub(crate) cipher: Cipher,
}

impl Cipher {
    /// The agent's plain value as a document of ours.
    pub(crate) fn of(view: CipherView) -> Self {
        Self { sha256: view.digest.hex(), name: view.name }
    }

    /// Name and digest: the name alone says nothing.
    pub(crate) fn in_full(&self) -> String {
        format!("{} (SHA-256 {})", self.name, self.sha256)
    }

    fn put(&self, page: &mut Page, printer: &Printer) {
        let name = (printer.texts().name, Some(self.name.clone()));
        page.entries(INDENT, &[name, ("SHA-256", Some(self.sha256.clone()))]);
    }
}

impl Ciphers {
    /// The list for people, and what it means to have one.
    pub(crate) fn text(&self, printer: &Printer) -> String {
        let (mut page, texts) = (Page::new(printer.columns()), printer.texts());
        if self.ciphers.is_empty() {
            page.line(texts.ciphers_none);
            return page.into_text();
        }
        for cipher in &self.ciphers {
            cipher.put(page.gap(), printer);
        }
        page.gap().paragraph(texts.experiment_meaning);
        page.into_text()
    }
}

impl Changed {
    /// What was done, and to which.
    pub(crate) fn text(&self, what: &str, printer: &Printer) -> String {
        let mut page = Page::new(printer.columns());
        page.line(what);
        self.cipher.put(&mut page, printer);
        page.gap().paragraph(printer.texts().experiment_meaning);
        page.into_text()
    }
}

#[cfg(test)]
mod tests {
    use sealpost_agent::Language;

    use super::super::letter::tests::printer;
    use super::*;

    #[test]
    fn a_list_names_digests_and_says_that_no_protection_rests_on_them() {
        let cipher = Cipher { name: "xor".into(), sha256: "ab".repeat(32) };
        let told = |ciphers: Vec<Cipher>, language| Ciphers { ciphers }.text(&printer(language));
        for (language, meaning) in
            [(Language::English, "does not rest on it"), (Language::German, "beruht nicht darauf")]
        {
            let text = told(vec![cipher.clone()], language);
            assert!(text.contains("xor") && text.contains(&cipher.sha256), "{text}");
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(text.contains(meaning), "{text}");
            assert!(!told(Vec::new(), language).contains("SHA-256"));
        }
    }
}
