//! `identity` and what belongs to it.

use std::path::Path;

use sealpost_agent::views::IdentityView;
use sealpost_agent::{Certificate, system_random};

use super::save::{file, said};
use super::views;
use crate::arguments::IdentityVerb;
use crate::clock;
use crate::desk::Desk;
use crate::documents::small::PinChanged;
use crate::documents::{Moment, identity};
use crate::failure::Failure;
use crate::files;
use crate::pin::{self, Source};
use crate::printer::Answer;
use crate::progress::Progress;

/// Shows or changes what the person is here.
pub(super) fn perform(verb: Option<IdentityVerb>, desk: &Desk<'_>) -> Result<Answer, Failure> {
    match verb {
        None | Some(IdentityVerb::Show) => {
            let document = document(desk.agent()?.identity(), &desk.home()?);
            if let Some(due) = document.rotation_due(desk.printer) {
                desk.printer.warning(&due);
            }
            let text = document.text(desk.printer.texts().identity_title, desk.printer);
            Ok(Answer::new("identity", &document, text))
        }
        Some(IdentityVerb::Certificates) => certificates(desk),
        Some(IdentityVerb::ExportKey { out, passphrase_file }) => {
            export_key(&out, passphrase_file.as_deref(), desk)
        }
        Some(IdentityVerb::ChangePin { new_pin_file }) => change_pin(new_pin_file.as_deref(), desk),
    }
}

/// The identity as a document.
pub(super) fn document(view: IdentityView, home: &Path) -> identity::Identity {
    let certificate =
        |(purpose, certificate): &(&'static str, Certificate)| identity::Certificate {
            purpose,
            serial: certificate.serial_hex(),
            issuer: certificate.issuer_display(),
            sha256: hexadecimal(&certificate.sha256()),
            not_before: Moment(certificate.not_before()),
            not_after: Moment(certificate.not_after()),
        };
    let rotation = view.rotation;
    identity::Identity {
        rotation: identity::Rotation {
            due: rotation.is_due(clock::now()),
            under_way: rotation.under_way,
            first_end: Moment(rotation.first_end),
            former_keys: rotation.former_keys,
        },
        certificates: view.certificates.iter().map(certificate).collect(),
        person: views::person(view.person),
        organisation: view.organisation,
        provider: view.provider,
        home: home.to_string_lossy().into_owned(),
    }
}

fn certificates(desk: &Desk<'_>) -> Result<Answer, Failure> {
    let view = desk.agent()?.identity();
    let own = view.certificates.iter().map(|(_, certificate)| certificate);
    let pem: String = own.chain([&view.root]).map(Certificate::to_pem).collect();
    let document = identity::Certificates { pem: pem.clone() };
    Ok(Answer::new("identity-certificates", &document, pem))
}

fn export_key(
    out: &Path,
    passphrase_file: Option<&Path>,
    desk: &Desk<'_>,
) -> Result<Answer, Failure> {
    let texts = desk.printer.texts();
    if out.symlink_metadata().is_ok() {
        return Err(Failure::FileExists { path: out.to_owned() });
    }
    let keys = desk.keys()?;
    let source =
        Source { file: passphrase_file, option: "--passphrase-file", prompt: texts.ask_passphrase };
    let passphrase = pin::passphrase(source, desk.printer)?;
    let progress = Progress::begin(desk.printer, texts.protecting);
    let pem = keys.export_encryption_key(&passphrase, &mut system_random())?;
    drop(progress);
    files::write_new(out, pem.as_bytes())?;
    desk.printer.message(texts.key_note);
    Ok(said("identity-export-key", vec![file(out, pem.len() as u64)], desk.printer))
}

fn change_pin(new_pin_file: Option<&Path>, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let texts = desk.printer.texts();
    let keys = desk.keys()?;
    let source = Source { file: new_pin_file, option: "--new-pin-file", prompt: texts.ask_new_pin };
    let pin = pin::new(source, desk.printer)?;
    let progress = Progress::begin(desk.printer, texts.protecting);
    keys.change_pin(&pin, &mut system_random())?;
    drop(progress);
    let text = format!("{}\n", texts.pin_changed);
    Ok(Answer::new("identity-change-pin", &PinChanged { changed: true }, text))
}

pub(super) fn hexadecimal(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
