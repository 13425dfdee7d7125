//! `revoke`: certificates that nobody may rely on from now on.

use std::sync::Arc;

use sealpost_erds::address::Address;

use super::printer::{self, Complaint, Outcome};
use super::{Reason, RevokeArgs};
use crate::keys::ProviderKeys;
use crate::store::Store;
use crate::store::people::{RevocationReason, Revoke};
use crate::{clock, revocation};

/// Safe beside a serving provider: two short transactions under SQLite's lock. The server asks the
/// database at every request.
pub(super) async fn revoke(args: RevokeArgs) -> Result<Outcome, Complaint> {
    let config = super::load(&args.config)?;
    let what = what(&args.what)?;
    let keys = Arc::new(ProviderKeys::load(&config.files)?);
    let store = Store::open(&config.files.database())?;
    let now = clock::now_unix();
    if args.block && !block(&store, &args.what, now).await? {
        printer::note("nobody to block: no mailbox has this address [nothing-blocked]");
        return Ok(Outcome::No);
    }
    let issuing = revocation::issuing(&keys, now);
    let revoked = store.revoke(what, reason(args.reason), now, issuing).await?;
    store.close().await?;
    if revoked == 0 && args.block {
        printer::result("the mailbox is closed; there was no certificate left to revoke.\n");
        return Ok(Outcome::Done);
    }
    if revoked == 0 {
        printer::note(
            "nothing to revoke: no such certificate, or revoked already [nothing-revoked]",
        );
        return Ok(Outcome::No);
    }
    printer::result(&format!(
        "{revoked} certificates revoked; the new revocation list is in force.\n"
    ));
    Ok(Outcome::Done)
}

/// Closes the mailbox before its certificates go: should this be cut short, it is closed already.
async fn block(store: &Store, text: &str, now: i64) -> Result<bool, Complaint> {
    let Ok(address) = Address::parse(text) else {
        return Err(Complaint::plain(
            "malformed",
            "only an address can be blocked",
            "Give the address instead of a serial number.",
        ));
    };
    Ok(store.block_account(address, now).await?)
}

fn what(text: &str) -> Result<Revoke, Complaint> {
    if let Ok(address) = Address::parse(text) {
        return Ok(Revoke::Address(address.as_str().to_owned()));
    }
    let serial =
        hex::decode(text).ok().filter(|serial| (1..=SERIAL_OCTETS_MAX).contains(&serial.len()));
    serial.map(Revoke::Serial).ok_or_else(|| {
        Complaint::plain(
            "malformed",
            "this is neither an address nor a serial number in hexadecimal",
            "`sealpost-provider knows` shows the serial numbers.",
        )
    })
}

fn reason(reason: Reason) -> RevocationReason {
    match reason {
        Reason::Unspecified => RevocationReason::Unspecified,
        Reason::KeyCompromise => RevocationReason::KeyCompromise,
        Reason::AffiliationChanged => RevocationReason::AffiliationChanged,
        Reason::CessationOfOperation => RevocationReason::CessationOfOperation,
    }
}

/// RFC 5280 §4.1.2.2.
const SERIAL_OCTETS_MAX: usize = 20;
