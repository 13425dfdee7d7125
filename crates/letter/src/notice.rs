//! The notice of a letter that waits for acceptance: what the recipient learns before he decides.
//!
//! A notice is a signed MIME entity for one recipient: a text in German and English for people,
//! and a manifest for programs. The manifest shows exactly what the sender allows.

use crate::binding::LetterBinding;
use crate::compose::{Consignee, Plan};
use crate::content::Content;
use crate::draft::Party;
use crate::error::{ComposeError, Mismatch};
use crate::limits::{MANIFEST_OCTETS_MAX, RECIPIENTS_MAX, SUBJECT_OCTETS_MAX};
use crate::mime::write::{EntityDraft, PartDraft, entity};
use crate::mime::{names, read};
use crate::notice_text::notice_text;
use crate::parties::{discloses, sender_is};
use crate::signers::{algorithms_of, are_of_suite};
use sealpost_cms::policy::SignatureAlgorithm;
use sealpost_cms::signed::SignedContent;
use sealpost_cms::time::{ClaimedTime, Deadline};
use sealpost_erds::disclosure::{CLAIM_IDENTIFIER, Disclosure};
use sealpost_erds::format::{FormatError, from_json, to_json};
use sealpost_erds::relay::PartDigest;
use sealpost_erds::slip::Share;
use sealpost_erds::{Address, ConsignmentMode, Digest, DispatchId, Domain, LetterId};
use serde::{Deserialize, Serialize};
use std::fmt;
use zeroize::Zeroizing;

/// The version word of a manifest.
pub const NOTICE_VERSION: &str = "sealpost-notice/1";
/// The media type of a manifest.
pub const MANIFEST_MEDIA_TYPE: &str = "application/vnd.sealpost.notice+json";

const MANIFEST_FILE_NAME: &str = "notice.json";
const NOTICE_SUBJECT: &str =
    "Einschreiben wartet auf Annahme / Registered letter awaits acceptance";

/// The manifest as it stands in the notice.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    version: String,
    letter_id: LetterId,
    dispatch_id: DispatchId,
    mode: ConsignmentMode,
    deadline: Deadline,
    body: PartDigest,
    content_commitment: Digest,
    /// Who holds the other half of the key.
    releaser: Domain,
    sender: Party,
    blind_copy: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    visible_recipients: Option<Vec<Address>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    attachments: u32,
    attachments_octets: u64,
    recipient_share: Share,
    reply_key: Share,
    sender_disclosures: Vec<Disclosure>,
    recipient: Address,
    recipient_disclosure: Disclosure,
}

/// A notice, read from signed octets. Holds user text and one half of the body's key.
#[derive(Clone, PartialEq, Eq)]
pub struct Notice {
    date: ClaimedTime,
    text: String,
    manifest: Manifest,
    binding: LetterBinding,
    signed_by: Vec<Option<SignatureAlgorithm>>,
}

/// The notice of a letter for one recipient, as a MIME entity to sign.
pub(crate) fn write_notice(
    plan: &Plan,
    consignee: &Consignee,
    body: PartDigest,
    recipient_share: &Share,
    reply_key: &Share,
) -> Result<Vec<u8>, ComposeError> {
    let manifest = Manifest {
        version: NOTICE_VERSION.to_owned(),
        letter_id: plan.letter_id,
        dispatch_id: consignee.dispatch_id,
        mode: plan.mode,
        deadline: plan.deadline.ok_or(ComposeError::Deadline)?,
        body,
        content_commitment: plan.content_commitment,
        releaser: consignee.recipient.address().domain(),
        sender: plan.sender.clone(),
        blind_copy: plan.blind_copy,
        visible_recipients: plan
            .show_recipients
            .then(|| plan.to.iter().chain(&plan.cc).cloned().collect()),
        subject: plan.show_subject.then(|| plan.subject.clone()),
        attachments: plan.attachments.count,
        attachments_octets: plan.attachments.octets,
        recipient_share: recipient_share.clone(),
        reply_key: reply_key.clone(),
        sender_disclosures: plan.sender_disclosures.clone(),
        recipient: consignee.recipient.address().clone(),
        recipient_disclosure: consignee.disclosure.clone(),
    };
    // It holds both the recipient's half of the key and the key for the way back.
    let manifest_json = Zeroizing::new(to_json(&manifest));
    let manifest_part = PartDraft {
        media_type: MANIFEST_MEDIA_TYPE,
        file_name: MANIFEST_FILE_NAME,
        octets: &manifest_json,
    };
    entity(&EntityDraft {
        from: &plan.sender,
        to: std::slice::from_ref(consignee.recipient.address()),
        cc: &[],
        subject: NOTICE_SUBJECT,
        date: plan.date,
        message_id: consignee.dispatch_id.hex(),
        text: &notice_text(&manifest.summary()),
        parts: vec![manifest_part],
    })
}

