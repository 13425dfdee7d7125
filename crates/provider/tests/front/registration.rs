//! Registration by invitation, and each of its refusals.

use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::issue::{RequestKey, certificate_request, possession_statement};
use sealpost_cms::keys::{DecryptionKey, DecryptionScheme};
use sealpost_cms::path::{Crl, TrustAnchors, validate_path};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_erds::Octets;
use sealpost_erds::disclosure::Assurance;
use sealpost_provider::clock;
use sealpost_provider::store::Store;
use sealpost_provider::store::people::Invitation;
use sealpost_wire::api::{HybridRequests, RegistrationRequest};
use sealpost_wire::paths;

use super::house::{House, Keys, Proven, rng};

fn refusal(status: u16, code: &str) -> (u16, String) {
    (status, code.to_owned())
}

#[tokio::test]
async fn an_invited_person_gets_certificates_of_this_provider() {
    let north = House::open("north.example").await;
    north.invite("anna@north.example", "Anna Adler", "secret").await;
    let keys = Keys::generate();
    let request = keys.request("anna@north.example").invited("secret");
    let answer = north.stranger().register(&request).await.unwrap();
    // The name is the operator's word, not the applicant's.
    assert_eq!((answer.name.as_str(), answer.assurance), ("Anna Adler", Assurance::Substantial));
    assert_eq!(answer.root_certificate.0, north.root().der());

    let list = north.stranger().get(paths::REVOCATION_LIST).send().await.unwrap();
    let list = Crl::from_der(&list.bytes().await.unwrap()).unwrap();
    let mut anchors = TrustAnchors::new();
    anchors.add(north.root());
    for (der, spki, purpose) in [
        (&answer.signature_certificate, keys.signature.spki_der(), KeyPurpose::LetterSignature),
        (
            &answer.authentication_certificate,
            keys.authentication.spki_der(),
            KeyPurpose::Authentication,
        ),
        (&answer.encryption_certificate, keys.encryption.spki_der(), KeyPurpose::Encryption),
        (
            &answer.hybrid.as_ref().unwrap().signature_certificate,
            keys.hybrid_signature.spki_der(),
            KeyPurpose::LetterSignature,
        ),
        (
            answer.static_dh_certificate.as_ref().unwrap(),
            keys.static_dh.spki_der(),
            KeyPurpose::Encryption,
        ),
        (
            &answer.hybrid.as_ref().unwrap().encryption_certificate,
            keys.hybrid_encryption.spki_der(),
            KeyPurpose::Encryption,
        ),
    ] {
        let certificate = Certificate::from_der(&der.0).unwrap();
        assert_eq!(certificate.spki_der(), spki);
        assert_eq!(certificate.common_name().as_deref(), Some("Anna Adler"));
        assert_eq!(certificate.email_addresses(), ["anna@north.example"]);
        let now = clock::now_unix();
        let policy = AlgorithmPolicy::current();
        validate_path(
            &certificate,
            &[],
            std::slice::from_ref(&list),
            now,
            purpose,
            &anchors,
            policy,
        )
        .unwrap();
    }
}

#[tokio::test]
async fn the_same_requests_get_the_same_certificates_again() {
    let north = House::open("north.example").await;
    north.invite("anna@north.example", "Anna Adler", "secret").await;
    let keys = Keys::generate();
    let request = keys.request("anna@north.example").invited("secret");
    let first = north.stranger().register(&request).await.unwrap();
    assert_eq!(north.stranger().register(&request).await.unwrap(), first);
    // The same keys at another address is another registration.
    let elsewhere = RegistrationRequest {
        address: sealpost_erds::Address::parse("bert@north.example").unwrap(),
        hybrid: Some(keys.hybrid("bert@north.example")),
        static_dh_request: Some(keys.static_dh("bert@north.example")),
        ..request
    };
    assert_eq!(north.stranger().register(&elsewhere).await, Err(refusal(403, "invitation-used")));
}

#[tokio::test]
async fn reg_006_an_invitation_works_once_also_for_two_at_the_same_time() {
    let north = House::open("north.example").await;
    north.invite("anna@north.example", "Anna Adler", "secret").await;
    let one = Keys::generate().request("anna@north.example").invited("secret");
    let two = Keys::generate().request("anna@north.example").invited("secret");
    let (first, second) = (north.stranger(), north.stranger());
    let (one, two) = tokio::join!(first.register(&one), second.register(&two));
    assert!(one.is_ok() != two.is_ok(), "exactly one of them");
    let refused = one.err().or(two.err()).unwrap();
    assert_eq!(refused, refusal(403, "invitation-used"));
}

