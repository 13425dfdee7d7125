//! `quickstart DOMAIN --dir DIR`: everything a provider needs, in one folder.
//!
//! MUST: never overwrite a key, a certificate, a configuration or a database. Running it again
//! keeps what is there and writes what is missing, so that it also mends a run that was cut short.
//! MUST: never make a second root. If the root's certificate is there and its key is not, only a
//! backup helps.

mod error;
mod report;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::hpke::RoutingKey;
use sealpost_cms::issue::{self, Issuer, Profile, Territory, Validity};
use sealpost_cms::keys::SigningKey;
use sealpost_erds::address::Domain;

pub use error::QuickstartError;
pub use report::{Report, Written, fingerprint};

use crate::blobs::Blobs;
use crate::clock::{now_unix, system_random};
use crate::config::{Config, ConfigFile, Files};
use crate::keys::{self, KeyPair, ProviderKeys};
use crate::store::{Store, StoreError};
use crate::{durable, limits, revocation};

/// What the operator asked for.
#[derive(Debug, Clone)]
pub struct Quickstart {
    /// The domain to serve.
    pub domain: String,
    /// The folder to fill.
    pub folder: PathBuf,
    /// Where to listen; the default if not given.
    pub listen: Option<String>,
    /// What people are told; the listening address if not given.
    pub endpoint: Option<String>,
    /// The organisation; the domain if not given.
    pub organisation: Option<String>,
}

impl Quickstart {
    /// Does it.
    pub async fn run(&self) -> Result<Report, QuickstartError> {
        let domain = Domain::parse(&self.domain)
            .map_err(|_| QuickstartError::NoDomain { text: self.domain.clone() })?;
        let mut report = Report::default();
        make_folder(&self.folder, &mut report)?;
        let config = self.configuration(&domain, &mut report)?;
        if config.domain != domain {
            return Err(QuickstartError::OtherDomain {
                folder: self.folder.clone(),
                is: config.domain.as_str().to_owned(),
            });
        }
        make_keys(&config, &mut report)?;
        let keys = Arc::new(ProviderKeys::load(&config.files)?);
        keys.check(&config)?;
        make_database(&config, &keys, &mut report).await?;
        report.finish(&config, &keys, self.config_path());
        Ok(report)
    }

    fn config_path(&self) -> PathBuf {
        self.folder.join("provider.toml")
    }

    fn configuration(
        &self,
        domain: &Domain,
        report: &mut Report,
    ) -> Result<Config, QuickstartError> {
        let path = self.config_path();
        if path.exists() {
            report.kept(&path);
            return Ok(Config::load(&path)?);
        }
        let mut file = ConfigFile { domain: domain.as_str().to_owned(), ..ConfigFile::sample() };
        file.organisation = self.organisation.clone().unwrap_or_else(|| file.domain.clone());
        if let Some(listen) = &self.listen {
            file.listen.clone_from(listen);
        }
        file.public_endpoint = self.endpoint.clone().unwrap_or_else(|| file.listen.clone());
        let text = file.print();
        // Judged before it is written: a mistake on the command line leaves no file behind.
        let config = Config::parse(&path, &text)?;
        create(&path, text.as_bytes(), report)?;
        Ok(config)
    }
}

fn make_folder(folder: &Path, report: &mut Report) -> Result<(), QuickstartError> {
    let existed = folder.is_dir();
    for folder in [folder.to_path_buf(), folder.join("keys"), folder.join("certificates")] {
        durable::create_folder(&folder)
            .map_err(|source| QuickstartError::Write { path: folder.clone(), source })?;
    }
    if existed {
        report.kept(folder)
    } else {
        report.written(folder)
    }
    Ok(())
}

fn make_keys(config: &Config, report: &mut Report) -> Result<(), QuickstartError> {
    let files = &config.files;
    let organisation = config.organisation.as_str();
    let domain = config.domain.as_str();
    let host = public_host(config);
    let also_dns = [host.as_str()];
    let also_dns = if host == domain { &also_dns[..0] } else { &also_dns[..] };
    let root = root(files, organisation, Territory::of(domain).with_hosts(also_dns), report)?;
    let issuer = Issuer { certificate: &root.certificate, key: &root.key };
    let leaves = [
        ("seal", Profile::ElectronicSeal { organisation, domain }, limits::SEAL_VALIDITY_SECONDS),
        (
            "time-stamping",
            Profile::TimeStamping { organisation, domain },
            limits::TIME_STAMPING_VALIDITY_SECONDS,
        ),
        ("tls", Profile::Tls { domain, also_dns }, limits::TLS_VALIDITY_SECONDS),
    ];
    for (name, profile, seconds) in leaves {
        let key = signing_key(&files.key(name), report)?;
        leaf(&files.certificate(name), issuer, profile, &key, seconds, report)?;
    }
    routing_key(&files.key("routing"), report)
}