/// What a person needs to know before deciding.
pub(crate) struct Summary<'a> {
    pub(crate) sender: &'a Party,
    pub(crate) mode: ConsignmentMode,
    pub(crate) deadline: Deadline,
    pub(crate) subject: Option<&'a str>,
    pub(crate) visible_recipients: Option<&'a [Address]>,
    pub(crate) blind_copy: bool,
    pub(crate) attachments: u32,
    pub(crate) attachments_octets: u64,
    pub(crate) releaser: &'a Domain,
}

impl Manifest {
    fn summary(&self) -> Summary<'_> {
        Summary {
            sender: &self.sender,
            mode: self.mode,
            deadline: self.deadline,
            subject: self.subject.as_deref(),
            visible_recipients: self.visible_recipients.as_deref(),
            blind_copy: self.blind_copy,
            attachments: self.attachments,
            attachments_octets: self.attachments_octets,
            releaser: &self.releaser,
        }
    }

    fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let manifest: Self = from_json("notice", octets, MANIFEST_OCTETS_MAX)?;
        let refuse = |detail: &str| Err(FormatError::new("notice", detail));
        if manifest.version != NOTICE_VERSION {
            return refuse("unknown version");
        }
        if !manifest.mode.needs_acceptance() {
            return refuse("a mode that needs no notice");
        }
        let is_line =
            |text: &String| text.len() <= SUBJECT_OCTETS_MAX && names::is_plain_line(text);
        if !manifest.subject.as_ref().is_none_or(is_line) {
            return refuse("a subject that is no line of text");
        }
        if manifest
            .visible_recipients
            .as_ref()
            .is_some_and(|visible| visible.len() > RECIPIENTS_MAX)
        {
            return refuse("too many recipients");
        }
        Ok(manifest)
    }
}

impl Notice {
    /// Reads signed octets. A plain function of them.
    pub(crate) fn from_signed(signed: &SignedContent) -> Result<Self, FormatError> {
        let refuse = |detail: &str| Err(FormatError::new("notice", detail));
        let binding = LetterBinding::of(signed)?;
        let entity = read::entity(signed.content())?;
        // [NOT-001]
        let [part] = entity.parts.as_slice() else { return refuse("not exactly one manifest") };
        if part.media_type != MANIFEST_MEDIA_TYPE {
            return refuse("no manifest");
        }
        let manifest = Manifest::from_json(&part.octets)?;
        // The header section, the manifest and the attribute must not tell different stories. [NOT-002]
        if manifest.sender != entity.from
            || !entity.cc.is_empty()
            || entity.to != [manifest.recipient.clone()]
        {
            return refuse("sender or recipient differ between header section and manifest");
        }
        if binding.recipient_count() != 1 || binding.letter_id() != manifest.letter_id {
            return refuse("bound to another letter, or to more than one recipient");
        }
        // [NOT-003]
        if !sender_is(&manifest.sender_disclosures, &manifest.sender.address, &manifest.sender.name)
            || !discloses(
                &manifest.recipient_disclosure,
                CLAIM_IDENTIFIER,
                manifest.recipient.as_str(),
            )
        {
            return refuse("disclosures of other parties");
        }
        // What people read says the same. The wording belongs to the version of the notice. [NOT-013]
        if entity.text != notice_text(&manifest.summary()) {
            return refuse("the text tells something else than the manifest");
        }
        let signed_by = algorithms_of(signed);
        Ok(Self { date: entity.date, text: entity.text, manifest, binding, signed_by })
    }

    /// Whether the signatures are those of the suite that they bind.
    pub(crate) fn is_signed_in_its_suite(&self) -> Result<(), Mismatch> {
        are_of_suite(&self.signed_by, self.binding.suite())
    }

