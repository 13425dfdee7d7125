//! What everybody can compute modulo n. All inputs are public, so time may depend on them.

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{NonZero, Odd, RandomMod, Uint};

use super::{NotTheRoot, SURPLUS_OCTETS};
use crate::CryptoRng;

/// Numbers modulo an odd n of `N` limbs.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Ring<const N: usize> {
    params: FixedMontyParams<N>,
}

impl<const N: usize> Ring<N> {
    /// # Panics
    /// If the octets are not as many as `N` limbs hold, or the number is even.
    pub(super) fn new(octets: &[u8]) -> Self {
        let modulus = Odd::new(Uint::from_be_slice(octets)).expect_copied("the caller checked");
        Self { params: FixedMontyParams::new_vartime(modulus) }
    }

    pub(super) const fn modulus(&self) -> &NonZero<Uint<N>> {
        self.params.modulus().as_nz_ref()
    }

    pub(super) const fn params(&self) -> &FixedMontyParams<N> {
        &self.params
    }

    pub(super) fn modulus_octets(&self) -> Vec<u8> {
        to_octets(self.modulus().as_ref())
    }

    pub(super) fn element_of_hash(&self, hash: &[u8]) -> Option<Vec<u8>> {
        let (surplus, rest) = hash.split_at(SURPLUS_OCTETS);
        let high = Uint::from_be_slice_truncated(surplus, Uint::<N>::BITS);
        let number = Uint::rem_wide_vartime((Uint::from_be_slice(rest), high), self.modulus());
        self.has_jacobi_one(&number).then(|| to_octets(&number))
    }

    pub(super) fn is_element(&self, octets: &[u8]) -> bool {
        let number = Uint::from_be_slice(octets);
        number.cmp_vartime(self.modulus().as_ref()).is_lt() && self.has_jacobi_one(&number)
    }

    pub(super) fn random_square(&self, rng: &mut dyn CryptoRng) -> Vec<u8> {
        loop {
            let root = Uint::random_mod_vartime(rng, self.modulus());
            let square = FixedMontyForm::new(&root, &self.params).square().retrieve();
            if self.has_jacobi_one(&square) {
                return to_octets(&square);
            }
        }
    }

    /// The four checks of a transaction number, cheapest first.
    pub(super) fn check_root(&self, element: &[u8], root: &[u8]) -> Result<(), NotTheRoot> {
        let (element, root) = (Uint::from_be_slice(element), Uint::from_be_slice(root));
        // [TAN-003] 0 < T ≤ n/2: neither T + n nor n − T is a second spelling of T.
        let half = self.modulus().as_ref().shr_vartime(1);
        if root.is_zero_vartime() || root.cmp_vartime(&half).is_gt() {
            return Err(NotTheRoot::Range);
        }
        // [TAN-004] T² is y or n − y: with it falls everything that is about another order.
        let square = FixedMontyForm::new(&root, &self.params).square().retrieve();
        let negative = self.modulus().as_ref().wrapping_sub(&element);
        if square != element && square != negative {
            return Err(NotTheRoot::Square);
        }
        // [TAN-005] The Jacobi symbol of T is +1: of the four roots only the principal one and its
        // negative. The other two, next to it, would give the factors away.
        if !self.has_jacobi_one(&root) { Err(NotTheRoot::Jacobi) } else { Ok(()) }
    }

    fn has_jacobi_one(&self, number: &Uint<N>) -> bool {
        number.jacobi_symbol_vartime(self.params.modulus()).is_one().to_bool()
    }
}

pub(super) fn to_octets<const N: usize>(number: &Uint<N>) -> Vec<u8> {
    number.to_be_bytes().as_ref().to_vec()
}
