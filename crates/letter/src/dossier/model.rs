//! What a party holds of one letter, and how it becomes a dossier.
//!
//! Signed octets are passed on verbatim; nothing here re-serialises what somebody signed.

use super::container::{self, ContainerError, Part};
use super::manifest::Manifest;
use super::records::{Disclosures, DispatchOpening, Head, NamedRecipient, Opening};
use super::{layout, opening};
use crate::record::{SentRecipient, SentRecord, Shares};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::decode::DecodeError;
use sealpost_cms::path::Crl;
use sealpost_cms::signed::{
    ContentRef, Limits, Signature, SignatureRequest, SignedData, request_signature,
};
use sealpost_cms::time::{ClaimedTime, Deadline};
use sealpost_erds::disclosure::Disclosure;
use sealpost_erds::evidence::Evidence;
use sealpost_erds::format::to_json;
use sealpost_erds::slip::Share;
use sealpost_erds::{ConsignmentMode, Digest, DispatchId, LetterId};
use serde::{Deserialize, Serialize};
use std::{error, fmt};

/// Whose dossier it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Perspective {
    /// The recipient's: about himself alone.
    Recipient,
    /// The sender's: about all recipients of the letter.
    Sender,
}

/// Which letter the dossier is about, as every evidence about it repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterFacts {
    /// The letter.
    pub letter_id: LetterId,
    /// How it is consigned.
    pub mode: ConsignmentMode,
    /// Until when it could be accepted; in the consent modes only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// Salted commitment to the signed content.
    pub content_commitment: Digest,
}

/// What concerns one recipient. Everything but the identifier may be unknown to the party.
#[derive(Clone)]
pub struct RecipientParts {
    /// The letter's way to this recipient.
    pub dispatch_id: DispatchId,
    /// What travelled: the notice or, in basic mode, the letter.
    pub enveloped: Option<Vec<u8>>,
    /// The signed notice (SignedData, verbatim) in the consent modes. Without it, and with both
    /// keys, it is taken out of `enveloped`.
    pub notice: Option<Vec<u8>>,
    /// Opens the outer layer of `enveloped`.
    pub carrier_key: Option<Share>,
    /// The content key of the inner layer of `enveloped`.
    pub content_key: Option<Share>,
    /// The signed acceptance or refusal (SignedData, verbatim).
    pub decision: Option<Vec<u8>>,
    /// Who the recipient is, as far as the party wants to show it.
    pub disclosures: Vec<Disclosure>,
    /// The certificate that the letter was encrypted for.
    pub certificate: Option<Certificate>,
}

impl RecipientParts {
    /// Nothing but the identifier.
    pub const fn new(dispatch_id: DispatchId) -> Self {
        Self {
            dispatch_id,
            enveloped: None,
            notice: None,
            carrier_key: None,
            content_key: None,
            decision: None,
            disclosures: Vec::new(),
            certificate: None,
        }
    }
}

/// Everything a party holds of one letter.
#[derive(Clone)]
pub struct DossierParts {
    /// Whose dossier it is.
    pub perspective: Perspective,
    /// Which letter it is about.
    pub letter: LetterFacts,
    /// The signed content (SignedData, verbatim), if the party could open it.
    pub content: Option<Vec<u8>>,
    /// The locked body as it travelled; in the consent modes.
    pub body: Option<Vec<u8>>,
    /// What opens the locked body, if the party knows both halves. It goes along only together
    /// with body and content.
    pub shares: Option<Shares>,
    /// Who the sender is, as far as the party wants to show it.
    pub sender_disclosures: Vec<Disclosure>,
    /// The recipients that the dossier is about.
    pub recipients: Vec<RecipientParts>,
    /// All evidence (SignedData, verbatim), in the order in which it came.
    pub evidence: Vec<Vec<u8>>,
    /// Revocation lists that were current when the letter was sent. Without them nothing says
    /// that the recipients' encryption certificates counted.
    pub revocation_lists: Vec<Crl>,
}

