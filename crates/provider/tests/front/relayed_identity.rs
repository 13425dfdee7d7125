//! Registration by relayed, certified identity (row B28), and each of its refusals.

use sealpost_cms::certificate::Certificate;
use sealpost_cms::issue::{
    Issuer, Profile, Territory, Validity, issue, issue_crl, self_signed_root,
};
use sealpost_cms::keys::SigningKey;
use sealpost_cms::path::Crl;
use sealpost_cms::signed::{ContentRef, request_signature};
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::registration::{REGISTRATION_VERSION, RegistrationStatement};
use sealpost_erds::{Digest, Domain, Octets};
use sealpost_provider::{clock, limits};
use sealpost_wire::api::{RegistrationChallenge, RegistrationRequest};
use sealpost_wire::paths;

use super::house::{House, Keys, Person, Proven, problem};

/// Two providers; the second accepts the identities of the first.
async fn two_houses() -> (House, House) {
    let south = House::open("south.example").await;
    let settings = format!(
        "identity_issuers = [\"south.example\"]\nidentity_assurance = \"substantial\"\n{}",
        south.as_peer()
    );
    let north = House::with_settings("north.example", &settings).await;
    (south, north)
}

async fn challenge(house: &House) -> Octets {
    let answer = house.stranger().get(paths::REGISTRATION_CHALLENGE).send().await.unwrap();
    let answer: RegistrationChallenge =
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    answer.challenge
}

fn digest_of_requests(request: &RegistrationRequest) -> Digest {
    let hybrid = request.hybrid.as_ref().unwrap();
    RegistrationStatement::digest_of_requests(&[
        &request.signature_request.0,
        &request.authentication_request.0,
        &request.encryption_request.0,
        &hybrid.signature_request.0,
        &hybrid.encryption_request.0,
        &request.static_dh_request.as_ref().unwrap().0,
    ])
}

fn statement(request: &RegistrationRequest, challenge: Octets) -> RegistrationStatement {
    RegistrationStatement {
        version: REGISTRATION_VERSION.to_owned(),
        provider: Domain::parse("north.example").unwrap(),
        address: request.address.clone(),
        challenge,
        requests_sha256: digest_of_requests(request),
        signed_at: ClaimedTime::from_unix(clock::now_unix()),
    }
}

fn signed(
    statement: &RegistrationStatement,
    certificate: &Certificate,
    key: &SigningKey,
) -> Vec<u8> {
    signed_with(statement, certificate, key, &[])
}

fn signed_with(
    statement: &RegistrationStatement,
    certificate: &Certificate,
    key: &SigningKey,
    lists: &[Crl],
) -> Vec<u8> {
    let json = statement.to_json();
    let asked =
        request_signature(ContentRef::of(&json), None, certificate, statement.signed_at, &[]);
    let answer = key.answer(&asked);
    asked.answered(answer).unwrap().attached(&json, &[], lists)
}

fn signed_by(statement: &RegistrationStatement, person: &Person) -> Vec<u8> {
    signed(statement, &person.signature_certificate(), &person.keys.signature)
}

/// Code and sub-indication of the refusal.
async fn refused(house: &House, request: &RegistrationRequest) -> (String, Option<String>) {
    let body = serde_json::to_vec(request).unwrap();
    let response =
        house.stranger().post(paths::REGISTRATIONS, "application/json", body).send().await.unwrap();
    let (_, document) = problem(response).await;
    let text = |name: &str| document[name].as_str().map(str::to_owned);
    (text("code").unwrap(), text("sub_indication"))
}

fn not_verified(sub_indication: &str) -> (String, Option<String>) {
    ("identity-not-verified".to_owned(), Some(sub_indication.to_owned()))
}

