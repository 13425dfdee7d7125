//! From draft to signed and time-stamped content.

use crate::binding::LetterBinding;
use crate::chunked::{CHUNKED_FILE_NAME, CHUNKED_MEDIA_TYPE, ChunkedAttachment, ChunkedManifest};
use crate::draft::{Draft, Party, Recipient, names_exactly};
use crate::error::ComposeError;
use crate::fixed::Agreed;
use crate::limits::{
    ATTACHMENTS_MAX, COMPOSED_OCTETS_MAX, CONTENT_OCTETS_MAX, HEADER_OCTETS_MAX, NAME_OCTETS_MAX,
    RECIPIENTS_MAX, REFERENCE_OCTETS_MAX, SUBJECT_OCTETS_MAX, TEXT_OCTETS_MAX,
};
use crate::mime::names;
use crate::mime::write::{EntityDraft, PartDraft, entity};
use crate::parties::{PARTIES_FILE_NAME, PARTIES_MEDIA_TYPE, PARTIES_VERSION, Parties, PartyOnWay};
use crate::signers::{Questions, Signatures, Signers};
use crate::suite::Suite;
use sealpost_cms::CryptoRng;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::signed::{
    ContentRef, SignatureRequest, SignatureValue, Verification, WrongAnswer,
};
use sealpost_cms::time::{ClaimedTime, Deadline};
use sealpost_cms::tsp::{TimeStampRequest, verify_token};
use sealpost_cms::verdict::{Shortfall, SubIndication};
use sealpost_erds::disclosure::{CLAIM_NAME, Disclosure};
use sealpost_erds::relay::PartDigest;
use sealpost_erds::{Address, ConsignmentMode, Digest, DispatchId, LetterId};
use sealpost_experiment::Cipher;
use std::collections::BTreeSet;
use std::fmt;

/// What is known of a letter besides its content.
pub(crate) struct Plan {
    pub(crate) letter_id: LetterId,
    pub(crate) mode: ConsignmentMode,
    pub(crate) suite: Suite,
    /// Around the signed content, inside the suite's own encryption.
    pub(crate) experiment: Option<Cipher>,
    /// What the sender's fixed key has answered, in the suite that uses it.
    pub(crate) agreed: Option<Agreed>,
    pub(crate) deadline: Option<Deadline>,
    pub(crate) time_stamp: bool,
    pub(crate) date: ClaimedTime,
    pub(crate) sender: Party,
    pub(crate) to: Vec<Address>,
    pub(crate) cc: Vec<Address>,
    pub(crate) blind_copy: bool,
    pub(crate) subject: String,
    pub(crate) reference: Option<String>,
    pub(crate) show_subject: bool,
    pub(crate) show_recipients: bool,
    pub(crate) attachments: AttachmentSummary,
    pub(crate) objects: Vec<PartDigest>,
    pub(crate) sender_disclosures: Vec<Disclosure>,
    pub(crate) consignees: Vec<Consignee>,
    pub(crate) binding: LetterBinding,
    pub(crate) content_commitment: Digest,
}

/// How much is attached, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct AttachmentSummary {
    pub(crate) count: u32,
    pub(crate) octets: u64,
}

/// One recipient with what belongs to this letter's way to him.
pub(crate) struct Consignee {
    pub(crate) recipient: Recipient,
    pub(crate) dispatch_id: DispatchId,
    pub(crate) disclosure: Disclosure,
}

/// A content that waits to be signed.
pub struct Composed {
    plan: Plan,
    content: Vec<u8>,
}

/// A content and the questions to the signer's keys.
pub struct AwaitingSignature {
    plan: Plan,
    content: Vec<u8>,
    signers: Vec<Certificate>,
    signing_time: ClaimedTime,
    questions: Questions,
}

/// A signed content (CAdES B-B).
pub struct Signed {
    plan: Plan,
    content: Vec<u8>,
    signers: Vec<Certificate>,
    signing_time: ClaimedTime,
    signatures: Signatures,
}

