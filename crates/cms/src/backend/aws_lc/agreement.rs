//! Agreement on secrets: ECDH (SEC 1 §3.3.1, SP 800-56A §5.7.1.2) and X25519 (RFC 7748 §6.1).

use aws_lc_rs::agreement::{
    self, Algorithm, ECDH_P256, ECDH_P384, PrivateKey, UnparsedPublicKey, X25519,
};
use zeroize::Zeroizing;

use crate::backend::Curve;

/// A key that agrees on shared secrets.
pub(crate) struct Agreement {
    curve: Curve,
    private: PrivateKey,
    public: Vec<u8>,
}

impl Agreement {
    /// `None` if the number is not between 1 and the order. X25519 takes any 32 octets.
    pub(crate) fn new(curve: Curve, secret: &[u8]) -> Option<Self> {
        if secret.len() != curve.secret_octets() {
            return None;
        }
        let private = PrivateKey::from_private_key(algorithm(curve), secret).ok()?;
        let public = private.compute_public_key().ok()?.as_ref().to_vec();
        Some(Self { curve, private, public })
    }

    pub(crate) fn public(&self) -> &[u8] {
        &self.public
    }

    /// The x coordinate both sides arrive at; `None` if the point is not on the curve or, for
    /// X25519, if its order is so small that the secret would be zero (RFC 8418 §2). [CMS-204]
    pub(crate) fn agree(&self, peer: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        if !self.curve.has_form(peer) {
            return None;
        }
        let peer = UnparsedPublicKey::new(algorithm(self.curve), peer);
        agreement::agree(&self.private, peer, (), |secret| {
            // On the other curves a point with x = 0 is as good as any (SEC 1 §3.3.1).
            let zero = secret.iter().fold(0, |any, octet| any | octet) == 0;
            let refused = zero && self.curve == Curve::X25519;
            if refused { Err(()) } else { Ok(Zeroizing::new(secret.to_vec())) }
        })
        .ok()
    }
}

const fn algorithm(curve: Curve) -> &'static Algorithm {
    match curve {
        Curve::P256 => &ECDH_P256,
        Curve::P384 => &ECDH_P384,
        Curve::X25519 => &X25519,
    }
}