#[tokio::test]
async fn a_certified_identity_opens_a_mailbox_in_the_certified_name() {
    let (south, north) = two_houses().await;
    let bert = south.register("bert@south.example", "Bert Berg").await;
    let request = Keys::generate().request("bert.berg@north.example");
    let statement = statement(&request, challenge(&north).await);
    let request = request.identified(signed_by(&statement, &bert));
    let answer = north.stranger().register(&request).await.unwrap();
    assert_eq!((answer.name.as_str(), answer.assurance), ("Bert Berg", Assurance::Substantial));
    let certificate = Certificate::from_der(&answer.signature_certificate.0).unwrap();
    assert_eq!(certificate.email_addresses(), ["bert.berg@north.example"]);
    assert_eq!(certificate.common_name().as_deref(), Some("Bert Berg"));
    // A lost answer: the same once more.
    assert_eq!(north.stranger().register(&request).await.unwrap(), answer);
}

#[tokio::test]
async fn reg_010_a_challenge_is_good_for_one_registration() {
    let (south, north) = two_houses().await;
    let bert = south.register("bert@south.example", "Bert Berg").await;
    let challenge = challenge(&north).await;
    let first = Keys::generate().request("bert@north.example");
    let first_signed = signed_by(&statement(&first, challenge.clone()), &bert);
    north.stranger().register(&first.identified(first_signed)).await.unwrap();
    let second = Keys::generate().request("bert2@north.example");
    let second_signed = signed_by(&statement(&second, challenge), &bert);
    let refused = refused(&north, &second.identified(second_signed)).await;
    assert_eq!(refused, ("challenge-stale".to_owned(), None));
}

#[tokio::test]
async fn reg_012_the_same_keys_of_the_same_identity_get_the_same_certificates_after_the_challenge_has_ended()
 {
    let (south, north) = two_houses().await;
    let bert = south.register("bert@south.example", "Bert Berg").await;
    let carl = south.register("carl@south.example", "Bert Berg").await;
    let request = Keys::generate().request("bert@north.example");
    let answer = {
        let statement = statement(&request, challenge(&north).await);
        let request = request.clone().identified(signed_by(&statement, &bert));
        north.stranger().register(&request).await.unwrap()
    };
    // Ten minutes go by, and more.
    let store = &north.provider().store;
    let later = clock::now_unix() + limits::CHALLENGE_VALIDITY_SECONDS + 60;
    assert_eq!(store.forget_proofs(later).await.unwrap(), 1);
    let by = async |request: &RegistrationRequest, person: &Person| {
        let statement = statement(request, challenge(&north).await);
        request.clone().identified(signed_by(&statement, person))
    };
    for _ in 0..2 {
        let again = north.stranger().register(&by(&request, &bert).await).await.unwrap();
        assert_eq!(again, answer, "and no second mailbox");
    }
    // Other keys, and somebody else, even of the same name.
    let taken = ("address-taken".to_owned(), None);
    let other_keys = Keys::generate().request("bert@north.example");
    assert_eq!(refused(&north, &by(&other_keys, &bert).await).await, taken);
    assert_eq!(refused(&north, &by(&request, &carl).await).await, taken);
    // After a month it is forgotten.
    store.forget_proofs(later + limits::REGISTRATION_MEMORY_SECONDS).await.unwrap();
    assert_eq!(refused(&north, &by(&request, &bert).await).await, taken);
}

#[tokio::test]
async fn reg_013_an_address_that_was_promised_to_somebody_is_not_given_to_another() {
    let (south, north) = two_houses().await;
    let bert = south.register("bert@south.example", "Bert Berg").await;
    north.invite("boss@north.example", "Berta Boss", "a token").await;
    let keys = Keys::generate();
    let request = keys.request("boss@north.example");
    let signed = signed_by(&statement(&request, challenge(&north).await), &bert);
    let refused = refused(&north, &request.identified(signed)).await;
    assert_eq!(refused, ("address-taken".to_owned(), None));
    let boss = Keys::generate().request("boss@north.example").invited("a token");
    assert_eq!(north.stranger().register(&boss).await.unwrap().name, "Berta Boss");

    // An invitation that has expired promises nothing.
    let ended = clock::now_unix() - 1;
    north.invite_until("chair@north.example", "Carl Chair", "another", ended).await;
    let request = keys.request("chair@north.example");
    let signed = signed_by(&statement(&request, challenge(&north).await), &bert);
    north.stranger().register(&request.identified(signed)).await.unwrap();
}

