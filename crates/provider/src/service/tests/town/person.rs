//! People with an account: what their agents would ask and sign.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sealpost_cms::certificate::Certificate;
use sealpost_cms::issue::{Profile, Validity, issue};
use sealpost_cms::keys::SigningKey;
use sealpost_cms::signed::{ContentRef, request_signature};
use sealpost_cms::time::ClaimedTime;
use sealpost_cms::tsp::token_from_response;
use sealpost_erds::acceptance::{Decision, Verdict};
use sealpost_erds::event::Event;
use sealpost_erds::evidence::Evidence;
use sealpost_erds::relay::RelayMetadata;
use sealpost_erds::{Address, ConsignmentMode, Octets};
use sealpost_wire::api::{DecisionRequest, MailboxEvidence, MailboxPage, SubmissionAnswer};

use super::letter::{Letter, Wish, stored_part};
use super::until;
use crate::clock;
use crate::provider::Provider;
use crate::service::{Account, ServiceError, mailbox, objects, submission, time_stamp, trust};
use crate::store::StoreError;
use crate::store::uploads::Uploader;

/// Somebody with an account.
pub struct Person {
    pub provider: Arc<Provider>,
    pub account: Account,
    signature: (SigningKey, Certificate),
    authentication: (SigningKey, Certificate),
}

impl Person {
    pub(super) async fn new(provider: Arc<Provider>, address: &str) -> Self {
        let keys = [(); 2].map(|()| SigningKey::generate(&mut clock::system_random()));
        let name = "Test Person";
        let profiles = [
            Profile::PersonSignature { name, address, organisation: None },
            Profile::PersonAuthentication { name, address, organisation: None },
        ];
        let now = clock::now_unix();
        let validity = Validity { not_before: now - 60, not_after: now + 86_400 };
        let mut pairs = keys.into_iter().zip(profiles).map(|(key, profile)| {
            let issuer = provider.keys.issuer();
            let random = &mut clock::system_random();
            let certificate = issue(issuer, profile, &key.spki_der(), validity, random).unwrap();
            (key, certificate)
        });
        let (signature, authentication) = (pairs.next().unwrap(), pairs.next().unwrap());
        let row = address.to_owned();
        provider
            .store
            .write("test-account", move |tx| {
                tx.execute(
                    "INSERT INTO account (address, name, assurance, created_day)
                     VALUES (?1, 'Test Person', 'low', 0)",
                    [row],
                )?;
                Ok::<_, StoreError>(())
            })
            .await
            .unwrap();
        let row = provider.store.account(Address::parse(address).unwrap()).await.unwrap().unwrap();
        Self { provider, account: row.into(), signature, authentication }
    }

    /// Sends the objects that are missing, as an agent does before it hands the letter over; how many.
    pub async fn uploads(&self, letter: &Letter) -> Result<usize, ServiceError> {
        let uploader = || Uploader::Account(self.account.id);
        let names = letter.head.objects.iter().map(|object| object.sha256).collect();
        let missing = objects::missing(&self.provider, uploader(), names).await?;
        for (announced, octets) in letter.head.objects.iter().zip(&letter.objects) {
            if missing.contains(&announced.sha256) {
                let part = stored_part(&self.provider, *announced, octets).await;
                objects::keep(&self.provider, uploader(), part).await?;
            }
        }
        Ok(missing.len())
    }

    /// Hands a letter over, as the front door would.
    pub async fn submits(&self, letter: &Letter) -> Result<SubmissionAnswer, ServiceError> {
        let head = letter.head.clone();
        let json = head.to_json();
        let parts = letter.stored_parts(&self.provider).await;
        submission::submit(&self.provider, &self.account, &json, head, parts).await
    }

    /// Submits a letter and waits until it lies in the other one's mailbox, where it is the first.
    pub async fn sends(&self, to: &Self, wish: &Wish<'_>) -> (Letter, RelayMetadata) {
        let letter = Letter::new(self, &to.provider, wish);
        self.uploads(&letter).await.unwrap();
        self.submits(&letter).await.unwrap();
        until("the letter arrives", async || !to.mailbox().await.letters.is_empty()).await;
        let metadata = to.mailbox().await.letters.remove(0).metadata;
        (letter, metadata)
    }

    /// Has everything that waits in the mailbox.
    pub async fn acknowledges(&self) {
        let ids: Vec<_> = self.mailbox().await.evidence.iter().map(|item| item.id).collect();
        mailbox::acknowledge(&self.provider, &self.account, &ids).await.unwrap();
    }

