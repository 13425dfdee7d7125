//! North and South, Anna and Bert, and letters between them.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sealpost_cms::certificate::Certificate;
use sealpost_cms::enveloped::{ContentKey, KeyEncryptionKey, RecipientSlot, seal};
use sealpost_cms::issue::{Profile, Validity, issue};
use sealpost_cms::keys::SigningKey;
use sealpost_cms::signed::{ContentRef, request_signature};
use sealpost_cms::time::{ClaimedTime, Deadline};
use sealpost_cms::tsp::token_from_response;
use sealpost_erds::acceptance::{Decision, Verdict};
use sealpost_erds::disclosure::{Disclosure, PartyReference};
use sealpost_erds::event::Event;
use sealpost_erds::evidence::Evidence;
use sealpost_erds::relay::{
    PartDigest, RelayMetadata, SUBMISSION_VERSION, SubmissionHead, SubmittedConsignment,
};
use sealpost_erds::slip::{RelaySlip, ReplyPath, Share, SlipBinding};
use sealpost_erds::{Address, ConsignmentMode, Digest, DispatchId, LetterId, Octets};
use sealpost_wire::api::{DecisionRequest, MailboxEvidence, MailboxPage, SubmissionAnswer};

use crate::clock;
use crate::config::Config;
use crate::provider::Provider;
use crate::quickstart::Quickstart;
use crate::serve::Running;
use crate::service::{
    Account, PartIntake, ServiceError, StoredPart, mailbox, submission, time_stamp, trust,
};
use crate::store::StoreError;

/// What a test changes in the configuration: text to find, text instead.
pub type Changes = &'static [(&'static str, &'static str)];

/// Short times, so that a test need not wait for hours.
pub const QUICK: Changes = &[
    ("min = \"1h\"", "min = \"1s\""),
    ("grace = \"60s\"", "grace = \"1s\""),
    ("first_retry = \"2s\"", "first_retry = \"1s\""),
    ("retry_max = \"15m\"", "retry_max = \"1s\""),
];

/// One provider, running or not.
pub struct House {
    pub folder: PathBuf,
    running: Option<Running>,
}

/// Two providers that trust each other.
pub struct Town {
    _folder: Option<tempfile::TempDir>,
    pub north: House,
    pub south: House,
}

impl House {
    pub fn provider(&self) -> &Arc<Provider> {
        &self.running.as_ref().unwrap().provider
    }

    pub async fn start(&mut self) {
        let config = Config::load(&self.folder.join("provider.toml")).unwrap();
        self.running = Some(Running::start(config).await.unwrap());
    }

    pub async fn stop(&mut self) {
        self.running.take().unwrap().stop().await.unwrap();
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &'static str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        self.provider()
            .store
            .read(move |db| Ok::<_, StoreError>(db.query_row(&sql, [], |row| row.get(0))?))
            .await
            .unwrap()
    }

    /// Opens an account with keys and certificates.
    pub async fn person(&self, address: &str) -> Person {
        Person::new(Arc::clone(self.provider()), address).await
    }
}

impl Town {
    pub async fn new(changes: Changes) -> Self {
        let mut town = Self::not_started(changes).await;
        town.north.start().await;
        town.south.start().await;
        town
    }

    pub async fn not_started(changes: Changes) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut town = Self::made_in(folder.path(), changes).await;
        town._folder = Some(folder);
        town
    }

    /// In a folder that outlives the process, where the town may stand already.
    pub async fn made_in(folder: &Path, changes: Changes) -> Self {
        if !folder.join("complete").exists() {
            Self::make(folder, changes).await;
            std::fs::write(folder.join("complete"), "").unwrap();
        }
        let house = |name| House { folder: folder.join(name), running: None };
        Self { _folder: None, north: house("north"), south: house("south") }
    }

    async fn make(folder: &Path, changes: Changes) {
        let ports = free_ports();
        let folders = [folder.join("north"), folder.join("south")];
        let domains = ["north.example", "south.example"];
        for ((path, domain), port) in folders.iter().zip(domains).zip(ports) {
            let listen = Some(format!("127.0.0.1:{port}"));
            let quickstart = Quickstart {
                domain: domain.to_owned(),
                folder: path.clone(),
                listen,
                endpoint: None,
                organisation: None,
            };
            quickstart.run().await.unwrap();
        }
        for (own, other) in [(0, 1), (1, 0)] {
            let root = folders[other].join("certificates/root.pem");
            let peer = format!(
                "\n[[peer]]\ndomain = \"{}\"\nroot = \"{}\"\nendpoint = \"127.0.0.1:{}\"\n",
                domains[other],
                root.display(),
                ports[other]
            );
            change(&folders[own].join("provider.toml"), changes, &peer);
        }
    }
}

pub fn change(config: &Path, changes: Changes, more: &str) {
    let mut text = std::fs::read_to_string(config).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from} does not stand in the configuration");
        text = text.replacen(from, to, 1);
    }
    std::fs::write(config, text + more).unwrap();
}

fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// Somebody with an account.
pub struct Person {
    pub provider: Arc<Provider>,
    pub account: Account,
    signature: (SigningKey, Certificate),
    authentication: (SigningKey, Certificate),
}

