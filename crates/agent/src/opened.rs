//! Letters whose content is here: verified whenever one of them is shown, saved or exported, and
//! remembered for lists, which would otherwise decrypt and verify every letter there is.

use crate::errors::AgentError;
use crate::records::{self, CONTENT, Listed, RECEIVED, ReadBy, Received};
use crate::session::{Agent, Trust};
use sealpost_cms::signed::Verification;
use sealpost_cms::verdict::{Outcome, Unverified, Verified};
use sealpost_erds::relay::RelayMetadata;
use sealpost_letter::{Content, Notice, SignedMessage, verify_announced_letter, verify_letter};

/// Whether the content of a letter is here.
pub(crate) enum Opening {
    /// It is not.
    Closed,
    /// It is, and it was verified.
    Opened(Listed),
    /// It is, and it does not verify.
    Unverified,
}

impl Agent {
    /// Whether the content of a letter is here and holds, by an earlier verification if that still
    /// counts. What is verified now is remembered in the record, here and in the vault.
    pub(crate) fn opening(&self, record: &mut Received) -> Result<Opening, AgentError> {
        let trust = self.trust_in(&record.metadata.sender_erds)?;
        if let Some(listed) = record.listed.as_ref().filter(|listed| still_counts(listed, &trust)) {
            return Ok(Opening::Opened(listed.clone()));
        }
        let Some(content) = self.vault.get(CONTENT, &record.name())? else {
            return Ok(Opening::Closed);
        };
        let message = SignedMessage::from_signed_data(content.octets.to_vec());
        let outcome = self.judged_content(&message, &record.metadata, record.read_by(), &trust);
        let Ok(verified) = outcome.passed() else { return Ok(Opening::Unverified) };
        record.listed = remembered(&verified, &trust);
        if record.listed.is_some() {
            // Whoever cannot write verifies again the next time.
            let _ = records::put(&self.vault, RECEIVED, &record.name(), record);
        }
        Ok(Opening::Opened(listed(&verified, &trust)))
    }

    /// What a list may show of a content that has just come, if it verifies.
    pub(crate) fn listed(
        &self,
        message: &Unverified<SignedMessage>,
        metadata: &RelayMetadata,
        by: ReadBy,
    ) -> Result<Option<Listed>, AgentError> {
        let trust = self.trust_in(&metadata.sender_erds)?;
        let verified = self.judged_content(message, metadata, by, &trust).passed().ok();
        Ok(verified.and_then(|verified| remembered(&verified, &trust)))
    }

    /// A content that was accepted: it must also be the one that its notice announced.
    pub(crate) fn judged_as_announced(
        &self,
        message: &Unverified<SignedMessage>,
        notice: &Verified<Notice>,
        record: &Received,
        trust: &Trust,
    ) -> Outcome<Content> {
        let verification = Verification { require_time_stamp: false, ..trust.verification() };
        let reader = self.reader(&record.metadata, record.read_by());
        trust.only(verify_announced_letter(message, &reader, notice, &verification))
    }

    /// A content, verified now for its reader. Letters of basic mode may do without a time-stamp.
    pub(crate) fn judged_content(
        &self,
        message: &Unverified<SignedMessage>,
        metadata: &RelayMetadata,
        by: ReadBy,
        trust: &Trust,
    ) -> Outcome<Content> {
        let verification = Verification { require_time_stamp: false, ..trust.verification() };
        trust.only(verify_letter(message, &self.reader(metadata, by), &verification))
    }
}

/// What may be kept of a verification: one that passed and rests on a proven time. Without one the
/// signature is judged by the clock of today, and may fall short tomorrow.
pub(crate) fn remembered(verified: &Verified<Content>, trust: &Trust) -> Option<Listed> {
    verified.finding().proven_time.is_some().then(|| listed(verified, trust))
}

fn listed(verified: &Verified<Content>, trust: &Trust) -> Listed {
    let content = verified.get();
    Listed {
        algorithm_policy: trust.policy().id().to_string(),
        roots: trust.roots(),
        sender: content.from().address.clone(),
        sender_name: content.from().name.clone(),
        subject: content.subject().to_owned(),
    }
}

/// A list relies on an earlier verification only under the algorithm policy and the roots that it
/// was made with; anything else is verified again. It lies in the record of the metadata that the
/// content was held against, where nobody writes without the keys of the vault. [AGT-023]
fn still_counts(listed: &Listed, trust: &Trust) -> bool {
    listed.algorithm_policy == trust.policy().id().as_str() && listed.roots == trust.roots()
}

#[cfg(test)]
mod tests;