#[tokio::test]
async fn a_challenge_is_ours() {
    let (south, north) = two_houses().await;
    let bert = south.register("bert@south.example", "Bert Berg").await;
    for foreign in [challenge(&south).await, Octets(vec![0; 56]), Octets(Vec::new())] {
        let request = Keys::generate().request("bert@north.example");
        let signed = signed_by(&statement(&request, foreign), &bert);
        let refused = refused(&north, &request.identified(signed)).await;
        assert_eq!(refused, ("challenge-stale".to_owned(), None));
    }
}

#[tokio::test]
async fn reg_007_the_statement_is_about_this_provider_this_address_and_these_keys() {
    let (south, north) = two_houses().await;
    let bert = south.register("bert@south.example", "Bert Berg").await;
    let request = Keys::generate().request("bert@north.example");
    let good = statement(&request, challenge(&north).await);
    let other = Keys::generate().request("boss@north.example");
    let about_others = [
        RegistrationStatement { provider: Domain::parse("west.example").unwrap(), ..good.clone() },
        RegistrationStatement { address: other.address.clone(), ..good.clone() },
        RegistrationStatement {
            requests_sha256: statement(&other, good.challenge.clone()).requests_sha256,
            ..good.clone()
        },
    ];
    for bad in about_others {
        let request = request.clone().identified(signed_by(&bad, &bert));
        assert_eq!(refused(&north, &request).await, not_verified("SIG_CONSTRAINTS_FAILURE"));
    }
}

#[tokio::test]
async fn reg_008_an_issuer_vouches_for_its_own_people_only() {
    let rng = &mut super::house::rng();
    let now = clock::now_unix();
    let validity = Validity { not_before: now - 10, not_after: now + 1000 };
    // Somebody at west; nobody made south's authority one for that.
    let profile = Profile::PersonSignature {
        name: "The Chancellor",
        address: "chancellor@west.example",
        organisation: None,
    };
    let (south, north) = two_houses().await;
    let key = SigningKey::generate(rng);
    let issuer = south.provider().keys.issuer();
    let overreach = issue(issuer, profile, &key.spki_der(), validity, rng).unwrap();
    let request = Keys::generate().request("chancellor@north.example");
    let asked = statement(&request, challenge(&north).await);
    let by_bound = request.clone().identified(signed(&asked, &overreach, &key));
    let bound = refused(&north, &by_bound).await;
    assert_eq!(bound, not_verified("CERTIFICATE_CHAIN_GENERAL_FAILURE"));

    // A root whose own certificate would let it.
    let ca = SigningKey::generate(rng);
    let wide = Territory::below("example");
    let root = self_signed_root(&ca, "South", wide, validity, rng).unwrap();
    let issuer = Issuer { certificate: &root, key: &ca };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("root.pem");
    std::fs::write(&file, root.to_pem()).unwrap();
    let settings = format!(
        "identity_issuers = [\"south.example\"]\nidentity_assurance = \"substantial\"\n\
         [[peer]]\ndomain = \"south.example\"\nroot = {file:?}\nendpoint = \"127.0.0.1:9\"\n"
    );
    let north = House::with_settings("north.example", &settings).await;
    let overreach = issue(issuer, profile, &key.spki_der(), validity, rng).unwrap();
    let list = issue_crl(issuer, 1, now - 10, now + 1000, &[]).unwrap();
    let asked = statement(&request, challenge(&north).await);
    let lists = [Crl::from_der(&list).unwrap()];
    let by_wide = request.identified(signed_with(&asked, &overreach, &key, &lists));
    let wide = refused(&north, &by_wide).await;
    assert_eq!(wide, not_verified("CHAIN_CONSTRAINTS_FAILURE"));
}