#[tokio::test]
async fn an_invitation_is_known_and_in_time() {
    let north = House::open("north.example").await;
    let keys = Keys::generate();
    let request = keys.request("anna@north.example");
    let stranger = north.stranger();
    let unknown = stranger.register(&request.clone().invited("guess")).await;
    assert_eq!(unknown, Err(refusal(403, "invitation-unknown")));
    let past = clock::now_unix() - 1;
    north.invite_until("anna@north.example", "Anna Adler", "late", past).await;
    let late = stranger.register(&request.invited("late")).await;
    assert_eq!(late, Err(refusal(403, "invitation-expired")));
}

#[tokio::test]
async fn reg_005_an_invitation_is_for_one_address() {
    let north = House::open("north.example").await;
    north.invite("anna@north.example", "Anna Adler", "secret").await;
    let request = Keys::generate().request("boss@north.example").invited("secret");
    assert_eq!(north.stranger().register(&request).await, Err(refusal(403, "invitation-unknown")));
}

#[tokio::test]
async fn reg_001_exactly_one_proof_is_given() {
    let north = House::open("north.example").await;
    north.invite("anna@north.example", "Anna Adler", "secret").await;
    let request = Keys::generate().request("anna@north.example");
    let stranger = north.stranger();
    assert_eq!(stranger.register(&request).await, Err(refusal(400, "one-proof")));
    let both = request.invited("secret").identified(b"me".to_vec());
    assert_eq!(stranger.register(&both).await, Err(refusal(400, "one-proof")));
}

#[tokio::test]
async fn reg_002_addresses_elsewhere_are_not_ours_to_give() {
    let north = House::open("north.example").await;
    north.invite("anna@south.example", "Anna Adler", "secret").await;
    let request = Keys::generate().request("anna@south.example").invited("secret");
    assert_eq!(north.stranger().register(&request).await, Err(refusal(403, "other-domain")));
}

#[tokio::test]
async fn reg_003_each_request_proves_possession_of_its_key() {
    let north = House::open("north.example").await;
    north.invite("anna@north.example", "Anna Adler", "secret").await;
    let good = Keys::generate().request("anna@north.example").invited("secret");
    let flipped = |octets: &Octets| {
        let mut der = octets.0.clone();
        *der.last_mut().unwrap() ^= 1;
        Octets(der)
    };
    for bad in [
        RegistrationRequest { signature_request: flipped(&good.signature_request), ..good.clone() },
        RegistrationRequest {
            authentication_request: flipped(&good.authentication_request),
            ..good.clone()
        },
        RegistrationRequest {
            encryption_request: flipped(&good.encryption_request),
            ..good.clone()
        },
        RegistrationRequest { encryption_request: Octets(b"no request".to_vec()), ..good.clone() },
    ] {
        let refused = north.stranger().register(&bad).await;
        assert_eq!(refused, Err(refusal(422, "request-not-self-signed")));
    }
    // Nothing was used up by that.
    assert!(north.stranger().register(&good).await.is_ok());
}

#[tokio::test]
async fn reg_014_a_key_that_cannot_sign_is_stated_by_the_signature_key_for_this_address() {
    let north = House::open("north.example").await;
    north.invite("anna@north.example", "Anna Adler", "secret").await;
    let (anna, carl) = (Keys::generate(), Keys::generate());
    let good = anna.request("anna@north.example").invited("secret");
    // By somebody else's signature key, and for another address.
    for stated in [carl.hybrid("anna@north.example"), anna.hybrid("carl@north.example")] {
        let bad = RegistrationRequest { hybrid: Some(stated), ..good.clone() };
        let refused = north.stranger().register(&bad).await;
        assert_eq!(refused, Err(refusal(422, "request-not-self-signed")));
    }
    for stated in [carl.static_dh("anna@north.example"), anna.static_dh("carl@north.example")] {
        let bad = RegistrationRequest { static_dh_request: Some(stated), ..good.clone() };
        let refused = north.stranger().register(&bad).await;
        assert_eq!(refused, Err(refusal(422, "request-not-self-signed")));
    }
    // Another kind of key than the suite has.
    let swapped = Some(anna.hybrid("anna@north.example").encryption_request);
    let bad = RegistrationRequest { static_dh_request: swapped, ..good.clone() };
    let refused = north.stranger().register(&bad).await;
    assert_eq!(refused, Err(refusal(422, "not-certifiable")));
    let other = DecryptionKey::generate_for(DecryptionScheme::MlKem1024, &mut rng()).unwrap();
    let stated = possession_statement(&other, &anna.signature, "anna@north.example").unwrap();
    let signature_request = anna.hybrid("anna@north.example").signature_request;
    let hybrid = Some(HybridRequests { signature_request, encryption_request: Octets(stated) });
    let bad = RegistrationRequest { hybrid, ..good.clone() };
    let refused = north.stranger().register(&bad).await;
    assert_eq!(refused, Err(refusal(422, "not-certifiable")));

    let answer = north.stranger().register(&good).await.unwrap();
    let address = sealpost_erds::Address::parse("anna@north.example").unwrap();
    let store = &north.provider().store;
    let now = clock::now_unix();
    let all = store.encryption_certificates(address.clone(), now).await.unwrap();
    let expected = [
        &answer.static_dh_certificate.as_ref().unwrap().0,
        &answer.hybrid.as_ref().unwrap().encryption_certificate.0,
        &answer.encryption_certificate.0,
    ];
    assert_eq!(all.iter().collect::<Vec<_>>(), expected);
    // Whoever comes without such keys has the other suite alone.
    north.invite("bert@north.example", "Bert Berg", "another").await;
    let bert = Keys::generate().request("bert@north.example").invited("another");
    let alone = RegistrationRequest { hybrid: None, static_dh_request: None, ..bert };
    let answer = north.stranger().register(&alone).await.unwrap();
    assert_eq!((answer.hybrid, answer.static_dh_certificate), (None, None));
}