impl Person {
    async fn new(provider: Arc<Provider>, address: &str) -> Self {
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

    /// Hands a letter over, as the front door would.
    pub async fn submits(&self, letter: &Letter) -> Result<SubmissionAnswer, ServiceError> {
        let head = letter.head.clone();
        let json = head.to_json();
        let parts = letter.stored_parts(&self.provider).await;
        submission::submit(&self.provider, &self.account, &json, head, parts).await
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

/// A letter as its sender makes it.
#[derive(Clone)]
pub struct Letter {
    pub head: SubmissionHead,
    pub parts: Vec<Vec<u8>>,
    /// One per recipient, for looking for them where they must not be.
    pub release_shares: Vec<[u8; 32]>,
    pub carrier_keys: Vec<[u8; 32]>,
    pub disclosures: Vec<Disclosure>,
}

/// What a test wants to vary.
pub struct Wish<'a> {
    pub mode: ConsignmentMode,
    pub deadline_in: i64,
    pub octets: usize,
    pub to: &'a [&'a str],
    /// Whose name stands in the sender's disclosure, if not the sender's own.
    pub in_the_name_of: Option<&'a str>,
    /// Leave the release share out of the slip.
    pub forgets_share: bool,
}

impl Default for Wish<'_> {
    fn default() -> Self {
        Self {
            mode: ConsignmentMode::Basic,
            deadline_in: 3600,
            octets: 5000,
            to: &["bert@south.example"],
            in_the_name_of: None,
            forgets_share: false,
        }
    }
}

impl Letter {
    /// A letter from a person, by whose own provider the reply path is sealed. `routing` are the
    /// providers of the recipients.
    pub fn new(from: &Person, routing: &Provider, wish: &Wish<'_>) -> Self {
        let random = &mut clock::system_random();
        let consent = wish.mode.needs_acceptance();
        let sender = match wish.in_the_name_of {
            Some(name) => Address::parse(name).unwrap(),
            None => from.account.address.clone(),
        };
        let disclosures = vec![Disclosure::identifier(&sender, random)];
        let letter_id = LetterId::random(random);
        let content_commitment = Digest::of(&clock::random_octets::<32>());
        let mut parts = Vec::new();
        let body = consent.then(|| {
            parts.push(ciphertext(wish.octets));
            PartDigest::of(&parts[0])
        });
        let mut letter = Self {
            head: SubmissionHead {
                version: SUBMISSION_VERSION.to_owned(),
                letter_id,
                mode: wish.mode,
                deadline: consent
                    .then(|| Deadline::from_unix(clock::now_unix() + wish.deadline_in)),
                content_commitment,
                body,
                sender: disclosures.clone(),
                consignments: Vec::new(),
            },
            parts,
            release_shares: Vec::new(),
            carrier_keys: Vec::new(),
            disclosures,
        };
        for address in wish.to {
            letter.add(from, routing, wish, &Address::parse(address).unwrap());
        }
        letter
    }

    fn add(&mut self, from: &Person, routing: &Provider, wish: &Wish<'_>, to: &Address) {
        let random = &mut clock::system_random();
        let consent = wish.mode.needs_acceptance();
        let dispatch_id = DispatchId::random(random);
        let enveloped = ciphertext(if consent { 3000 } else { wish.octets });
        let digest = PartDigest::of(&enveloped);
        let (carrier_key, release_share) = (Share::random(random), Share::random(random));
        let recipient = Disclosure::identifier(to, random);
        let path = ReplyPath { mailbox: from.account.address.clone() };
        let own_key = from.provider.keys.routing().public();
        self.carrier_keys.push(*carrier_key.expose());
        self.release_shares.push(*release_share.expose());
        self.disclosures.push(recipient.clone());
        let slip = RelaySlip {
            recipient: recipient.clone(),
            carrier_key,
            release_share: (consent && !wish.forgets_share).then_some(release_share),
            reply_path: path.seal(&own_key, dispatch_id, random).unwrap(),
        };
        let head = &mut self.head;
        let binding = SlipBinding::new(
            head.letter_id,
            dispatch_id,
            digest,
            head.body,
            head.content_commitment,
        );
        head.consignments.push(SubmittedConsignment {
            dispatch_id,
            domain: to.domain(),
            recipient: PartyReference::to(&[recipient], None),
            enveloped: digest,
            slip: slip.seal(&routing.keys.routing().public(), &binding, random).unwrap(),
        });
        self.parts.push(enveloped);
    }

    /// The parts as the front door would have taken them in.
    pub async fn stored_parts(&self, provider: &Provider) -> Vec<StoredPart> {
        let mut stored = Vec::new();
        for (announced, octets) in self.head.parts().into_iter().zip(&self.parts) {
            stored.push(stored_part(provider, announced, octets).await);
        }
        stored
    }

    pub fn dispatch_id(&self) -> DispatchId {
        self.head.consignments[0].dispatch_id
    }
}

pub async fn stored_part(provider: &Provider, announced: PartDigest, octets: &[u8]) -> StoredPart {
    let mut intake = PartIntake::begin(provider, announced);
    for piece in octets.chunks(7000) {
        intake.write(piece).await.unwrap();
    }
    intake.finish().await.unwrap()
}

/// Something that is encrypted, for nobody in particular.
fn ciphertext(octets: usize) -> Vec<u8> {
    let random = &mut clock::system_random();
    let kek = KeyEncryptionKey::generate(random);
    let slots = [RecipientSlot::KeyEncryption { id: b"nobody", kek: &kek }];
    seal(&vec![b'x'; octets], &slots, &ContentKey::generate(random), random).unwrap()
}

/// Polls until something holds.
pub async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    for _ in 0..300 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("waited in vain until {what}");
}
