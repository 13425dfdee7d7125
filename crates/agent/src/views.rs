//! What the agent tells its person: plain values, verified where they say so.

mod handing_in;
mod received;
mod sent;

use crate::ciphers::CipherView;
use crate::errors::AgentError;
use crate::limits;
use crate::session::Agent;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::verdict::Outcome;
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::event::Event;
use sealpost_erds::{Address, ConsignmentMode, Digest, DispatchId, LetterId};
use sealpost_letter::{Attachment, Suite};

pub use handing_in::{Handed, HandingIn, NotHandedIn, SendReport, Submitted};

/// What the agent is at, for a progress display.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Asks for recipients' certificates.
    Recipients,
    /// Signs, time-stamps and encrypts.
    Encrypting,
    /// Hands a letter in.
    HandingIn,
    /// Fetches letters and evidence.
    Fetching,
    /// Encrypts large attachments.
    Sealing(Amount),
    /// Sends large attachments.
    Uploading(Amount),
    /// Fetches large attachments.
    Downloading(Amount),
    /// Signs a decision.
    Signing,
    /// Asks for certificates, or says that they are in use.
    Certifying,
    /// Encrypts the archive anew.
    Moving {
        /// Records that were moved.
        moved: u64,
        /// Records in all.
        of: u64,
    },
}

/// How far something large has come, in octets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    /// So many are done; what was there before counts.
    pub done: u64,
    /// Of so many.
    pub total: u64,
}

/// Where a received letter stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It waits for acceptance.
    Waiting,
    /// It may be opened and was not fetched yet.
    Available,
    /// It was opened here.
    Opened,
    /// It is here, under an experimental cipher that is not installed or does not open it.
    Experimental,
    /// The person refused it.
    Refused,
    /// The deadline passed without a decision.
    Expired,
    /// What came does not verify.
    Unverified,
}

impl State {
    /// The stable code of an act that this state does not allow.
    pub(crate) const fn refusal(self) -> &'static str {
        match self {
            Self::Waiting => "not-accepted",
            Self::Available | Self::Experimental => "already-accepted",
            Self::Opened => "already-opened",
            Self::Refused => "already-refused",
            Self::Expired => "deadline-over",
            Self::Unverified => "not-verified",
        }
    }
}

/// A result in the terms of EN 319 102-1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// `TOTAL-PASSED`, `INDETERMINATE` or `TOTAL-FAILED`.
    pub indication: &'static str,
    /// The sub-indication, unless it passed.
    pub sub_indication: Option<&'static str>,
    /// Why, unless it passed; names nobody.
    pub detail: Option<String>,
}

impl Verdict {
    fn of<T>(outcome: &Outcome<T>) -> Self {
        let shortfall = outcome.shortfall();
        Self {
            indication: outcome.indication(),
            sub_indication: shortfall.map(|shortfall| shortfall.sub.code()),
            detail: shortfall.map(|shortfall| shortfall.detail.clone()),
        }
    }
}

/// A signature and when it provably existed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignatureView {
    /// The verdict.
    pub verdict: Verdict,
    /// Since when it provably exists, in Unix seconds.
    pub proven_time: Option<i64>,
    /// When the signer says it was made.
    pub claimed_time: Option<i64>,
    /// The trust anchor's subject.
    pub trust_anchor: Option<String>,
    /// The algorithm policy applied.
    pub algorithm_policy: String,
}

/// Somebody with an address, and a name if a certificate vouches for it.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonView {
    /// The address.
    pub address: Address,
    /// The certified name.
    pub name: Option<String>,
    /// How surely his provider identified him.
    pub assurance: Option<Assurance>,
}

/// One proven event.
#[derive(Debug, Clone)]
pub struct StepView {
    /// The event.
    pub event: Event,
    /// The issuer's domain.
    pub issuer: String,
    /// When it provably had happened, in Unix seconds.
    pub proven_time: Option<i64>,
    /// The reason's code and name in the standard.
    pub reason: Option<(&'static str, &'static str)>,
    /// The verdict on the evidence.
    pub indication: &'static str,
    /// The way that it is about.
    pub dispatch_id: DispatchId,
    /// How surely the sender is identified, as the issuer states it in evidence that holds.
    pub(crate) sender_assurance: Option<Assurance>,
    /// The signed octets.
    pub octets: Vec<u8>,
}

/// One recipient of a sent letter.
#[derive(Clone)]
pub struct RecipientView {
    /// The address.
    pub address: Address,
    /// The letter's way to him.
    pub dispatch_id: DispatchId,
    /// What is proven, in the order of proven times.
    pub steps: Vec<StepView>,
}

/// A letter as its sender knows it.
#[derive(Clone)]
pub struct OutgoingView {
    /// The letter.
    pub letter_id: LetterId,
    /// How it is consigned.
    pub mode: ConsignmentMode,
    /// What it was encrypted by.
    pub suite: Suite,
    /// The subject.
    pub subject: String,
    /// The sender's own reference.
    pub reference: Option<String>,
    /// The date in the letter, in Unix seconds.
    pub date: i64,
    /// Until when it may be accepted.
    pub deadline: Option<i64>,
    /// Whether it is one blind recipient's copy.
    pub blind_copy: bool,
    /// Whether it was handed in.
    pub handing_in: HandingIn,
    /// Its recipients.
    pub recipients: Vec<RecipientView>,
}

