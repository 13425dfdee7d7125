//! Which provider may state what: the sender's provider the submission and a failed relay, the
//! recipient's provider everything about the recipient (EN 319 522-1 §6).
//!
//! Without this check any trusted provider could state an acceptance by anybody.

use super::Case;
use super::evidence::KnownEvidence;
use crate::dossier::report::Check;
use sealpost_erds::event::Event;
use sealpost_erds::{DispatchId, Domain};

/// Whether the sender's provider states this event.
fn by_sender_side(event: Event) -> bool {
    use Event::{RelayFailure, SubmissionAcceptance, SubmissionRejection};
    matches!(event, SubmissionAcceptance | SubmissionRejection | RelayFailure)
}

impl Case<'_> {
    pub(super) fn judge_issuers(&mut self) {
        let sender_side = self.parties.sender.domain().or_else(|| self.stated_sender_side());
        let mut results = Vec::new();
        for known in &self.evidence {
            let recipient_side = self.recipient_side(known.evidence.dispatch_id);
            let (own, other) = if by_sender_side(known.evidence.event) {
                (sender_side.as_ref(), recipient_side.as_ref())
            } else {
                (recipient_side.as_ref(), sender_side.as_ref())
            };
            let evidence = &known.evidence;
            let entitled = own.is_none_or(|own| *own == evidence.issuer.domain);
            let names_other = match (&evidence.external_erds, other) {
                (Some(named), Some(other)) => named == other,
                _ => true,
            };
            results.push((known.part.clone(), entitled && names_other));
        }
        for (part, fits) in results {
            // [DOS-034]
            let otherwise = "another provider than that of the party states this event";
            self.sheet.note_fit(&part, Check::EVIDENCE_ISSUER, fits, otherwise);
        }
        let Self { evidence, sheet, .. } = self;
        evidence.retain(|known| sheet.stands(&known.part));
    }

    fn recipient_side(&self, dispatch: DispatchId) -> Option<Domain> {
        let party = self.parties.recipients.get(&dispatch);
        party
            .and_then(super::parties::OpenedParty::domain)
            .or_else(|| self.stated_recipient_side(dispatch))
    }

    /// The sender's provider as evidence names it, if the sender is not disclosed.
    fn stated_sender_side(&self) -> Option<Domain> {
        self.evidence.iter().find_map(|known| stated(known, true))
    }

    /// The recipient's provider as evidence names it, if the recipient is not disclosed.
    fn stated_recipient_side(&self, dispatch: DispatchId) -> Option<Domain> {
        let mut on_way =
            self.evidence.iter().filter(|known| known.evidence.dispatch_id == dispatch);
        on_way.find_map(|known| stated(known, false))
    }
}

/// The provider of one side that an evidence names: its issuer, or the other provider (M05).
fn stated(known: &KnownEvidence, sender_side: bool) -> Option<Domain> {
    let evidence = &known.evidence;
    if by_sender_side(evidence.event) == sender_side {
        Some(evidence.issuer.domain.clone())
    } else {
        evidence.external_erds.clone()
    }
}