/// A content that is signed and time-stamped as its draft wanted it (CAdES B-T, or B-B in basic
/// mode): ready to be encrypted.
pub struct Timestamped {
    pub(crate) plan: Plan,
    pub(crate) content: Vec<u8>,
    pub(crate) signers: Vec<Certificate>,
    pub(crate) signing_time: ClaimedTime,
    pub(crate) signatures: Signatures,
}

/// Makes contents of a draft: one for all To and Cc recipients together, then one for each blind
/// recipient, in the draft's order. Each becomes a letter and a submission of its own.
///
/// `recipients` must be exactly those whom the draft addresses, in any order, each with a certificate
/// of every suite that he reads. Each content gets the suite that the draft demands, or the best that
/// all its recipients read.
pub fn compose(
    draft: &Draft,
    recipients: &[Recipient],
    date: ClaimedTime,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<Composed>, ComposeError> {
    check_texts(draft)?;
    check_mode(draft)?;
    check_recipients(draft, recipients)?;
    check_chunked(draft)?;
    let visible: Vec<&Address> = draft.to.iter().chain(&draft.cc).collect();
    let blind = draft.bcc.iter().map(|address| (vec![address], true));
    let groups = (!visible.is_empty()).then_some((visible, false)).into_iter().chain(blind);
    groups
        .enumerate()
        .map(|(index, (addresses, blind_copy))| {
            let group = in_common_suite(draft.suite, &addresses, recipients)?;
            let chunked = draft.chunked.get(index).map_or(&[][..], Vec::as_slice);
            compose_one(draft, chunked, group, blind_copy, date, rng)
        })
        .collect()
}

/// The suite and the recipients' certificates of it: the one that is demanded, else the best that
/// all of them read. What one of them reads and another does not is for none of them. [LET-008]
fn in_common_suite(
    demanded: Option<Suite>,
    addresses: &[&Address],
    recipients: &[Recipient],
) -> Result<(Suite, Vec<Recipient>), ComposeError> {
    let all_in = |suite| {
        let of = |address: &&Address| {
            let is_his = |it: &&Recipient| it.address() == *address && it.suite() == suite;
            recipients.iter().find(is_his).cloned()
        };
        let group = addresses.iter().map(of).collect::<Option<Vec<_>>>()?;
        Some((suite, group))
    };
    let fits = |suite: &Suite| demanded.map_or(suite.is_given_unasked(), |it| it == *suite);
    let mut candidates = Suite::ALL.into_iter().rev().filter(fits);
    candidates.find_map(all_in).ok_or(ComposeError::NoCommonSuite)
}

fn compose_one(
    draft: &Draft,
    chunked: &[ChunkedAttachment],
    (suite, group): (Suite, Vec<Recipient>),
    blind_copy: bool,
    date: ClaimedTime,
    rng: &mut dyn CryptoRng,
) -> Result<Composed, ComposeError> {
    let letter_id = LetterId::random(rng);
    let keys = group.iter().map(Recipient::certificate);
    let binding = LetterBinding::new(letter_id, suite, keys, rng);
    let sender_disclosures = vec![
        Disclosure::identifier(&draft.sender.address, rng),
        Disclosure::new(CLAIM_NAME, &draft.sender.name, rng),
    ];
    let consignees: Vec<Consignee> = group
        .into_iter()
        .map(|recipient| Consignee {
            dispatch_id: DispatchId::random(rng),
            disclosure: Disclosure::identifier(recipient.address(), rng),
            recipient,
        })
        .collect();
    let chunked = (!chunked.is_empty()).then(|| ChunkedManifest::of(chunked.to_vec()));
    let content =
        write_content(draft, chunked.as_ref(), letter_id, &sender_disclosures, &consignees, date)?;
    let plan = Plan {
        letter_id,
        mode: draft.mode,
        suite,
        experiment: None,
        agreed: None,
        deadline: draft.deadline,
        time_stamp: draft.time_stamp,
        date,
        sender: draft.sender.clone(),
        to: draft.to.clone(),
        cc: draft.cc.clone(),
        blind_copy,
        subject: draft.subject.clone(),
        reference: draft.reference.clone(),
        show_subject: draft.show_subject,
        show_recipients: draft.show_recipients,
        attachments: summary(draft, chunked.as_ref()),
        objects: chunked.as_ref().map(ChunkedManifest::objects).unwrap_or_default(),
        sender_disclosures,
        consignees,
        content_commitment: binding.commitment(&ContentRef::of(&content).digest),
        binding,
    };
    Ok(Composed { plan, content })
}

fn write_content(
    draft: &Draft,
    chunked: Option<&ChunkedManifest>,
    letter_id: LetterId,
    sender_disclosures: &[Disclosure],
    consignees: &[Consignee],
    date: ClaimedTime,
) -> Result<Vec<u8>, ComposeError> {
    let on_way = |consignee: &Consignee| PartyOnWay {
        address: consignee.recipient.address().clone(),
        dispatch_id: consignee.dispatch_id,
        disclosure: consignee.disclosure.clone(),
    };
    let parties = Parties {
        version: PARTIES_VERSION.to_owned(),
        sender_disclosures: sender_disclosures.to_vec(),
        recipients: consignees.iter().map(on_way).collect(),
    };
    let parties = parties.to_json();
    let attached = draft.attachments.iter().map(|attachment| PartDraft {
        media_type: &attachment.media_type,
        file_name: &attachment.file_name,
        octets: &attachment.octets,
    });
    let chunked = chunked.map(ChunkedManifest::to_json);
    let chunked = chunked.as_ref().map(|octets| PartDraft {
        media_type: CHUNKED_MEDIA_TYPE,
        file_name: CHUNKED_FILE_NAME,
        octets,
    });
    let parties = PartDraft {
        media_type: PARTIES_MEDIA_TYPE,
        file_name: PARTIES_FILE_NAME,
        octets: &parties,
    };
    let content = entity(&EntityDraft {
        from: &draft.sender,
        to: &draft.to,
        cc: &draft.cc,
        subject: &draft.subject,
        date,
        message_id: letter_id.hex(),
        text: &draft.text,
        parts: attached.chain(chunked).chain([parties]).collect(),
    })?;
    if content.len() > CONTENT_OCTETS_MAX {
        return Err(ComposeError::TooLarge { octets_max: CONTENT_OCTETS_MAX });
    }
    Ok(content)
}

fn summary(draft: &Draft, chunked: Option<&ChunkedManifest>) -> AttachmentSummary {
    let chunked = chunked.map_or(&[][..], |chunked| &chunked.attachments);
    let small = draft.attachments.iter().map(|attachment| attachment.octets.len() as u64);
    let large = chunked.iter().map(|attachment| attachment.octets);
    AttachmentSummary {
        count: u32::try_from(draft.attachments.len() + chunked.len()).unwrap_or(u32::MAX),
        octets: small.chain(large).sum(),
    }
}

/// Every letter has objects of its own: an object that stood in two letters would tell a provider
/// that both have one sender and one attachment. [LET-085]
fn check_chunked(draft: &Draft) -> Result<(), ComposeError> {
    if draft.chunked.is_empty() {
        return Ok(());
    }
    let visible = usize::from(!draft.to.is_empty() || !draft.cc.is_empty());
    if draft.chunked.len() != visible + draft.bcc.len() {
        return Err(ComposeError::ChunkedLetters);
    }
    let mut seen = BTreeSet::new();
    for letter in draft.chunked.iter().filter(|letter| !letter.is_empty()) {
        let manifest = ChunkedManifest::of(letter.clone());
        if draft.attachments.len() + letter.len() > ATTACHMENTS_MAX {
            return Err(ComposeError::TooManyAttachments);
        }
        // What its reader would refuse is not written.
        ChunkedManifest::from_json(&manifest.to_json()).map_err(|_| ComposeError::Chunked)?;
        if !manifest.objects().iter().all(|object| seen.insert(object.sha256)) {
            return Err(ComposeError::ChunkedLetters);
        }
    }
    Ok(())
}

/// What would break out of a header field, deceive a reader or outgrow a bound. [LET-007]
fn check_texts(draft: &Draft) -> Result<(), ComposeError> {
    if !names::is_plain_line(&draft.subject) {
        return Err(ComposeError::SubjectControlCharacter);
    }
    if draft.subject.len() > SUBJECT_OCTETS_MAX {
        return Err(ComposeError::SubjectTooLong);
    }
    let name = &draft.sender.name;
    if name.trim() != name
        || name.is_empty()
        || name.len() > NAME_OCTETS_MAX
        || !names::is_plain_line(name)
    {
        return Err(ComposeError::SenderName);
    }
    let is_reference =
        |text: &String| text.len() <= REFERENCE_OCTETS_MAX && names::is_plain_line(text);
    if !draft.reference.as_ref().is_none_or(is_reference) {
        return Err(ComposeError::Reference);
    }
    if draft.text.len() > TEXT_OCTETS_MAX {
        return Err(ComposeError::TextTooLong);
    }
    if draft.attachments.len() > ATTACHMENTS_MAX {
        return Err(ComposeError::TooManyAttachments);
    }
    for attachment in &draft.attachments {
        if !names::is_file_name(&attachment.file_name) {
            return Err(ComposeError::FileName);
        }
        if !names::is_attachable_media_type(&attachment.media_type) {
            return Err(ComposeError::MediaType);
        }
    }
    check_size(draft)
}

/// Refuses what cannot fit before it is built. [LET-003]
fn check_size(draft: &Draft) -> Result<(), ComposeError> {
    let octets = draft.attachments.iter().map(|a| a.octets.len().div_ceil(57).saturating_mul(78));
    let content = octets.fold(draft.text.len(), usize::saturating_add);
    if content > CONTENT_OCTETS_MAX {
        return Err(ComposeError::TooLarge { octets_max: CONTENT_OCTETS_MAX });
    }
    if content.saturating_add(HEADER_OCTETS_MAX).saturating_mul(draft.bcc.len())
        > COMPOSED_OCTETS_MAX
    {
        return Err(ComposeError::TooLarge { octets_max: COMPOSED_OCTETS_MAX });
    }
    Ok(())
}

fn check_mode(draft: &Draft) -> Result<(), ComposeError> {
    if draft.mode.needs_acceptance() != draft.deadline.is_some() {
        return Err(ComposeError::Deadline);
    }
    // What has to hold before a court years later needs a proven time. [LET-004]
    if draft.mode.needs_acceptance() && !draft.time_stamp {
        return Err(ComposeError::TimeStampNeeded);
    }
    Ok(())
}

/// Invariant 11: addresses, certificates and keys map one to one. [LET-005]
fn check_recipients(draft: &Draft, recipients: &[Recipient]) -> Result<(), ComposeError> {
    let addressed: Vec<&Address> = draft.to.iter().chain(&draft.cc).chain(&draft.bcc).collect();
    if addressed.is_empty() {
        return Err(ComposeError::NoRecipient);
    }
    if addressed.len() > RECIPIENTS_MAX {
        return Err(ComposeError::TooManyRecipients { count_max: RECIPIENTS_MAX });
    }
    let distinct: BTreeSet<&Address> = addressed.iter().copied().collect();
    if distinct.len() != addressed.len() {
        return Err(ComposeError::AddressTwice);
    }
    let certified: BTreeSet<&Address> = recipients.iter().map(Recipient::address).collect();
    if !distinct.is_subset(&certified) {
        return Err(ComposeError::CertificateMissing);
    }
    let in_suite: BTreeSet<_> = recipients.iter().map(|it| (it.address(), it.suite())).collect();
    if in_suite.len() != recipients.len() || certified != distinct {
        return Err(ComposeError::CertificateUnasked);
    }
    let keys: BTreeSet<[u8; 32]> =
        recipients.iter().map(|recipient| recipient.certificate().spki_sha256()).collect();
    if keys.len() != recipients.len() {
        return Err(ComposeError::SameKey);
    }
    Ok(())
}

impl Composed {
    /// The letter's identifier.
    pub const fn letter_id(&self) -> LetterId {
        self.plan.letter_id
    }

    /// What it will be encrypted by.
    pub const fn suite(&self) -> Suite {
        self.plan.suite
    }

    /// Whether this is the copy of one blind recipient.
    pub const fn is_blind_copy(&self) -> bool {
        self.plan.blind_copy
    }

    /// Asks for the signatures of the letter's suite. All signers must be the sender: the same
    /// address, the same name, and a key for signing letters. [LET-006]
    pub fn ask(
        self,
        signers: Signers<'_>,
        signing_time: ClaimedTime,
    ) -> Result<AwaitingSignature, ComposeError> {
        let Self { plan, content } = self;
        let signers = signers.in_suite(plan.suite)?;
        for signer in &signers {
            is_the_sender(signer, &plan.sender)?;
        }
        let attribute = plan.binding.to_attribute();
        let questions = Questions::about(&content, &signers, signing_time, attribute)
            .ok_or(ComposeError::SignerPurpose)?;
        Ok(AwaitingSignature { plan, content, signers, signing_time, questions })
    }
}

fn is_the_sender(signer: &Certificate, sender: &Party) -> Result<(), ComposeError> {
    if !names_exactly(signer, &sender.address) {
        return Err(ComposeError::SignerAddress);
    }
    if signer.common_name().as_deref() != Some(sender.name.as_str()) {
        return Err(ComposeError::SignerName);
    }
    if !signer.allows(KeyPurpose::LetterSignature) {
        return Err(ComposeError::SignerPurpose);
    }
    Ok(())
}

impl AwaitingSignature {
    /// What the keys are asked: [`SignatureRequest::algorithm`] says which.
    pub fn requests(&self) -> &[SignatureRequest] {
        self.questions.requests()
    }

    /// Takes the answers in the order of the questions; each must verify with its signer's key.
    pub fn answered(self, answers: Vec<SignatureValue>) -> Result<Signed, WrongAnswer> {
        let Self { plan, content, signers, signing_time, questions } = self;
        let signatures = questions.answered(answers)?;
        Ok(Signed { plan, content, signers, signing_time, signatures })
    }
}

impl Signed {
    /// Whether the draft or its mode wants a time-stamp.
    pub const fn wants_time_stamp(&self) -> bool {
        self.plan.time_stamp
    }

    /// The questions to a time-stamp authority, one for each signature, each with a nonce.
    pub fn time_stamp_requests(&self, nonce: impl FnMut() -> u64) -> Vec<TimeStampRequest> {
        let nonces = std::iter::repeat_with(nonce);
        let both = self.signatures.each().iter().zip(nonces);
        both.map(|(signature, nonce)| signature.time_stamp_request(nonce)).collect()
    }

    /// Takes the tokens in the order of the questions, after verifying them, so that nobody sends what
    /// nobody will believe.
    pub fn time_stamped(
        self,
        tokens: Vec<Vec<u8>>,
        verification: &Verification<'_>,
    ) -> Result<Timestamped, Shortfall> {
        let asked = self.time_stamp_requests(|| 0);
        if asked.len() != tokens.len() {
            let detail = "not one time-stamp for each signature";
            return Err(Shortfall::new(SubIndication::NoPoe, detail));
        }
        for (request, token) in asked.iter().zip(&tokens) {
            verify_token(token, request.imprint(), verification).passed()?;
        }
        let Self { plan, content, signers, signing_time, signatures } = self;
        let signatures = signatures.with_time_stamps(tokens);
        Ok(Timestamped { plan, content, signers, signing_time, signatures })
    }

    /// Goes on without a time-stamp, which only a draft can that does not want one.
    pub fn without_time_stamp(self) -> Result<Timestamped, ComposeError> {
        if self.plan.time_stamp {
            return Err(ComposeError::TimeStampNeeded);
        }
        let Self { plan, content, signers, signing_time, signatures } = self;
        Ok(Timestamped { plan, content, signers, signing_time, signatures })
    }
}

macro_rules! debug_by_letter_id {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:?})", stringify!($name), self.plan.letter_id)
            }
        }
    )*};
}
debug_by_letter_id!(Composed, AwaitingSignature, Signed, Timestamped);
