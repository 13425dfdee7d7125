//! The private keys of a person, and how each is wrapped.

use sealpost_cms::CryptoRng;
use sealpost_cms::enveloped::{KeyAnswer, KeyRequest};
use sealpost_cms::keys::{
    AgreementKey, DecryptionKey, DecryptionScheme, SignatureScheme, SigningKey,
};
use zeroize::Zeroizing;

use super::damaged;
use super::file::{HybridContents, OpeningContents, SetContents, Wrapped};
use super::secret::Secret32;
use crate::errors::{KeystoreError, KeystorePart};

/// All keys of a person at one time.
pub(crate) struct KeySet {
    pub(crate) signature: SigningKey,
    pub(crate) authentication: SigningKey,
    pub(crate) encryption: AgreementKey,
    pub(crate) hybrid: Option<HybridKeys>,
    /// The fixed key of the suite `static-dh-cbc-hmac`: it opens, and it takes part in encrypting.
    pub(crate) static_dh: Option<DecryptionKey>,
}

/// The keys that the suite `hybrid-2026` has beside the others.
pub(crate) struct HybridKeys {
    pub(crate) signature: SigningKey,
    pub(crate) encryption: DecryptionKey,
}

/// What is left of a set that is no longer in use: it opens letters and does nothing else.
pub(super) struct OpeningKeys {
    encryption: AgreementKey,
    hybrid: Option<DecryptionKey>,
    static_dh: Option<DecryptionKey>,
}

impl KeySet {
    pub(super) fn generate(rng: &mut dyn CryptoRng) -> Result<Self, KeystoreError> {
        Ok(Self {
            signature: SigningKey::generate(rng),
            authentication: SigningKey::generate(rng),
            encryption: AgreementKey::generate(rng),
            hybrid: Some(HybridKeys::generate(rng)?),
            static_dh: Some(opens(DecryptionScheme::X25519, "X25519", rng)?),
        })
    }

    pub(super) fn answer(&self, spki_der: &[u8], request: &KeyRequest) -> Option<KeyAnswer> {
        let others = [self.hybrid.as_ref().map(|it| &it.encryption), self.static_dh.as_ref()];
        answer(&self.encryption, others, spki_der, request)
    }

    /// The public halves of the keys that open letters.
    #[cfg(test)]
    pub(super) fn opening(&self) -> Vec<Vec<u8>> {
        let hybrid = self.hybrid.as_ref().map(|keys| keys.encryption.spki_der());
        let static_dh = self.static_dh.as_ref().map(DecryptionKey::spki_der);
        [self.encryption.spki_der()].into_iter().chain(hybrid).chain(static_dh).collect()
    }

    /// What goes on opening letters; the keys that sign are wiped.
    pub(super) fn retire(self) -> OpeningKeys {
        let hybrid = self.hybrid.map(|hybrid| hybrid.encryption);
        OpeningKeys { encryption: self.encryption, hybrid, static_dh: self.static_dh }
    }

    /// As the next keys of a rotation. They are of all suites.
    pub(super) fn wrap_next(
        &self,
        under: Wrapping<'_>,
        rng: &mut dyn CryptoRng,
    ) -> Option<SetContents> {
        let mut seal = |name, pkcs8: &[u8]| under.seal(&next(name), pkcs8, rng);
        let signature = seal(SIGNATURE, &self.signature.to_pkcs8_der());
        let authentication = seal(AUTHENTICATION, &self.authentication.to_pkcs8_der());
        let encryption = seal(ENCRYPTION, &self.encryption.to_pkcs8_der());
        let static_dh = self.static_dh.as_ref().map(|key| seal(STATIC_DH, &key.to_pkcs8_der()));
        let hybrid = self.hybrid.as_ref()?.wrap(NEXT, under, rng);
        Some(SetContents { signature, authentication, encryption, hybrid, static_dh })
    }

