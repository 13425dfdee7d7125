//! Who is asking, and may he?
//!
//! The connection knows which certificate was shown and under which root it counts
//! ([`PeerIdentity`]). Here the database has the last word, at every request: whether the account
//! is open and the certificate not revoked since.

use axum::extract::FromRequestParts;
use axum::http::Extensions;
use axum::http::StatusCode;
use axum::http::request::Parts;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::{Address, Domain};

use super::Access;
use crate::clock;
use crate::problem::{self, Kind, Problem};
use crate::provider::Provider;
use crate::server::RemoteAddress;
use crate::service::Account;
use crate::tls::PeerIdentity;

/// The account that asks. Only behind a gate with [`Access::Account`].
#[derive(Clone)]
pub struct Owner(pub Account);

/// The provider that asks. Only behind a gate with [`Access::Provider`].
#[derive(Clone)]
pub struct Peer(pub Domain);

/// Lets the one who asks in, and notes who it is; or says why not.
pub(super) async fn admit(
    provider: &Provider,
    access: Access,
    extensions: &mut Extensions,
) -> Result<(), Problem> {
    // The front door puts it into every request; without it nobody is anybody.
    let identity = extensions.get::<PeerIdentity>().cloned().unwrap_or(PeerIdentity::Anonymous);
    match access {
        Access::Anyone => Ok(()),
        Access::Operator => operator(provider, extensions),
        Access::Account => {
            let account = account(provider, identity).await?;
            extensions.insert(Owner(account));
            Ok(())
        }
        Access::Provider => {
            let domain = peer(provider, identity)?;
            extensions.insert(Peer(domain));
            Ok(())
        }
    }
}

async fn account(provider: &Provider, identity: PeerIdentity) -> Result<Account, Problem> {
    let (address, certificate) = match identity {
        PeerIdentity::Account { address, certificate } => (address, certificate),
        other => return Err(stranger(&other)),
    };
    still_valid(certificate.not_after())?;
    known(provider, address, &certificate).await
}

/// Lets in whoever is known here, account or provider, where an endpoint costs somebody else money.
pub(super) async fn admit_known(
    provider: &Provider,
    identity: PeerIdentity,
) -> Result<(), Problem> {
    match identity {
        PeerIdentity::Account { .. } => account(provider, identity).await.map(drop),
        _ => peer(provider, identity).map(drop),
    }
}

/// [AUT-001] The certificate is one that was issued to this account, and was not revoked since the
/// connection was opened; the account is open.
async fn known(
    provider: &Provider,
    address: Address,
    certificate: &Certificate,
) -> Result<Account, Problem> {
    let caller = provider.store.caller(certificate.der().to_vec(), address).await?;
    let Some(caller) = caller else {
        return Err(refused(SubIndication::NoCertificateChainFound));
    };
    if caller.is_revoked {
        return Err(refused(SubIndication::Revoked));
    }
    if caller.account.is_blocked {
        return Err(Problem::new(ACCOUNT_BLOCKED));
    }
    Ok(caller.account.into())
}

/// [AUT-002] A connection may live longer than the certificate it was opened with.
fn still_valid(not_after: i64) -> Result<(), Problem> {
    if not_after < clock::now_unix() {
        return Err(refused(SubIndication::Expired));
    }
    Ok(())
}

/// [AUT-003] Relaying is for providers that the configuration names, each under its own root.
fn peer(provider: &Provider, identity: PeerIdentity) -> Result<Domain, Problem> {
    match identity {
        PeerIdentity::Provider { domain, not_after } if provider.parties.of(&domain).is_some() => {
            still_valid(not_after)?;
            Ok(domain)
        }
        PeerIdentity::Provider { .. } => Err(refused(SubIndication::NoCertificateChainFound)),
        other => Err(stranger(&other)),
    }
}

/// [AUT-004] Numbers are for the source addresses that the configuration lists.
fn operator(provider: &Provider, extensions: &Extensions) -> Result<(), Problem> {
    let remote = extensions.get::<RemoteAddress>().map(|remote| remote.0.ip().to_canonical());
    match remote {
        Some(source) if provider.config.metrics_allow.contains(&source) => Ok(()),
        _ => Err(Problem::new(problem::FORBIDDEN)),
    }
}

fn stranger(identity: &PeerIdentity) -> Problem {
    match identity {
        PeerIdentity::Anonymous => Problem::new(problem::UNAUTHENTICATED),
        PeerIdentity::Unrecognised { why } => refused(*why),
        PeerIdentity::Account { .. } | PeerIdentity::Provider { .. } => {
            Problem::new(problem::FORBIDDEN)
        }
    }
}

fn refused(why: SubIndication) -> Problem {
    Problem::new(problem::CERTIFICATE_REFUSED).member("sub_indication", why.code())
}

impl<S: Send + Sync> FromRequestParts<S> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // An endpoint that wants an owner behind a gate that asks for none: our fault, and closed.
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Problem::new(problem::INTERNAL))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Peer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Problem::new(problem::INTERNAL))
    }
}

/// The operator has closed the mailbox.
pub const ACCOUNT_BLOCKED: Kind =
    Kind::new("account-blocked", StatusCode::FORBIDDEN, "The operator has closed this mailbox");

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::quickstart::Quickstart;

    #[tokio::test]
    async fn aut_002_a_providers_certificate_ends_on_open_connections_too() {
        let folder = tempfile::tempdir().unwrap();
        let quickstart = Quickstart {
            domain: "north.example".to_owned(),
            folder: folder.path().to_path_buf(),
            listen: None,
            endpoint: None,
            organisation: None,
        };
        quickstart.run().await.unwrap();
        let config = Config::load(&folder.path().join("provider.toml")).unwrap();
        let provider = Provider::open(config).await.unwrap();
        let domain = provider.config.domain.clone();
        let now = clock::now_unix();
        let identity = |not_after| PeerIdentity::Provider { domain: domain.clone(), not_after };
        assert_eq!(peer(&provider, identity(now + 60)).unwrap(), domain);
        assert_eq!(
            peer(&provider, identity(now - 1)).unwrap_err(),
            refused(SubIndication::Expired)
        );
    }
}
