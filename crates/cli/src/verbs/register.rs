//! `register`.

use std::path::Path;

use sealpost_agent::keystore::{Keystore, Pin};
use sealpost_agent::profile::Profile;
use sealpost_agent::{Address, Agent, Certificate, Invitation, Vouching};

use super::{identity, send};
use crate::arguments::Register;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::files;
use crate::limits::{INVITATION_OCTETS_MAX, ROOT_OCTETS_MAX};
use crate::pin::{self, Source};
use crate::printer::Answer;
use crate::progress::Progress;

/// Makes keys and has them certified. An interrupted registration goes on with the same keys.
pub(super) fn perform(asked: &Register, desk: &Desk<'_>) -> Result<Answer, Failure> {
    let address = send::address(&asked.address)?;
    let home = desk.home()?;
    let agent = match &asked.identity_from {
        None => invited(asked, &address, &home, desk)?,
        Some(from) => vouched(asked, from, &address, &home, desk)?,
    };
    let document = identity::document(agent.identity(), &home);
    let text = document.text(desk.printer.texts().registered, desk.printer);
    Ok(Answer::new("register", &document, text))
}

fn invited(
    asked: &Register,
    address: &Address,
    home: &Path,
    desk: &Desk<'_>,
) -> Result<Agent, Failure> {
    let invitation = invitation(asked.invitation.as_deref().unwrap_or_default())?;
    registered(address, &Vouching::Invitation(&invitation), home, desk)
}

fn vouched(
    asked: &Register,
    from: &Path,
    address: &Address,
    home: &Path,
    desk: &Desk<'_>,
) -> Result<Agent, Failure> {
    let (Some(endpoint), Some(root)) = (&asked.provider, &asked.root) else {
        return Err(Failure::usage(
            "--identity-from needs --provider and --root",
            "zu --identity-from gehören --provider und --root",
            "sealpost register",
        ));
    };
    let root = root_certificate(root)?;
    let source = Source {
        file: asked.identity_pin_file.as_deref(),
        option: "--identity-pin-file",
        prompt: desk.printer.texts().ask_identity_pin,
    };
    let other = desk.agent_at(from, source)?;
    registered(address, &Vouching::Identity { agent: &other, endpoint, root: &root }, home, desk)
}

fn registered(
    address: &Address,
    vouching: &Vouching<'_>,
    home: &Path,
    desk: &Desk<'_>,
) -> Result<Agent, Failure> {
    let profile = desk.profile(home)?;
    let pin = pin(&profile, desk)?;
    let _progress = Progress::begin(desk.printer, desk.printer.texts().registering);
    Ok(Agent::register(profile, &pin, address, vouching)?)
}

/// The PIN of keys that an interrupted registration left, or a new one.
fn pin(profile: &Profile, desk: &Desk<'_>) -> Result<Pin, Failure> {
    let texts = desk.printer.texts();
    let source = |prompt| Source { file: desk.pin_file(), option: "--pin-file", prompt };
    if Keystore::exists(profile)? {
        return pin::known(source(texts.ask_pin), desk.printer);
    }
    if desk.pin_file().is_none() {
        desk.printer.message(texts.choose_pin);
    }
    pin::new(source(texts.ask_new_pin), desk.printer)
}

/// The invitation as it was given: the text, or `@` and the file that holds it.
fn invitation(given: &str) -> Result<Invitation, Failure> {
    let text = match given.strip_prefix('@') {
        Some(path) => files::read_text(Path::new(path), INVITATION_OCTETS_MAX)?,
        None => given.to_owned(),
    };
    Invitation::parse(text.trim()).map_err(|_| Failure::Invitation)
}

fn root_certificate(path: &Path) -> Result<Certificate, Failure> {
    let pem = files::read_text(path, ROOT_OCTETS_MAX)?;
    Certificate::from_pem(&pem).map_err(|_| Failure::TrustUnreadable { path: path.to_owned() })
}
