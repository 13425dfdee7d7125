//! Whether keys and configuration belong together.
//!
//! Domain and organisation stand in every evidence and in the certificates under it; whoever edits
//! one and not the other would sign evidence that nobody believes.

use std::path::PathBuf;

use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::path::validate_path;
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::verdict::SubIndication;

use super::{KeysError, ProviderKeys, load_certificate};
use crate::clock;
use crate::config::{Config, TimeStampAuthority};

impl ProviderKeys {
    /// Every certificate names what the configuration names, and leads to the root. [KEY-001]
    pub fn check(&self, config: &Config) -> Result<(), KeysError> {
        // First: under a policy that withdraws their algorithm no path would hold either.
        self.check_policy(config)?;
        let files = &config.files;
        self.check_organisation(self.root(), config, files.certificate("root"))?;
        let leaves = [
            ("seal", &self.seal, KeyPurpose::ElectronicSeal),
            ("time-stamping", &self.time_stamping, KeyPurpose::TimeStamping),
            ("tls", &self.tls, KeyPurpose::Tls),
        ];
        for (name, pair, purpose) in leaves {
            let (certificate, path) = (&pair.certificate, files.certificate(name));
            // The first name is the domain; a TLS certificate may name further hosts.
            let domain = certificate.dns_names().into_iter().next();
            if !domain.is_some_and(|domain| domain.eq_ignore_ascii_case(config.domain.as_str())) {
                return Err(KeysError::OtherName { path, key: "domain" });
            }
            if purpose != KeyPurpose::Tls {
                self.check_organisation(certificate, config, path.clone())?;
            }
            if !self.leads_to_root(certificate, purpose, &config.policy) {
                return Err(KeysError::OtherRoot { path });
            }
        }
        Ok(())
    }

    /// Nobody would believe what is signed with an algorithm that the own policy has withdrawn, and
    /// no agent could be told otherwise: the next update would be sealed with it too. [KEY-002]
    fn check_policy(&self, config: &Config) -> Result<(), KeysError> {
        let keys = [("root", &self.authority), ("seal", &self.seal), ("tls", &self.tls)];
        for (name, pair) in keys.into_iter().chain([("time-stamping", &self.time_stamping)]) {
            let (algorithm, spki) = (pair.key.algorithm(), pair.certificate.spki_der());
            config.policy.check(algorithm, &spki, clock::now_unix()).map_err(|shortfall| {
                let path = config.files.certificate(name);
                KeysError::Withdrawn { path, detail: shortfall.detail }
            })?;
        }
        Ok(())
    }

    fn check_organisation(
        &self,
        certificate: &Certificate,
        config: &Config,
        path: PathBuf,
    ) -> Result<(), KeysError> {
        if certificate.organisation().as_deref() == Some(config.organisation.as_str()) {
            return Ok(());
        }
        Err(KeysError::OtherName { path, key: "organisation" })
    }

    /// At a time when both were good: one that has ended is a matter for the log and `/readyz`, and
    /// what was sealed with it can still be handed out.
    fn leads_to_root(
        &self,
        certificate: &Certificate,
        purpose: KeyPurpose,
        policy: &AlgorithmPolicy,
    ) -> bool {
        let at = certificate.not_before().max(self.root().not_before());
        let anchors = self.anchors();
        match validate_path(certificate, &[], &[], at, purpose, &anchors, policy) {
            Ok(_) => true,
            // Revocation is judged last: without a list at hand this says that all else holds.
            Err(shortfall) => shortfall.sub == SubIndication::TryLater,
        }
    }
}

