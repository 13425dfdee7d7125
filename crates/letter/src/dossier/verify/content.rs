//! The content: who signed it, when, and that it is what the letter commits to.

use super::Case;
use crate::content::Content;
use crate::dossier::layout::{CONTENT, CONTENT_ENTITY};
use crate::dossier::report::{Check, Indication, Judgement, Proof, Signer, names};
use crate::open::verify_letter_signature;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::signed::Verification;
use sealpost_cms::time::{LocalTime, ProvenTime};
use sealpost_cms::verdict::{Finding, Outcome, SubIndication};
use sealpost_erds::Address;

/// The content as far as it is known.
pub(super) struct KnownContent {
    pub(super) content: Content,
    /// Since when the sender's signature provably exists: its own time-stamp says so, or evidence
    /// that describes the ciphertext in which it is.
    pub(super) proven_time: Option<ProvenTime>,
}

impl Case<'_> {
    /// Notes the outcome of a person's signature and keeps what was signed, believed or not.
    pub(super) fn note_signature<T>(
        &mut self,
        part: &str,
        check: Check,
        outcome: Outcome<T>,
        disclosed: Option<&str>,
    ) -> Option<(T, Option<Finding>)> {
        let (signed, judgement) = match outcome {
            Outcome::TotalPassed(verified) => {
                let (value, finding) = verified.into_parts();
                let vouched = self.judge_person(part, &finding);
                let signer = Signer::person(&finding.signer, disclosed.filter(|_| vouched));
                self.sheet.prove(part, Proof::of(&finding, signer));
                (Some((value, Some(finding).filter(|_| vouched))), Judgement::passed())
            }
            Outcome::Indeterminate(unverified, shortfall) => {
                let judgement = Judgement::because(Indication::Indeterminate, shortfall);
                (Some((unverified.into_claims(), None)), judgement)
            }
            Outcome::TotalFailed(shortfall) => {
                (None, Judgement::because(Indication::TotalFailed, shortfall))
            }
        };
        self.sheet.note(part, check, judgement);
        signed
    }

    pub(super) fn judge_content(&mut self) {
        let carried = self.carried_since(CONTENT);
        let address = self.parties.sender_address().map(str::to_owned);
        let signed = self.octets(CONTENT).and_then(|octets| {
            // [DOS-010]
            let outcome = self.verify_content(octets, carried);
            let check = Check::CONTENT_SIGNATURE;
            self.note_signature(CONTENT, check, outcome, address.as_deref())
        });
        self.judge_entity(signed.as_ref().map(|(content, _)| content.mime()));
        let Some((content, finding)) = signed else { return };
        self.judge_letter_of(&content);
        self.judge_recipients_named(&content);
        self.judge_content_parties(&content);
        if let (Some(finding), Some(address)) = (&finding, &address) {
            // [DOS-041]
            let fits = names(&finding.signer, address);
            let otherwise = "somebody else than the disclosed sender signed";
            self.sheet.note_fit(CONTENT, Check::SENDER_SIGNED, fits, otherwise);
            self.parties.sender.certify(&finding.signer);
        }
        if self.sheet.stands(CONTENT) {
            let stamped = finding.and_then(|finding| finding.proven_time);
            self.content = Some(KnownContent { content, proven_time: stamped.or(carried) });
        }
    }

    /// A signature with a time-stamp is judged at its proven time. One without, which basic mode
    /// allows, is judged at the time since which evidence proves its octets (EN 319 102-1 §5.6.2:
    /// any proof of existence counts), or else now.
    fn verify_content(&self, octets: &[u8], carried: Option<ProvenTime>) -> Outcome<Content> {
        let verification = self.basis.verification(&self.crls, KeyPurpose::LetterSignature);
        let outcome = verify_letter_signature(octets, &verification);
        let basic = self.head.as_ref().is_some_and(|head| !head.letter.mode.needs_acceptance());
        let unstamped = outcome.shortfall().is_some_and(|s| s.sub == SubIndication::NoPoe);
        if !basic || !unstamped {
            return outcome;
        }
        let now = self.best_time(carried);
        let verification = Verification { now, require_time_stamp: false, ..verification };
        verify_letter_signature(octets, &verification)
    }

    /// The time at which something without a time-stamp of its own is judged.
    pub(super) fn best_time(&self, carried: Option<ProvenTime>) -> LocalTime {
        carried.map_or(self.basis.now, |time| LocalTime::from_unix(time.unix()))
    }

    /// [DOS-011] The copy is what people read, and nothing but the signed content vouches for it.
    fn judge_entity(&mut self, content: Option<&[u8]>) {
        let Some(entity) = self.octets(CONTENT_ENTITY) else { return };
        let judgement = match content {
            Some(content) if content == entity => Judgement::passed(),
            Some(_) => Judgement::failed(SubIndication::HashFailure, "it is not what was signed"),
            None => Judgement::indeterminate(
                SubIndication::SignedDataNotFound,
                "there is no signed content of which it is a copy",
            ),
        };
        self.sheet.note(CONTENT_ENTITY, Check::CONTENT_ENTITY, judgement);
    }

    /// [DOS-021] Sender and recipients as the sender's signature discloses them are those of the
    /// evidence, whether or not the dossier discloses them too.
    fn judge_content_parties(&mut self, content: &Content) {
        let parties = content.parties();
        let mut fits = self.is_sender(&parties.sender_disclosures);
        for party in &parties.recipients {
            fits &= self.is_recipient(party.dispatch_id, &party.disclosure);
        }
        self.sheet.note_fit(CONTENT, Check::SIGNED_PARTIES, fits, OTHER_PARTIES);
    }

    fn judge_letter_of(&mut self, content: &Content) {
        let Some(letter) = self.head.as_ref().map(|head| head.letter) else { return };
        // [DOS-012]
        let fits = content.letter_id() == letter.letter_id;
        let otherwise = "it was signed for another letter";
        self.sheet.note_fit(CONTENT, Check::LETTER_BINDING, fits, otherwise);
        // [DOS-013]
        let fits = content.commitment() == letter.content_commitment;
        let otherwise = "the evidence commits to another content";
        self.sheet.note_fit(CONTENT, Check::COMMITMENT, fits, otherwise);
    }

    /// [DOS-046] The sender names each recipient together with the way to him, so that evidence
    /// about one cannot be shown for another.
    fn judge_recipients_named(&mut self, content: &Content) {
        let recipients = self.parties.recipients.iter();
        let named = recipients.filter_map(|(dispatch, party)| Some((*dispatch, party.address()?)));
        let fits = named.clone().all(|(dispatch, address)| {
            let address = Address::parse(address).ok();
            let own = address.and_then(|address| content.parties().recipient(&address));
            own.is_some_and(|own| own.dispatch_id == dispatch)
        });
        if named.count() > 0 {
            let otherwise = "it names another recipient on this way";
            self.sheet.note_fit(CONTENT, Check::RECIPIENT_NAMED, fits, otherwise);
        }
    }
}

pub(super) const OTHER_PARTIES: &str = "it discloses other parties than the evidence holds";