/// What a synchronisation brought.
#[derive(Default)]
pub struct SyncReport {
    /// Letters that came.
    pub letters_new: u64,
    /// Evidence that came.
    pub evidence_new: u64,
    /// Letters that were handed in only now.
    pub handed_in: u64,
    /// Letters that could not be handed in.
    pub not_handed_in: Vec<NotHandedIn>,
    /// Why the first of them could not; or else why the update of the algorithm policy was refused.
    pub fault: Option<AgentError>,
    /// Letters in the mailbox that could not be fetched, opened or confirmed, of any cause that is
    /// about them alone, and letters whose content does not verify. They stay at the provider and
    /// are tried again. Of letters that wait for a decision only the inbox says whether their
    /// notice verifies.
    pub unreadable: u64,
    /// Letters that wait for a decision.
    pub waiting: Vec<InboxEntry>,
    /// The policy that has taken effect, if it is another one than before.
    pub policy: Option<String>,
}

/// One received letter in a list.
#[derive(Clone)]
pub struct InboxEntry {
    /// The letter.
    pub letter_id: LetterId,
    /// Its way here.
    pub dispatch_id: DispatchId,
    /// Where it stands.
    pub state: State,
    /// How it is consigned.
    pub mode: ConsignmentMode,
    /// Who signed, if that is verified.
    pub sender: Option<PersonView>,
    /// The sender's provider.
    pub sender_provider: String,
    /// The subject, if it may be seen.
    pub subject: Option<String>,
    /// Until when it may be accepted.
    pub deadline: Option<i64>,
    /// Octets of ciphertext.
    pub octets: u64,
}

/// One received letter.
#[derive(Clone)]
pub struct Shown {
    /// As in the list.
    pub entry: InboxEntry,
    /// What it was encrypted by.
    pub suite: Suite,
    /// The own provider.
    pub recipient_provider: String,
    /// The signature over notice or content.
    pub signature: SignatureView,
    /// When it was decided about, as proven.
    pub decided: Option<i64>,
    /// The experimental cipher that was around the content, inside the suite's own encryption.
    pub experiment: Option<CipherView>,
    /// Number and octets of the documents, if known.
    pub attachments: Option<(u64, u64)>,
    /// Visible recipients, if they may be seen.
    pub recipients: Option<Vec<Address>>,
    /// Whether it is a blind copy.
    pub blind_copy: bool,
    /// The content, only if its signature is TOTAL-PASSED.
    pub content: Option<ContentView>,
}

/// A verified content.
#[derive(Clone)]
pub struct ContentView {
    /// The date in the letter.
    pub date: i64,
    /// To.
    pub to: Vec<Address>,
    /// Cc.
    pub cc: Vec<Address>,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
    /// Documents.
    pub attachments: Vec<Attachment>,
    /// Large documents, which travel beside the letter.
    pub large: Vec<LargeView>,
    /// The whole content as it was signed, for a mail program.
    pub mime: Vec<u8>,
}

/// A large document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LargeView {
    /// Its name.
    pub file_name: String,
    /// Its media type.
    pub media_type: String,
    /// Octets of the file.
    pub octets: u64,
    /// SHA-256 of the file, which the sender has signed.
    pub sha256: Digest,
    /// Whether all of it is here, as ciphertext.
    pub here: bool,
}

/// What became of a decision.
#[derive(Clone)]
pub struct Decided {
    /// The letter.
    pub letter_id: LetterId,
    /// Its way here.
    pub dispatch_id: DispatchId,
    /// Where it stands now.
    pub state: State,
    /// What is proven.
    pub steps: Vec<StepView>,
}

/// Who the person is.
#[derive(Clone)]
pub struct IdentityView {
    /// The person.
    pub person: PersonView,
    /// The organisation in the certificate.
    pub organisation: Option<String>,
    /// The provider.
    pub provider: String,
    /// Signature, authentication and encryption certificates, by what they are for.
    pub certificates: Vec<(&'static str, Certificate)>,
    /// The root that issued them.
    pub root: Certificate,
    /// How far a rotation is.
    pub rotation: RotationView,
}

/// How it stands about new keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RotationView {
    /// One was begun and not finished.
    pub under_way: bool,
    /// Sets of former keys that still open letters.
    pub former_keys: usize,
    /// When the first of the certificates ends.
    pub first_end: i64,
}

impl RotationView {
    /// Whether it is time to rotate, at that moment.
    pub const fn is_due(&self, now: i64) -> bool {
        self.under_way || self.first_end - now < limits::RENEWAL_DUE_DAYS * 24 * 3600
    }
}

impl Agent {
    /// Who the person is.
    pub fn identity(&self) -> IdentityView {
        let account = &self.account;
        let hybrid = self.certificates.hybrid.iter().flat_map(|hybrid| {
            [
                ("hybrid-signature", hybrid.signature.clone()),
                ("hybrid-encryption", hybrid.encryption.clone()),
            ]
        });
        let static_dh = self.certificates.static_dh.iter().map(|it| ("static-dh", it.clone()));
        IdentityView {
            person: PersonView {
                address: account.address.clone(),
                name: Some(account.name.clone()),
                assurance: Some(account.assurance),
            },
            organisation: self.certificates.signature.organisation(),
            provider: self.domain().as_str().to_owned(),
            certificates: [
                ("signature", self.certificates.signature.clone()),
                ("authentication", self.certificates.authentication.clone()),
                ("encryption", self.certificates.encryption.clone()),
            ]
            .into_iter()
            .chain(hybrid)
            .chain(static_dh)
            .collect(),
            root: self.certificates.root.clone(),
            rotation: self.rotation_view(),
        }
    }
}