#[tokio::test]
async fn an_identity_of_an_issuer_that_is_not_trusted_for_that_is_refused() {
    let south = House::open("south.example").await;
    // A peer, but no issuer of identities.
    let north = House::with_settings("north.example", &south.as_peer()).await;
    let bert = south.register("bert@south.example", "Bert Berg").await;
    let request = Keys::generate().request("bert@north.example");
    let signed = signed_by(&statement(&request, challenge(&north).await), &bert);
    let refused = refused(&north, &request.identified(signed)).await;
    assert_eq!(refused, not_verified("NO_CERTIFICATE_CHAIN_FOUND"));
}

#[tokio::test]
async fn a_statement_must_be_signed_with_the_key_that_signs() {
    let (south, north) = two_houses().await;
    let bert = south.register("bert@south.example", "Bert Berg").await;
    let request = Keys::generate().request("bert@north.example");
    let statement = statement(&request, challenge(&north).await);
    let by_authentication =
        signed(&statement, &bert.authentication_certificate(), &bert.keys.authentication);
    let by_wrong_key = request.clone().identified(by_authentication);
    assert_eq!(refused(&north, &by_wrong_key).await, not_verified("CHAIN_CONSTRAINTS_FAILURE"));
    let mut flipped = signed_by(&statement, &bert);
    *flipped.last_mut().unwrap() ^= 1;
    let (code, _) = refused(&north, &request.clone().identified(flipped)).await;
    assert_eq!(code, "identity-not-verified");
    let garbage = request.identified(b"I am Bert".to_vec());
    assert_eq!(refused(&north, &garbage).await, not_verified("FORMAT_FAILURE"));
}

#[tokio::test]
async fn reg_011_a_revoked_identity_opens_nothing() {
    let (south, north) = two_houses().await;
    let bert = south.register("bert@south.example", "Bert Berg").await;
    let config = south.folder.path().join("provider.toml");
    // The list from before the revocation, which Bert could send along.
    let old =
        south.stranger().get(paths::REVOCATION_LIST).send().await.unwrap().bytes().await.unwrap();
    let old = sealpost_cms::path::Crl::from_der(&old).unwrap();
    let revoked = std::process::Command::new(env!("CARGO_BIN_EXE_sealpost-provider"))
        .args(["revoke", "bert@south.example", "--reason", "key-compromise", "--config"])
        .arg(config)
        .status()
        .unwrap();
    assert!(revoked.success());
    let request = Keys::generate().request("bert@north.example");
    let statement = statement(&request, challenge(&north).await);
    let json = statement.to_json();
    let certificate = bert.signature_certificate();
    let asked =
        request_signature(ContentRef::of(&json), None, &certificate, statement.signed_at, &[]);
    let answer = bert.keys.signature.answer(&asked);
    let signed = asked.answered(answer).unwrap().attached(&json, &[], &[old]);
    let refused = refused(&north, &request.identified(signed)).await;
    assert_eq!(refused, not_verified("REVOKED_NO_POE"));
}

#[tokio::test]
async fn without_any_revocation_list_the_answer_is_to_try_later() {
    let (south, north) = two_houses().await;
    let bert = south.register("bert@south.example", "Bert Berg").await;
    let request = Keys::generate().request("bert@north.example");
    let signed = signed_by(&statement(&request, challenge(&north).await), &bert);
    south.running.stop().await.unwrap();
    let refused = refused(&north, &request.identified(signed)).await;
    assert_eq!(refused, not_verified("TRY_LATER"));
}

#[tokio::test]
async fn an_identity_cannot_take_over_an_existing_mailbox() {
    let (south, north) = two_houses().await;
    north.register("anna@north.example", "Anna Adler").await;
    let bert = south.register("bert@south.example", "Bert Berg").await;
    let request = Keys::generate().request("anna@north.example");
    let signed = signed_by(&statement(&request, challenge(&north).await), &bert);
    let refused = refused(&north, &request.identified(signed)).await;
    assert_eq!(refused, ("address-taken".to_owned(), None));
}
