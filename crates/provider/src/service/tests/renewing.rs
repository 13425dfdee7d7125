//! Somebody moves to new keys, in as many lives of the provider as it takes: the agent does the same
//! again, and there is one set of certificates in the end.

use std::path::Path;
use std::sync::Arc;

use sealpost_cms::certificate::Certificate;
use sealpost_cms::issue::{RequestKey, certificate_request, possession_statement};
use sealpost_cms::kdf::sha256;
use sealpost_cms::keys::{
    AgreementKey, DecryptionKey, DecryptionScheme, SignatureScheme, SigningKey,
};
use sealpost_cms::signed::{ContentRef, request_signature};
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::registration::{RENEWAL_VERSION, RegistrationStatement, RenewalStatement};
use sealpost_erds::{Address, Octets};
use sealpost_wire::api::{HybridRequests, RegistrationRequest, RenewalRequest};

use super::town::{QUICK, Town};
use crate::clock;
use crate::provider::Provider;
use crate::service::registration::{register, renewal};
use crate::store::StoreError;
use crate::store::people::Invitation;

const ADDRESS: &str = "anna@north.example";
const TOKEN: &str = "token";

pub(super) async fn live(folder: &Path) {
    let mut town = Town::made_in(folder, QUICK).await;
    town.north.start().await;
    let provider = town.north.provider();
    let asked = kept_request(folder, provider).await;
    let address = Address::parse(ADDRESS).unwrap();
    let row = provider.store.account(address.clone()).await.unwrap().unwrap();
    let account = row.into();
    let answer = renewal::renew(provider, &account, &asked).await.unwrap();
    let shown = Certificate::from_der(&answer.authentication_certificate.0).unwrap();
    renewal::confirm(provider, &account, &shown).await.unwrap();

    let given = renewal::renew(provider, &account, &asked).await.unwrap();
    assert_eq!(given, answer, "one set of certificates");
    let hybrid = &answer.hybrid.unwrap().encryption_certificate.0;
    let found = provider.store.encryption_certificates(address, clock::now_unix()).await.unwrap();
    assert_eq!(found.iter().collect::<Vec<_>>(), [hybrid, &answer.encryption_certificate.0]);
    assert_eq!(town.north.count("certificate").await, 10);
    let count = "SELECT count(*) FROM certificate WHERE revoked_at IS NOT NULL AND pending = 0";
    let revoked = provider.store.read(move |db| {
        let count: i64 = db.query_row(count, [], |row| row.get(0))?;
        Ok::<_, StoreError>(count)
    });
    assert_eq!(revoked.await.unwrap(), 5);
    let list = provider.crl().await.unwrap().unwrap();
    assert_eq!(list.revoked_count(), 5, "the list says it too");
}

/// The request, the same in every life.
async fn kept_request(folder: &Path, provider: &Arc<Provider>) -> RenewalRequest {
    let file = folder.join("renewal");
    if let Ok(kept) = std::fs::read(&file) {
        return serde_json::from_slice(&kept).unwrap();
    }
    provider
        .store
        .invite(Invitation {
            token_hash: sha256(TOKEN.as_bytes()),
            address: ADDRESS.to_owned(),
            name: "Anna Adler".to_owned(),
            organisation: None,
            assurance: Assurance::Low,
            expires_at: clock::now_unix() + 1000,
        })
        .await
        .unwrap();
    let (key, registration) = requests(Some(TOKEN.to_owned()));
    let answer = register(provider, registration).await.unwrap();
    let certificate = Certificate::from_der(&answer.signature_certificate.0).unwrap();
    let (_, new) = requests(None);
    let hybrid = new.hybrid.unwrap();
    let statement = RenewalStatement {
        version: RENEWAL_VERSION.to_owned(),
        provider: provider.config.domain.clone(),
        address: new.address,
        requests_sha256: RegistrationStatement::digest_of_requests(&[
            &new.signature_request.0,
            &new.authentication_request.0,
            &new.encryption_request.0,
            &hybrid.signature_request.0,
            &hybrid.encryption_request.0,
        ]),
        signed_at: ClaimedTime::from_unix(clock::now_unix()),
    };
    let content = statement.to_json();
    let at = ClaimedTime::from_unix(clock::now_unix());
    let request = request_signature(ContentRef::of(&content), None, &certificate, at, &[]);
    let signature = key.answer(&request);
    let signature = request.answered(signature).unwrap();
    let asked = RenewalRequest {
        signature_request: new.signature_request,
        authentication_request: new.authentication_request,
        encryption_request: new.encryption_request,
        hybrid,
        static_dh_request: None,
        statement: Octets(signature.attached(&content, &[certificate], &[])),
    };
    std::fs::write(&file, serde_json::to_vec(&asked).unwrap()).unwrap();
    asked
}

/// Fresh keys, and what asks for their certificates.
fn requests(invitation: Option<String>) -> (SigningKey, RegistrationRequest) {
    let random = &mut clock::system_random();
    let [signature, authentication] = [(); 2].map(|()| SigningKey::generate(random));
    let encryption = AgreementKey::generate(random);
    let second = SigningKey::generate_for(SignatureScheme::MlDsa65, random).unwrap();
    let opens = DecryptionKey::generate_for(DecryptionScheme::MlKem768X25519, random).unwrap();
    let request = |key| Octets(certificate_request(key, "Anna").unwrap());
    let asked = RegistrationRequest {
        address: Address::parse(ADDRESS).unwrap(),
        invitation,
        identity: None,
        signature_request: request(RequestKey::Signing(&signature)),
        authentication_request: request(RequestKey::Signing(&authentication)),
        encryption_request: request(RequestKey::Agreement(&encryption)),
        hybrid: Some(HybridRequests {
            signature_request: request(RequestKey::Signing(&second)),
            encryption_request: Octets(possession_statement(&opens, &signature, ADDRESS).unwrap()),
        }),
        static_dh_request: None,
    };
    (signature, asked)
}
