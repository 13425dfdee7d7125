//! What the vault keeps of a person's mail, as JSON records.

use crate::errors::{AgentError, PostError};
use crate::layered::Experiment;
use crate::vault::{Kind, Vault};
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::relay::RelayMetadata;
use sealpost_erds::slip::Share;
use sealpost_erds::{Address, Digest, DispatchId, Octets};
use sealpost_letter::Suite;
use sealpost_wire::api::{CertificateRequests, HybridCertificates, HybridRequests};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

pub(crate) const ACCOUNT: Kind = Kind::new("account");
pub(crate) const ASKED: Kind = Kind::new("asked");
/// What a rotation has asked for and was given, until the new keys are in use.
pub(crate) const RENEWAL: Kind = Kind::new("renewal");
pub(crate) const PEER: Kind = Kind::new("peer");
pub(crate) const PENDING: Kind = Kind::new("pending");
/// Submissions that the provider refused for good, by letter.
pub(crate) const REFUSED: Kind = Kind::new("refused");
pub(crate) const SENT: Kind = Kind::new("sent");
pub(crate) const RECEIVED: Kind = Kind::new("received");
pub(crate) const CONTENT: Kind = Kind::new("content");
pub(crate) const EVIDENCE: Kind = Kind::new("evidence");
pub(crate) const DECISION: Kind = Kind::new("decision");
/// Addresses whose certificate of a better suite was seen, by address.
pub(crate) const SEEN: Kind = Kind::new("seen");
/// Evidence with a decision that cannot be judged yet, by the name of the evidence.
pub(crate) const SEALED: Kind = Kind::new("sealed");
/// Evidence that this version cannot read, by its digest: a newer one may.
pub(crate) const UNREADABLE: Kind = Kind::new("unreadable");

/// The one account of a profile.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Account {
    pub(crate) address: Address,
    pub(crate) name: String,
    pub(crate) assurance: Assurance,
    pub(crate) endpoint: String,
    pub(crate) root: Octets,
    pub(crate) signature: Octets,
    pub(crate) authentication: Octets,
    pub(crate) encryption: Octets,
    /// Those of the suite `hybrid-2026`.
    #[serde(default)]
    pub(crate) hybrid: Option<HybridCertificates>,
    /// That of the suite `static-dh-cbc-hmac`.
    #[serde(default)]
    pub(crate) static_dh: Option<Octets>,
    /// What letters were encrypted for before rotations, the newest last.
    #[serde(default)]
    pub(crate) former: Vec<FormerCertificates>,
    /// Whether the provider does not know yet that these certificates are in use.
    #[serde(default)]
    pub(crate) unconfirmed: bool,
}

/// Encryption certificates that were in use: old letters name them beside their reader.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct FormerCertificates {
    pub(crate) encryption: Octets,
    /// Of the suite `hybrid-2026`.
    pub(crate) hybrid: Option<Octets>,
    /// Of the suite `static-dh-cbc-hmac`.
    #[serde(default)]
    pub(crate) static_dh: Option<Octets>,
}

/// What was asked for at registration, until the answer is here. The provider knows a repetition
/// by these octets, and each signature would be made with another nonce.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) signature: Octets,
    pub(crate) authentication: Octets,
    pub(crate) encryption: Octets,
    #[serde(default)]
    pub(crate) hybrid: Option<HybridRequests>,
    #[serde(default)]
    pub(crate) static_dh: Option<Octets>,
    /// For which address; the requests of earlier versions were for any.
    #[serde(default)]
    pub(crate) address: Option<Address>,
    /// A certified identity's statement about these requests, and for which address.
    pub(crate) identity: Option<(Address, Octets)>,
}

/// Another provider, by the root it had when first met, or that the person has confirmed since.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Peer {
    pub(crate) root: Octets,
    pub(crate) discovery: Octets,
    /// Authorities that the provider has named for time, ever: old evidence keeps its proof.
    #[serde(default)]
    pub(crate) for_time: Vec<Octets>,
    /// Roots that the person has replaced.
    #[serde(default)]
    pub(crate) former: Vec<Former>,
}

/// A root that another provider had.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Former {
    pub(crate) root: Octets,
    /// When the person confirmed its successor, in Unix seconds by the clock of this machine.
    pub(crate) replaced: i64,
}

/// What was seen of a recipient.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Seen {
    /// The best suite that he had a certificate for.
    pub(crate) suite: Suite,
}

/// A submission that the provider has not confirmed. Its octets never change.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Pending {
    pub(crate) head: Octets,
    pub(crate) parts: Vec<Digest>,
    /// The objects beside it, which are removed here once the provider has them.
    #[serde(default)]
    pub(crate) objects: Vec<Digest>,
    /// Whether the provider has had all of them.
    #[serde(default)]
    pub(crate) uploaded: bool,
    /// Why the last try failed, as a stable code.
    #[serde(default)]
    pub(crate) failed: Option<String>,
}

/// A submission that the provider refused without evidence.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Refusal {
    /// Why, as a stable code.
    pub(crate) code: String,
}

