//! The sender's side: what to keep, and what a receipt must repeat.

use super::{
    ID_CT_RECEIPT, MESSAGE_SIGNATURE_DIGEST, RECEIPT_REQUEST, Receipt, ReceiptRequest,
    signature_digest,
};
use crate::attributes::ObjectIdentifier;
use crate::decode::DecodeError;
use crate::kdf::ct_eq;
use crate::signed::{SignedContent, Verification, format_failure, verify_foreign};
use crate::tlv::{self, malformed};
use crate::verdict::{Outcome, Shortfall, SubIndication, Verified};

/// What a sender keeps of a message with a request, to recognise its receipts (RFC 2634 §2.6).
#[derive(Clone)]
pub struct SentMessage {
    content_type: ObjectIdentifier,
    request: ReceiptRequest,
    signature: Vec<u8>,
    signature_digest: Vec<u8>,
    recipients: Vec<String>,
}

/// A receipt that belongs to the message.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedReceipt {
    recipient: String,
}

impl SignedReceipt {
    /// Whose receipt it is: the address that was written to, and that the signer's certificate names.
    #[must_use]
    pub fn recipient(&self) -> &str {
        &self.recipient
    }
}

impl SentMessage {
    /// From one's own signed message and the addresses it went to.
    pub fn new(own: &SignedContent, recipients: &[&str]) -> Result<Self, DecodeError> {
        let request = own
            .signed_attribute(RECEIPT_REQUEST)
            .ok_or_else(|| malformed("message without a receipt request"))?;
        let request = ReceiptRequest::from_der(request)?;
        let signature_digest =
            signature_digest(own).ok_or_else(|| malformed("message without a digest"))?;
        Ok(Self {
            content_type: own.content_type(),
            request,
            signature: own.signature_value().to_vec(),
            signature_digest,
            recipients: recipients.iter().map(|&address| address.to_owned()).collect(),
        })
    }

    /// Whether a SignedData is a receipt for this message by somebody who was asked. A receipt for
    /// something else is a mismatch, however well it is signed.
    pub fn verify(&self, receipt: &[u8], v: &Verification<'_>) -> Outcome<SignedReceipt> {
        let verified = match verify_foreign(receipt, v) {
            Outcome::TotalPassed(verified) => verified,
            Outcome::Indeterminate(unverified, shortfall) => {
                let recipient = String::new();
                return match self.check(unverified.claims()) {
                    // Not passed, and not even about this message.
                    Err(shortfall) => Outcome::TotalFailed(shortfall),
                    Ok(()) => Outcome::fell_short(SignedReceipt { recipient }, shortfall),
                };
            }
            Outcome::TotalFailed(shortfall) => return Outcome::TotalFailed(shortfall),
        };
        if let Err(shortfall) = self.check(verified.get()) {
            return Outcome::TotalFailed(shortfall);
        }
        let (_, finding) = verified.into_parts();
        let named = finding.signer.email_addresses();
        let wrote_to = |address: &&String| {
            self.request.asks(address) && named.iter().any(|one| one.eq_ignore_ascii_case(address))
        };
        // RFC 2634 §2.6: from somebody who got the message and was asked. [RCP-010]
        match self.recipients.iter().find(wrote_to) {
            Some(recipient) => {
                let receipt = SignedReceipt { recipient: recipient.clone() };
                Outcome::TotalPassed(Verified::new(receipt, finding))
            }
            None => Outcome::mismatch("receipt-signer: the signer was not asked for a receipt"),
        }
    }

    fn check(&self, signed: &SignedContent) -> Result<(), Shortfall> {
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
        if receipt.signature != self.signature {
            return Err(mismatch("receipt-signature-value: for another signature"));
        }
        // RFC 2634 §2.10: it MUST be there. [RCP-015]
        let Some(tie) = signed.signed_attribute(MESSAGE_SIGNATURE_DIGEST) else {
            return Err(Shortfall::new(
                SubIndication::FormatFailure,
                "a receipt without msgSigDigest",
            ));
        };
        let tie = tlv::only(tie, tlv::OCTET_STRING, "msgSigDigest")
            .map_err(|error| format_failure(&error))?;
        // [RCP-016]
        if !ct_eq(tie, &self.signature_digest) {
            return Err(mismatch("receipt-digest: for other signed attributes"));
        }
        Ok(())
    }
}
