//! What came of each signer of a message.

use crate::certificate::Certificate;
use crate::policy::SignatureAlgorithm;
use crate::verdict::Shortfall;

/// One signer of a message, judged alone.
#[derive(Clone)]
pub struct SignerReport {
    algorithm: Option<SignatureAlgorithm>,
    certificate: Option<Certificate>,
    holds: bool,
    shortfall: Option<Shortfall>,
}

impl SignerReport {
    pub(super) fn new(
        algorithm: Option<SignatureAlgorithm>,
        certificate: Option<Certificate>,
        holds: bool,
        shortfall: Option<Shortfall>,
    ) -> Self {
        Self { algorithm, certificate, holds, shortfall }
    }

    /// What it signed with, if that is known here.
    #[must_use]
    pub fn algorithm(&self) -> Option<SignatureAlgorithm> {
        self.algorithm
    }

    /// The certificate that the signer names, if it is in hand. It is a claim unless the signer
    /// passed.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }

    /// Whether every check passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.shortfall.is_none()
    }

    /// What fell short, if anything did.
    #[must_use]
    pub fn shortfall(&self) -> Option<&Shortfall> {
        self.shortfall.as_ref()
    }

    /// Whether the signature itself verifies with the key of that certificate.
    pub(crate) fn holds(&self) -> bool {
        self.holds
    }
}
