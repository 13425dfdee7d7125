//! A letter's content, read from signed octets.

use crate::binding::LetterBinding;
use crate::chunked::{CHUNKED_MEDIA_TYPE, ChunkedAttachment, ChunkedManifest};
use crate::draft::{Attachment, Party};
use crate::error::Mismatch;
use crate::limits::ATTACHMENTS_MAX;
use crate::mime::{names, read};
use crate::parties::{PARTIES_MEDIA_TYPE, Parties};
use crate::signers::{algorithms_of, are_of_suite};
use sealpost_cms::policy::SignatureAlgorithm;
use sealpost_cms::signed::SignedContent;
use sealpost_cms::time::ClaimedTime;
use sealpost_erds::format::FormatError;
use sealpost_erds::relay::PartDigest;
use sealpost_erds::{Address, Digest, LetterId};
use std::fmt;

/// What the sender wrote. Only octets that were signed become a `Content`; whether to believe it
/// says the [`sealpost_cms::verdict::Outcome`] around it.
///
/// ```compile_fail,E0308
/// // Invariant 4: what was decrypted is not yet what was verified, and a screen takes only this.
/// use sealpost_cms::verdict::{Unverified, Verified};
/// use sealpost_letter::{Content, SignedMessage};
/// fn show(_: &Verified<Content>) {}
/// fn read(decrypted: Unverified<SignedMessage>) { show(&decrypted) }
/// ```
///
/// ```
/// use sealpost_cms::signed::Verification;
/// use sealpost_cms::verdict::{Shortfall, Unverified, Verified};
/// use sealpost_letter::{Content, Reader, SignedMessage, verify_letter};
/// fn show(_: &Verified<Content>) {}
/// fn read(decrypted: Unverified<SignedMessage>, reader: &Reader<'_>, verification: &Verification<'_>)
///     -> Result<(), Shortfall>
/// {
///     show(&verify_letter(&decrypted, reader, verification).passed()?);
///     Ok(())
/// }
/// ```
///
/// ```compile_fail,E0277
/// // Invariant 13: user text does not reach a log by accident.
/// fn log(content: &sealpost_letter::Content) -> String { format!("{content}") }
/// ```
///
/// ```
/// fn log(content: &sealpost_letter::Content) -> String { format!("{content:?}") }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Content {
    from: Party,
    to: Vec<Address>,
    cc: Vec<Address>,
    subject: String,
    date: ClaimedTime,
    text: String,
    attachments: Vec<Attachment>,
    chunked: Vec<ChunkedAttachment>,
    parties: Parties,
    binding: LetterBinding,
    commitment: Digest,
    mime: Vec<u8>,
    signed_by: Vec<Option<SignatureAlgorithm>>,
}

impl Content {
    /// Reads signed octets. A plain function of them, so that it can turn a verified content into
    /// a verified letter.
    pub(crate) fn from_signed(signed: &SignedContent) -> Result<Self, FormatError> {
        let binding = LetterBinding::of(signed)?;
        let entity = read::entity(signed.content())?;
        let mut parts = entity.parts;
        // [LET-050] The parties are the last part, and no other part has their media type.
        let parties = parts.pop().filter(|part| part.media_type == PARTIES_MEDIA_TYPE);
        let parties =
            parties.ok_or_else(|| FormatError::new("letter", "no list of parties at its end"))?;
        let parties = Parties::from_json(&parties.octets)?;
        // [LET-086] The list of large attachments stands before the parties or nowhere.
        let chunked = match parts.pop_if(|part| part.media_type == CHUNKED_MEDIA_TYPE) {
            Some(part) => ChunkedManifest::from_json(&part.octets)?.attachments,
            None => Vec::new(),
        };
        if parts.len() + chunked.len() > ATTACHMENTS_MAX {
            return Err(FormatError::new("letter", "too many attachments"));
        }
        let attachments = attachments(parts)?;
        let chunked = named_apart(chunked, &attachments);
        let content = Self {
            from: entity.from,
            to: entity.to,
            cc: entity.cc,
            subject: entity.subject,
            date: entity.date,
            text: entity.text,
            attachments,
            chunked,
            parties,
            commitment: binding.commitment(&signed.digest()),
            binding,
            mime: signed.content().to_vec(),
            signed_by: algorithms_of(signed),
        };
        content.check()?;
        Ok(content)
    }