    pub(super) fn open_next(
        held: &SetContents,
        under: Wrapping<'_>,
    ) -> Result<Self, KeystoreError> {
        let authentication = KeystorePart::AuthenticationKey;
        Ok(Self {
            signature: under.signing(
                &held.signature,
                &next(SIGNATURE),
                KeystorePart::SignatureKey,
            )?,
            authentication: under.signing(
                &held.authentication,
                &next(AUTHENTICATION),
                authentication,
            )?,
            encryption: under.agreement(&held.encryption, &next(ENCRYPTION))?,
            hybrid: Some(HybridKeys::open(&held.hybrid, NEXT, under)?),
            static_dh: under.static_dh(held.static_dh.as_ref(), &next(STATIC_DH))?,
        })
    }
}

impl HybridKeys {
    fn generate(rng: &mut dyn CryptoRng) -> Result<Self, KeystoreError> {
        let refused = |name| move |_| KeystoreError::Primitive { name };
        Ok(Self {
            signature: SigningKey::generate_for(SignatureScheme::MlDsa65, rng)
                .map_err(refused("ML-DSA-65"))?,
            encryption: opens(DecryptionScheme::MlKem768X25519, "ML-KEM-768", rng)?,
        })
    }

    /// `which` stands before the names of keys that are not in use yet.
    pub(super) fn wrap(
        &self,
        which: &str,
        under: Wrapping<'_>,
        rng: &mut dyn CryptoRng,
    ) -> HybridContents {
        let name = |name| format!("{which}{name}");
        HybridContents {
            signature: under.seal(&name(HYBRID_SIGNATURE), &self.signature.to_pkcs8_der(), rng),
            encryption: under.seal(&name(HYBRID_ENCRYPTION), &self.encryption.to_pkcs8_der(), rng),
        }
    }

    pub(super) fn open(
        held: &HybridContents,
        which: &str,
        under: Wrapping<'_>,
    ) -> Result<Self, KeystoreError> {
        let name = |name| format!("{which}{name}");
        let part = KeystorePart::HybridSignatureKey;
        Ok(Self {
            signature: under.signing(&held.signature, &name(HYBRID_SIGNATURE), part)?,
            encryption: under.hybrid(&held.encryption, &name(HYBRID_ENCRYPTION))?,
        })
    }
}

impl OpeningKeys {
    pub(super) fn answer(&self, spki_der: &[u8], request: &KeyRequest) -> Option<KeyAnswer> {
        let others = [self.hybrid.as_ref(), self.static_dh.as_ref()];
        answer(&self.encryption, others, spki_der, request)
    }

    /// The public halves.
    #[cfg(test)]
    pub(super) fn opening(&self) -> Vec<Vec<u8>> {
        let others = self.hybrid.iter().chain(&self.static_dh).map(DecryptionKey::spki_der);
        [self.encryption.spki_der()].into_iter().chain(others).collect()
    }

    /// As the former keys of that place.
    pub(super) fn wrap(
        &self,
        place: usize,
        under: Wrapping<'_>,
        rng: &mut dyn CryptoRng,
    ) -> OpeningContents {
        let mut seal = |name, pkcs8: &[u8]| under.seal(&former(place, name), pkcs8, rng);
        OpeningContents {
            encryption: seal(ENCRYPTION, &self.encryption.to_pkcs8_der()),
            hybrid: self.hybrid.as_ref().map(|key| seal(HYBRID_ENCRYPTION, &key.to_pkcs8_der())),
            static_dh: self.static_dh.as_ref().map(|key| seal(STATIC_DH, &key.to_pkcs8_der())),
        }
    }

    pub(super) fn open(
        held: &OpeningContents,
        place: usize,
        under: Wrapping<'_>,
    ) -> Result<Self, KeystoreError> {
        let hybrid = held.hybrid.as_ref();
        let hybrid =
            hybrid.map(|held| under.hybrid(held, &former(place, HYBRID_ENCRYPTION))).transpose();
        let encryption = under.agreement(&held.encryption, &former(place, ENCRYPTION))?;
        let static_dh = under.static_dh(held.static_dh.as_ref(), &former(place, STATIC_DH))?;
        Ok(Self { encryption, hybrid: hybrid?, static_dh })
    }
}

