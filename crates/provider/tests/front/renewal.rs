//! New keys for somebody who has a mailbox, and each refusal.

use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::keys::SigningKey;
use sealpost_cms::path::{Crl, TrustAnchors, validate_path};
use sealpost_cms::policy::AlgorithmPolicy;
use sealpost_cms::signed::{ContentRef, request_signature};
use sealpost_cms::time::ClaimedTime;
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::registration::{RENEWAL_VERSION, RegistrationStatement, RenewalStatement};
use sealpost_erds::{Address, Domain, Octets};
use sealpost_provider::{clock, limits};
use sealpost_wire::api::{RegistrationAnswer, RenewalRequest};
use sealpost_wire::paths;

use super::house::{Caller, House, Keys, Person, problem};

const ANNA: &str = "anna@north.example";

type Refused = (u16, String, Option<String>);

/// What the statement says, before a test says something else.
fn statement(keys: &RenewalRequest) -> RenewalStatement {
    let requests = [
        &keys.signature_request,
        &keys.authentication_request,
        &keys.encryption_request,
        &keys.hybrid.signature_request,
        &keys.hybrid.encryption_request,
        keys.static_dh_request.as_ref().unwrap(),
    ];
    RenewalStatement {
        version: RENEWAL_VERSION.to_owned(),
        provider: Domain::parse("north.example").unwrap(),
        address: Address::parse(ANNA).unwrap(),
        requests_sha256: RegistrationStatement::digest_of_requests(
            &requests.map(|request| request.0.as_slice()),
        ),
        signed_at: ClaimedTime::from_unix(clock::now_unix()),
    }
}

fn signed(statement: &RenewalStatement, key: &SigningKey, certificate: &Certificate) -> Octets {
    let content = statement.to_json();
    let at = ClaimedTime::from_unix(clock::now_unix());
    let asked = request_signature(ContentRef::of(&content), None, certificate, at, &[]);
    let answer = key.answer(&asked);
    let signature = asked.answered(answer).unwrap();
    Octets(signature.attached(&content, std::slice::from_ref(certificate), &[]))
}

fn unsigned(keys: &Keys) -> RenewalRequest {
    let request = keys.request(ANNA);
    RenewalRequest {
        signature_request: request.signature_request,
        authentication_request: request.authentication_request,
        encryption_request: request.encryption_request,
        hybrid: request.hybrid.unwrap(),
        static_dh_request: request.static_dh_request,
        statement: Octets::default(),
    }
}

/// For new keys, vouched for by the present ones.
fn request(by: &Person, keys: &Keys) -> RenewalRequest {
    let asked = unsigned(keys);
    let says = signed(&statement(&asked), &by.keys.signature, &by.signature_certificate());
    RenewalRequest { statement: says, ..asked }
}

async fn renew(caller: &Caller, asked: &RenewalRequest) -> Result<RegistrationAnswer, Refused> {
    let body = serde_json::to_vec(asked).unwrap();
    let sent = caller.post(paths::ACCOUNT_CERTIFICATES, "application/json", body).send();
    let response = sent.await.unwrap();
    match response.status().is_success() {
        true => Ok(serde_json::from_slice(&response.bytes().await.unwrap()).unwrap()),
        false => Err(refused(response).await),
    }
}

async fn confirm(caller: &Caller) -> Result<(), Refused> {
    let path = paths::ACCOUNT_CERTIFICATES_CONFIRMATION;
    let response = caller.request(reqwest::Method::POST, path).send().await.unwrap();
    match response.status().as_u16() {
        204 => Ok(()),
        _ => Err(refused(response).await),
    }
}

async fn refused(response: reqwest::Response) -> Refused {
    let (status, document) = problem(response).await;
    let text = |name: &str| document[name].as_str().map(str::to_owned);
    (status, text("code").unwrap(), text("sub_indication"))
}

fn not_signed(sub: &str) -> Result<RegistrationAnswer, Refused> {
    Err((403, "renewal-not-signed".to_owned(), Some(sub.to_owned())))
}

async fn shown(north: &House) -> Vec<Vec<u8>> {
    let address = Address::parse(ANNA).unwrap();
    let store = &north.provider().store;
    store.encryption_certificates(address, clock::now_unix()).await.unwrap()
}

fn of_encryption(answer: &RegistrationAnswer) -> Vec<Vec<u8>> {
    let (hybrid, fixed) = (answer.hybrid.as_ref(), answer.static_dh_certificate.as_ref());
    let all =
        [fixed.unwrap(), &hybrid.unwrap().encryption_certificate, &answer.encryption_certificate];
    all.map(|certificate| certificate.0.clone()).into()
}

