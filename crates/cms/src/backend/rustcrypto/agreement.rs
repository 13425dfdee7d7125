//! Agreement on secrets: ECDH (SEC 1 §3.3.1, SP 800-56A §5.7.1.2) and X25519 (RFC 7748 §6.1).

use p256::elliptic_curve::sec1::ToSec1Point as _;
use x25519_dalek::{PublicKey, StaticSecret};
use zeroize::Zeroizing;

use crate::backend::Curve;

/// A key that agrees on shared secrets.
pub(crate) struct Agreement {
    curve: Curve,
    private: Private,
    public: Vec<u8>,
}

enum Private {
    P256(p256::SecretKey),
    P384(p384::SecretKey),
    X25519(StaticSecret),
}

impl Agreement {
    /// `None` if the number is not between 1 and the order. X25519 takes any 32 octets.
    pub(crate) fn new(curve: Curve, secret: &[u8]) -> Option<Self> {
        if secret.len() != curve.secret_octets() {
            return None;
        }
        let (private, public) = match curve {
            Curve::P256 => {
                let key = p256::SecretKey::from_slice(secret).ok()?;
                let public = key.public_key().to_sec1_point(false).as_bytes().to_vec();
                (Private::P256(key), public)
            }
            Curve::P384 => {
                let key = p384::SecretKey::from_slice(secret).ok()?;
                let public = key.public_key().to_sec1_point(false).as_bytes().to_vec();
                (Private::P384(key), public)
            }
            Curve::X25519 => {
                let mut octets = Zeroizing::new([0; 32]);
                octets.copy_from_slice(secret);
                let key = StaticSecret::from(*octets);
                let public = PublicKey::from(&key).as_bytes().to_vec();
                (Private::X25519(key), public)
            }
        };
        Some(Self { curve, private, public })
    }

    pub(crate) fn public(&self) -> &[u8] {
        &self.public
    }

    /// The x coordinate both sides arrive at; `None` if the point is not on the curve or, for
    /// X25519, if its order is so small that the secret would be zero (RFC 8418 §2).
    pub(crate) fn agree(&self, peer: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if !self.curve.has_form(peer) {
            return None;
        }
        match &self.private {
            Private::P256(key) => {
                let peer = p256::PublicKey::from_sec1_bytes(peer).ok()?;
                let secret = p256::ecdh::diffie_hellman(key.to_nonzero_scalar(), peer.as_affine());
                Some(Zeroizing::new(secret.raw_secret_bytes().to_vec()))
            }
            Private::P384(key) => {
                let peer = p384::PublicKey::from_sec1_bytes(peer).ok()?;
                let secret = p384::ecdh::diffie_hellman(key.to_nonzero_scalar(), peer.as_affine());
                Some(Zeroizing::new(secret.raw_secret_bytes().to_vec()))
            }
            Private::X25519(key) => {
                let peer = PublicKey::from(<[u8; 32]>::try_from(peer).ok()?);
                let secret = key.diffie_hellman(&peer);
                secret.was_contributory().then(|| Zeroizing::new(secret.as_bytes().to_vec()))
            }
        }
    }
}
