//! Opening what arrived: outer layer, inner layer, locked body; then verification.
//!
//! Nothing is released before it is authentic (RFC 5083: the tag is checked first), and nothing
//! authentic is shown before its signature is verified: decryption ends with an [`Unverified`].

use crate::binding::LetterBinding;
use crate::content::Content;
use crate::draft::{Party, names_exactly};
use crate::encrypt::locked_body_key;
use crate::error::{Mismatch, OpenError};
use crate::fixed;
use crate::layered;
use crate::limits::{NOTICE_OCTETS_MAX, PART_OCTETS_MAX};
use crate::mime::OUTER_SUBJECT;
use crate::mime::smime::{self, Kind};
use crate::notice::Notice;
use crate::suite::Suite;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::decode::DecodeError;
use sealpost_cms::enveloped::{AuthEnveloped, ContentKey, KeyAnswer, KeyEncryptionKey, KeyRequest};
use sealpost_cms::policy::ContentEncryption;
use sealpost_cms::signed::{Verification, verify_attached};
use sealpost_cms::verdict::{Outcome, Unverified, Verified};
use sealpost_erds::disclosure::{Disclosure, PartyReference};
use sealpost_erds::relay::{PartDigest, RelayMetadata};
use sealpost_erds::slip::Share;
use sealpost_erds::{Address, outcome};
use sealpost_experiment::Registry;
use std::fmt;

/// An ordinary S/MIME message for one recipient, freed of the layer it travelled in.
#[derive(Clone, PartialEq, Eq)]
pub struct Carried {
    octets: Vec<u8>,
}

/// A signature and what it covers, decrypted and not verified. It shows nothing: only
/// [`verify_notice`] and [`verify_letter`] read it.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedMessage {
    signed_data: Vec<u8>,
}

/// Who reads, and what the providers say about the letter.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    /// The reader's address.
    pub address: &'a Address,
    /// The certificate that the letter must be bound to.
    pub certificate: &'a Certificate,
    /// What evidence about the letter repeats.
    pub metadata: &'a RelayMetadata,
}

/// Takes off the outer layer, whose key the recipient's provider hands over with the part.
pub fn open_carrier(
    enveloped: &[u8],
    metadata: &RelayMetadata,
    carrier_key: &Share,
) -> Result<Carried, OpenError> {
    check_announced(enveloped, metadata.enveloped)?;
    let outer = one_recipient(enveloped)?;
    let key = KeyEncryptionKey::from_bytes(*carrier_key.expose());
    let key =
        outer.content_key_from_kek(metadata.dispatch_id.as_array(), &key).map_err(not_opened)?;
    let octets = outer.open(&key).map_err(not_opened)?.to_vec();
    Ok(Carried { octets })
}

/// Opens a locked body with both halves of its key, and an experimental layer in it with the plug-in
/// that it names, if that one is in the registry.
pub fn open_body(
    body: &[u8],
    metadata: &RelayMetadata,
    recipient_share: &Share,
    release_share: &Share,
    registry: &Registry,
) -> Result<Unverified<SignedMessage>, OpenError> {
    check_announced(body, metadata.body.ok_or(OpenError::NoBody)?)?;
    let key = locked_body_key(metadata.letter_id, recipient_share, release_share);
    let body = one_recipient(body)?;
    let key = body.content_key_from_kek(metadata.letter_id.as_array(), &key).map_err(not_opened)?;
    let entity = layered::entity(&body, &key, registry)?;
    let entity = fixed::unlocked(entity, metadata.letter_id, recipient_share, release_share)?;
    SignedMessage::unwrap(&entity)
}

/// Whether the octets are those that evidence names. [LET-061]
fn check_announced(octets: &[u8], digest: PartDigest) -> Result<(), OpenError> {
    if octets.len() > PART_OCTETS_MAX {
        return Err(OpenError::TooLarge { octets_max: PART_OCTETS_MAX });
    }
    match PartDigest::of(octets) == digest {
        true => Ok(()),
        false => Err(OpenError::OtherPart),
    }
}

