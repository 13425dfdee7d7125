//! Who the reader is.

use serde::Serialize;

use super::{Moment, Person};
use crate::page::{INDENT, Page};
use crate::printer::Printer;

/// `sealpost/identity/1`, and `sealpost/register/1`.
#[derive(Serialize)]
pub(crate) struct Identity {
    #[serde(flatten)]
    pub(crate) person: Person,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) organisation: Option<String>,
    /// The domain of the provider.
    pub(crate) provider: String,
    /// The profile directory.
    pub(crate) home: String,
    pub(crate) certificates: Vec<Certificate>,
}

/// One certificate of the reader.
#[derive(Serialize)]
pub(crate) struct Certificate {
    /// `signature`, `authentication` or `encryption`.
    pub(crate) purpose: &'static str,
    pub(crate) serial: String,
    pub(crate) issuer: String,
    pub(crate) sha256: String,
    pub(crate) not_before: Moment,
    pub(crate) not_after: Moment,
}

/// `sealpost/identity-certificates/1`.
#[derive(Serialize)]
pub(crate) struct Certificates {
    /// The reader's certificates and their issuers', one after the other.
    pub(crate) pem: String,
}

impl Identity {
    /// The identity for people, under this title.
    pub(crate) fn text(&self, title: &str, printer: &Printer) -> String {
        let (mut page, texts) = (Page::new(printer.columns()), printer.texts());
        let assurance = self.person.assurance.map(|word| (texts.assurance)(word).to_owned());
        page.line(title).entries(
            INDENT,
            &[
                (texts.address, Some(self.person.address.clone())),
                (texts.name, self.person.name.clone()),
                (texts.organisation, self.organisation.clone()),
                (texts.identified, assurance),
                (texts.provider, Some(self.provider.clone())),
                (texts.profile, Some(self.home.clone())),
            ],
        );
        for certificate in &self.certificates {
            page.gap().line((texts.certificate_for)(certificate.purpose)).entries(
                INDENT,
                &[
                    (texts.valid_until, Some(certificate.not_after.in_full(printer.language()))),
                    (texts.issued_by, Some(certificate.issuer.clone())),
                    (texts.serial, Some(certificate.serial.clone())),
                    ("SHA-256", Some(certificate.sha256.clone())),
                ],
            );
        }
        page.into_text()
    }
}