/// A letter that came.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Received {
    pub(crate) metadata: RelayMetadata,
    pub(crate) carrier_key: Share,
    /// By which of the own keys it was opened.
    #[serde(default = "Suite::of_earlier_records")]
    pub(crate) suite: Suite,
    /// SHA-256 of the own certificate that it was encrypted for; none in records from before
    /// certificates could change.
    #[serde(default)]
    pub(crate) certificate: Option<Digest>,
    /// The signed notice, in the modes that need acceptance.
    pub(crate) notice: Option<Octets>,
    pub(crate) content_key: Option<Share>,
    pub(crate) release_share: Option<Share>,
    /// The own signed acceptance or refusal, stored before it is sent.
    pub(crate) decision: Option<Octets>,
    pub(crate) accepted: bool,
    pub(crate) handed_over: bool,
    /// The objects of its large attachments, once the content that names them is here.
    #[serde(default)]
    pub(crate) objects: Vec<Digest>,
    /// What lists show of the content, once it was verified.
    #[serde(default)]
    pub(crate) listed: Option<Listed>,
    /// The experimental cipher around the content.
    #[serde(default)]
    pub(crate) experiment: Option<Experiment>,
}

/// What a list shows of a content that was verified, and under what.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Listed {
    pub(crate) algorithm_policy: String,
    /// The roots that were believed, as [`crate::session::Trust::roots`] names them.
    pub(crate) roots: Digest,
    pub(crate) sender: Address,
    pub(crate) sender_name: String,
    pub(crate) subject: String,
}

impl Asked {
    /// Whether the requests can ask for this address.
    pub(crate) fn is_for(&self, address: &Address) -> bool {
        self.address.as_ref().is_none_or(|of| of == address)
    }

    /// The digest over all requests, for a statement about them.
    pub(crate) fn digest(&self) -> Digest {
        let requests = CertificateRequests {
            signature: &self.signature,
            authentication: &self.authentication,
            encryption: &self.encryption,
            hybrid: self.hybrid.as_ref(),
            static_dh: self.static_dh.as_ref(),
        };
        requests.digest()
    }
}

impl Received {
    pub(crate) fn name(&self) -> String {
        self.metadata.dispatch_id.hex()
    }

    /// By which of the own certificates it is read.
    pub(crate) const fn read_by(&self) -> ReadBy {
        ReadBy { suite: self.suite, certificate: self.certificate }
    }

    /// Whether an experimental cipher keeps it closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.experiment.as_ref().is_some_and(|experiment| experiment.closed.is_some())
    }
}

/// Which of the own certificates a letter was encrypted for.
#[derive(Clone, Copy)]
pub(crate) struct ReadBy {
    pub(crate) suite: Suite,
    pub(crate) certificate: Option<Digest>,
}

/// One evidence, verbatim.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) evidence: Octets,
    /// The sealed decision that came with it, as long as it could not be opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) attachment: Option<Octets>,
}

impl Kept {
    pub(crate) const fn of(evidence: Octets) -> Self {
        Self { evidence, attachment: None }
    }
}

/// The name of an evidence record: the dispatch first, so that those of one way stand together.
pub(crate) fn evidence_name(dispatch_id: DispatchId, evidence: &[u8]) -> String {
    format!("{}-{}", dispatch_id.hex(), Digest::of(evidence).hex())
}

/// Reads one record.
pub(crate) fn get<T: DeserializeOwned>(
    vault: &Vault,
    kind: Kind,
    name: &str,
) -> Result<Option<T>, AgentError> {
    vault.get(kind, name)?.map(|record| read(&record.octets)).transpose()
}

/// Reads all records of a kind, by name.
pub(crate) fn list<T: DeserializeOwned>(
    vault: &Vault,
    kind: Kind,
) -> Result<Vec<(String, T)>, AgentError> {
    vault
        .list(kind)?
        .into_iter()
        .map(|record| Ok((record.name.to_string(), read(&record.octets)?)))
        .collect()
}

/// Reads the records of a kind whose names begin with `prefix`.
pub(crate) fn list_beginning<T: DeserializeOwned>(
    vault: &Vault,
    kind: Kind,
    prefix: &str,
) -> Result<Vec<T>, AgentError> {
    vault.list_beginning(kind, prefix)?.iter().map(|record| read(&record.octets)).collect()
}

/// Writes one record in a transaction of its own.
pub(crate) fn put<T: Serialize>(
    vault: &Vault,
    kind: Kind,
    name: &str,
    value: &T,
) -> Result<(), AgentError> {
    let octets = write(value)?;
    vault.commit(|tx| tx.put(kind, name, &octets).map_err(AgentError::from))
}

pub(crate) fn read<T: DeserializeOwned>(octets: &[u8]) -> Result<T, AgentError> {
    serde_json::from_slice(octets).map_err(|_| PostError::Archive.into())
}

pub(crate) fn write<T: Serialize>(value: &T) -> Result<zeroize::Zeroizing<Vec<u8>>, AgentError> {
    serde_json::to_vec(value).map(zeroize::Zeroizing::new).map_err(|_| PostError::Archive.into())
}

#[cfg(test)]
mod tests;
