//! What is ordered, in one canonical form, and the digest of it that a number authenticates.

use super::transcript::{Anchor, Kid, Link, length_prefixed};
use crate::ids::Digest;
use crate::mode::ConsignmentMode;
use sealpost_cms::CryptoRng;
use sealpost_cms::kdf::ct_eq;
use sealpost_cms::time::ClaimedTime;
use serde::{Deserialize, Serialize};

/// SHA-256 of an order, or of a commitment to one. All that the chain knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OrderDigest(Digest);

/// An order to transmit, as far as it concerns those who transmit: ciphertext and commitments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// SHA-256 of the ciphertext.
    pub enveloped: Digest,
    /// A salted commitment to the recipient.
    pub recipient: Digest,
    /// What is asked for.
    pub options: OrderOptions,
    /// After this time the order is not to be carried out.
    pub expires_at: ClaimedTime,
    /// Who pays, and how much.
    pub fee: FeeAccount,
    /// Fresh random octets: two orders are never the same, and an order that is repeated is.
    pub nonce: [u8; 16],
}

/// The options of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderOptions {
    /// How the letter is consigned.
    pub mode: ConsignmentMode,
    /// Only the recipient in person may take it, no delegate.
    pub personal: bool,
    /// Whether the sender wants evidence that it was made available.
    pub consignment_evidence: bool,
    /// Whether the sender wants evidence that it was handed over.
    pub handover_evidence: bool,
}

/// What a transmission costs and whom. A pseudonym: the provider never learns the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeeAccount {
    /// The class of postage.
    pub class: u8,
    /// The pseudonym of the credit account.
    pub account: [u8; 16],
}

/// 32 random octets that hide an order behind its commitment.
#[derive(Clone, PartialEq, Eq)]
pub struct OrderSalt([u8; 32]);

impl OrderSalt {
    /// A fresh salt.
    pub fn random(rng: &mut dyn CryptoRng) -> Self {
        let mut octets = [0; 32];
        rng.fill_bytes(&mut octets);
        Self(octets)
    }

    /// A salt that is handed to whoever may open the commitment.
    pub const fn from_array(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// The octets.
    pub const fn as_array(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Order {
    /// The digest, for a verifier that may see the order.
    pub fn digest(&self) -> OrderDigest {
        OrderDigest(Digest::of(&self.octets()))
    }

    /// The digest, for a verifier that may not: it learns nothing from it but that it stays the same.
    pub fn commitment(&self, salt: &OrderSalt) -> OrderDigest {
        let inner = self.digest();
        OrderDigest::of(COMMITMENT, &[&salt.0, inner.0.as_array()])
    }

    /// Whether `digest` is the commitment to this order under this salt. [TAN-012]
    pub fn opens(&self, salt: &OrderSalt, digest: &OrderDigest) -> bool {
        ct_eq(self.commitment(salt).0.as_array(), digest.0.as_array())
    }

    /// Every field with its length in front, in this order: no two orders share their octets.
    fn octets(&self) -> Vec<u8> {
        let OrderOptions { mode, personal, consignment_evidence, handover_evidence } = self.options;
        length_prefixed(&[
            ORDER,
            self.enveloped.as_array(),
            self.recipient.as_array(),
            mode.word().as_bytes(),
            &[u8::from(personal), u8::from(consignment_evidence), u8::from(handover_evidence)],
            &self.expires_at.unix().to_be_bytes(),
            &[self.fee.class],
            &self.fee.account,
            &self.nonce,
        ])
    }
}

impl OrderDigest {
    /// A digest computed elsewhere, over an order of another form.
    pub const fn from_digest(digest: Digest) -> Self {
        Self(digest)
    }

    /// The digest.
    pub const fn digest(&self) -> &Digest {
        &self.0
    }

    /// Rotation to another key: whoever holds the old key names the new one and its anchor.
    pub(super) fn rotation(kid: &Kid, anchor: &Anchor) -> Self {
        Self::of(ROTATION, &[kid.digest().as_array(), anchor.octets()])
    }

    /// The end of an epoch of the window variant.
    pub(super) fn epoch_change(seed: &Link) -> Self {
        Self::of(EPOCH, &[seed.digest().as_array()])
    }

    /// An order that is none: what a module signs to test itself, under counter 0 of no audience.
    pub(super) fn self_test(count: u8) -> Self {
        Self::of(SELF_TEST, &[&[count]])
    }

    /// Labels are never a prefix of each other's fields: they have their length in front.
    pub(super) fn of(label: &[u8], fields: &[&[u8]]) -> Self {
        let mut parts = vec![label];
        parts.extend_from_slice(fields);
        Self(Digest::of(&length_prefixed(&parts)))
    }
}

pub(super) const REGISTRATION: &[u8] = b"sealpost/tan-registration/v1";
const ORDER: &[u8] = b"sealpost/order/v1";
const COMMITMENT: &[u8] = b"sealpost/order-commitment/v1";
const ROTATION: &[u8] = b"sealpost/tan-rotation/v1";
const EPOCH: &[u8] = b"sealpost/tan-epoch/v1";
const SELF_TEST: &[u8] = b"sealpost/tan-self-test/v1";
