//! How a chain begins, and how one key hands over to the next.

use super::key::PublicKey;
use super::module::{Chaining, KeyLimits};
use super::order::{OrderDigest, REGISTRATION};
use super::refusal::{InvalidTan, RegistrationError};
use super::tan::Tan;
use super::transcript::{Anchor, Link};
use super::verdict::Verdict;
use super::verifier::{Submission, Verifier};
use super::window::WindowVerifier;
use crate::address::Domain;
use crate::format::{FormatError, from_json, to_json};
use crate::ids::{Digest, Octets};
use crate::limits::TAN_REGISTRATION_OCTETS_MAX;
use sealpost_cms::time::LocalTime;
use serde::{Deserialize, Serialize};

/// The version word.
const REGISTRATION_VERSION: &str = "sealpost-tan-registration/1";

/// What a provider keeps of a key: everything here is public. It is bound to a person by the
/// certificate that it names, and by whoever logs it.
///
/// A provider takes each key once. To register it again would set its chain back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    version: String,
    key: PublicKey,
    anchor: Octets,
    certificate: Digest,
    audience: Domain,
    chaining: Chaining,
    limits: KeyLimits,
}

impl Registration {
    pub(super) fn new(
        key: &PublicKey,
        anchor: &Anchor,
        certificate: Digest,
        audience: Domain,
        chaining: Chaining,
        limits: KeyLimits,
    ) -> Self {
        Self {
            version: REGISTRATION_VERSION.to_owned(),
            key: key.clone(),
            anchor: Octets(anchor.octets().to_vec()),
            certificate,
            audience,
            chaining,
            limits,
        }
    }

    /// Reads a registration.
    pub fn from_json(octets: &[u8]) -> Result<Self, FormatError> {
        let registration: Self = from_json("registration", octets, TAN_REGISTRATION_OCTETS_MAX)?;
        if registration.version != REGISTRATION_VERSION {
            return Err(FormatError::new("registration", "unknown version"));
        }
        Ok(registration)
    }

    /// Writes it.
    pub fn to_json(&self) -> Vec<u8> {
        to_json(self)
    }

    /// The key.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The certificate of the person.
    pub const fn certificate(&self) -> &Digest {
        &self.certificate
    }

    /// The provider.
    pub const fn audience(&self) -> &Domain {
        &self.audience
    }

    /// How numbers hang together.
    pub const fn chaining(&self) -> Chaining {
        self.chaining
    }

    /// How long and how often the key may be used.
    pub const fn limits(&self) -> &KeyLimits {
        &self.limits
    }

    /// A strict chain, if number 0 proves that whoever registers has the key.
    pub fn accept(
        &self,
        proof: &Tan,
        audience: &Domain,
        now: LocalTime,
    ) -> Result<Verifier, RegistrationError> {
        self.check(proof, audience, Chaining::Strict, now)?;
        Ok(Verifier::begin(self.key.clone(), self.audience.clone(), self.limits, self.link()))
    }

    /// The same for a chain of the window variant.
    pub fn accept_window(
        &self,
        proof: &Tan,
        audience: &Domain,
        now: LocalTime,
    ) -> Result<WindowVerifier, RegistrationError> {
        self.check(proof, audience, Chaining::Window, now)?;
        Ok(WindowVerifier::begin(self.key.clone(), self.audience.clone(), self.limits, self.link()))
    }

    pub(super) fn link(&self) -> Link {
        Link::after(&self.anchor.0)
    }

    /// What number 0 is over: every field, so that none can be exchanged.
    pub(super) fn order(&self) -> OrderDigest {
        OrderDigest::of(
            REGISTRATION,
            &[
                self.key.kid().digest().as_array(),
                &self.anchor.0,
                self.certificate.as_array(),
                self.audience.as_str().as_bytes(),
                self.chaining.word().as_bytes(),
                &self.limits.not_after().unix().to_be_bytes(),
                &self.limits.uses_max().to_be_bytes(),
            ],
        )
    }

    /// What the predecessor's last number is over.
    pub(super) fn rotation(&self) -> OrderDigest {
        OrderDigest::rotation(self.key.kid(), &Anchor::new(self.anchor.0.clone()))
    }

    fn check(
        &self,
        proof: &Tan,
        audience: &Domain,
        chaining: Chaining,
        now: LocalTime,
    ) -> Result<(), RegistrationError> {
        if self.audience != *audience {
            return Err(RegistrationError::OtherAudience);
        }
        if self.chaining != chaining {
            return Err(RegistrationError::OtherChaining);
        }
        if now > self.limits.not_after() {
            return Err(RegistrationError::Expired);
        }
        self.key.anchor(&self.anchor.0).ok_or(RegistrationError::Anchor)?;
        // [TAN-030] Number 0 over the whole registration: nobody registers a key that he has not.
        let of_this = *proof.kid() == *self.key.kid()
            && proof.suite() == self.key.suite()
            && proof.ctr() == 0;
        let genuine = if of_this {
            let transcript = self.key.transcript(0, &self.link(), &self.order(), &self.audience);
            self.key.verify(&transcript, proof.value())
        } else {
            Err(InvalidTan::OtherKey)
        };
        genuine.map_err(RegistrationError::Proof)
    }
}

/// A key that handed over, and the chain of its successor. Store both or neither.
#[derive(Debug)]
#[must_use = "both states are to be stored in one transaction"]
pub struct Rotation {
    /// The old chain, which takes no more numbers.
    pub retired: Verifier,
    /// The new one.
    pub successor: Verifier,
}

impl Verifier {
    /// Hands over to another key: the old one names it by a number in its chain, the new one proves
    /// itself by its number 0. The outer error says that the successor does not register, the inner
    /// verdict that the old key's number was not taken.
    pub fn rotate(
        &self,
        submission: &Submission<'_>,
        successor: &Registration,
        proof: &Tan,
        now: LocalTime,
    ) -> Result<Result<Rotation, Verdict<Self>>, RegistrationError> {
        // [TAN-031] The old key names exactly this successor and anchor.
        if submission.order != successor.rotation() {
            return Err(RegistrationError::NotNamed);
        }
        let successor = successor.accept(proof, self.audience(), now)?;
        Ok(match self.judge(submission, now) {
            Verdict::Accepted(acceptance) => {
                Ok(Rotation { retired: acceptance.next.retired(), successor })
            }
            other => Err(other),
        })
    }
}
