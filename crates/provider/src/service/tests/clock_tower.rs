//! A foreign authority for time, as an operator finds one: a root, a certificate under it, RFC 3161
//! over HTTP, and a revocation list beside it.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::{get, post};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::issue::{
    Issuer, Profile, RevokedEntry, Territory, Validity, issue, issue_crl, self_signed_root,
};
use sealpost_cms::keys::SigningKey;
use sealpost_cms::path::Crl;
use sealpost_cms::tsp::TimeStampAuthority;

use super::town::House;
use crate::clock;
use crate::service::time_source::TIME_STAMP_POLICY;

/// The authority, which answers until the test ends.
pub struct ClockTower {
    port: u16,
    authority: Arc<Authority>,
}

struct Authority {
    root: Certificate,
    root_key: SigningKey,
    certificate: Certificate,
    key: SigningKey,
    /// Whether its tokens hold the revocation list.
    enclosing: bool,
    list: Mutex<Vec<u8>>,
}

impl ClockTower {
    /// Built and answering. `enclosing` says whether tokens hold the revocation list.
    pub async fn build(name: &str, enclosing: bool) -> Self {
        let random = &mut clock::system_random();
        let root_key = SigningKey::generate(random);
        let now = clock::now_unix();
        let validity = Validity { not_before: now - 3600, not_after: now + 86_400 };
        let territory = Territory::below("example");
        let root = self_signed_root(&root_key, name, territory, validity, random).unwrap();
        let issuer = Issuer { certificate: &root, key: &root_key };
        let profile = Profile::TimeStamping { organisation: name, domain: "time.example" };
        let (key, certificate) = certify(issuer, profile);
        let list = Mutex::default();
        let authority = Authority { root, root_key, certificate, key, enclosing, list };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let tower = Self { port, authority: Arc::new(authority) };
        tower.publishes(1, &[]);
        let routes = Router::new()
            .route("/", post(stamp))
            .route("/list", get(give_list))
            .with_state(Arc::clone(&tower.authority));
        tokio::spawn(async move { axum::serve(listener, routes).await });
        tower
    }

    /// From now on this is the list: who was revoked an hour ago.
    pub fn publishes(&self, number: u64, revoked: &[&Certificate]) {
        let Authority { root, root_key, list, .. } = &*self.authority;
        let now = clock::now_unix();
        let entry = |certificate: &&Certificate| RevokedEntry {
            serial: certificate.serial().to_vec(),
            at: now - 3600,
        };
        let entries: Vec<_> = revoked.iter().map(entry).collect();
        let issuer = Issuer { certificate: root, key: root_key };
        *list.lock().unwrap() = issue_crl(issuer, number, now - 60, now + 3600, &entries).unwrap();
    }

    /// The root above it.
    pub fn root(&self) -> &Certificate {
        &self.authority.root
    }

    /// Where the list is.
    pub fn list_url(&self) -> String {
        format!("http://127.0.0.1:{}/list", self.port)
    }

    /// From now on octets of somebody else's choice stand where the list stood.
    pub fn gives_for_a_list(&self, octets: &[u8]) {
        *self.authority.list.lock().unwrap() = octets.to_vec();
    }

    /// Makes a provider that does not run take its time from here.
    pub fn rings_for(&self, house: &House) {
        std::fs::write(house.folder.join("time.pem"), self.root().to_pem()).unwrap();
        set(house, "authority", &format!("http://127.0.0.1:{}/", self.port));
        set(house, "root", "time.pem");
    }

    /// As [`ClockTower::rings_for`], and tells it where the list is.
    pub fn rings_with_list_for(&self, house: &House, place: &str) {
        self.rings_for(house);
        set(house, "revocation_list", place);
    }

    /// The certificate that it stamps with.
    pub fn certificate(&self) -> &Certificate {
        &self.authority.certificate
    }

    /// A key of the authority's making, and its certificate.
    pub fn certifies(&self, profile: Profile<'_>) -> (SigningKey, Certificate) {
        let Authority { root, root_key, .. } = &*self.authority;
        certify(Issuer { certificate: root, key: root_key }, profile)
    }

    /// Answers a question of RFC 3161.
    pub fn stamps(&self, query: &[u8]) -> Vec<u8> {
        self.authority.stamp(query)
    }

    /// The list as it is now.
    pub fn list(&self) -> Crl {
        self.authority.list()
    }
}

impl Authority {
    fn stamp(&self, query: &[u8]) -> Vec<u8> {
        let list = self.enclosing.then(|| self.list());
        let of_rfc_3161 = TimeStampAuthority {
            certificate: &self.certificate,
            chain: &[],
            key: &self.key,
            policy_oid: TIME_STAMP_POLICY,
            crls: list.as_slice(),
        };
        of_rfc_3161.respond(query, clock::serial(), clock::now())
    }

    fn list(&self) -> Crl {
        Crl::from_der(&self.list.lock().unwrap()).unwrap()
    }
}

fn certify(issuer: Issuer<'_>, profile: Profile<'_>) -> (SigningKey, Certificate) {
    let random = &mut clock::system_random();
    let key = SigningKey::generate(random);
    let Issuer { certificate: above, .. } = issuer;
    let validity = Validity { not_before: above.not_before(), not_after: above.not_after() };
    let certificate = issue(issuer, profile, &key.spki_der(), validity, random).unwrap();
    (key, certificate)
}

/// Sets a text in the configuration: in the first table that has one of this name.
fn set(house: &House, key: &str, value: &str) {
    let config = house.folder.join("provider.toml");
    let text = std::fs::read_to_string(&config).unwrap();
    let start = format!("{key} = \"");
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    *lines.iter_mut().find(|line| line.starts_with(&start)).unwrap() = format!("{start}{value}\"");
    std::fs::write(&config, lines.join("\n") + "\n").unwrap();
}

async fn stamp(State(authority): State<Arc<Authority>>, query: Bytes) -> Vec<u8> {
    authority.stamp(&query)
}

async fn give_list(State(authority): State<Arc<Authority>>) -> Vec<u8> {
    authority.list.lock().unwrap().clone()
}