/// Invariant 11 on decryption: a second key slot would be somebody whom the sender did not sign
/// for. [LET-062]
pub(crate) fn one_recipient(octets: &[u8]) -> Result<AuthEnveloped<'_>, OpenError> {
    let message = AuthEnveloped::from_der(octets).map_err(OpenError::Malformed)?;
    // Mail of others may have shorter keys; the keys of letters are kept with 256 bits. [LET-070]
    if message.content_algorithm().encryption() != ContentEncryption::Aes256Gcm {
        let what = "content encryption of a letter";
        return Err(OpenError::Malformed(DecodeError::Unsupported { what }));
    }
    match message.recipient_count() {
        1 => Ok(message),
        count => Err(OpenError::RecipientCount { count }),
    }
}

pub(crate) fn not_opened(error: sealpost_cms::enveloped::OpenError) -> OpenError {
    match error {
        sealpost_cms::enveloped::OpenError::NotForThisKey => OpenError::NotForReader,
        _ => OpenError::Unauthentic,
    }
}

impl Carried {
    /// Takes octets that were freed before, from an archive.
    pub fn from_octets(octets: Vec<u8>) -> Result<Self, OpenError> {
        one_recipient(&octets)?;
        Ok(Self { octets })
    }

    /// The DER of the AuthEnvelopedData: what `openssl cms -decrypt -inform DER` reads.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// The question to the reader's key.
    pub fn key_request(&self, certificate: &Certificate) -> Result<KeyRequest, OpenError> {
        one_recipient(&self.octets)?.key_request(certificate).ok_or(OpenError::NotForReader)
    }

    /// The content key, out of the answer: what opens the message now and later. Of a message under
    /// fixed keys it is that of the envelope around it: see [`Self::enclosed`].
    pub fn content_key(&self, request: KeyRequest, answer: KeyAnswer) -> Result<Share, OpenError> {
        let message = one_recipient(&self.octets)?;
        let key = message.content_key(request, answer).map_err(not_opened)?;
        Ok(Share::from_array(*key.expose()))
    }

    /// Decrypts with the answer. No plug-in runs: an experimental layer is an error that names it.
    pub fn decrypt(
        &self,
        request: KeyRequest,
        answer: KeyAnswer,
    ) -> Result<Unverified<SignedMessage>, OpenError> {
        self.open(&self.content_key(request, answer)?, &Registry::default())
    }

    /// Decrypts with the content key, and an experimental layer inside with the plug-in that it
    /// names, if that one is in the registry.
    pub fn open(
        &self,
        content_key: &Share,
        registry: &Registry,
    ) -> Result<Unverified<SignedMessage>, OpenError> {
        let message = one_recipient(&self.octets)?;
        if fixed::is_enclosure(&message) {
            let signed_data = fixed::signed_data(&message, content_key)?;
            return Ok(SignedMessage::from_signed_data(signed_data));
        }
        let key = ContentKey::from_bytes(*content_key.expose());
        SignedMessage::unwrap(&layered::entity(&message, &key, registry)?)
    }

    /// A message for mail programs (RFC 8551 §3.3). Outside stands a fixed subject only.
    pub fn to_mail(&self) -> Vec<u8> {
        let mut mail = format!(
            "Subject: {OUTER_SUBJECT}\r\nMIME-Version: 1.0\r\n\
             Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data; name=\"smime.p7m\"\r\n\
             Content-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"smime.p7m\"\r\n\r\n"
        );
        for line in self.octets.chunks(57) {
            STANDARD.encode_string(line, &mut mail);
            mail.push_str("\r\n");
        }
        mail.into_bytes()
    }
}

impl SignedMessage {
    /// Takes a SignedData from an archive.
    pub fn from_signed_data(signed_data: Vec<u8>) -> Unverified<Self> {
        Unverified::new(Self { signed_data })
    }

    /// The SignedData, verbatim: for archives, dossiers and other verifiers, never for a screen.
    pub fn signed_data(&self) -> &[u8] {
        &self.signed_data
    }

    fn unwrap(entity: &[u8]) -> Result<Unverified<Self>, OpenError> {
        let signed_data = smime::unwrap(entity, Kind::SignedData).map_err(OpenError::Format)?;
        Ok(Unverified::new(Self { signed_data }))
    }
}

/// Verifies a notice for its reader. Purpose and time-stamp of `verification` are not used: a
/// notice is signed with the sender's signature key and needs no time-stamp.
pub fn verify_notice(
    message: &Unverified<SignedMessage>,
    reader: &Reader<'_>,
    verification: &Verification<'_>,
) -> Outcome<Notice> {
    let signed_data = message.claims().signed_data();
    judged(verify_notice_signature(signed_data, verification), |notice, _| {
        reader.is_told_by(notice)
    })
}