impl DossierParts {
    /// What the record of a sent letter and its signed content say. Body, enveloped parts,
    /// decisions, evidence and revocation lists are for the caller to add.
    pub fn sent(record: &SentRecord, signed_content: Vec<u8>) -> Result<Self, DossierError> {
        let recipient = |sent: &SentRecipient| {
            let certificate = Certificate::from_der(&sent.certificate.0);
            Ok(RecipientParts {
                carrier_key: Some(sent.carrier_key.clone()),
                content_key: Some(sent.content_key.clone()),
                disclosures: vec![sent.disclosure.clone()],
                certificate: Some(certificate.map_err(DossierError::Certificate)?),
                ..RecipientParts::new(sent.dispatch_id)
            })
        };
        Ok(Self {
            perspective: Perspective::Sender,
            letter: LetterFacts {
                letter_id: record.letter_id,
                mode: record.mode,
                deadline: record.deadline,
                content_commitment: record.content_commitment,
            },
            content: Some(signed_content),
            body: None,
            shares: record.shares.clone(),
            sender_disclosures: record.sender_disclosures.clone(),
            recipients: record.recipients.iter().map(recipient).collect::<Result<_, _>>()?,
            evidence: Vec::new(),
            revocation_lists: Vec::new(),
        })
    }
}

/// Why parts make no dossier. They come from the party's own archive, so that is at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DossierError {
    /// A recipient's certificate does not read.
    Certificate(DecodeError),
    /// Names, order, number or size of the parts do not fit a container.
    Container(ContainerError),
    /// The signed content is no SignedData with content.
    Content,
    /// An evidence does not read.
    Evidence {
        /// Which, counted from zero.
        index: usize,
    },
}

impl DossierError {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Certificate(_) => "dossier-certificate",
            Self::Container(error) => error.code(),
            Self::Content => "dossier-content",
            Self::Evidence { .. } => "dossier-evidence",
        }
    }
}

impl fmt::Display for DossierError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificate(_) => f.write_str("a recipient's certificate does not read"),
            Self::Container(_) => f.write_str("the parts do not fit into a container"),
            Self::Content => f.write_str("the signed content does not read"),
            Self::Evidence { index } => write!(f, "evidence {index} does not read"),
        }
    }
}

impl error::Error for DossierError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        match self {
            Self::Certificate(error) => Some(error),
            Self::Container(error) => Some(error),
            _ => None,
        }
    }
}

/// A dossier that waits for the signature of the party that exports it.
pub struct DossierDraft {
    parts: Vec<Part>,
    manifest: Vec<u8>,
}

impl DossierDraft {
    /// Puts the parts in place and lists them in the manifest. Nothing is verified here: a party
    /// may show a letter whose evidence fails.
    pub fn new(parts: DossierParts) -> Result<Self, DossierError> {
        let mut placed = Placed::default();
        placed.put(layout::GUIDE_ENGLISH, GUIDE_ENGLISH.as_bytes());
        placed.put(layout::GUIDE_GERMAN, GUIDE_GERMAN.as_bytes());
        placed.put(layout::HEAD, &to_json(&Head::of(parts.perspective, parts.letter)));
        placed.put(layout::OPENING, &to_json(&opening(&parts)));
        placed.put(layout::DISCLOSURES, &to_json(&disclosures(&parts)));
        if let Some(signed) = parts.content {
            let entity = signed_octets(&signed).ok_or(DossierError::Content)?;
            placed.put(layout::CONTENT_ENTITY, &entity);
            placed.put(layout::CONTENT, &signed);
        }
        placed.put_some(layout::BODY, parts.body);
        for recipient in parts.recipients {
            placed.recipient(recipient, parts.letter.mode);
        }
        for (index, signed) in parts.evidence.into_iter().enumerate() {
            let read = signed_octets(&signed).and_then(|json| Evidence::from_json(&json).ok());
            let evidence = read.ok_or(DossierError::Evidence { index })?;
            let name = layout::evidence(index + 1, evidence.event, evidence.dispatch_id);
            placed.put(&name, &signed);
        }
        for (index, list) in parts.revocation_lists.iter().enumerate() {
            placed.put(&layout::revocation_list(index + 1), list.der());
        }
        container::check(&placed.0).map_err(DossierError::Container)?;
        let manifest = Manifest::of(&placed.0).to_xml();
        Ok(Self { parts: placed.0, manifest })
    }

    /// The octets that the exporting party signs.
    pub fn manifest(&self) -> &[u8] {
        &self.manifest
    }

