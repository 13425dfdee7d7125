//! The recipient's answer to a notice, and what goes back to the sender alone.

use crate::draft::names_exactly;
use crate::error::{DecisionError, EncryptError, OpenError};
use crate::limits::REPLY_OCTETS_MAX;
use crate::lock::Embedded;
use crate::notice::Notice;
use crate::open::one_recipient;
use sealpost_cms::CryptoRng;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::enveloped::{ContentKey, KeyEncryptionKey, RecipientSlot, seal};
use sealpost_cms::signed::{
    ContentRef, Signature, SignatureRequest, SignatureValue, Verification, request_signature,
};
use sealpost_cms::time::ClaimedTime;
use sealpost_cms::tsp::{TimeStampRequest, verify_token};
use sealpost_cms::verdict::{Shortfall, Verified};
use sealpost_erds::DispatchId;
use sealpost_erds::acceptance::{Decision, Verdict, deciding_purpose};
use sealpost_erds::relay::RelayMetadata;
use sealpost_erds::slip::Share;

/// A decision and the question to the recipient's key.
///
/// Only a verified notice can be decided on: nobody accepts what he was not shown.
///
/// ```compile_fail,E0308
/// use sealpost_cms::{certificate::Certificate, time::ClaimedTime, verdict::Unverified};
/// use sealpost_erds::{acceptance::Verdict, relay::RelayMetadata};
/// use sealpost_letter::{Notice, decision::PendingDecision};
/// fn accept(notice: &Unverified<Notice>, metadata: &RelayMetadata, certificate: &Certificate, now: ClaimedTime) {
///     let _ = PendingDecision::about(notice, metadata, Verdict::Accepted, certificate, now);
/// }
/// ```
///
/// ```
/// use sealpost_cms::{certificate::Certificate, time::ClaimedTime, verdict::Verified};
/// use sealpost_erds::{acceptance::Verdict, relay::RelayMetadata};
/// use sealpost_letter::{Notice, decision::PendingDecision};
/// fn accept(notice: &Verified<Notice>, metadata: &RelayMetadata, certificate: &Certificate, now: ClaimedTime) {
///     let _ = PendingDecision::about(notice, metadata, Verdict::Accepted, certificate, now);
/// }
/// ```
pub struct PendingDecision {
    statement: Vec<u8>,
    signer: Certificate,
    request: SignatureRequest,
}

/// A signed decision, which still needs its time-stamp: only a proven time can be held against
/// the deadline.
pub struct SignedDecision {
    statement: Vec<u8>,
    signer: Certificate,
    signature: Signature,
}

impl PendingDecision {
    /// Decides. `certificate` is the recipient's: the one that signs in his name in the mode
    /// `signed`, the one that authenticates him in `consent`. [DEC-001]
    pub fn about(
        notice: &Verified<Notice>,
        metadata: &RelayMetadata,
        verdict: Verdict,
        certificate: &Certificate,
        signing_time: ClaimedTime,
    ) -> Result<Self, DecisionError> {
        let decision = Decision::about(metadata, verdict).ok_or(DecisionError::NotNeeded)?;
        let notice = notice.get();
        let is_about_notice = notice.letter_id() == decision.letter_id
            && notice.dispatch_id() == decision.dispatch_id
            && notice.body().sha256 == decision.body_sha256
            && notice.content_commitment() == decision.content_commitment
            && notice.deadline() == decision.deadline
            && notice.mode() == metadata.mode;
        if !is_about_notice {
            return Err(DecisionError::OtherLetter);
        }
        if !certificate.allows(deciding_purpose(metadata.mode)) {
            return Err(DecisionError::Purpose);
        }
        if !names_exactly(certificate, notice.recipient()) {
            return Err(DecisionError::Address);
        }
        let statement = decision.to_json();
        let request =
            request_signature(ContentRef::of(&statement), None, certificate, signing_time, &[]);
        Ok(Self { statement, signer: certificate.clone(), request })
    }

    /// What the key is asked.
    pub const fn request(&self) -> &SignatureRequest {
        &self.request
    }

    /// Takes the answer.
    pub fn answered(self, answer: SignatureValue) -> Result<SignedDecision, DecisionError> {
        let signature =
            self.request.answered(answer).map_err(|_| DecisionError::SignatureAnswer)?;
        Ok(SignedDecision { statement: self.statement, signer: self.signer, signature })
    }
}

impl SignedDecision {
    /// The question to a time-stamp authority.
    pub fn time_stamp_request(&self, nonce: u64) -> TimeStampRequest {
        self.signature.time_stamp_request(nonce)
    }

    /// Takes the token after verifying it; the result is what the provider takes (SignedData).
    pub fn time_stamped(
        self,
        token: Vec<u8>,
        verification: &Verification<'_>,
        embedded: Embedded<'_>,
    ) -> Result<Vec<u8>, Shortfall> {
        let imprint = self.signature.time_stamp_request(0).imprint();
        verify_token(&token, imprint, verification).passed()?;
        let mut certificates = vec![self.signer];
        certificates.extend(
            embedded
                .certificates
                .iter()
                .filter(|other| **other != certificates[0])
                .cloned()
                .collect::<Vec<_>>(),
        );
        Ok(self.signature.with_time_stamp(token).attached(
            &self.statement,
            &certificates,
            embedded.crls,
        ))
    }
}

/// Encrypts something for the sender alone, such as the signed acceptance: providers pass it on
/// and cannot read it.
pub fn encrypt_for_sender(
    octets: &[u8],
    dispatch_id: DispatchId,
    reply_key: &Share,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, EncryptError> {
    if octets.len() > REPLY_OCTETS_MAX {
        return Err(EncryptError::TooLarge);
    }
    let key = KeyEncryptionKey::from_bytes(*reply_key.expose());
    let slot = RecipientSlot::KeyEncryption { id: dispatch_id.as_array(), kek: &key };
    seal(octets, &[slot], &ContentKey::generate(rng), rng).map_err(crate::encrypt::refused)
}

/// Opens what a recipient encrypted for the sender.
pub fn open_from_recipient(
    enveloped: &[u8],
    dispatch_id: DispatchId,
    reply_key: &Share,
) -> Result<Vec<u8>, OpenError> {
    // The envelope around the object is below 1 KiB.
    if enveloped.len() > REPLY_OCTETS_MAX + 1024 {
        return Err(OpenError::TooLarge { octets_max: REPLY_OCTETS_MAX });
    }
    let message = one_recipient(enveloped)?;
    let key = KeyEncryptionKey::from_bytes(*reply_key.expose());
    let key = message
        .content_key_from_kek(dispatch_id.as_array(), &key)
        .map_err(|_| OpenError::Unauthentic)?;
    message.open(&key).map(|octets| octets.to_vec()).map_err(|_| OpenError::Unauthentic)
}