/// Verifies a letter for its reader. Letters of the modes that need acceptance need a time-stamp;
/// in basic mode `verification` says whether one is required.
///
/// ```compile_fail,E0061
/// // Invariant 7: a letter is verified for somebody, who must be one of its signed recipients.
/// use sealpost_cms::{signed::Verification, verdict::{Outcome, Unverified}};
/// use sealpost_letter::{Content, SignedMessage, verify_letter};
/// fn read(message: &Unverified<SignedMessage>, verification: &Verification<'_>) -> Outcome<Content> {
///     verify_letter(message, verification)
/// }
/// ```
/// ```
/// use sealpost_cms::{signed::Verification, verdict::{Outcome, Unverified}};
/// use sealpost_letter::{Content, Reader, SignedMessage, verify_letter};
/// fn read(message: &Unverified<SignedMessage>, me: &Reader<'_>, verification: &Verification<'_>) -> Outcome<Content> {
///     verify_letter(message, me, verification)
/// }
/// ```
pub fn verify_letter(
    message: &Unverified<SignedMessage>,
    reader: &Reader<'_>,
    verification: &Verification<'_>,
) -> Outcome<Content> {
    let require_time_stamp =
        reader.metadata.mode.needs_acceptance() || verification.require_time_stamp;
    let verification = Verification { require_time_stamp, ..*verification };
    let signed_data = message.claims().signed_data();
    judged(verify_letter_signature(signed_data, &verification), |content, _| {
        reader.is_addressed_by(content)
    })
}

/// [`verify_letter`] for a letter that was accepted: it must also be what the notice announced,
/// on which the reader decided.
pub fn verify_announced_letter(
    message: &Unverified<SignedMessage>,
    reader: &Reader<'_>,
    notice: &Verified<Notice>,
    verification: &Verification<'_>,
) -> Outcome<Content> {
    judged(verify_letter(message, reader, verification), |content, _| {
        notice.get().announces(content)
    })
}

/// Verifies a letter without a reader, as a third person does who holds no key: who signed what,
/// when, and to whom. Compare [`Content::commitment`] and [`Content::letter_id`] with evidence.
pub fn verify_letter_signature(
    signed_data: &[u8],
    verification: &Verification<'_>,
) -> Outcome<Content> {
    let verification = Verification { purpose: KeyPurpose::LetterSignature, ..*verification };
    let content = outcome::read(verify_attached(signed_data, &verification), Content::from_signed);
    judged(content, |content, signer| {
        content.is_signed_in_its_suite()?;
        signer.map_or(Ok(()), |signer| signed_by(content.from(), signer))
    })
}

/// Verifies a notice without a reader.
pub fn verify_notice_signature(
    signed_data: &[u8],
    verification: &Verification<'_>,
) -> Outcome<Notice> {
    if signed_data.len() > NOTICE_OCTETS_MAX {
        return Outcome::malformed("the notice is too large");
    }
    let verification = Verification {
        purpose: KeyPurpose::LetterSignature,
        require_time_stamp: false,
        ..*verification
    };
    let notice = outcome::read(verify_attached(signed_data, &verification), Notice::from_signed);
    judged(notice, |notice, signer| {
        notice.is_signed_in_its_suite()?;
        signer.map_or(Ok(()), |signer| signed_by(notice.sender(), signer))
    })
}

/// Puts a further check behind a verification. What was passed and does not stand the check is
/// TOTAL-FAILED; so is what was in doubt, since no further information can mend it.
fn judged<T>(
    outcome: Outcome<T>,
    check: impl FnOnce(&T, Option<&Certificate>) -> Result<(), Mismatch>,
) -> Outcome<T> {
    let checked = match &outcome {
        Outcome::TotalPassed(verified) => check(verified.get(), Some(&verified.finding().signer)),
        Outcome::Indeterminate(unverified, _) => check(unverified.claims(), None),
        Outcome::TotalFailed(_) => Ok(()),
    };
    match checked {
        Ok(()) => outcome,
        Err(mismatch) => Outcome::mismatch(mismatch.detail()),
    }
}

