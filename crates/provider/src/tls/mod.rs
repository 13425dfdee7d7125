//! TLS 1.3 and who is at the other end.
//!
//! MUST: TLS 1.3 only; the certificate of a client is optional, but one that is shown must be
//! backed by its key.
//! MUST: who a certificate stands for is decided once, after the handshake, by the path validation
//! of the `cms` room, against the root of exactly the party the certificate names: an account
//! against our own root, a provider against the root that is configured for its very domain.
//! [TLS-001] [TLS-002]
//!
//! The handshake itself proves possession of the key and nothing more. One place judges
//! certificates, with one policy, and it can say in words why it refuses: a client with an expired
//! certificate gets a problem document, not a dropped connection.

mod identity;
#[cfg(test)]
mod tests;
mod verifier;

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore, ServerConfig};
use sealpost_cms::certificate::Certificate;

pub use identity::{Parties, Party, PeerIdentity};

use crate::keys::ProviderKeys;

/// The server side. The cryptography is aws-lc, chosen here and nowhere else.
pub fn server_config(keys: &ProviderKeys) -> Result<ServerConfig, rustls::Error> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let (chain, key) = keys.tls_identity();
    let mut config = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(Arc::new(verifier::Possession::new(&provider)))
        .with_single_cert(chain, key)?;
    config.alpn_protocols = alpn();
    // No early data: a replayed request must never look new.
    config.max_early_data_size = 0;
    Ok(config)
}

/// The client side towards one peer: only that peer's root counts, and we show who we are.
pub fn client_config(
    keys: &ProviderKeys,
    root: &Certificate,
) -> Result<ClientConfig, rustls::Error> {
    let mut roots = RootCertStore::empty();
    roots.add(root.der().to_vec().into())?;
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let (chain, key) = keys.tls_identity();
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots)
        .with_client_auth_cert(chain, key)?;
    config.alpn_protocols = alpn();
    Ok(config)
}

/// RFC 7301: HTTP/2 first.
fn alpn() -> Vec<Vec<u8>> {
    vec![b"h2".to_vec(), b"http/1.1".to_vec()]
}
