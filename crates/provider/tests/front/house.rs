//! A provider that serves in this process, and people who call it.

use std::path::Path;

use reqwest::{Client, Method, RequestBuilder, Response};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ClientConfig, RootCertStore};
use sealpost_cms::CryptoRng;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::issue::{RequestKey, certificate_request, possession_statement};
use sealpost_cms::kdf::sha256;
use sealpost_cms::keys::{
    AgreementKey, DecryptionKey, DecryptionScheme, SignatureScheme, SigningKey,
};
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::{Address, Octets};
use sealpost_provider::clock;
use sealpost_provider::config::Config;
use sealpost_provider::provider::Provider;
use sealpost_provider::quickstart::Quickstart;
use sealpost_provider::serve::Running;
use sealpost_provider::store::people::Invitation;
use sealpost_wire::api::{HybridRequests, RegistrationAnswer, RegistrationRequest};
use sealpost_wire::paths;
use tempfile::TempDir;

/// A serving provider in a folder of its own.
pub struct House {
    pub domain: &'static str,
    pub folder: TempDir,
    pub running: Running,
    /// The folder of a provider that does not serve, but whose root is trusted here.
    pub silent_peer: Option<TempDir>,
}

impl House {
    pub async fn open(domain: &'static str) -> Self {
        Self::with_settings(domain, "").await
    }

    /// `settings` are appended to the configuration.
    pub async fn with_settings(domain: &'static str, settings: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = configuration(folder.path(), domain, settings).await;
        let running = Running::start(config).await.unwrap();
        Self { domain, folder, running, silent_peer: None }
    }

    pub fn provider(&self) -> &Provider {
        &self.running.provider
    }

    pub fn root(&self) -> Certificate {
        self.provider().keys.root().clone()
    }

    /// The `[[peer]]` block by which another provider trusts this one.
    pub fn as_peer(&self) -> String {
        let root = self.folder.path().join("certificates/root.pem");
        let port = self.running.address.port();
        format!(
            "\n[[peer]]\ndomain = {:?}\nroot = {root:?}\nendpoint = \"127.0.0.1:{port}\"\n",
            self.domain
        )
    }

    /// Somebody without a certificate.
    pub fn stranger(&self) -> Caller {
        self.caller(None)
    }

    /// Somebody with a certificate and its key.
    pub fn caller(&self, identity: Option<(&Certificate, &SigningKey)>) -> Caller {
        let mut roots = RootCertStore::empty();
        roots.add(CertificateDer::from(self.root().der().to_vec())).unwrap();
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let config = ClientConfig::builder_with_provider(provider.into())
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots);
        let mut config = match identity {
            None => config.with_no_client_auth(),
            Some((certificate, key)) => {
                let chain = vec![CertificateDer::from(certificate.der().to_vec())];
                let key = PrivatePkcs8KeyDer::from(key.to_pkcs8_der().to_vec());
                config.with_client_auth_cert(chain, PrivateKeyDer::from(key)).unwrap()
            }
        };
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let http = Client::builder()
            .tls_backend_preconfigured(config)
            .resolve(self.domain, self.running.address)
            .no_proxy()
            .build()
            .unwrap();
        Caller { http, base: format!("https://{}:{}", self.domain, self.running.address.port()) }
    }

    /// This provider's own TLS identity, as it shows it to others.
    pub fn tls_identity(&self) -> (Certificate, SigningKey) {
        let pem = std::fs::read_to_string(self.folder.path().join("keys/tls.key.pem")).unwrap();
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = base64::Engine::decode(&base64::prelude::BASE64_STANDARD, body).unwrap();
        let key = SigningKey::from_pkcs8_der(&der).unwrap();
        (self.provider().keys.tls_certificate().clone(), key)
    }

    pub async fn invite(&self, address: &str, name: &str, token: &str) {
        self.invite_until(address, name, token, clock::now_unix() + 1000).await;
    }

    pub async fn invite_until(&self, address: &str, name: &str, token: &str, expires_at: i64) {
        let invitation = Invitation {
            token_hash: sha256(token.as_bytes()),
            address: address.to_owned(),
            name: name.to_owned(),
            organisation: None,
            assurance: Assurance::Substantial,
            expires_at,
        };
        self.provider().store.invite(invitation).await.unwrap();
    }

    /// A person with a mailbox.
    pub async fn register(&self, address: &str, name: &str) -> Person {
        let token = format!("token of {address}");
        self.invite(address, name, &token).await;
        let keys = Keys::generate();
        let answer =
            self.stranger().register(&keys.request(address).invited(&token)).await.unwrap();
        Person { keys, answer }
    }
}

pub async fn configuration(folder: &Path, domain: &str, settings: &str) -> Config {
    let quickstart = Quickstart {
        domain: domain.to_owned(),
        folder: folder.to_path_buf(),
        listen: Some("127.0.0.1:0".to_owned()),
        endpoint: Some("127.0.0.1:8443".to_owned()),
        organisation: Some(format!("Post of {domain}")),
    };
    quickstart.run().await.unwrap();
    let path = folder.join("provider.toml");
    let mut text = std::fs::read_to_string(&path).unwrap();
    let (changes, blocks) =
        settings.split_at(settings.find("\n[[peer]]").unwrap_or(settings.len()));
    for line in changes.lines() {
        // A setting that the file has already is replaced where it stands.
        let name = line.split(" = ").next().unwrap();
        if let Some(old) = text.lines().find(|old| old.starts_with(&format!("{name} = "))) {
            text = text.replace(&old.to_owned(), line);
        }
    }
    std::fs::write(&path, text + blocks).unwrap();
    Config::load(&path).unwrap()
}