/// RFC 8550 §3: the address in From is the one in the signer's certificate; the name too, so that
/// nobody signs under a name that no authority checked. [LET-063]
fn signed_by(from: &Party, signer: &Certificate) -> Result<(), Mismatch> {
    if !names_exactly(signer, &from.address) {
        return Err(Mismatch::SignerAddress);
    }
    if signer.common_name().as_deref() != Some(from.name.as_str()) {
        return Err(Mismatch::SignerName);
    }
    Ok(())
}

impl Reader<'_> {
    /// Whether a letter is for this reader and is the one that evidence is about.
    fn is_addressed_by(&self, content: &Content) -> Result<(), Mismatch> {
        // [LET-064]
        if content.letter_id() != self.metadata.letter_id {
            return Err(Mismatch::LetterId);
        }
        // Invariant 7. [LET-065]
        if !content.binding().binds(self.certificate) {
            return Err(Mismatch::ReaderNotBound);
        }
        self.reads_in(content.binding())?;
        // Invariant 8. [LET-066]
        if content.commitment() != self.metadata.content_commitment {
            return Err(Mismatch::Commitment);
        }
        // The provider announced, and relayed, what the sender signed for. [LET-087]
        if content.objects() != self.metadata.objects {
            return Err(Mismatch::Objects);
        }
        // [LET-067]
        let own = content.parties().recipient(self.address).ok_or(Mismatch::Parties)?;
        if own.dispatch_id != self.metadata.dispatch_id {
            return Err(Mismatch::DispatchId);
        }
        self.parties_are(&content.parties().sender_disclosures, &own.disclosure)
    }

    /// Whether a notice is for this reader and tells what the providers tell.
    fn is_told_by(&self, notice: &Notice) -> Result<(), Mismatch> {
        let metadata = self.metadata;
        // [NOT-004]
        if notice.letter_id() != metadata.letter_id {
            return Err(Mismatch::LetterId);
        }
        // [NOT-005]
        if !notice.binding().binds(self.certificate) {
            return Err(Mismatch::ReaderNotBound);
        }
        self.reads_in(notice.binding())?;
        // [NOT-006] A notice of another way is a replay.
        if notice.dispatch_id() != metadata.dispatch_id {
            return Err(Mismatch::DispatchId);
        }
        // [NOT-007] What is decided must be what was shown.
        if notice.mode() != metadata.mode {
            return Err(Mismatch::Mode);
        }
        // [NOT-008]
        if Some(notice.deadline()) != metadata.deadline {
            return Err(Mismatch::Deadline);
        }
        // [NOT-009]
        if Some(notice.body()) != metadata.body {
            return Err(Mismatch::Body);
        }
        // [NOT-010]
        if notice.content_commitment() != metadata.content_commitment {
            return Err(Mismatch::Commitment);
        }
        // [NOT-011]
        if *notice.releaser() != metadata.recipient_erds {
            return Err(Mismatch::Releaser);
        }
        // [NOT-012]
        if notice.recipient() != self.address {
            return Err(Mismatch::Parties);
        }
        self.parties_are(notice.sender_disclosures(), notice.recipient_disclosure())
    }

    /// Whether the reader's key is one of the suite that the signer named: what was encrypted with
    /// another one was not encrypted as he says. [LET-091]
    fn reads_in(&self, binding: &LetterBinding) -> Result<(), Mismatch> {
        match Suite::of(self.certificate) == Some(binding.suite()) {
            true => Ok(()),
            false => Err(Mismatch::ReaderSuite),
        }
    }

    /// Whether evidence names the same parties as the signed octets. [LET-068]
    fn parties_are(&self, sender: &[Disclosure], recipient: &Disclosure) -> Result<(), Mismatch> {
        if !PartyReference::to(sender, None).same_party(&self.metadata.sender) {
            return Err(Mismatch::SenderDisclosure);
        }
        if !PartyReference::to(std::slice::from_ref(recipient), None)
            .same_party(&self.metadata.recipient)
        {
            return Err(Mismatch::RecipientDisclosure);
        }
        Ok(())
    }
}

impl fmt::Debug for Carried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Carried({} octets)", self.octets.len())
    }
}

impl fmt::Debug for SignedMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedMessage({} octets)", self.signed_data.len())
    }
}