fn all(answer: &RegistrationAnswer) -> Vec<Certificate> {
    let hybrid = answer.hybrid.as_ref().unwrap();
    let all = [
        &answer.signature_certificate,
        &answer.authentication_certificate,
        &answer.encryption_certificate,
        &hybrid.signature_certificate,
        &hybrid.encryption_certificate,
        answer.static_dh_certificate.as_ref().unwrap(),
    ];
    all.map(|der| Certificate::from_der(&der.0).unwrap()).into()
}

/// Which of the certificates the provider's list names.
async fn revoked(north: &House, answer: &RegistrationAnswer) -> Vec<bool> {
    let list = north.stranger().get(paths::REVOCATION_LIST).send().await.unwrap();
    let list = [Crl::from_der(&list.bytes().await.unwrap()).unwrap()];
    let mut anchors = TrustAnchors::new();
    anchors.add(north.root());
    let (now, policy) = (clock::now_unix(), AlgorithmPolicy::current());
    let (signs, opens) = (KeyPurpose::LetterSignature, KeyPurpose::Encryption);
    let purposes = [signs, KeyPurpose::Authentication, opens, signs, opens];
    let judged = all(answer).into_iter().zip(purposes).map(|(certificate, purpose)| {
        let judged = validate_path(&certificate, &[], &list, now, purpose, &anchors, policy);
        match judged {
            Ok(_) => false,
            Err(shortfall) => {
                assert_eq!(shortfall.sub, SubIndication::Revoked);
                true
            }
        }
    });
    judged.collect()
}

#[tokio::test]
async fn new_keys_take_the_place_of_the_former_ones_when_their_owner_says_so() {
    let north = House::open("north.example").await;
    let anna = north.register(ANNA, "Anna Adler").await;
    let former = anna.at(&north);
    let keys = Keys::generate();
    let asked = request(&anna, &keys);
    let answer = renew(&former, &asked).await.unwrap();
    assert_eq!(renew(&former, &asked).await.unwrap(), answer, "a lost answer costs nothing");

    // Nothing has changed for anybody: the owner may not have got the answer.
    assert_eq!(shown(&north).await, of_encryption(&anna.answer));
    assert_eq!(confirm(&former).await, Err((409, "renewal-not-by-new-key".to_owned(), None)));
    let new = Person { keys, answer };
    assert_eq!(new.at(&north).get(paths::MAILBOX).send().await.unwrap().status(), 200);
    assert_eq!(former.get(paths::MAILBOX).send().await.unwrap().status(), 200);
    assert_eq!(revoked(&north, &anna.answer).await, [false; 5]);

    confirm(&new.at(&north)).await.unwrap();
    confirm(&new.at(&north)).await.expect("asked again after a lost answer");
    // REG-020: and whoever has kept nothing of it gets them once more.
    assert_eq!(renew(&new.at(&north), &asked).await.unwrap(), new.answer);
    assert_eq!(shown(&north).await, of_encryption(&new.answer));
    assert_eq!(new.at(&north).get(paths::MAILBOX).send().await.unwrap().status(), 200);
    // AUT-001: also on the connection that was open.
    let refused = refused(former.get(paths::MAILBOX).send().await.unwrap()).await;
    assert_eq!(refused.2.as_deref(), Some("REVOKED"));
    assert_eq!(revoked(&north, &anna.answer).await, [true; 5]);
    assert_eq!(revoked(&north, &new.answer).await, [false; 5]);
}

#[tokio::test]
async fn reg_017_what_was_certified_does_not_grow() {
    let north = House::open("north.example").await;
    let anna = north.register(ANNA, "Anna Adler").await;
    let keys = Keys::generate();
    let answer = renew(&anna.at(&north), &request(&anna, &keys)).await.unwrap();
    assert_eq!((&answer.name, answer.assurance), (&anna.answer.name, anna.answer.assurance));
    for (new, former) in all(&answer).iter().zip(all(&anna.answer)) {
        assert_eq!(new.common_name(), former.common_name());
        assert_eq!(new.organisation(), former.organisation());
        assert_eq!(new.email_addresses(), former.email_addresses());
        assert_ne!(new.spki_der(), former.spki_der());
    }
}