    /// Whether a content is what was announced: the recipient decided on what the notice showed
    /// him, and the commitment in it binds nobody who cannot open it. [LET-069]
    pub(crate) fn announces(&self, content: &Content) -> Result<(), Mismatch> {
        let small = content.attachments().iter().map(|attachment| attachment.octets.len() as u64);
        let sizes = small.chain(content.chunked().iter().map(|attachment| attachment.octets));
        let count = content.attachments().len() + content.chunked().len();
        let visible = self
            .visible_recipients()
            .is_none_or(|visible| visible.iter().eq(content.to().iter().chain(content.cc())));
        let as_announced = self.letter_id() == content.letter_id()
            && self.content_commitment() == content.commitment()
            && self.sender() == content.from()
            && self.subject().is_none_or(|subject| subject == content.subject())
            && visible
            && self.is_blind_copy() == content.is_blind_copy()
            && u64::from(self.attachments()) == count as u64
            && self.attachments_octets() == sizes.sum::<u64>();
        if as_announced { Ok(()) } else { Err(Mismatch::Announced) }
    }

    /// The letter that waits.
    pub const fn letter_id(&self) -> LetterId {
        self.manifest.letter_id
    }

    /// Its way to this recipient.
    pub const fn dispatch_id(&self) -> DispatchId {
        self.manifest.dispatch_id
    }

    /// How it is consigned.
    pub const fn mode(&self) -> ConsignmentMode {
        self.manifest.mode
    }

    /// Until when it may be accepted.
    pub const fn deadline(&self) -> Deadline {
        self.manifest.deadline
    }

    /// Who sends. After verification: whoever signed, under the certified name.
    pub const fn sender(&self) -> &Party {
        &self.manifest.sender
    }

    /// For whom the notice is.
    pub const fn recipient(&self) -> &Address {
        &self.manifest.recipient
    }

    /// The date that the sender wrote.
    pub const fn date(&self) -> ClaimedTime {
        self.date
    }

    /// The subject, if the sender lets it be seen.
    pub fn subject(&self) -> Option<&str> {
        self.manifest.subject.as_deref()
    }

    /// The To and Cc recipients, if the sender lets them be seen.
    pub fn visible_recipients(&self) -> Option<&[Address]> {
        self.manifest.visible_recipients.as_deref()
    }

    /// Whether the recipient gets a blind copy.
    pub const fn is_blind_copy(&self) -> bool {
        self.manifest.blind_copy
    }

    /// How many documents are attached.
    pub const fn attachments(&self) -> u32 {
        self.manifest.attachments
    }

    /// Their size together, in octets.
    pub const fn attachments_octets(&self) -> u64 {
        self.manifest.attachments_octets
    }

    /// The locked body.
    pub const fn body(&self) -> PartDigest {
        self.manifest.body
    }

    /// What evidence about the content carries.
    pub const fn content_commitment(&self) -> Digest {
        self.manifest.content_commitment
    }

    /// The provider that releases the other half of the key.
    pub const fn releaser(&self) -> &Domain {
        &self.manifest.releaser
    }

    /// The recipient's half of the body's key.
    pub const fn recipient_share(&self) -> &Share {
        &self.manifest.recipient_share
    }

    /// The key for what goes back to the sender alone.
    pub const fn reply_key(&self) -> &Share {
        &self.manifest.reply_key
    }

    /// What opens the sender's digests in evidence.
    pub fn sender_disclosures(&self) -> &[Disclosure] {
        &self.manifest.sender_disclosures
    }

    /// What opens the recipient's digest in evidence.
    pub const fn recipient_disclosure(&self) -> &Disclosure {
        &self.manifest.recipient_disclosure
    }

    /// What the signature binds the notice to.
    pub const fn binding(&self) -> &LetterBinding {
        &self.binding
    }

    /// The text for people, German and English, as the sender signed it.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The text that belongs to a manifest, for tests that forge notices.
#[cfg(test)]
pub(crate) fn text_of(manifest: &[u8]) -> String {
    notice_text(&Manifest::from_json(manifest).unwrap().summary())
}

impl fmt::Debug for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Notice({:?}, {:?})", self.manifest.letter_id, self.manifest.dispatch_id)
    }
}