    pub async fn mailbox(&self) -> MailboxPage {
        mailbox::page(&self.provider, &self.account).await.unwrap()
    }

    /// The events of all evidence in the mailbox, each verified, in the order of arrival.
    pub async fn events(&self) -> Vec<Event> {
        let page = self.mailbox().await;
        page.evidence.iter().map(|item| self.reads(&item.evidence.0).event).collect()
    }

    /// Waits until the mailbox holds evidence of exactly these events, in whatever order they came:
    /// a receipt may overtake the answer that it follows from.
    pub async fn waits_for(&self, events: &[Event]) {
        for _ in 0..300 {
            if self.events().await.len() >= events.len() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let mut found = self.events().await;
        found.sort();
        let mut wanted = events.to_vec();
        wanted.sort();
        assert_eq!(found, wanted);
    }

    /// The first evidence of an event in the mailbox.
    pub async fn evidence(&self, event: Event) -> MailboxEvidence {
        let items = self.mailbox().await.evidence.into_iter();
        items.into_iter().find(|item| self.reads(&item.evidence.0).event == event).unwrap()
    }

    /// Verifies evidence against the root of its issuer.
    pub fn reads(&self, signed: &[u8]) -> Evidence {
        for domain in ["north.example", "south.example"] {
            let domain = sealpost_erds::Domain::parse(domain).unwrap();
            if let Ok(evidence) = trust::evidence_of(&self.provider, &domain, signed.to_vec()) {
                return evidence.get().clone();
            }
        }
        panic!("the evidence does not verify under any root");
    }

    /// Signs a decision, time-stamped by the own provider, with the key that the mode demands.
    pub async fn decides(&self, metadata: &RelayMetadata, verdict: Verdict) -> DecisionRequest {
        let pair = match metadata.mode {
            ConsignmentMode::Signed => &self.signature,
            _ => &self.authentication,
        };
        self.signs(metadata, verdict, pair).await
    }

    /// As [`Person::decides`], with the key of the other mode.
    pub async fn decides_with_wrong_key(
        &self,
        metadata: &RelayMetadata,
        verdict: Verdict,
    ) -> DecisionRequest {
        let pair = match metadata.mode {
            ConsignmentMode::Signed => &self.authentication,
            _ => &self.signature,
        };
        self.signs(metadata, verdict, pair).await
    }

    async fn signs(
        &self,
        metadata: &RelayMetadata,
        verdict: Verdict,
        (key, certificate): &(SigningKey, Certificate),
    ) -> DecisionRequest {
        let statement = Decision::about(metadata, verdict).unwrap().to_json();
        let now = ClaimedTime::from_unix(clock::now_unix());
        let asked = request_signature(ContentRef::of(&statement), None, certificate, now, &[]);
        let answer = key.answer(&asked);
        let signature = asked.answered(answer).unwrap();
        let request = signature.time_stamp_request(clock::nonce());
        let reply = time_stamp::respond(&self.provider, &request.to_der()).await.unwrap();
        let token = token_from_response(&reply, &request).unwrap();
        let signed = signature.with_time_stamp(token).attached(&statement, &[], &[]);
        DecisionRequest { decision: Octets(signed), for_sender: Some(Octets(b"for Anna".to_vec())) }
    }
}

/// Somebody whose keys lie in a folder, so that they are the same after a restart.
impl Person {
    pub async fn kept_in(folder: &Path, provider: Arc<Provider>, address: &str) -> Self {
        let file = |name: &str| folder.join(format!("{address}.{name}"));
        let parsed = Address::parse(address).unwrap();
        if provider.store.account(parsed.clone()).await.unwrap().is_none() {
            let person = Self::new(Arc::clone(&provider), address).await;
            for (name, (key, certificate)) in
                [("signature", &person.signature), ("authentication", &person.authentication)]
            {
                std::fs::write(file(name), key.to_pkcs8_der()).unwrap();
                std::fs::write(file(&format!("{name}.pem")), certificate.to_pem()).unwrap();
            }
            return person;
        }
        let pair = |name: &str| {
            let key = SigningKey::from_pkcs8_der(&std::fs::read(file(name)).unwrap()).unwrap();
            let pem = std::fs::read_to_string(file(&format!("{name}.pem"))).unwrap();
            (key, Certificate::from_pem(&pem).unwrap())
        };
        let (signature, authentication) = (pair("signature"), pair("authentication"));
        let account = provider.store.account(parsed).await.unwrap().unwrap().into();
        Self { provider, account, signature, authentication }
    }
}