/// Somebody who calls.
#[derive(Clone)]
pub struct Caller {
    pub http: Client,
    pub base: String,
}

impl Caller {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base))
    }

    pub fn get(&self, path: &str) -> RequestBuilder {
        self.request(Method::GET, path)
    }

    pub fn post(
        &self,
        path: &str,
        media_type: &str,
        body: impl Into<reqwest::Body>,
    ) -> RequestBuilder {
        self.request(Method::POST, path).header("content-type", media_type).body(body)
    }

    /// The certificates, or status and code of the problem.
    pub async fn register(
        &self,
        request: &RegistrationRequest,
    ) -> Result<RegistrationAnswer, (u16, String)> {
        let body = serde_json::to_vec(request).unwrap();
        let response =
            self.post(paths::REGISTRATIONS, "application/json", body).send().await.unwrap();
        if response.status().is_success() {
            return Ok(serde_json::from_slice(&response.bytes().await.unwrap()).unwrap());
        }
        let (status, problem) = problem(response).await;
        Err((status, problem["code"].as_str().unwrap().to_owned()))
    }
}

/// Status and document of a problem; fails if the answer is none.
pub async fn problem(response: Response) -> (u16, serde_json::Value) {
    let status = response.status().as_u16();
    let media_type = response.headers().get("content-type").cloned();
    let body = response.bytes().await.unwrap();
    assert_eq!(
        media_type.as_ref().map(|value| value.as_bytes()),
        Some(b"application/problem+json".as_slice()),
        "{status} {}",
        String::from_utf8_lossy(&body)
    );
    let document: serde_json::Value = serde_json::from_slice(&body).unwrap();
    assert_eq!(document["status"], status);
    (status, document)
}

pub async fn code(response: Response) -> (u16, String) {
    let (status, document) = problem(response).await;
    (status, document["code"].as_str().unwrap().to_owned())
}

/// Keys born at a user.
pub struct Keys {
    pub signature: SigningKey,
    pub authentication: SigningKey,
    pub encryption: AgreementKey,
    pub hybrid_signature: SigningKey,
    pub hybrid_encryption: DecryptionKey,
    pub static_dh: DecryptionKey,
}

impl Keys {
    pub fn generate() -> Self {
        Self {
            signature: SigningKey::generate(&mut rng()),
            authentication: SigningKey::generate(&mut rng()),
            encryption: AgreementKey::generate(&mut rng()),
            hybrid_signature: SigningKey::generate_for(SignatureScheme::MlDsa65, &mut rng())
                .unwrap(),
            hybrid_encryption: DecryptionKey::generate_for(
                DecryptionScheme::MlKem768X25519,
                &mut rng(),
            )
            .unwrap(),
            static_dh: DecryptionKey::generate_for(DecryptionScheme::X25519, &mut rng()).unwrap(),
        }
    }

    /// The request of the suite `static-dh-cbc-hmac`, for an address.
    pub fn static_dh(&self, address: &str) -> Octets {
        Octets(possession_statement(&self.static_dh, &self.signature, address).unwrap())
    }

    /// The requests of the suite `hybrid-2026`, for an address.
    pub fn hybrid(&self, address: &str) -> HybridRequests {
        let stated = possession_statement(&self.hybrid_encryption, &self.signature, address);
        let signature = RequestKey::Signing(&self.hybrid_signature);
        HybridRequests {
            signature_request: Octets(certificate_request(signature, "whatever").unwrap()),
            encryption_request: Octets(stated.unwrap()),
        }
    }

    /// A registration without any proof.
    pub fn request(&self, address: &str) -> RegistrationRequest {
        let request = |key| Octets(certificate_request(key, "whatever I like").unwrap());
        RegistrationRequest {
            address: Address::parse(address).unwrap(),
            invitation: None,
            identity: None,
            signature_request: request(RequestKey::Signing(&self.signature)),
            authentication_request: request(RequestKey::Signing(&self.authentication)),
            encryption_request: request(RequestKey::Agreement(&self.encryption)),
            hybrid: Some(self.hybrid(address)),
            static_dh_request: Some(self.static_dh(address)),
        }
    }
}

pub trait Proven {
    fn invited(self, token: &str) -> Self;
    fn identified(self, statement: Vec<u8>) -> Self;
}

impl Proven for RegistrationRequest {
    fn invited(self, token: &str) -> Self {
        Self { invitation: Some(token.to_owned()), ..self }
    }

    fn identified(self, statement: Vec<u8>) -> Self {
        Self { identity: Some(Octets(statement)), ..self }
    }
}

/// A person with a mailbox.
pub struct Person {
    pub keys: Keys,
    pub answer: RegistrationAnswer,
}

impl Person {
    pub fn signature_certificate(&self) -> Certificate {
        Certificate::from_der(&self.answer.signature_certificate.0).unwrap()
    }

    pub fn authentication_certificate(&self) -> Certificate {
        Certificate::from_der(&self.answer.authentication_certificate.0).unwrap()
    }

    /// The person's agent, calling a provider.
    pub fn at(&self, house: &House) -> Caller {
        house.caller(Some((&self.authentication_certificate(), &self.keys.authentication)))
    }
}

pub fn rng() -> impl CryptoRng {
    clock::system_random()
}
