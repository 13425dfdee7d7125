mod silence;

use std::path::Path;

use axum::extract::Extension;
use axum::routing::{get, post};
use reqwest::Method;
use sealpost_cms::issue::{Profile, Validity, issue};
use sealpost_cms::keys::SigningKey;
use sealpost_erds::Domain;

use super::*;
use crate::config::Config;
use crate::observe::health;
use crate::quickstart::Quickstart;
use crate::serve::Running;

/// A configuration in a fresh folder, with these `[[peer]]` blocks.
async fn quickstart(folder: &Path, domain: &str, peers: &str) -> Config {
    let quickstart = Quickstart {
        domain: domain.into(),
        folder: folder.to_path_buf(),
        listen: Some("127.0.0.1:0".into()),
        endpoint: Some("127.0.0.1:8443".into()),
        organisation: None,
    };
    quickstart.run().await.unwrap();
    let path = folder.join("provider.toml");
    let text = std::fs::read_to_string(&path).unwrap() + peers;
    std::fs::write(&path, text).unwrap();
    Config::load(&path).unwrap()
}

fn domain(text: &str) -> Domain {
    Domain::parse(text).unwrap()
}

fn peer(domain: &str, root: &Path, port: u16) -> String {
    format!("\n[[peer]]\ndomain = {domain:?}\nroot = {root:?}\nendpoint = \"127.0.0.1:{port}\"\n")
}

/// A door that tells its visitors who they are, and counts what they bring.
async fn mirror(provider: &Arc<Provider>) -> (SocketAddr, Stop, tokio::task::JoinHandle<()>) {
    mirror_with(provider, BOUNDS).await
}

async fn mirror_with(
    provider: &Arc<Provider>,
    bounds: Bounds,
) -> (SocketAddr, Stop, tokio::task::JoinHandle<()>) {
    let routes = Router::new()
        .route(
            "/who",
            get(async |Extension(identity): Extension<PeerIdentity>| match identity {
                PeerIdentity::Anonymous => "anonymous".to_owned(),
                PeerIdentity::Account { address, .. } => format!("account {}", address.as_str()),
                PeerIdentity::Provider { domain, .. } => format!("provider {}", domain.as_str()),
                PeerIdentity::Unrecognised { why } => format!("unrecognised {}", why.code()),
            }),
        )
        .route("/length", post(async |body: axum::body::Bytes| body.len().to_string()))
        .route("/large", get(async || vec![7_u8; LARGE]))
        .route(
            "/slow",
            get(async || {
                tokio::time::sleep(std::time::Duration::from_millis(300)).await;
                "done"
            }),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let tls = crate::tls::server_config(&provider.keys).unwrap();
    let (stop, stopping) = Stop::new();
    let door = Door::bounded(provider, tls, routes, bounds);
    (address, stop, tokio::spawn(door.serve(listener, stopping)))
}

#[tokio::test(flavor = "multi_thread")]
async fn two_providers_recognise_each_other_and_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let (north, south) = (folder.path().join("north"), folder.path().join("south"));
    let north_config = quickstart(&north, "north.example", "").await;
    let south_config = quickstart(&south, "south.example", "").await;
    drop((north_config, south_config));
    let trusts_south = peer("south.example", &south.join("certificates/root.pem"), 1);
    let config = quickstart(&north, "north.example", &trusts_south).await;
    let north_provider = Arc::new(Provider::open(config).await.unwrap());
    let (address, stop, serving) = mirror(&north_provider).await;

    let trusts_north = peer("north.example", &north.join("certificates/root.pem"), address.port());
    let config = quickstart(&south, "south.example", &trusts_north).await;
    let south_provider = Provider::open(config).await.unwrap();
    let client = south_provider.peers.of(&domain("north.example")).unwrap();
    let answer = client.request(Method::GET, "/who").send().await.unwrap();
    assert_eq!(answer.version(), reqwest::Version::HTTP_2);
    assert_eq!(answer.text().await.unwrap(), "provider south.example");
    let body = vec![7_u8; 3_000_000];
    let answer = client.request(Method::POST, "/length").body(body).send().await.unwrap();
    // axum's own limit for `Bytes` stands between; what matters is that it was read to the end.
    assert_eq!(answer.status().as_u16(), 413);

    // A stranger's root in our configuration under north's name: the server proves nothing to us.
    let stranger = folder.path().join("stranger");
    drop(quickstart(&stranger, "north.example", "").await);
    let third = folder.path().join("third");
    drop(quickstart(&third, "third.example", "").await);
    let wrong_root = peer("north.example", &stranger.join("certificates/root.pem"), address.port());
    let config = quickstart(&third, "third.example", &wrong_root).await;
    let third_provider = Provider::open(config).await.unwrap();
    let client = third_provider.peers.of(&domain("north.example")).unwrap();
    let error = client.request(Method::GET, "/who").send().await.unwrap_err();
    assert_eq!(crate::peer_client::PeerSilence::of(&error).code(), "peer-not-trusted");

    // With the right root the connection stands, but a provider nobody trusts is not believed.
    let (root, keys) = (north_provider.keys.root().clone(), &third_provider.keys);
    let tls = crate::tls::client_config(keys, &root).unwrap();
    assert_eq!(who(tls, address).await, "unrecognised NO_CERTIFICATE_CHAIN_FOUND");
    stop.now();
    serving.await.unwrap();
}

