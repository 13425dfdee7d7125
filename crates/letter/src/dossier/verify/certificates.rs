//! The certificates that the letter was encrypted for.

use super::Case;
use super::sheet::sorted;
use crate::dossier::layout::PartKind;
use crate::dossier::report::{Check, Judgement, names};
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::path::validate_path;
use sealpost_cms::verdict::SubIndication;

impl Case<'_> {
    pub(super) fn judge_certificates(&mut self) {
        let certificates = self.names(|kind| match kind {
            PartKind::RecipientCertificate(dispatch) => Some(dispatch),
            _ => None,
        });
        for (part, dispatch) in certificates {
            let read = |octets| Certificate::from_pem(std::str::from_utf8(octets).ok()?).ok();
            let Some(certificate) = self.octets(&part).map(read) else { continue };
            let Some(certificate) = certificate else {
                let malformed = Judgement::failed(SubIndication::FormatFailure, "it does not read");
                self.sheet.note(&part, Check::FORM, malformed);
                continue;
            };
            self.judge_bound(&part, &certificate);
            // [DOS-044]
            if let Some(address) = self.parties.recipient_address(dispatch) {
                let fits = names(&certificate, address);
                let otherwise = "it is that of somebody else";
                self.sheet.note_fit(&part, Check::RECIPIENT_ADDRESS, fits, otherwise);
            }
            self.judge_path(&part, &certificate);
            if self.sheet.is_passed(&part)
                && let Some(party) = self.parties.recipients.get_mut(&dispatch)
            {
                party.certify(&certificate);
            }
        }
    }

    /// [DOS-043] The sender's signature names the keys it encrypted for, so nobody can make the
    /// letter look as if it was meant for another reader.
    fn judge_bound(&mut self, part: &str, certificate: &Certificate) {
        match &self.content {
            Some(content) => {
                let fits = content.content.binding().binds(certificate);
                let otherwise = "the letter was not encrypted for this certificate";
                self.sheet.note_fit(part, Check::RECIPIENT_BOUND, fits, otherwise);
            }
            None => {
                let missing = "without the content nothing says whom it was encrypted for";
                let judgement =
                    Judgement::indeterminate(SubIndication::SignedDataNotFound, missing);
                self.sheet.note(part, Check::RECIPIENT_BOUND, judgement);
            }
        }
    }

    /// [DOS-045] At the time since which the letter provably exists, or else now.
    fn judge_path(&mut self, part: &str, certificate: &Certificate) {
        let proven = self.content.as_ref().and_then(|content| content.proven_time);
        let at = proven.map_or(self.basis.now.unix(), |time| time.unix());
        let path = validate_path(
            certificate,
            &[],
            &self.crls,
            at,
            KeyPurpose::Encryption,
            self.basis.anchors,
            self.basis.policy,
        );
        let judgement = match path {
            Ok(path) => {
                self.judge_vouched(part, certificate, &path.chain);
                Judgement::passed()
            }
            Err(shortfall) if proven.is_some() => sorted(shortfall),
            Err(shortfall) => sorted(shortfall.without_proof_of_existence()),
        };
        self.sheet.note(part, Check::RECIPIENT_CERTIFICATE, judgement);
    }
}