/// Everything that the configuration names by file, for `check-config`.
pub fn check_files(config: &Config) -> Result<(), KeysError> {
    ProviderKeys::load(&config.files)?.check(config)?;
    for peer in &config.peers {
        load_certificate(&peer.root)?;
    }
    match &config.time_stamp {
        TimeStampAuthority::Internal => Ok(()),
        TimeStampAuthority::External { root, .. } => load_certificate(root).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::quickstart::Quickstart;

    async fn quickstart(folder: &Path, domain: &str) -> Config {
        let quickstart = Quickstart {
            domain: domain.to_owned(),
            folder: folder.to_path_buf(),
            listen: None,
            endpoint: Some(format!("mail.{domain}:443")),
            organisation: Some("Grüne Post & Co".to_owned()),
        };
        quickstart.run().await.unwrap();
        Config::load(&folder.join("provider.toml")).unwrap()
    }

    fn refused(config: &Config) -> (&'static str, String) {
        let error = check_files(config).unwrap_err();
        (error.code(), error.to_string())
    }

    #[tokio::test]
    async fn key_001_a_configuration_that_its_certificates_do_not_bear_out_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let (north, south) = (folder.path().join("north"), folder.path().join("south"));
        let config = quickstart(&north, "north.example").await;
        check_files(&config).unwrap();

        let renamed = Config { organisation: "Another".to_owned(), ..config.clone() };
        let (code, text) = refused(&renamed);
        assert_eq!(code, "certificate-of-other-name");
        assert!(text.contains("organisation") && text.contains("root.pem"), "{text}");

        let moved = Config {
            domain: sealpost_erds::Domain::parse("other.example").unwrap(),
            ..config.clone()
        };
        let (code, text) = refused(&moved);
        assert_eq!(code, "certificate-of-other-name");
        assert!(text.contains("domain") && text.contains("seal.pem"), "{text}");

        // A root of the same name, under which nothing was issued.
        drop(quickstart(&south, "north.example").await);
        for name in ["keys/ca.key.pem", "certificates/root.pem"] {
            std::fs::copy(south.join(name), north.join(name)).unwrap();
        }
        assert_eq!(refused(&config).0, "certificate-of-other-root");
    }

    #[tokio::test]
    async fn key_002_a_policy_that_withdraws_what_the_own_keys_sign_with_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let config = quickstart(folder.path(), "north.example").await;
        let path = folder.path().join("provider.toml");
        let text = std::fs::read_to_string(&path).unwrap();
        let with = |name: &str, until: &str| {
            let policy = format!(
                "\n[policy]\nid = \"1\"\nsince = \"2026-01-01T00:00:00Z\"\n\
                 algorithms = [{{ name = \"{name}\", until = \"{until}\" }}]\n"
            );
            Config::parse(&path, &format!("{text}{policy}")).unwrap()
        };
        assert_eq!(config.policy.id().as_str(), "sealpost-2026-11");
        let (code, text) = refused(&with("ecdsa-p256-sha256", "2026-06-30T23:59:59Z"));
        assert_eq!(code, "key-withdrawn-by-policy");
        assert!(text.contains("ecdsa-p256-sha256 counts until 2026-06-30"), "{text}");
        let stricter = with("rsa-pkcs1-sha256", "2026-06-30T23:59:59Z");
        check_files(&stricter).unwrap();
        check_files(&with("ecdsa-p256-sha256", "2035-06-30T23:59:59Z")).unwrap();
        let id = "sealpost-2026-11+north.example/1@2026-01-01T00:00:00Z";
        assert_eq!(stricter.policy.id().as_str(), id);
    }

    #[tokio::test]
    async fn the_roots_of_peers_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let config = quickstart(folder.path(), "north.example").await;
        let root = folder.path().join("south.pem");
        std::fs::write(&root, "no certificate").unwrap();
        let block = format!("\n[[peer]]\ndomain = \"south.example\"\nroot = {root:?}\n");
        let path = folder.path().join("provider.toml");
        let text = std::fs::read_to_string(&path).unwrap() + &block;
        let with_peer = Config::parse(&path, &text).unwrap();
        assert_eq!(refused(&with_peer).0, "key-malformed");
        std::fs::copy(config.files.certificate("root"), &root).unwrap();
        check_files(&with_peer).unwrap();
    }
}
