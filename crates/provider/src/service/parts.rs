//! Ciphertext at the door: hashed, staged, and proven to be ciphertext, while it streams in.

use sealpost_erds::enveloped::{Enveloped, EnvelopedStream};
use sealpost_erds::relay::PartDigest;

use crate::blobs::{Intake, IntakeError, StagedBlob};
use crate::limits;
use crate::provider::Provider;

/// One part of a submission or dispatch, as it arrived. Only [`PartIntake`] makes one; what is no
/// `AuthEnvelopedData`, or has another digest than its head announced, is not in it (invariant 1).
#[must_use = "a part that is not recorded is forgotten"]
pub struct StoredPart {
    announced: PartDigest,
    staged: Option<StagedBlob>,
}

impl StoredPart {
    /// What the head announced.
    #[must_use]
    pub const fn announced(&self) -> PartDigest {
        self.announced
    }

    /// Whether what arrived is the ciphertext that was announced.
    #[must_use]
    pub const fn is_enveloped(&self) -> bool {
        self.staged.is_some()
    }

    /// The ciphertext, to be recorded.
    pub(super) fn into_staged(self) -> Option<StagedBlob> {
        self.staged
    }
}

/// A part on its way in.
pub struct PartIntake {
    /// Gone once the beginning has shown that this is no ciphertext.
    intake: Option<Intake>,
    announced: PartDigest,
    octets: u64,
    octets_max: u64,
    /// The first octets, which say whether it is an envelope.
    prefix: Vec<u8>,
}

impl PartIntake {
    /// Begins to take in a part of the announced size. The caller sees to it that no octet follows.
    #[must_use]
    pub fn begin(provider: &Provider, announced: PartDigest) -> Self {
        Self::bounded(provider, announced, provider.config.letter_octets_max)
    }

    /// The same for what has a bound of its own.
    #[must_use]
    pub fn bounded(provider: &Provider, announced: PartDigest, octets_max: u64) -> Self {
        // The bound of the whole message is the caller's; here it is the announcement.
        let octets_max = announced.octets.min(octets_max);
        let intake = Some(provider.blobs.intake(octets_max));
        Self { intake, announced, octets: 0, octets_max, prefix: Vec::new() }
    }

    /// Takes the next octets.
    pub async fn write(&mut self, octets: &[u8]) -> Result<(), IntakeError> {
        self.octets += octets.len() as u64;
        if self.octets > self.octets_max {
            return Err(IntakeError::TooLarge { octets_max: self.octets_max });
        }
        let missing = limits::ENVELOPED_PREFIX_OCTETS.saturating_sub(self.prefix.len());
        self.prefix.extend_from_slice(&octets[..octets.len().min(missing)]);
        // [INT-003] A letter that somebody forgot to encrypt never reaches the disk: its beginning
        // is judged before the first octet is written there.
        let begins = missing > 0 && self.prefix.len() == limits::ENVELOPED_PREFIX_OCTETS;
        if begins && EnvelopedStream::from_prefix(&self.prefix, self.announced.octets).is_err() {
            self.intake = None;
        }
        match &mut self.intake {
            Some(intake) => intake.write(octets).await,
            None => Ok(()),
        }
    }

    /// How many octets have come so far.
    #[must_use]
    pub const fn octets(&self) -> u64 {
        self.octets
    }

    /// The end. An error is ours, or says that the disk is full; a part that is not what it should
    /// be is no error here, because refusing it is an event of its own (A.2, B.2).
    pub async fn finish(self) -> Result<StoredPart, IntakeError> {
        let Self { intake, announced, octets, prefix, .. } = self;
        let intake = intake.filter(|_| octets == announced.octets && is_enveloped(prefix, octets));
        let Some(intake) = intake else {
            return Ok(StoredPart { announced, staged: None });
        };
        match intake.finish(announced.sha256.as_array()).await {
            Ok(staged) => Ok(StoredPart { announced, staged: Some(staged) }),
            Err(IntakeError::OtherDigest) => Ok(StoredPart { announced, staged: None }),
            Err(error) => Err(error),
        }
    }
}

/// All of a small part is looked at, of a large one the beginning and the length.
fn is_enveloped(prefix: Vec<u8>, octets: u64) -> bool {
    if prefix.len() as u64 == octets {
        Enveloped::from_der(prefix).is_ok()
    } else {
        EnvelopedStream::from_prefix(&prefix, octets).is_ok()
    }
}