#[tokio::test]
async fn reg_004_each_purpose_needs_a_key_of_its_own() {
    let north = House::open("north.example").await;
    north.invite("anna@north.example", "Anna Adler", "secret").await;
    let keys = Keys::generate();
    let good = keys.request("anna@north.example").invited("secret");
    let again = Octets(certificate_request(RequestKey::Signing(&keys.signature), "again").unwrap());
    for bad in [
        RegistrationRequest { authentication_request: again.clone(), ..good.clone() },
        RegistrationRequest { encryption_request: again, ..good.clone() },
    ] {
        assert_eq!(north.stranger().register(&bad).await, Err(refusal(422, "keys-not-distinct")));
    }
}

#[tokio::test]
async fn an_address_has_one_owner_until_his_certificates_are_revoked() {
    let north = House::open("north.example").await;
    let anna = north.register("anna@north.example", "Anna Adler").await;
    north.invite("anna@north.example", "Anna Ander", "second").await;
    let keys = Keys::generate();
    let second = keys.request("anna@north.example").invited("second");
    assert_eq!(north.stranger().register(&second).await, Err(refusal(409, "address-taken")));

    // The keys were lost: the operator revokes, and the invitation works.
    let binary = env!("CARGO_BIN_EXE_sealpost-provider");
    let config = north.folder.path().join("provider.toml");
    let revoked = std::process::Command::new(binary)
        .args(["revoke", "anna@north.example", "--config"])
        .arg(&config)
        .output()
        .unwrap();
    assert!(revoked.status.success(), "{}", String::from_utf8_lossy(&revoked.stderr));
    let renewed = north.stranger().register(&second).await.unwrap();
    assert_ne!(renewed.signature_certificate, anna.answer.signature_certificate);
    let mailbox = anna.at(&north).get(paths::MAILBOX).send().await.unwrap();
    assert_eq!(mailbox.status(), 401, "the old certificate is revoked");
    let new = super::house::Person { keys, answer: renewed };
    assert_eq!(new.at(&north).get(paths::MAILBOX).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_second_process_invites_while_this_one_serves() {
    let north = House::open("north.example").await;
    // As `invite` does it: its own writer over the same database.
    let store = Store::open(&north.provider().config.files.database()).unwrap();
    let invitation = Invitation {
        token_hash: sealpost_cms::kdf::sha256(b"secret"),
        address: "anna@north.example".to_owned(),
        name: "Anna Adler".to_owned(),
        organisation: Some("Example GmbH".to_owned()),
        assurance: Assurance::High,
        expires_at: clock::now_unix() + 100,
    };
    store.invite(invitation).await.unwrap();
    store.close().await.unwrap();
    let request = Keys::generate().request("anna@north.example").invited("secret");
    let answer = north.stranger().register(&request).await.unwrap();
    assert_eq!(answer.assurance, Assurance::High);
    let certificate = Certificate::from_der(&answer.signature_certificate.0).unwrap();
    assert_eq!(certificate.organisation().as_deref(), Some("Example GmbH"));
}

#[tokio::test]
async fn used_and_ended_proofs_are_forgotten_in_time() {
    let north = House::open("north.example").await;
    let anna = north.register("anna@north.example", "Anna Adler").await;
    north.invite("bert@north.example", "Bert Berg", "never used").await;
    let store = &north.provider().store;
    assert_eq!(store.forget_proofs(clock::now_unix()).await.unwrap(), 0);
    let later = clock::now_unix() + 40 * 24 * 3600;
    assert_eq!(store.forget_proofs(later).await.unwrap(), 2);
    let again = anna.keys.request("anna@north.example").invited("token of anna@north.example");
    assert_eq!(north.stranger().register(&again).await, Err(refusal(403, "invitation-unknown")));
}
