//! The sender's side: what to keep, and what a receipt must repeat.

use super::{
    Asking, ID_CT_RECEIPT, MESSAGE_SIGNATURE_DIGEST, NoReceipt, Receipt, ReceiptRequest, Tie,
};
use crate::attributes::ObjectIdentifier;
use crate::kdf::ct_eq;
use crate::signed::{SignedContent, Verification, format_failure, verify_foreign};
use crate::tlv;
use crate::verdict::{Outcome, Shortfall, SubIndication, Verified};

/// What a sender keeps of a message with a request, to recognise its receipts (RFC 2634 §2.6).
#[derive(Clone)]
pub struct SentMessage {
    content_type: ObjectIdentifier,
    request: ReceiptRequest,
    /// One for each signer who asked.
    ties: Vec<Tie>,
    recipients: Vec<String>,
}

/// A receipt that belongs to the message.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedReceipt {
    recipient: String,
    signer: usize,
}

impl SignedReceipt {
    /// Whose receipt it is: the address that was written to, and that the signer's certificate names.
    #[must_use]
    pub fn recipient(&self) -> &str {
        &self.recipient
    }

    /// Which signature of the message it answers: the place of its signer, counting from 0, in the order
    /// of [`SignedContent::signers`].
    #[must_use]
    pub fn answered_signer(&self) -> usize {
        self.signer
    }
}

impl SentMessage {
    /// From one's own signed message and the addresses it went to; or why nobody will answer it.
    pub fn new(own: &SignedContent, recipients: &[&str]) -> Result<Self, NoReceipt> {
        let Asking { request, ties } = Asking::of(own)?;
        Ok(Self {
            content_type: own.content_type(),
            request,
            ties,
            recipients: recipients.iter().map(|&address| address.to_owned()).collect(),
        })
    }

    /// Whether a SignedData is a receipt for this message by somebody who was asked. A receipt for
    /// something else is a mismatch, however well it is signed.
    pub fn verify(&self, receipt: &[u8], v: &Verification<'_>) -> Outcome<SignedReceipt> {
        let verified = match verify_foreign(receipt, v) {
            Outcome::TotalPassed(verified) => verified,
            Outcome::Indeterminate(unverified, shortfall) => {
                return match self.check(unverified.claims()) {
                    // Not passed, and not even about this message.
                    Err(shortfall) => Outcome::TotalFailed(shortfall),
                    Ok(signer) => {
                        let recipient = String::new();
                        Outcome::fell_short(SignedReceipt { recipient, signer }, shortfall)
                    }
                };
            }
            Outcome::TotalFailed(shortfall) => return Outcome::TotalFailed(shortfall),
        };
        let signer = match self.check(verified.get()) {
            Ok(signer) => signer,
            Err(shortfall) => return Outcome::TotalFailed(shortfall),
        };
        let (_, finding) = verified.into_parts();
        let named = finding.signer.email_addresses();
        let wrote_to = |address: &&String| {
            self.request.asks(address) && named.iter().any(|one| one.eq_ignore_ascii_case(address))
        };
        // RFC 2634 §2.6: from somebody who got the message and was asked. [RCP-010]
        match self.recipients.iter().find(wrote_to) {
            Some(recipient) => {
                let receipt = SignedReceipt { recipient: recipient.clone(), signer };
                Outcome::TotalPassed(Verified::new(receipt, finding))
            }
            None => Outcome::mismatch("receipt-signer: the signer was not asked for a receipt"),
        }
    }

    /// Which signer it answers, if it is for this message.
    fn check(&self, signed: &SignedContent) -> Result<usize, Shortfall> {
        let mismatch = |detail: &str| Shortfall::new(SubIndication::Mismatch, detail);
        // RFC 2634 §2.8: the type that is signed. [RCP-011]
        if signed.content_type() != ID_CT_RECEIPT {
            return Err(mismatch("receipt-type: the message is no receipt"));
        }
        let receipt =
            Receipt::from_der(signed.content()).map_err(|error| format_failure(&error))?;
        // [RCP-012]
        if receipt.content_type != self.content_type {
            return Err(mismatch("receipt-content-type: for another type of content"));
        }
        // [RCP-013]
        if receipt.identifier != self.request.identifier() {
            return Err(mismatch("receipt-identifier: for another content identifier"));
        }
        // [RCP-014]
        let answered = self.ties.iter().find(|tie| tie.signature == receipt.signature);
        let Some(answered) = answered else {
            return Err(mismatch("receipt-signature-value: for another signature"));
        };
        // RFC 2634 §2.10: it MUST be there. [RCP-015]
        let Some(tie) = signed.signed_attribute(MESSAGE_SIGNATURE_DIGEST) else {
            return Err(Shortfall::new(
                SubIndication::FormatFailure,
                "a receipt without msgSigDigest",
            ));
        };
        let tie = tlv::only(tie, tlv::OCTET_STRING, "msgSigDigest")
            .map_err(|error| format_failure(&error))?;
        // Of the same signer, for each has attributes of its own. [RCP-016]
        if !ct_eq(tie, &answered.digest) {
            return Err(mismatch("receipt-digest: for other signed attributes"));
        }
        Ok(answered.signer)
    }
}
