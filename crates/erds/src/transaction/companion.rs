//! The companion: ML-DSA-65 (FIPS 204) over the same transcript.
//!
//! The name of the suite stands in what is signed and the name of the key is a digest over both
//! public keys. A signature of one suite therefore never counts in another, nor a root without
//! its signature: nobody strips the stronger half.

use super::suite::Suite;
use super::transcript::{Transcript, length_prefixed};
use sealpost_cms::ml_dsa::{PublicKey, SigningKey};

pub(super) fn sign(key: &SigningKey, suite: Suite, transcript: &Transcript) -> Vec<u8> {
    key.sign(&message(suite, transcript))
}

pub(super) fn verifies(
    key: &PublicKey,
    suite: Suite,
    transcript: &Transcript,
    signature: &[u8],
) -> bool {
    key.verifies(&message(suite, transcript), signature)
}

fn message(suite: Suite, transcript: &Transcript) -> Vec<u8> {
    length_prefixed(&[LABEL, suite.name().as_bytes(), transcript.octets()])
}

const LABEL: &[u8] = b"sealpost/tan-companion/v1";
