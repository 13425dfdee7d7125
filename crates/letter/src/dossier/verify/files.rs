//! The files of a dossier: what the manifest says about them, and the parts that only name things.

use super::Case;
use crate::dossier::layout::{DISCLOSURES, HEAD, MANIFEST, MANIFEST_SIGNATURE, OPENING, PartKind};
use crate::dossier::manifest::{Manifest, covers};
use crate::dossier::model::Perspective;
use crate::dossier::records::{Disclosures, Head, Opening};
use crate::dossier::report::{Check, Indication, Judgement, Proof, Signer, names};
use sealpost_cms::certificate::KeyPurpose;
use sealpost_cms::kdf::sha256;
use sealpost_cms::path::Crl;
use sealpost_cms::signed::verify_detached;
use sealpost_cms::verdict::{Outcome, SubIndication};
use sealpost_erds::Digest;

impl Case<'_> {
    pub(super) fn judge_files(&mut self) {
        self.judge_names();
        self.judge_digests();
        self.head = self.read(HEAD, |octets| Head::from_json(octets).ok());
        self.opening = self.read(OPENING, |octets| Opening::from_json(octets).ok());
        self.disclosures = self.read(DISCLOSURES, |octets| Disclosures::from_json(octets).ok());
        for (name, ()) in self.names(|kind| (kind == PartKind::RevocationList).then_some(())) {
            let list = self.read(&name, |octets| Crl::from_der(octets).ok());
            self.crls.extend(list);
        }
    }

    fn judge_names(&mut self) {
        for part in self.container.parts() {
            // [DOS-002] A part that no check knows must not travel under the signature.
            if PartKind::of(part.name).is_none() {
                let unknown =
                    Judgement::failed(SubIndication::FormatFailure, "no part of a dossier");
                self.sheet.note(part.name, Check::PART_NAMES, unknown);
            }
        }
    }

    /// The manifest lists every part, no other, and each with its digest.
    fn judge_digests(&mut self) {
        let changed = || Judgement::failed(SubIndication::HashFailure, "the octets were changed");
        let manifest = self.container.part(MANIFEST).map(|part| Manifest::from_xml(part.octets));
        let manifest = match manifest {
            Some(Ok(manifest)) => Some(manifest),
            Some(Err(error)) => {
                let malformed = Judgement::failed(SubIndication::FormatFailure, error.to_string());
                self.sheet.note(MANIFEST, Check::MANIFEST_FORM, malformed);
                None
            }
            None => None,
        };
        for part in self.container.parts() {
            let expected = manifest.as_ref().and_then(|manifest| manifest.sha256(part.name));
            // [DOS-004]
            let judgement = match (covers(part.name), expected) {
                _ if !part.intact => changed(),
                (true, Some(expected)) if expected != Digest::of(part.octets) => changed(),
                (true, None) if manifest.is_some() => {
                    Judgement::failed(SubIndication::FormatFailure, "the manifest does not list it")
                }
                (true, None) => Judgement::indeterminate(
                    SubIndication::SignedDataNotFound,
                    "the manifest does not read",
                ),
                _ => Judgement::passed(),
            };
            self.sheet.note(part.name, Check::PART_DIGEST, judgement);
        }
        let missing = |name: &str| self.container.part(name).is_none();
        if manifest.is_some_and(|m| m.references.iter().any(|reference| missing(&reference.name))) {
            let absent = Judgement::failed(
                SubIndication::FormatFailure,
                "it lists a part that is not there",
            );
            self.sheet.note(MANIFEST, Check::MANIFEST_FORM, absent);
        }
    }

    /// [DOS-007] Reads a part that is not signed by itself.
    fn read<T>(&mut self, name: &str, reader: fn(&[u8]) -> Option<T>) -> Option<T> {
        self.container.part(name)?;
        let read = self.octets(name).and_then(reader);
        let judgement = match read {
            Some(_) => Judgement::passed(),
            None => Judgement::failed(SubIndication::FormatFailure, "it does not read"),
        };
        self.sheet.note(name, Check::FORM, judgement);
        read
    }

    /// Who put the dossier together. Runs last, because the disclosures name the party.
    pub(super) fn judge_exporter(&mut self) {
        let manifest = self.container.part(MANIFEST).filter(|part| part.intact);
        let signature = self.octets(MANIFEST_SIGNATURE);
        let (Some(manifest), Some(signature)) = (manifest, signature) else { return };
        let verification = self.basis.verification(&self.crls, KeyPurpose::LetterSignature);
        // [DOS-005]
        let outcome = verify_detached(signature, sha256(manifest.octets), &verification);
        let verified = match outcome {
            Outcome::TotalPassed(verified) => verified,
            Outcome::Indeterminate(_, shortfall) => {
                let judgement = Judgement::because(Indication::Indeterminate, shortfall);
                return self.sheet.note(MANIFEST_SIGNATURE, Check::MANIFEST_SIGNATURE, judgement);
            }
            Outcome::TotalFailed(shortfall) => {
                // The digest may be wrong on either side.
                if shortfall.sub == SubIndication::HashFailure {
                    let other = Judgement::because(Indication::TotalFailed, shortfall.clone());
                    self.sheet.note(MANIFEST, Check::MANIFEST_SIGNATURE, other);
                }
                let judgement = Judgement::because(Indication::TotalFailed, shortfall);
                return self.sheet.note(MANIFEST_SIGNATURE, Check::MANIFEST_SIGNATURE, judgement);
            }
        };
        self.sheet.note(MANIFEST_SIGNATURE, Check::MANIFEST_SIGNATURE, Judgement::passed());
        let party = match self.head.as_ref().map(|head| head.perspective) {
            Some(Perspective::Sender) => self.parties.sender_address().map(str::to_owned),
            Some(Perspective::Recipient) => {
                self.parties.only_recipient_address().map(str::to_owned)
            }
            None => None,
        };
        let finding = verified.finding();
        let vouched = self.judge_person(MANIFEST_SIGNATURE, finding);
        let party = party.as_deref().filter(|_| vouched);
        // [DOS-006] If the party is not disclosed, nothing says whose the dossier is.
        if let Some(address) = party {
            let fits = names(&finding.signer, address);
            let otherwise = "somebody else than the disclosed party signed the manifest";
            self.sheet.note_fit(MANIFEST_SIGNATURE, Check::EXPORTER, fits, otherwise);
        }
        self.sheet
            .prove(MANIFEST_SIGNATURE, Proof::of(finding, Signer::person(&finding.signer, party)));
    }
}