    /// Invariant 11 on reading: as many keys are bound as recipients are named, and the named are
    /// either all visible recipients or one blind recipient. The sender is the disclosed one.
    /// [LET-051]
    fn check(&self) -> Result<(), FormatError> {
        let refuse = |detail: &str| Err(FormatError::new("letter", detail));
        let named: Vec<&Address> =
            self.parties.recipients.iter().map(|party| &party.address).collect();
        let visible: Vec<&Address> = self.to.iter().chain(&self.cc).collect();
        let is_blind_copy = named.len() == 1 && !visible.contains(&named[0]);
        if named != visible && !is_blind_copy {
            return refuse("the named recipients are not the visible ones");
        }
        if self.binding.recipient_count() != named.len() {
            return refuse("not as many keys are bound as recipients are named");
        }
        if !self.parties.sender_is(&self.from.address, &self.from.name) {
            return refuse("the sender is not the disclosed one");
        }
        Ok(())
    }

    /// The sender. After verification: whoever signed, under the certified name.
    pub const fn from(&self) -> &Party {
        &self.from
    }

    /// Recipients whom all may see.
    pub fn to(&self) -> &[Address] {
        &self.to
    }

    /// Recipients of copies whom all may see.
    pub fn cc(&self) -> &[Address] {
        &self.cc
    }

    /// Whether this is the copy of one blind recipient.
    pub fn is_blind_copy(&self) -> bool {
        let is_visible = |address| self.to.contains(address) || self.cc.contains(address);
        !self.parties.recipients.iter().all(|party| is_visible(&party.address))
    }

    /// The subject, one line.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// The date that the sender wrote.
    pub const fn date(&self) -> ClaimedTime {
        self.date
    }

    /// The text, plain. It may hold any character; who prints it to a terminal escapes controls.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The attachments; their names are safe to store under and differ from each other.
    pub fn attachments(&self) -> &[Attachment] {
        &self.attachments
    }

    /// Large attachments, which travel beside the letter; their names differ from all others too.
    pub fn chunked(&self) -> &[ChunkedAttachment] {
        &self.chunked
    }

    /// What relay metadata say of the objects of the large attachments.
    pub(crate) fn objects(&self) -> Option<PartDigest> {
        let all: Vec<PartDigest> =
            self.chunked.iter().flat_map(ChunkedAttachment::objects).collect();
        sealpost_erds::objects::summary(&all)
    }

    /// Sender and recipients with their disclosures.
    pub const fn parties(&self) -> &Parties {
        &self.parties
    }

    /// What the signature binds the content to.
    pub const fn binding(&self) -> &LetterBinding {
        &self.binding
    }

    /// The letter.
    pub const fn letter_id(&self) -> LetterId {
        self.binding.letter_id()
    }

    /// What evidence about this letter must carry.
    pub const fn commitment(&self) -> Digest {
        self.commitment
    }

    /// Whether the signatures are those of the suite that they bind.
    pub(crate) fn is_signed_in_its_suite(&self) -> Result<(), Mismatch> {
        are_of_suite(&self.signed_by, self.binding.suite())
    }

    /// The signed octets, a MIME entity.
    pub fn mime(&self) -> &[u8] {
        &self.mime
    }
}

/// Files under names that are safe and distinct.
fn attachments(parts: Vec<read::Part>) -> Result<Vec<Attachment>, FormatError> {
    let mut attachments: Vec<Attachment> = Vec::with_capacity(parts.len());
    for (index, part) in parts.into_iter().enumerate() {
        // Our own parts carry meaning: one that a sender slipped in as a file is refused. [LET-052]
        if !names::is_attachable_media_type(&part.media_type) {
            return Err(FormatError::new("letter", "an attachment of a reserved media type"));
        }
        let name = part.file_name.as_deref().and_then(names::clean_file_name);
        let name = name.unwrap_or_else(|| format!("attachment-{}", index + 1));
        let name =
            names::unique_file_name(name, attachments.iter().map(|other| other.file_name.as_str()));
        attachments.push(Attachment {
            file_name: name,
            media_type: part.media_type,
            octets: part.octets,
        });
    }
    Ok(attachments)
}

/// Large attachments under names that no other attachment has.
fn named_apart(
    mut chunked: Vec<ChunkedAttachment>,
    others: &[Attachment],
) -> Vec<ChunkedAttachment> {
    for index in 0..chunked.len() {
        let before = chunked[..index].iter().map(|other| other.file_name.as_str());
        let taken = others.iter().map(|other| other.file_name.as_str()).chain(before);
        let name = names::unique_file_name(chunked[index].file_name.clone(), taken);
        chunked[index].file_name = name;
    }
    chunked
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Content({:?}, {} octets)", self.binding.letter_id(), self.mime.len())
    }
}
