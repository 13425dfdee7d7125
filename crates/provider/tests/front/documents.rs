//! What everybody may fetch, and whether it is true.

use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::path::{Crl, TrustAnchors};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::Verification;
use sealpost_erds::Domain;
use sealpost_erds::discovery::verify_discovery;
use sealpost_provider::{clock, http};
use sealpost_wire::paths;

use super::house::{House, problem};

#[tokio::test]
async fn the_discovery_document_verifies_with_the_root_alone() {
    let north = House::open("north.example").await;
    let answer = north.stranger().get(paths::DISCOVERY).send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], paths::MEDIA_CMS);
    let sealed = answer.bytes().await.unwrap();
    let list = north.stranger().get(paths::REVOCATION_LIST).send().await.unwrap();
    let list = Crl::from_der(&list.bytes().await.unwrap()).unwrap();
    let mut anchors = TrustAnchors::new();
    anchors.add(north.root());
    let verification = Verification {
        anchors: &anchors,
        certificates: &[],
        crls: &[list],
        policy: AlgorithmPolicy::current(),
        now: clock::now(),
        purpose: KeyPurpose::ElectronicSeal,
        require_time_stamp: false,
    };
    let domain = Domain::parse("north.example").unwrap();
    let discovery = verify_discovery(&sealed, &domain, &verification).passed().unwrap();
    assert_eq!(
        discovery.get().routing_key.key().unwrap().to_bytes(),
        north.provider().keys.routing().public().to_bytes()
    );
    // Somebody else's root proves nothing.
    let other = House::open("south.example").await;
    let mut anchors = TrustAnchors::new();
    anchors.add(other.root());
    let verification = Verification { anchors: &anchors, ..verification };
    assert!(verify_discovery(&sealed, &domain, &verification).passed().is_err());
}

#[tokio::test]
async fn root_and_openapi_document_are_served() {
    let north = House::open("north.example").await;
    let root = north.stranger().get(paths::ROOT).send().await.unwrap().text().await.unwrap();
    assert_eq!(Certificate::from_pem(&root).unwrap().sha256(), north.root().sha256());
    let document = north.stranger().get(paths::OPENAPI).send().await.unwrap().text().await.unwrap();
    assert_eq!(document, http::openapi::document_json());
}

#[tokio::test]
async fn without_an_update_of_the_policy_none_is_published() {
    let north = House::open("north.example").await;
    let answer = north.stranger().get(paths::POLICY).send().await.unwrap();
    let (status, document) = problem(answer).await;
    assert_eq!((status, document["code"].as_str()), (404, Some("policy-not-published")));
}

#[tokio::test]
async fn a_fresh_provider_is_alive_and_ready() {
    let north = House::open("north.example").await;
    for path in [paths::HEALTH, paths::READY] {
        let answer = north.stranger().get(path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
    }
}

const OPENAPI_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");

#[test]
fn the_committed_openapi_document_is_current() {
    let served = http::openapi::document_json();
    if std::env::var_os("SEALPOST_WRITE_OPENAPI").is_some() {
        std::fs::write(OPENAPI_FILE, &served).unwrap();
    }
    let committed = std::fs::read_to_string(OPENAPI_FILE).unwrap_or_default();
    assert!(
        committed == served,
        "docs/openapi.json is not what is served. If the change is meant, run\n  \
         SEALPOST_WRITE_OPENAPI=1 cargo test -p sealpost-provider openapi\nand commit the file."
    );
}

#[test]
fn the_openapi_document_has_every_endpoint_and_every_schema_it_refers_to() {
    let text = http::openapi::document_json();
    let document: serde_json::Value = serde_json::from_str(&text).unwrap();
    for endpoint in http::endpoints() {
        let operation = &document["paths"][endpoint.path];
        let verbs = ["get", "post", "put"].map(|verb| &operation[verb]["summary"]);
        assert!(verbs.into_iter().any(|summary| summary == endpoint.summary), "{}", endpoint.path);
    }
    assert_eq!(document["paths"].as_object().unwrap().len(), http::endpoints().count());
    for reference in text.split("#/components/schemas/").skip(1) {
        let name = reference.split('"').next().unwrap();
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
}
