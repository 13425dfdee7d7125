//! Requests and answers of the HTTP API under `/v1`, in JSON.

use sealpost_erds::disclosure::Assurance;
use sealpost_erds::registration::RegistrationStatement;
use sealpost_erds::relay::{Receipt, RelayMetadata};
use sealpost_erds::{Address, Digest, DispatchId, Domain, Octets};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// `GET /v1/registrations/challenge`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationChallenge {
    /// To be repeated in the signed statement, within a few minutes.
    #[schema(value_type = String, format = Byte)]
    pub challenge: Octets,
}

/// `POST /v1/registrations`: keys born at the user ask for certificates. Exactly one of
/// `invitation` and `identity` says why the provider should believe who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationRequest {
    /// The address wanted.
    #[schema(value_type = String, example = "anna@north.example")]
    pub address: Address,
    /// The one-time token of an invitation by the operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<String>,
    /// A statement signed with an identity that a trusted issuer certified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Byte)]
    pub identity: Option<Octets>,
    /// PKCS#10 (RFC 2986) for the key that signs in the person's name.
    #[schema(value_type = String, format = Byte)]
    pub signature_request: Octets,
    /// PKCS#10 for the key that authenticates the person.
    #[schema(value_type = String, format = Byte)]
    pub authentication_request: Octets,
    /// PKCS#10 for the key that letters are encrypted for.
    #[schema(value_type = String, format = Byte)]
    pub encryption_request: Octets,
    /// Requests for the keys of the suite `hybrid-2026`. Without them the person has `smime-2019`
    /// alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hybrid: Option<HybridRequests>,
    /// For the fixed key (X25519) of the suite `static-dh-cbc-hmac`, stated as
    /// `hybrid.encryption_request` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Byte)]
    pub static_dh_request: Option<Octets>,
}

/// Requests for the keys of the suite `hybrid-2026`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HybridRequests {
    /// PKCS#10 for the key (ML-DSA-65) that signs letters in the person's name beside the other.
    #[schema(value_type = String, format = Byte)]
    pub signature_request: Octets,
    /// For the key (ML-KEM-768 with X25519) that letters are encrypted for. Such a key cannot sign:
    /// the request names the address and is signed with the key of `signature_request`, in the sense
    /// of RFC 9883.
    #[schema(value_type = String, format = Byte)]
    pub encryption_request: Octets,
}

/// All certificate requests of one person, wherever they stand.
#[derive(Clone, Copy)]
pub struct CertificateRequests<'a> {
    /// For the key that signs in the person's name.
    pub signature: &'a Octets,
    /// For the key that authenticates the person.
    pub authentication: &'a Octets,
    /// For the key that letters are encrypted for.
    pub encryption: &'a Octets,
    /// Of the suite `hybrid-2026`.
    pub hybrid: Option<&'a HybridRequests>,
    /// Of the suite `static-dh-cbc-hmac`.
    pub static_dh: Option<&'a Octets>,
}

impl CertificateRequests<'_> {
    /// What a statement about all of them repeats.
    pub fn digest(&self) -> Digest {
        let hybrid =
            self.hybrid.iter().flat_map(|it| [&it.signature_request, &it.encryption_request]);
        let all = [self.signature, self.authentication, self.encryption].into_iter().chain(hybrid);
        let all: Vec<&[u8]> = all.chain(self.static_dh).map(|it| it.0.as_slice()).collect();
        RegistrationStatement::digest_of_requests(&all)
    }
}

/// `POST /v1/account/certificates`: somebody with a mailbox asks for certificates for new keys, of
/// all suites.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewalRequest {
    /// PKCS#10 (RFC 2986) for the new key that signs in the person's name.
    #[schema(value_type = String, format = Byte)]
    pub signature_request: Octets,
    /// PKCS#10 for the new key that authenticates the person.
    #[schema(value_type = String, format = Byte)]
    pub authentication_request: Octets,
    /// PKCS#10 for the new key that letters are encrypted for.
    #[schema(value_type = String, format = Byte)]
    pub encryption_request: Octets,
    /// Requests for the new keys of the suite `hybrid-2026`.
    pub hybrid: HybridRequests,
    /// For the new fixed key of the suite `static-dh-cbc-hmac`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Byte)]
    pub static_dh_request: Option<Octets>,
    /// A statement about all these requests, signed with the present signature key.
    #[schema(value_type = String, format = Byte)]
    pub statement: Octets,
}

/// The answer: certificates (DER). The revocation list of their issuer is a document of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistrationAnswer {
    /// The address registered.
    #[schema(value_type = String)]
    pub address: Address,
    /// The name that the certificates carry.
    pub name: String,
    /// How surely the provider identified the person.
    #[schema(value_type = String)]
    pub assurance: Assurance,
    /// For signatures.
    #[schema(value_type = String, format = Byte)]
    pub signature_certificate: Octets,
    /// For authentication.
    #[schema(value_type = String, format = Byte)]
    pub authentication_certificate: Octets,
    /// For encryption.
    #[schema(value_type = String, format = Byte)]
    pub encryption_certificate: Octets,
    /// Of the suite `hybrid-2026`, if they were asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hybrid: Option<HybridCertificates>,
    /// Of the suite `static-dh-cbc-hmac`, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Byte)]
    pub static_dh_certificate: Option<Octets>,
    /// The root that issued them.
    #[schema(value_type = String, format = Byte)]
    pub root_certificate: Octets,
}

