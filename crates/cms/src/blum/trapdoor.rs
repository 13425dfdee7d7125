//! Roots by the factors, in constant time.

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Choice, CtEq, CtLt, CtSelect, NonZero, Odd, RandomMod, Uint};
use zeroize::{Zeroize, Zeroizing};

use super::KeySuspect;
use super::ring::{Ring, to_octets};
use crate::CryptoRng;

/// One prime factor p of `H` limbs and what is computed from it once.
pub(super) struct Half<const H: usize> {
    pub(super) params: FixedMontyParams<H>,
    /// (p − 3)/4.
    pub(super) exponent: Uint<H>,
    /// Whether (p + 1)/4 is odd, that is whether p ≡ 3 (mod 8).
    odd: Choice,
}

impl<const H: usize> Half<H> {
    /// # Panics
    /// If `prime` is even.
    fn new(prime: &Uint<H>) -> Self {
        let modulus = Odd::new(*prime).expect_copied("a prime that is 3 modulo 4 is odd");
        // p = 4e + 3, so that e = p >> 2, and (p + 1)/4 = e + 1.
        let exponent = prime.shr_vartime(2);
        Self { params: FixedMontyParams::new(modulus), odd: !exponent.is_odd(), exponent }
    }

    const fn prime(&self) -> &NonZero<Uint<H>> {
        self.params.modulus().as_nz_ref()
    }

    /// The principal root, modulo p, of whichever of y and −y is a square.
    ///
    /// One power gives all: w = y^((p−3)/4), the candidate wy = y^((p+1)/4), and the Legendre
    /// symbol w·wy = y^((p−1)/2). If it is −1, then −y is the square, and its root
    /// (−y)^((p+1)/4) is the candidate again, negated where the exponent is odd.
    fn root<const N: usize>(&self, y: &Uint<N>) -> Zeroizing<Uint<H>> {
        let y = FixedMontyForm::new(&y.rem(self.prime()), &self.params);
        let power = y.pow(&self.exponent);
        let candidate = power.mul(&y);
        let symbol = candidate.mul(&power);
        let is_square = symbol.as_montgomery().ct_eq(self.params.one());
        let negative = candidate.neg();
        let otherwise = candidate.as_montgomery().ct_select(negative.as_montgomery(), self.odd);
        let root = otherwise.ct_select(candidate.as_montgomery(), is_square);
        Zeroizing::new(FixedMontyForm::from_montgomery(root, &self.params).retrieve())
    }
}

impl<const H: usize> Drop for Half<H> {
    fn drop(&mut self) {
        self.params.zeroize();
        self.exponent.zeroize();
        self.odd = Choice::FALSE;
    }
}

/// Both factors of an n of `N` limbs.
pub(super) struct Trapdoor<const H: usize, const N: usize> {
    pub(super) p: Half<H>,
    pub(super) q: Half<H>,
    /// q⁻¹ modulo p, in Montgomery form.
    pub(super) q_inverse: Uint<H>,
    ring: Ring<N>,
}

impl<const H: usize, const N: usize> Trapdoor<H, N> {
    /// `None` if q has no inverse modulo p, that is if both are the same.
    ///
    /// # Panics
    /// If a factor is even, or `N` is not twice `H`.
    pub(super) fn new(p: &Uint<H>, q: &Uint<H>) -> Option<Self> {
        let (p_half, q_half) = (Half::new(p), Half::new(q));
        let q_reduced = q.rem(p_half.prime());
        let inverse: Option<FixedMontyForm<H>> =
            FixedMontyForm::new(&q_reduced, &p_half.params).invert().into();
        let q_inverse = inverse?.to_montgomery();
        let modulus: Uint<N> = p.resize::<N>().wrapping_mul(q);
        let ring = Ring::new(&to_octets(&modulus));
        Some(Self { p: p_half, q: q_half, q_inverse, ring })
    }

    pub(super) fn modulus_octets(&self) -> Vec<u8> {
        self.ring.modulus_octets()
    }

    /// p and q, big endian, one after the other.
    pub(super) fn octets(&self) -> Zeroizing<Vec<u8>> {
        let mut octets = Zeroizing::new(Vec::with_capacity(Uint::<N>::BYTES));
        for half in [&self.p, &self.q] {
            let mut prime = half.prime().as_ref().to_be_bytes();
            octets.extend_from_slice(prime.as_ref());
            prime.zeroize();
        }
        octets
    }

    /// The one root that counts, see [`super::Modulus::check_root`], as octets.
    ///
    /// What the exponentiation sees is y·u⁴ for a fresh random u, whose principal root is the one
    /// of y times u²: neither input nor output of the secret steps is known to an onlooker.
    pub(super) fn root(
        &self,
        element: &[u8],
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, KeySuspect> {
        let ring = self.ring.params();
        let random = Zeroizing::new(Uint::random_mod_vartime(rng, self.ring.modulus()));
        let blind = Zeroizing::new(FixedMontyForm::new(&random, ring).square());
        let unblind: Option<FixedMontyForm<N>> = blind.invert().into();
        let unblind = Zeroizing::new(unblind.ok_or(KeySuspect)?);

        let y = FixedMontyForm::new(&Uint::from_be_slice(element), ring);
        let blinded = Zeroizing::new(y.mul(&blind.square()).retrieve());
        let blinded_root = self.recombined(&self.p.root(&blinded), &self.q.root(&blinded));
        let root = FixedMontyForm::new(&blinded_root, ring).mul(&unblind).retrieve();

        // Which of r and n − r is the smaller says whether T is a square: selected, not branched on.
        let negative = self.ring.modulus().as_ref().wrapping_sub(&root);
        let smaller = negative.ct_select(&root, root.ct_lt(&negative));
        let octets = to_octets(&smaller);
        // [TAN-006] A root that is wrong in one half only would give the factors away by
        // gcd(T² ∓ y, n): both halves are squared back before anything leaves.
        self.ring.check_root(element, &octets).map_err(|_| KeySuspect)?;
        Ok(octets)
    }

    /// The number below n that is `root_p` modulo p and `root_q` modulo q.
    fn recombined(&self, root_p: &Uint<H>, root_q: &Uint<H>) -> Zeroizing<Uint<N>> {
        let params = &self.p.params;
        let reduced = Zeroizing::new(root_q.rem(self.p.prime()));
        let difference = Zeroizing::new(root_p.sub_mod(&reduced, self.p.prime()));
        let inverse = FixedMontyForm::from_montgomery(self.q_inverse, params);
        let factor =
            Zeroizing::new(FixedMontyForm::new(&difference, params).mul(&inverse).retrieve());
        let product: Uint<N> = factor.resize::<N>().wrapping_mul(self.q.prime().as_ref());
        Zeroizing::new(product.wrapping_add(&root_q.resize::<N>()))
    }
}

impl<const H: usize, const N: usize> Drop for Trapdoor<H, N> {
    fn drop(&mut self) {
        self.q_inverse.zeroize();
    }
}
