//! Who sender and recipients are: disclosures that open the digests in evidence.

use super::Case;
use crate::dossier::layout::DISCLOSURES;
use crate::dossier::report::{Check, DisclosedParty, Judgement, names};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::disclosure::{CLAIM_IDENTIFIER, Disclosure, PartyReference};
use sealpost_erds::{Address, DispatchId, Domain};
use std::collections::BTreeMap;

/// A party whose disclosures fit the evidence.
#[derive(Default, Clone)]
pub(super) struct OpenedParty {
    address: Option<String>,
    certified_name: Option<String>,
    reference: Option<PartyReference>,
}

impl OpenedParty {
    fn of(reference: &PartyReference, disclosures: &[Disclosure]) -> Self {
        let address = reference.opened(CLAIM_IDENTIFIER, disclosures);
        Self {
            address: address.map(str::to_owned),
            certified_name: None,
            reference: Some(reference.clone()),
        }
    }

    pub(super) fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }

    /// The provider of this party: addresses live at the domain of their provider.
    pub(super) fn domain(&self) -> Option<Domain> {
        Some(Address::parse(self.address()?).ok()?.domain())
    }

    /// A provider checks addresses, not names: the name that counts is the one in a verified
    /// certificate of the disclosed address.
    pub(super) fn certify(&mut self, certificate: &Certificate) {
        if self.address().is_some_and(|address| names(certificate, address)) {
            self.certified_name = certificate.common_name();
        }
    }

    pub(super) fn report(&self) -> Option<DisclosedParty> {
        self.address.as_ref()?;
        Some(DisclosedParty {
            address: self.address.clone(),
            name: self.certified_name.clone(),
            assurance: self.reference.as_ref().and_then(|reference| reference.assurance),
        })
    }
}

/// All parties of the letter.
#[derive(Default)]
pub(super) struct Parties {
    pub(super) sender: OpenedParty,
    pub(super) recipients: BTreeMap<DispatchId, OpenedParty>,
}

impl Parties {
    pub(super) fn sender_address(&self) -> Option<&str> {
        self.sender.address()
    }

    pub(super) fn recipient_address(&self, dispatch: DispatchId) -> Option<&str> {
        self.recipients.get(&dispatch)?.address()
    }

    /// The recipient of a dossier that is about one recipient only.
    pub(super) fn only_recipient_address(&self) -> Option<&str> {
        let mut recipients = self.recipients.values();
        recipients.next().filter(|_| recipients.next().is_none())?.address()
    }
}

impl Case<'_> {
    pub(super) fn judge_parties(&mut self) {
        let Some(disclosures) = self.disclosures.take() else { return };
        // [DOS-040]
        let reference = self.proven_sender().cloned();
        let check = Check::SENDER_DISCLOSURE;
        if let Some(party) = self.open(check, reference.as_ref(), &disclosures.sender) {
            self.parties.sender = party;
        }
        // [DOS-042]
        for dispatch in disclosures.dispatches() {
            let reference = self.proven_recipient(dispatch).cloned();
            let named = disclosures.recipient(dispatch);
            let check = Check::RECIPIENT_DISCLOSURE;
            if let Some(party) = self.open(check, reference.as_ref(), named) {
                self.parties.recipients.insert(dispatch, party);
            }
        }
        self.complete_references();
    }

    /// The sender as proven evidence names him.
    fn proven_sender(&self) -> Option<&PartyReference> {
        let known = self.evidence.iter().find(|known| known.proven_time.is_some())?;
        Some(&known.evidence.sender)
    }

    /// The recipient on a way as proven evidence names him.
    fn proven_recipient(&self, dispatch: DispatchId) -> Option<&PartyReference> {
        let known = self.first_on_way(dispatch).filter(|known| known.proven_time.is_some())?;
        known.evidence.recipients.first()
    }

    /// Whether these disclosures are the whole of the sender, as far as anything is proven.
    pub(super) fn is_sender(&self, disclosures: &[Disclosure]) -> bool {
        let described = PartyReference::to(disclosures, None);
        self.proven_sender().is_none_or(|sender| sender.same_party(&described))
    }

    /// Whether this disclosure is the whole of the recipient, as far as anything is proven.
    pub(super) fn is_recipient(&self, dispatch: DispatchId, disclosure: &Disclosure) -> bool {
        let described = PartyReference::to(std::slice::from_ref(disclosure), None);
        self.proven_recipient(dispatch).is_none_or(|recipient| recipient.same_party(&described))
    }

    /// Takes the assurance from the evidence that states it: some events do not.
    fn complete_references(&mut self) {
        for known in &self.evidence {
            if known.proven_time.is_none() {
                continue;
            }
            let dispatch = known.evidence.dispatch_id;
            let stated = known.evidence.recipients.first().and_then(|party| party.assurance);
            let party = self.parties.recipients.get_mut(&dispatch);
            let reference = party.and_then(|party| party.reference.as_mut());
            if let (Some(reference), Some(assurance)) = (reference, stated) {
                reference.assurance = Some(assurance);
            }
        }
    }

    /// Every disclosure must open a digest; one that opens nothing was made up. The digest must
    /// be one of proven evidence: anybody can write one that his own disclosure opens.
    fn open(
        &mut self,
        check: Check,
        reference: Option<&PartyReference>,
        disclosures: &[Disclosure],
    ) -> Option<OpenedParty> {
        if disclosures.is_empty() {
            return None;
        }
        let Some(reference) = reference else {
            let missing = "no proven evidence holds the digests that these disclosures open";
            let judgement = Judgement::indeterminate(SubIndication::SignedDataNotFound, missing);
            self.sheet.note(DISCLOSURES, check, judgement);
            return None;
        };
        let judgement = judge_opened(reference, disclosures);
        let party = judgement.is_passed().then(|| OpenedParty::of(reference, disclosures));
        self.sheet.note(DISCLOSURES, check, judgement);
        party
    }
}

/// A provider checks one identifier of a party. A digest that stays closed could be a second one,
/// under which the same evidence would name somebody else, so a party counts as named only if
/// everything is opened and there is one identifier.
fn judge_opened(reference: &PartyReference, disclosures: &[Disclosure]) -> Judgement {
    if !disclosures.iter().all(|disclosure| reference.is_opened_by(disclosure)) {
        let detail = "a disclosure opens no digest of the evidence";
        return Judgement::misfit(detail);
    }
    let identifiers = disclosures.iter().filter(|d| d.name() == CLAIM_IDENTIFIER).count();
    if identifiers > 1 {
        let detail = "the evidence names the party by more than one identifier";
        return Judgement::misfit(detail);
    }
    let opened: Vec<_> = disclosures.iter().map(Disclosure::digest).collect();
    if identifiers == 0 || !reference.digests.iter().all(|digest| opened.contains(digest)) {
        let detail = "not every digest of the party is opened, so it could be somebody else";
        return Judgement::indeterminate(SubIndication::SignedDataNotFound, detail);
    }
    Judgement::passed()
}
