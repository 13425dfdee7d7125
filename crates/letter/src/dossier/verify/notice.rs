//! The notices: what a recipient saw before deciding.

use super::Case;
use super::content::OTHER_PARTIES;
use crate::dossier::layout::PartKind;
use crate::dossier::report::{Check, names};
use crate::notice::Notice;
use crate::open::verify_notice_signature;
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::signed::Verification;
use sealpost_erds::DispatchId;

impl Case<'_> {
    pub(super) fn judge_notices(&mut self) {
        let notices = self.names(|kind| match kind {
            PartKind::Notice(dispatch) => Some(dispatch),
            _ => None,
        });
        for (part, dispatch) in notices {
            let Some(octets) = self.octets(&part) else { continue };
            // [DOS-019] A notice has no time-stamp of its own; the evidence about its ciphertext
            // proves that it existed.
            let now = self.best_time(self.carried_since(&part));
            let verification = self.basis.verification(&self.crls, KeyPurpose::LetterSignature);
            let outcome = verify_notice_signature(octets, &Verification { now, ..verification });
            let address = self.parties.sender_address().map(str::to_owned);
            let check = Check::NOTICE_SIGNATURE;
            let signed = self.note_signature(&part, check, outcome, address.as_deref());
            let Some((notice, finding)) = signed else { continue };
            self.judge_announced(&part, dispatch, &notice);
            if let (Some(finding), Some(address)) = (&finding, &address) {
                let fits = names(&finding.signer, address);
                let otherwise = "somebody else than the disclosed sender signed";
                self.sheet.note_fit(&part, Check::SENDER_SIGNED, fits, otherwise);
            }
        }
    }

    /// [DOS-020] What was decided on is what was announced.
    fn judge_announced(&mut self, part: &str, dispatch: DispatchId, notice: &Notice) {
        let Some(letter) = self.head.as_ref().map(|head| head.letter) else { return };
        let known = self.first_on_way(dispatch);
        let body = known.and_then(|known| known.evidence.user_content.body);
        let recipient = self.parties.recipient_address(dispatch);
        let fits = notice.letter_id() == letter.letter_id
            && notice.dispatch_id() == dispatch
            && notice.mode() == letter.mode
            && Some(notice.deadline()) == letter.deadline
            && notice.content_commitment() == letter.content_commitment
            && body.is_none_or(|body| body == notice.body())
            && recipient.is_none_or(|recipient| recipient == notice.recipient().as_str())
            && self.content.as_ref().is_none_or(|known| notice.announces(&known.content).is_ok());
        let otherwise = "it announces another letter, another content, or to somebody else";
        self.sheet.note_fit(part, Check::NOTICE_BINDING, fits, otherwise);
        // As for the content.
        let fits = self.is_sender(notice.sender_disclosures())
            && self.is_recipient(dispatch, notice.recipient_disclosure());
        self.sheet.note_fit(part, Check::SIGNED_PARTIES, fits, OTHER_PARTIES);
    }
}
