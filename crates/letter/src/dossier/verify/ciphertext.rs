//! What travelled: the octets that evidence describes, and what they open to.

use super::Case;
use crate::dossier::layout::{self, BODY, CONTENT, OPENING, PartKind};
use crate::dossier::opening::{self, OpeningFault};
use crate::dossier::report::{Check, Judgement};
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::DispatchId;
use sealpost_erds::relay::PartDigest;
use zeroize::Zeroizing;

impl Case<'_> {
    pub(super) fn judge_ciphertexts(&mut self) {
        // [DOS-014]
        let described = self.evidence.first().map(|known| known.evidence.user_content.body);
        self.judge_described(BODY, Check::BODY_DIGEST, described);
        // [DOS-015]
        for (part, dispatch) in self.enveloped_parts() {
            let known = self.first_on_way(dispatch);
            let described = known.map(|known| Some(known.evidence.user_content.enveloped));
            self.judge_described(&part, Check::ENVELOPED_DIGEST, described);
        }
        self.judge_body_opening();
        for (part, dispatch) in self.enveloped_parts() {
            self.judge_enveloped_opening(&part, dispatch);
        }
        let opened = self.opening.iter().flat_map(|opening| opening.dispatch_ids());
        let parts: Vec<_> = opened.map(layout::enveloped).collect();
        if parts.iter().any(|part| self.container.part(part).is_none()) {
            self.opens_nothing(Check::ENVELOPED_OPENING, "there is no ciphertext to open");
        }
    }

    fn enveloped_parts(&self) -> Vec<(String, DispatchId)> {
        self.names(|kind| match kind {
            PartKind::Enveloped(dispatch) => Some(dispatch),
            _ => None,
        })
    }

    /// `described` is nothing without evidence, and `Some(None)` if evidence knows no such part.
    fn judge_described(&mut self, part: &str, check: Check, described: Option<Option<PartDigest>>) {
        let Some(octets) = self.octets(part) else { return };
        let judgement = match described {
            Some(Some(described)) if described == PartDigest::of(octets) => Judgement::passed(),
            Some(Some(_)) => {
                Judgement::failed(SubIndication::HashFailure, "evidence describes other octets")
            }
            Some(None) => {
                Judgement::misfit("the letter has no such part according to the evidence")
            }
            None => Judgement::indeterminate(
                SubIndication::SignedDataNotFound,
                "no evidence describes it",
            ),
        };
        self.sheet.note(part, check, judgement);
    }

    /// [DOS-016] Both shares open the locked body to the signed content.
    fn judge_body_opening(&mut self) {
        let shares = self.opening.as_ref().and_then(|opening| opening.body().cloned());
        let letter = self.head.as_ref().map(|head| head.letter.letter_id);
        let (Some(shares), Some(letter)) = (shares, letter) else { return };
        let Some(body) = self.octets(BODY) else {
            return self.opens_nothing(Check::BODY_OPENING, "there is no locked body to open");
        };
        let opened = opening::locked_body(body, letter, &shares);
        self.judge_opened(Check::BODY_OPENING, &opened, CONTENT, None);
    }

    /// [DOS-017] [DOS-018] Carrier key and content key open the enveloped part to the signed
    /// content in basic mode, to the notice in the consent modes.
    fn judge_enveloped_opening(&mut self, part: &str, dispatch: DispatchId) {
        let mode = self.head.as_ref().map(|head| head.letter.mode);
        let keys = self.opening.as_ref().and_then(|opening| opening.dispatch(dispatch));
        let (Some(mode), Some(keys), Some(octets)) = (mode, keys, self.octets(part)) else {
            return;
        };
        let opened = opening::enveloped(octets, keys);
        let way = Some(dispatch);
        if mode.needs_acceptance() {
            self.judge_opened(Check::NOTICE_OPENING, &opened, &layout::notice(dispatch), way);
        } else {
            self.judge_opened(Check::ENVELOPED_OPENING, &opened, CONTENT, way);
        }
    }

    fn judge_opened(
        &mut self,
        check: Check,
        opened: &Result<Zeroizing<Vec<u8>>, OpeningFault>,
        part: &str,
        way: Option<DispatchId>,
    ) {
        let judgement = match (opened, self.octets(part)) {
            (Err(fault), _) => Judgement::misfit(fault.to_string()),
            (Ok(_), None) => {
                let missing = "what it opens to is not in the dossier";
                return self.opens_nothing(check, missing);
            }
            (Ok(opened), Some(expected)) if opened.as_slice() == expected => Judgement::passed(),
            (Ok(_), Some(_)) => Judgement::failed(
                SubIndication::HashFailure,
                "it opens to other octets than those in the dossier",
            ),
        };
        if judgement.is_passed() {
            self.opened.push((part.to_owned(), way));
        }
        self.sheet.note(OPENING, check, judgement);
    }

    fn opens_nothing(&mut self, check: Check, missing: &str) {
        let judgement = Judgement::indeterminate(SubIndication::SignedDataNotFound, missing);
        self.sheet.note(OPENING, check, judgement);
    }
}
