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
    pub(crate) rotation: Rotation,
}

/// How it stands about new keys.
#[derive(Serialize)]
pub(crate) struct Rotation {
    /// `sealpost rotate` should be run: a certificate ends soon, or one was interrupted.
    pub(crate) due: bool,
    /// One was begun and not finished.
    pub(crate) under_way: bool,
    /// When the first of the certificates ends.
    pub(crate) first_end: Moment,
    /// Sets of former keys that still open letters.
    pub(crate) former_keys: usize,
}

/// `sealpost/rotate/1`.
#[derive(Serialize)]
pub(crate) struct Rotated {
    #[serde(flatten)]
    pub(crate) identity: Identity,
    /// Whether a rotation that was interrupted was finished.
    pub(crate) resumed: bool,
    /// Records of the archive that were encrypted anew.
    pub(crate) records: u64,
    /// Sets of former keys that were wiped.
    pub(crate) forgotten: usize,
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
                (texts.former_keys, self.former_keys()),
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

    /// How many sets of former keys there are, if any.
    fn former_keys(&self) -> Option<String> {
        Some(self.rotation.former_keys).filter(|sets| *sets > 0).map(|sets| sets.to_string())
    }

    /// That it is time to rotate, and why, for a warning.
    pub(crate) fn rotation_due(&self, printer: &Printer) -> Option<String> {
        let (rotation, texts) = (&self.rotation, printer.texts());
        match (rotation.under_way, rotation.due) {
            (true, _) => Some(texts.rotation_under_way.to_owned()),
            (false, true) => {
                Some((texts.rotation_due)(&rotation.first_end.in_full(printer.language())))
            }
            (false, false) => None,
        }
    }
}