#[tokio::test]
async fn reg_015_the_present_signature_key_of_this_account_vouches_for_the_new_ones() {
    let north = House::open("north.example").await;
    let anna = north.register(ANNA, "Anna Adler").await;
    let bert = north.register("bert@north.example", "Bert Berg").await;
    let caller = anna.at(&north);
    let keys = Keys::generate();
    let asked = unsigned(&keys);
    let says = statement(&asked);
    let with = |statement| RenewalRequest { statement, ..asked.clone() };

    // Whoever has the authentication key alone, or a signature key of somebody else.
    let by_authentication =
        signed(&says, &anna.keys.authentication, &anna.authentication_certificate());
    let refused = renew(&caller, &with(by_authentication)).await;
    assert_eq!(refused.unwrap_err().1, "renewal-not-signed");
    let by_bert = signed(&says, &bert.keys.signature, &bert.signature_certificate());
    assert_eq!(renew(&caller, &with(by_bert)).await, not_signed("REVOKED"));
    let mut changed = request(&anna, &keys);
    *changed.statement.0.last_mut().unwrap() ^= 1;
    assert_eq!(renew(&caller, &changed).await.unwrap_err().1, "renewal-not-signed");
    assert_eq!(renew(&caller, &asked).await.unwrap_err().1, "renewal-not-signed");

    // The new signature key vouches for nothing before it is in use, the former for nothing after.
    let answer = renew(&caller, &request(&anna, &keys)).await.unwrap();
    let new = Person { keys, answer };
    let third = Keys::generate();
    assert_eq!(renew(&caller, &request(&new, &third)).await, not_signed("REVOKED"));
    confirm(&new.at(&north)).await.unwrap();
    assert_eq!(renew(&new.at(&north), &request(&anna, &third)).await, not_signed("REVOKED_NO_POE"));
    assert!(renew(&new.at(&north), &request(&new, &third)).await.is_ok());
}

#[tokio::test]
async fn reg_016_the_statement_is_about_these_keys_of_this_account_at_this_provider() {
    let north = House::open("north.example").await;
    let anna = north.register(ANNA, "Anna Adler").await;
    let asked = unsigned(&Keys::generate());
    let good = statement(&asked);
    let others = statement(&unsigned(&Keys::generate())).requests_sha256;
    for says in [
        RenewalStatement { requests_sha256: others, ..good.clone() },
        RenewalStatement { address: Address::parse("bert@north.example").unwrap(), ..good.clone() },
        RenewalStatement { provider: Domain::parse("south.example").unwrap(), ..good.clone() },
    ] {
        let by = (&anna.keys.signature, anna.signature_certificate());
        let bad = RenewalRequest { statement: signed(&says, by.0, &by.1), ..asked.clone() };
        let refused = renew(&anna.at(&north), &bad).await;
        assert_eq!(refused, not_signed("SIG_CONSTRAINTS_FAILURE"));
    }
}

#[tokio::test]
async fn reg_019_only_the_newest_of_the_new_keys_confirms() {
    let north = House::open("north.example").await;
    let anna = north.register(ANNA, "Anna Adler").await;
    let (first, second) = (Keys::generate(), Keys::generate());
    let given_up = request(&anna, &first);
    let answer = renew(&anna.at(&north), &given_up).await.unwrap();
    let first = Person { keys: first, answer };
    let answer = renew(&anna.at(&north), &request(&anna, &second)).await.unwrap();
    let second = Person { keys: second, answer };
    // The first ones were given up, and are good for nothing any more.
    assert_eq!(confirm(&first.at(&north)).await.unwrap_err().0, 401);
    let again = renew(&anna.at(&north), &given_up).await;
    assert_eq!(again, Err((409, "renewal-ended".to_owned(), None)));
    confirm(&anna.at(&north)).await.unwrap_err();
    confirm(&second.at(&north)).await.unwrap();
}

#[tokio::test]
async fn reg_018_nobody_lengthens_the_revocation_list_without_end() {
    let north = House::open("north.example").await;
    let anna = north.register(ANNA, "Anna Adler").await;
    // The registration is remembered too.
    for _ in 1..limits::RENEWALS_REMEMBERED_MAX {
        renew(&anna.at(&north), &request(&anna, &Keys::generate())).await.unwrap();
    }
    let refused = renew(&anna.at(&north), &request(&anna, &Keys::generate())).await;
    assert_eq!(refused, Err((429, "renewal-too-often".to_owned(), None)));
    let later = clock::now_unix() + limits::REGISTRATION_MEMORY_SECONDS + 2000;
    north.provider().store.forget_proofs(later).await.unwrap();
    renew(&anna.at(&north), &request(&anna, &Keys::generate())).await.unwrap();
}

#[tokio::test]
async fn an_operator_who_revokes_somebody_revokes_the_keys_that_wait_too() {
    let north = House::open("north.example").await;
    let anna = north.register(ANNA, "Anna Adler").await;
    let keys = Keys::generate();
    let answer = renew(&anna.at(&north), &request(&anna, &keys)).await.unwrap();
    let config = north.folder.path().join("provider.toml");
    let revoked = std::process::Command::new(env!("CARGO_BIN_EXE_sealpost-provider"))
        .args(["revoke", ANNA, "--config"])
        .arg(&config)
        .output()
        .unwrap();
    assert!(revoked.status.success(), "{}", String::from_utf8_lossy(&revoked.stderr));
    let new = Person { keys, answer };
    assert_eq!(confirm(&new.at(&north)).await.unwrap_err().2.as_deref(), Some("REVOKED"));
    assert!(shown(&north).await.is_empty());
}