    /// The question to the holder of the exporting party's letter signature key. The signature
    /// needs a time-stamp before [`DossierDraft::finish`].
    pub fn signature_request(&self, signer: &Certificate, time: ClaimedTime) -> SignatureRequest {
        request_signature(ContentRef::of(&self.manifest), None, signer, time, &[])
    }

    /// The container. `certificates` and `crls` are what the signature needs to be checked
    /// offline.
    pub fn finish(
        mut self,
        signature: &Signature,
        certificates: &[Certificate],
        crls: &[Crl],
    ) -> Result<Vec<u8>, DossierError> {
        let signature = signature.detached(certificates, crls);
        self.parts.push(Part { name: layout::MANIFEST.to_owned(), octets: self.manifest });
        self.parts.push(Part { name: layout::MANIFEST_SIGNATURE.to_owned(), octets: signature });
        container::write(self.parts).map_err(DossierError::Container)
    }
}

/// Parts with their names.
#[derive(Default)]
struct Placed(Vec<Part>);

impl Placed {
    fn put(&mut self, name: &str, octets: &[u8]) {
        self.put_some(name, Some(octets.to_vec()));
    }

    fn put_some(&mut self, name: &str, octets: Option<Vec<u8>>) {
        self.0.extend(octets.map(|octets| Part { name: name.to_owned(), octets }));
    }

    fn recipient(&mut self, recipient: RecipientParts, mode: ConsignmentMode) {
        let dispatch = recipient.dispatch_id;
        let notice = recipient.notice.clone().or_else(|| {
            let opening = dispatch_opening(&recipient).filter(|_| mode.needs_acceptance())?;
            let opened = opening::enveloped(recipient.enveloped.as_deref()?, &opening).ok()?;
            Some(opened.to_vec())
        });
        self.put_some(&layout::notice(dispatch), notice);
        self.put_some(&layout::enveloped(dispatch), recipient.enveloped);
        self.put_some(&layout::decision(dispatch), recipient.decision);
        let pem = recipient.certificate.map(|certificate| certificate.to_pem().into_bytes());
        self.put_some(&layout::recipient_certificate(dispatch), pem);
    }
}

/// The octets inside a SignedData, as a claim.
fn signed_octets(signed: &[u8]) -> Option<Vec<u8>> {
    let read = SignedData::from_der(signed, Limits::default()).ok()?;
    read.claims().content().map(<[u8]>::to_vec)
}

fn dispatch_opening(recipient: &RecipientParts) -> Option<DispatchOpening> {
    Some(DispatchOpening {
        dispatch_id: recipient.dispatch_id,
        carrier_key: recipient.carrier_key.clone()?,
        content_key: recipient.content_key.clone()?,
    })
}

/// Keys go along only with what they open and what comes out: others would show more than the
/// party shows.
fn opening(parts: &DossierParts) -> Opening {
    let consent = parts.letter.mode.needs_acceptance();
    let opens = |recipient: &&RecipientParts| {
        recipient.enveloped.is_some() && (consent || parts.content.is_some())
    };
    let recipients = parts.recipients.iter().filter(opens).filter_map(dispatch_opening);
    let shares = parts.shares.clone().filter(|_| parts.body.is_some() && parts.content.is_some());
    // What opens to an experimental layer cannot be compared with the signed content by anybody
    // without the plug-in, and nobody needs one to verify a dossier. [EXP-022]
    let shares = shares.filter(|shares| {
        let body = parts.body.as_deref().unwrap_or_default();
        !opening::is_layered(opening::locked_body(body, parts.letter.letter_id, shares))
    });
    let enveloped =
        |id| parts.recipients.iter().find(|it| it.dispatch_id == id)?.enveloped.as_deref();
    let compares = |opening: &DispatchOpening| {
        let octets = enveloped(opening.dispatch_id).unwrap_or_default();
        !opening::is_layered(opening::enveloped(octets, opening))
    };
    Opening::of(shares, recipients.filter(compares).collect())
}

fn disclosures(parts: &DossierParts) -> Disclosures {
    let recipients = parts.recipients.iter().map(|recipient| NamedRecipient {
        dispatch_id: recipient.dispatch_id,
        disclosures: recipient.disclosures.clone(),
    });
    Disclosures::of(parts.sender_disclosures.clone(), recipients.collect())
}

const GUIDE_ENGLISH: &str = include_str!("texts/README.txt");
const GUIDE_GERMAN: &str = include_str!("texts/LIESMICH.txt");
