//! `invite`: a mailbox for a person who holds the secret that is printed.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sealpost_cms::kdf::sha256;
use sealpost_cms::time::LocalTime;
use sealpost_erds::{Address, Digest};
use zeroize::Zeroizing;

use super::InviteArgs;
use super::printer::{self, Complaint, Outcome};
use crate::config::Config;
use crate::store::Store;
use crate::store::people::Invitation;
use crate::{clock, keys, limits};

/// Safe beside a serving provider: SQLite's lock lets one process write at a time, and what is
/// written here is one short transaction.
pub(super) async fn invite(args: InviteArgs) -> Result<Outcome, Complaint> {
    let config = super::load(&args.config)?;
    let address = address(&args, &config)?;
    let root = keys::load_certificate(&config.files.certificate("root"))?;
    let token = token()?;
    let now = clock::now_unix();
    let expires_at = now + limits::INVITATION_VALIDITY_SECONDS;
    let store = Store::open(&config.files.database())?;
    if store.is_address_in_use(address.clone(), now).await? {
        printer::note("error: somebody has this address [address-taken]");
        printer::note(
            "  do: if the keys are lost, run `sealpost-provider revoke` first, then invite again.",
        );
        return Ok(Outcome::No);
    }
    store
        .invite(Invitation {
            token_hash: sha256(token.as_bytes()),
            address: address.as_str().to_owned(),
            name: args.name.clone(),
            organisation: args.organisation.clone(),
            assurance: args.assurance.into(),
            expires_at,
        })
        .await?;
    store.close().await?;
    let invitation = sealpost_wire::invitation::Invitation {
        address: address.clone(),
        endpoint: config.public_endpoint.clone(),
        root_sha256: Digest::from_array(root.sha256()),
        token: token.to_string(),
    };
    show(&args, &invitation.to_text(), &address, expires_at);
    Ok(Outcome::Done)
}

fn show(args: &InviteArgs, text: &str, address: &Address, expires_at: i64) {
    if args.json {
        let answer = serde_json::json!({
            "address": address.as_str(),
            "invitation": text,
            "expires_at": LocalTime::from_unix(expires_at).rfc3339(),
        });
        return printer::result(&format!("{answer}\n"));
    }
    printer::result(&format!("{text}\n"));
    printer::note(&format!(
        "Give this line to {} only, by a way you trust. Within {} days:\n  sealpost register {} --invitation TEXT",
        args.name,
        limits::INVITATION_VALIDITY_SECONDS / (24 * 3600),
        address.as_str(),
    ));
}

/// The secret of the invitation, as text.
fn token() -> Result<Zeroizing<String>, Complaint> {
    let mut octets = Zeroizing::new([0_u8; TOKEN_OCTETS]);
    getrandom::fill(&mut octets[..]).map_err(|error| {
        Complaint::plain(
            "no-random",
            error.to_string(),
            "The operating system gives no random octets.",
        )
    })?;
    Ok(Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(&octets[..])))
}

fn address(args: &InviteArgs, config: &Config) -> Result<Address, Complaint> {
    let address = Address::parse(&args.address).map_err(|error| {
        Complaint::new(error.code(), &error, "Write it like anna@north.example.")
    })?;
    if address.domain() != config.domain {
        return Err(Complaint::plain(
            "other-domain",
            format!("the address is not at {}", config.domain.as_str()),
            "Invite an address of this provider's own domain.",
        ));
    }
    let fits = |name: &str| {
        (1..=limits::NAME_CHARACTERS_MAX).contains(&name.chars().count())
            && !name.chars().any(char::is_control)
    };
    if !fits(&args.name) || args.organisation.as_deref().is_some_and(|name| !fits(name)) {
        return Err(Complaint::plain(
            "name-not-certifiable",
            "a name has 1 to 64 characters and no control characters",
            "Shorten the name; RFC 5280 allows no more in a certificate.",
        ));
    }
    Ok(address)
}

/// 256 bits: nobody guesses it, however often he may try.
const TOKEN_OCTETS: usize = 32;