/// Certificates of the suite `hybrid-2026`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HybridCertificates {
    /// For signatures.
    #[schema(value_type = String, format = Byte)]
    pub signature_certificate: Octets,
    /// For encryption.
    #[schema(value_type = String, format = Byte)]
    pub encryption_certificate: Octets,
}

/// `GET /v1/peers/{domain}`: how to reach and believe another provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PeerAnswer {
    /// The other provider.
    #[schema(value_type = String)]
    pub domain: Domain,
    /// Its root, as configured at the own provider (DER).
    #[schema(value_type = String, format = Byte)]
    pub root_certificate: Octets,
    /// Its sealed discovery document.
    #[schema(value_type = String, format = Byte)]
    pub discovery: Octets,
}

/// Whether a provider took a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Taken {
    /// It did; the evidence says so.
    Accepted,
    /// It did not; the evidence says why.
    Rejected,
}

/// `POST /v1/submissions`: one evidence per recipient, A.1 or A.2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SubmissionAnswer {
    /// Whether the submission was taken.
    pub outcome: Taken,
    /// Signed evidence, in the order of the consignments.
    #[schema(value_type = Vec<String>)]
    pub evidence: Vec<Octets>,
}

/// Where a letter stands at the recipient's provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LetterState {
    /// The recipient has to decide.
    Awaiting,
    /// It can be fetched.
    Consigned,
    /// It was fetched.
    HandedOver,
    /// The recipient refused it.
    Refused,
    /// Nobody decided in time.
    Expired,
}

/// A letter in the mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxLetter {
    /// What the provider knows of it.
    #[schema(value_type = Object)]
    pub metadata: RelayMetadata,
    /// Where it stands.
    pub state: LetterState,
    /// Opens the outer layer of the enveloped part (32 octets).
    #[schema(value_type = String, format = Byte)]
    pub carrier_key: Octets,
    /// The sender's provider's SubmissionAcceptance.
    #[schema(value_type = String, format = Byte)]
    pub submission_evidence: Octets,
}

/// An evidence in the mailbox.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxEvidence {
    /// For the acknowledgement.
    pub id: i64,
    /// Which letter it is about.
    #[schema(value_type = String)]
    pub dispatch_id: DispatchId,
    /// The signed evidence.
    #[schema(value_type = String, format = Byte)]
    pub evidence: Octets,
    /// Something from the other party that only this account can open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Byte)]
    pub attachment: Option<Octets>,
}

/// `GET /v1/mailbox`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxPage {
    /// Letters that wait or can be fetched.
    pub letters: Vec<MailboxLetter>,
    /// Evidence not yet acknowledged, oldest first.
    pub evidence: Vec<MailboxEvidence>,
    /// Whether more evidence waits; acknowledge and ask again.
    pub more: bool,
}

/// `POST /v1/mailbox/acknowledgement`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailboxAcknowledgement {
    /// Evidence that the agent has stored durably.
    pub ids: Vec<i64>,
}

/// `POST /v1/letters/{dispatch_id}/acceptance` and `…/refusal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionRequest {
    /// The signed decision (CMS).
    #[schema(value_type = String, format = Byte)]
    pub decision: Octets,
    /// The decision once more, sealed so that only the sender can open it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Byte)]
    pub for_sender: Option<Octets>,
}

/// The answer to a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionAnswer {
    /// C.3 and D.1, or C.4.
    #[schema(value_type = Vec<String>)]
    pub evidence: Vec<Octets>,
    /// The release share, after an acceptance (32 octets).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Byte)]
    pub release_share: Option<Octets>,
}

/// `POST /v1/letters/{dispatch_id}/handover`: the octets arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoverRequest {
    /// Whether the sender is told. In basic mode the recipient decides that: being told would
    /// show when he was at his machine.
    pub tell_sender: bool,
}

/// The answer: E.1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandoverAnswer {
    /// The signed evidence.
    #[schema(value_type = String, format = Byte)]
    pub evidence: Octets,
}

/// `POST /v1/relay/dispatches`: B.1 or B.2.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RelayAnswer {
    /// Whether the letter was taken over.
    pub outcome: Taken,
    /// The signed evidence.
    #[schema(value_type = String, format = Byte)]
    pub evidence: Octets,
}

/// `POST /v1/relay/receipts`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceiptBatch {
    /// At most 64.
    #[schema(value_type = Vec<Object>)]
    pub receipts: Vec<Receipt>,
}

/// `POST /v1/objects/missing` and `POST /v1/relay/objects/missing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectsQuestion {
    /// SHA-256 of each object, hexadecimal; at most 2048.
    #[schema(value_type = Vec<String>)]
    pub objects: Vec<Digest>,
}

/// The answer: those that are not here, or not from the one who asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectsAnswer {
    /// In the order of the question.
    #[schema(value_type = Vec<String>)]
    pub missing: Vec<Digest>,
}