/// The root's key and certificate, made together or not at all.
fn root(
    files: &Files,
    organisation: &str,
    territory: Territory<'_>,
    report: &mut Report,
) -> Result<KeyPair, QuickstartError> {
    let (key_path, path) = (files.key("ca"), files.certificate("root"));
    if path.exists() && !key_path.exists() {
        return Err(QuickstartError::RootKeyMissing { path: key_path });
    }
    let key = signing_key(&key_path, report)?;
    if path.exists() {
        report.kept(&path);
        return Ok(keys::load_pair(files, "ca", "root", KeyPurpose::CertificateSigning)?);
    }
    let validity = validity(limits::ROOT_VALIDITY_SECONDS);
    let random = &mut system_random();
    let certificate = issue::self_signed_root(&key, organisation, territory, validity, random)?;
    create(&path, certificate.to_pem().as_bytes(), report)?;
    Ok(KeyPair { certificate, key })
}

fn leaf(
    path: &Path,
    issuer: Issuer<'_>,
    profile: Profile<'_>,
    key: &SigningKey,
    seconds: i64,
    report: &mut Report,
) -> Result<(), QuickstartError> {
    if path.exists() {
        let certificate = keys::load_certificate(path)?;
        report.kept(path);
        if certificate.not_after() <= now_unix() {
            report.expired(path);
        }
        return Ok(());
    }
    let validity = inside(validity(seconds), issuer.certificate);
    let certificate =
        issue::issue(issuer, profile, &key.spki_der(), validity, &mut system_random())?;
    create(path, certificate.to_pem().as_bytes(), report)
}

fn signing_key(path: &Path, report: &mut Report) -> Result<SigningKey, QuickstartError> {
    if path.exists() {
        report.kept(path);
        return Ok(keys::load_signing_key(path)?);
    }
    let key = SigningKey::generate(&mut system_random());
    create(path, keys::signing_key_to_pem(&key).as_bytes(), report)?;
    Ok(key)
}

fn routing_key(path: &Path, report: &mut Report) -> Result<(), QuickstartError> {
    if path.exists() {
        report.kept(path);
        keys::load_routing(path)?;
        return Ok(());
    }
    let key = RoutingKey::generate(&mut system_random());
    create(path, keys::routing_key_to_pem(&key).as_bytes(), report)
}

async fn make_database(
    config: &Config,
    keys: &Arc<ProviderKeys>,
    report: &mut Report,
) -> Result<(), QuickstartError> {
    let path = config.files.database();
    let existed = path.exists();
    Blobs::open(&config.files.blobs())
        .map_err(|source| QuickstartError::Write { path: config.files.blobs(), source })?;
    let store = Store::open(&path)?;
    if store.revocation_list().await?.is_none() {
        let now = now_unix();
        store.renew_revocation_list(now, revocation::issuing(keys, now)).await?;
    }
    match store.close().await {
        Ok(()) | Err(StoreError::Stopping) => {}
        Err(error) => return Err(error.into()),
    }
    if existed {
        report.kept(&path)
    } else {
        report.written(&path)
    }
    Ok(())
}

fn create(path: &Path, octets: &[u8], report: &mut Report) -> Result<(), QuickstartError> {
    durable::create_new(path, octets)
        .map_err(|source| QuickstartError::Write { path: path.to_path_buf(), source })?;
    report.written(path);
    Ok(())
}

fn validity(seconds: i64) -> Validity {
    let now = now_unix();
    Validity { not_before: now - limits::CERTIFICATE_BACKDATE_SECONDS, not_after: now + seconds }
}

/// A certificate lives no longer than the root above it, and begins no earlier.
fn inside(validity: Validity, root: &Certificate) -> Validity {
    Validity {
        not_before: validity.not_before.max(root.not_before()),
        not_after: validity.not_after.min(root.not_after()),
    }
}

fn public_host(config: &Config) -> String {
    let endpoint = config.public_endpoint.as_str();
    let host = endpoint.rsplit_once(':').map_or(endpoint, |(host, _)| host);
    host.trim_start_matches('[').trim_end_matches(']').to_owned()
}