fn opens(
    scheme: DecryptionScheme,
    name: &'static str,
    rng: &mut dyn CryptoRng,
) -> Result<DecryptionKey, KeystoreError> {
    DecryptionKey::generate_for(scheme, rng).map_err(|_| KeystoreError::Primitive { name })
}

/// Answers with the one of these keys that has this public half.
fn answer(
    agreement: &AgreementKey,
    others: [Option<&DecryptionKey>; 2],
    spki_der: &[u8],
    request: &KeyRequest,
) -> Option<KeyAnswer> {
    if agreement.spki_der() == spki_der {
        return agreement.answer(request).ok();
    }
    others.into_iter().flatten().find(|key| key.spki_der() == spki_der)?.answer(request).ok()
}

/// Wraps keys under a master key, each with a key of its own.
#[derive(Clone, Copy)]
pub(super) struct Wrapping<'m>(pub(super) &'m Secret32);

impl Wrapping<'_> {
    pub(super) fn seal(self, name: &str, secret: &[u8], rng: &mut dyn CryptoRng) -> Wrapped {
        let label = key_label(name);
        Wrapped::seal(&self.0.derive(&label), label.as_bytes(), secret, rng)
    }

    pub(super) fn open(
        self,
        wrapped: &Wrapped,
        name: &str,
        part: KeystorePart,
    ) -> Result<Zeroizing<Vec<u8>>, KeystoreError> {
        let label = key_label(name);
        wrapped.open(&self.0.derive(&label), label.as_bytes(), part)
    }

    pub(super) fn signing(
        self,
        wrapped: &Wrapped,
        name: &str,
        part: KeystorePart,
    ) -> Result<SigningKey, KeystoreError> {
        SigningKey::from_pkcs8_der(&self.open(wrapped, name, part)?).map_err(|_| damaged(part))
    }

    pub(super) fn agreement(
        self,
        wrapped: &Wrapped,
        name: &str,
    ) -> Result<AgreementKey, KeystoreError> {
        let part = KeystorePart::EncryptionKey;
        AgreementKey::from_pkcs8_der(&self.open(wrapped, name, part)?).map_err(|_| damaged(part))
    }

    fn hybrid(self, wrapped: &Wrapped, name: &str) -> Result<DecryptionKey, KeystoreError> {
        self.decryption(wrapped, name, KeystorePart::HybridEncryptionKey)
    }

    pub(super) fn static_dh(
        self,
        wrapped: Option<&Wrapped>,
        name: &str,
    ) -> Result<Option<DecryptionKey>, KeystoreError> {
        wrapped.map(|held| self.decryption(held, name, KeystorePart::StaticDhKey)).transpose()
    }

    fn decryption(
        self,
        wrapped: &Wrapped,
        name: &str,
        part: KeystorePart,
    ) -> Result<DecryptionKey, KeystoreError> {
        DecryptionKey::from_pkcs8_der(&self.open(wrapped, name, part)?).map_err(|_| damaged(part))
    }
}

/// Names both the derivation and the place, so that a wrapped key opens only where it was put.
fn key_label(name: &str) -> String {
    format!("sealpost keystore 1 {name} key")
}

fn next(name: &str) -> String {
    format!("{NEXT}{name}")
}

fn former(place: usize, name: &str) -> String {
    format!("former {place} {name}")
}

pub(super) const SIGNATURE: &str = "signature";
pub(super) const AUTHENTICATION: &str = "authentication";
pub(super) const ENCRYPTION: &str = "encryption";
pub(super) const STATIC_DH: &str = "static-dh";
const HYBRID_SIGNATURE: &str = "hybrid signature";
const HYBRID_ENCRYPTION: &str = "hybrid encryption";
const NEXT: &str = "next ";
