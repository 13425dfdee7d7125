//! HPKE (RFC 9180), base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
//!
//! What one provider must not see travels to the other sealed to its routing key. A query carries
//! the secret for its answer: the exporter secret of the query's context (RFC 9180 §5.3), so that
//! the answer needs no key of the asker.

use ::hpke::aead::AesGcm256;
use ::hpke::kdf::HkdfSha256;
use ::hpke::kem::X25519HkdfSha256;
use ::hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable, setup_receiver};
use zeroize::Zeroizing;

use crate::CryptoRng;
use crate::enveloped::OpenError;
use crate::gcm;
use crate::kdf;

/// A public routing key. Not every 32 octets are good: see [`seal`].
#[derive(Clone, PartialEq, Eq)]
pub struct RoutingPublicKey([u8; 32]);

impl RoutingPublicKey {
    /// From its 32 octets.
    #[must_use]
    pub const fn from_bytes(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// Its 32 octets.
    #[must_use]
    pub const fn to_bytes(&self) -> [u8; 32] {
        self.0
    }
}

/// A secret routing key; wiped on drop.
///
/// ```compile_fail,E0308
/// fn copy(key: &sealpost_cms::hpke::RoutingKey) -> sealpost_cms::hpke::RoutingKey { key.clone() }
/// ```
/// ```
/// fn publish(key: &sealpost_cms::hpke::RoutingKey) -> [u8; 32] { key.public().to_bytes() }
/// ```
pub struct RoutingKey(PrivateKey);

impl RoutingKey {
    /// A fresh key from the given random source.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut octets = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut octets[..]);
        Self::from_bytes(&octets)
    }

    /// From its 32 octets. X25519 takes any (RFC 7748 §5).
    #[must_use]
    pub fn from_bytes(octets: &[u8; 32]) -> Self {
        Self(PrivateKey::from_bytes(octets).expect("X25519 takes any 32 octets"))
    }

    /// Its 32 octets, to be kept sealed.
    #[must_use]
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        let mut octets = Zeroizing::new([0; 32]);
        self.0.write_exact(&mut octets[..]);
        octets
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> RoutingPublicKey {
        RoutingPublicKey(X25519HkdfSha256::sk_to_pk(&self.0).to_bytes().into())
    }
}

/// What the key for an answer is made of. Whoever replays a query gets the same secret out of the
/// answerer again, so that the secret alone must not seal: each answer has a key and a nonce of
/// its own, from a random response nonce (RFC 9458 §4.4).
pub struct ResponseKey {
    secret: Zeroizing<[u8; 32]>,
    enc: [u8; ENC_OCTETS],
}

impl ResponseKey {
    /// Seals an answer: `response_nonce || ciphertext || tag`.
    #[must_use]
    pub fn seal(self, plaintext: &[u8], rng: &mut dyn CryptoRng) -> Vec<u8> {
        // [HPKE-001]
        let mut response_nonce = [0; RESPONSE_NONCE_OCTETS];
        rng.fill_bytes(&mut response_nonce);
        let (key, nonce) = self.key_and_nonce(&response_nonce);
        let sealed = gcm::aead_seal(&key, &nonce, &[], plaintext);
        [&response_nonce[..], &sealed].concat()
    }

    /// Opens the answer.
    pub fn open(self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let (response_nonce, sealed) = sealed.split_first_chunk().ok_or(OpenError::Unauthentic)?;
        let (key, nonce) = self.key_and_nonce(response_nonce);
        gcm::aead_open(&key, &nonce, &[], sealed).map_err(OpenError::from)
    }

    /// RFC 9458 §4.4: `salt = enc || response_nonce`, then one expansion for each.
    fn key_and_nonce(
        &self,
        response_nonce: &[u8; RESPONSE_NONCE_OCTETS],
    ) -> (Zeroizing<[u8; 32]>, [u8; 12]) {
        let salt = [&self.enc[..], response_nonce].concat();
        let (mut key, mut nonce) = (Zeroizing::new([0; 32]), [0; 12]);
        kdf::hkdf_sha256(&salt, &self.secret[..], b"key", &mut key[..]);
        kdf::hkdf_sha256(&salt, &self.secret[..], b"nonce", &mut nonce);
        (key, nonce)
    }
}

/// Seals to a routing key: `enc || ciphertext || tag`.
///
/// Fails only if the key is one of the few points that would give a shared secret of zeros
/// (RFC 9180 §7.1.4).
pub fn seal(
    to: &RoutingPublicKey,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, OpenError> {
    seal_with_response(to, info, aad, plaintext, rng).map(|(sealed, _)| sealed)
}

/// Opens what [`seal`] made.
pub fn open(
    key: &RoutingKey,
    info: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    open_with_response(key, info, aad, sealed).map(|(plaintext, _)| plaintext)
}

/// Seals a query and keeps the key for its answer.
pub fn seal_query(
    to: &RoutingPublicKey,
    info: &[u8],
    plaintext: &[u8],
    rng: &mut dyn CryptoRng,
) -> Result<(Vec<u8>, ResponseKey), OpenError> {
    seal_with_response(to, info, &[], plaintext, rng)
}

/// Opens a query and gets the key for its answer.
pub fn open_query(
    key: &RoutingKey,
    info: &[u8],
    sealed: &[u8],
) -> Result<(Zeroizing<Vec<u8>>, ResponseKey), OpenError> {
    open_with_response(key, info, &[], sealed)
}

fn seal_with_response(
    to: &RoutingPublicKey,
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    mut rng: &mut dyn CryptoRng,
) -> Result<(Vec<u8>, ResponseKey), OpenError> {
    let to = <X25519HkdfSha256 as Kem>::PublicKey::from_bytes(&to.0)
        .map_err(|_| OpenError::Unauthentic)?;
    let (enc, mut context) =
        ::hpke::setup_sender_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
            &OpModeS::Base,
            &to,
            info,
            &mut rng,
        )
        .map_err(|_| OpenError::Unauthentic)?;
    let mut secret = Zeroizing::new([0; 32]);
    context.export(RESPONSE_LABEL, &mut secret[..]).map_err(|_| OpenError::Unauthentic)?;
    let ciphertext = context.seal(plaintext, aad).map_err(|_| OpenError::Unauthentic)?;
    let enc: [u8; ENC_OCTETS] = enc.to_bytes().into();
    let sealed = [&enc[..], &ciphertext].concat();
    Ok((sealed, ResponseKey { secret, enc }))
}