/// Asks the mirror with a client of its own configuration.
async fn who(tls: rustls::ClientConfig, address: SocketAddr) -> String {
    let http = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .resolve("north.example", address)
        .build()
        .unwrap();
    let url = format!("https://north.example:{}/who", address.port());
    http.get(url).send().await.unwrap().text().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_recognised_by_certificate_until_it_is_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let config = quickstart(folder.path(), "north.example", "").await;
    let provider = Arc::new(Provider::open(config).await.unwrap());
    let (address, stop, serving) = mirror(&provider).await;
    let key = SigningKey::generate(&mut clock::system_random());
    let now = clock::now_unix();
    let profile = Profile::PersonAuthentication {
        name: "Anna Example",
        address: "anna@north.example",
        organisation: None,
    };
    let validity = Validity { not_before: now - 10, not_after: now + 1000 };
    let random = &mut clock::system_random();
    let leaf = issue(provider.keys.issuer(), profile, &key.spki_der(), validity, random).unwrap();
    let client = || {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(provider.keys.root().der().to_vec().into()).unwrap();
        let crypto = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = rustls::pki_types::PrivatePkcs8KeyDer::from(key.to_pkcs8_der().to_vec());
        rustls::ClientConfig::builder_with_provider(crypto)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![leaf.der().to_vec().into()], key.into())
            .unwrap()
    };
    assert_eq!(who(client(), address).await, "account anna@north.example");

    let (serial, der) = (leaf.serial().to_vec(), leaf.der().to_vec());
    provider
        .store
        .write("test", move |tx| {
            tx.execute(
                "INSERT INTO account (address, name, assurance, created_day)
                 VALUES ('anna@north.example', 'Anna', 'low', 0)",
                [],
            )?;
            tx.execute(
                "INSERT INTO certificate (serial, account, purpose, der, not_after)
                 VALUES (?1, 1, 'authentication', ?2, ?3)",
                (serial, der, now + 1000),
            )?;
            Ok::<_, crate::store::StoreError>(())
        })
        .await
        .unwrap();
    let revoked = provider
        .store
        .revoke(
            crate::store::people::Revoke::Address("anna@north.example".into()),
            crate::store::people::RevocationReason::KeyCompromise,
            now,
            crate::revocation::issuing(&provider.keys, now),
        )
        .await
        .unwrap();
    assert_eq!(revoked, 1);
    assert_eq!(who(client(), address).await, "unrecognised REVOKED", "at the very next connection");
    stop.now();
    serving.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_lets_requests_in_flight_finish() {
    let folder = tempfile::tempdir().unwrap();
    let config = quickstart(folder.path(), "north.example", "").await;
    let provider = Arc::new(Provider::open(config).await.unwrap());
    let (address, stop, serving) = mirror(&provider).await;
    let tls = crate::tls::client_config(&provider.keys, provider.keys.root()).unwrap();
    let http = reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .resolve("north.example", address)
        .build()
        .unwrap();
    let url = format!("https://north.example:{}/slow", address.port());
    let in_flight = tokio::spawn(http.get(&url).send());
    tokio::time::sleep(std::time::Duration::from_millis(150)).await;
    stop.now();
    assert_eq!(in_flight.await.unwrap().unwrap().text().await.unwrap(), "done");
    serving.await.unwrap();
    assert!(http.get(&url).send().await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_serving_provider_is_alive_ready_counted_and_alone_in_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let config = quickstart(folder.path(), "north.example", "").await;
    let running = Running::start(config.clone()).await.unwrap();
    let own = running.provider.peers.of(&domain("north.example")).unwrap().clone();
    let get = async |path: &str| {
        let answer = own.request(Method::GET, path).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(get("/healthz").await.0, 200);
    let (status, body) = get("/readyz").await;
    assert_eq!(status, 200, "{body}");
    let (status, body) = get("/nowhere").await;
    assert_eq!(status, 404);
    assert!(body.contains("urn:sealpost:problem:not-found"), "{body}");
    let (status, numbers) = get("/metrics").await;
    assert_eq!(status, 200);
    assert!(
        numbers.contains("sealpost_requests_total") && numbers.contains("route=\"/readyz\""),
        "{numbers}"
    );
    assert!(!numbers.contains("nowhere"), "a path from outside never becomes a label");

    let second = Running::start(config.clone()).await.err().unwrap();
    assert_eq!(second.code(), "already-serving");
    let readiness = health::look(&running.provider).await;
    assert!(readiness.is_ready(), "{readiness:?}");
    running.stop().await.unwrap();
    let again = Running::start(config).await.unwrap();
    again.stop().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn http_006_one_look_at_the_provider_serves_everybody_who_asks_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let config = quickstart(folder.path(), "north.example", "").await;
    let provider = Arc::new(Provider::open(config).await.unwrap());
    provider
        .store
        .renew_revocation_list(1, crate::revocation::issuing(&provider.keys, 1))
        .await
        .unwrap();
    assert!(health::look(&provider).await.is_ready());
    provider.store.close().await.unwrap();
    assert!(health::look(&provider).await.is_ready(), "nobody has looked again");
    tokio::time::sleep(limits::READINESS_SHARED).await;
    assert!(!health::look(&provider).await.is_ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn metrics_are_for_listed_addresses_only() {
    let folder = tempfile::tempdir().unwrap();
    let mut config = quickstart(folder.path(), "north.example", "").await;
    config.metrics_allow = vec!["192.0.2.1".parse().unwrap()];
    let running = Running::start(config).await.unwrap();
    let own = running.provider.peers.of(&domain("north.example")).unwrap().clone();
    let answer = own.request(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(answer.status().as_u16(), 403);
    running.stop().await.unwrap();
}

/// More than a connection takes that nobody reads.
const LARGE: usize = 64 * 1024 * 1024;