fn open_with_response(
    key: &RoutingKey,
    info: &[u8],
    aad: &[u8],
    sealed: &[u8],
) -> Result<(Zeroizing<Vec<u8>>, ResponseKey), OpenError> {
    let (enc_octets, ciphertext) = sealed.split_first_chunk().ok_or(OpenError::Unauthentic)?;
    let enc = <X25519HkdfSha256 as Kem>::EncappedKey::from_bytes(enc_octets)
        .map_err(|_| OpenError::Unauthentic)?;
    let mut context = setup_receiver::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &key.0,
        &enc,
        info,
    )
    .map_err(|_| OpenError::Unauthentic)?;
    let mut secret = Zeroizing::new([0; 32]);
    context.export(RESPONSE_LABEL, &mut secret[..]).map_err(|_| OpenError::Unauthentic)?;
    let plaintext = context.open(ciphertext, aad).map_err(|_| OpenError::Unauthentic)?;
    Ok((Zeroizing::new(plaintext), ResponseKey { secret, enc: *enc_octets }))
}

type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
const RESPONSE_LABEL: &[u8] = b"sealpost response";
const ENC_OCTETS: usize = 32;
/// RFC 9458 §4.4: the larger one of the lengths of key and nonce.
const RESPONSE_NONCE_OCTETS: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::rng;

    #[test]
    fn only_the_addressee_opens_and_only_with_the_same_info_and_aad() {
        let key = RoutingKey::generate(&mut rng());
        let again = RoutingKey::from_bytes(&key.to_bytes());
        let sealed = seal(&key.public(), b"info", b"aad", b"slip", &mut rng()).unwrap();
        assert_eq!(*open(&again, b"info", b"aad", &sealed).unwrap(), b"slip");
        let other = RoutingKey::generate(&mut rng());
        assert!(open(&other, b"info", b"aad", &sealed).is_err());
        assert!(open(&key, b"inf", b"aad", &sealed).is_err());
        assert!(open(&key, b"info", b"aa", &sealed).is_err());
        assert!(open(&key, b"info", b"aad", &sealed[..40]).is_err());
    }

    #[test]
    fn no_flipped_bit_opens() {
        let key = RoutingKey::generate(&mut rng());
        let sealed = seal(&key.public(), b"", b"", b"slip", &mut rng()).unwrap();
        for at in 0..sealed.len() {
            let mut flipped = sealed.clone();
            // The top bit of an X25519 point is ignored (RFC 7748 §5) but bound by the KDF.
            flipped[at] ^= 0x80;
            assert!(open(&key, b"", b"", &flipped).is_err(), "octet {at}");
        }
    }

    #[test]
    fn the_answer_returns_to_the_asker_alone() {
        let key = RoutingKey::generate(&mut rng());
        let (query, asker) = seal_query(&key.public(), b"directory", b"who?", &mut rng()).unwrap();
        let (question, answerer) = open_query(&key, b"directory", &query).unwrap();
        assert_eq!(*question, b"who?");
        let answer = answerer.seal(b"she", &mut rng());
        assert_eq!(*asker.open(&answer).unwrap(), b"she");
        let (_, other) = seal_query(&key.public(), b"directory", b"who?", &mut rng()).unwrap();
        assert!(other.open(&answer).is_err());
    }

    /// A query can be sent again by whoever forwards it. Were both answers sealed with one key and
    /// one nonce, their difference would be the difference of their plaintexts.
    #[test]
    fn hpke_001_a_replayed_query_is_answered_under_another_key() {
        let key = RoutingKey::generate(&mut rng());
        let (query, asker) = seal_query(&key.public(), b"directory", b"who?", &mut rng()).unwrap();
        let answered = |text: &[u8; 32]| {
            let (_, answerer) = open_query(&key, b"directory", &query).unwrap();
            answerer.seal(text, &mut rng())
        };
        let (first, second) = (answered(&[1; 32]), answered(&[2; 32]));
        let difference: Vec<u8> = first.iter().zip(&second).map(|(a, b)| a ^ b).collect();
        assert!(difference.windows(8).all(|octets| octets != [1 ^ 2; 8]), "one keystream");
        assert_eq!(*asker.open(&second).unwrap(), [2; 32]);
        let (_, asker) = seal_query(&key.public(), b"directory", b"who?", &mut rng()).unwrap();
        assert!(asker.open(&first[..31]).is_err());
    }

    #[test]
    fn rfc_9180_keeps_out_points_of_small_order() {
        let zero = RoutingPublicKey::from_bytes([0; 32]);
        assert!(seal(&zero, b"", b"", b"x", &mut rng()).is_err());
    }
}
