//! New factors.

use crypto_bigint::Uint;
use crypto_primes::hazmat::{SetBits, SmallFactorsSieveFactory};
use crypto_primes::{Flavor, is_prime, sieve_and_find};
use zeroize::Zeroizing;

use super::FactorsError;
use crate::CryptoRng;

/// Two primes that pass [`check`]: p ≡ q ≡ 3 (mod 4), the two highest bits set.
pub(super) fn generate<const H: usize>(
    rng: &mut dyn CryptoRng,
) -> (Zeroizing<Uint<H>>, Zeroizing<Uint<H>>) {
    loop {
        let (p, q) = (prime(rng), prime(rng));
        // Two random primes are never this close; if they are, the random source is broken, and
        // the loop at least does not publish their product.
        if check_distance(&p, &q).is_ok() {
            return (p, q);
        }
    }
}

fn prime<const H: usize>(rng: &mut dyn CryptoRng) -> Zeroizing<Uint<H>> {
    let sieve = SmallFactorsSieveFactory::new(Flavor::Any, Uint::<H>::BITS, SetBits::TwoMsb)
        .expect("the size is that of the type");
    let found = sieve_and_find(rng, sieve, |_, candidate| check_form(candidate).is_ok())
        .expect("the size is that of the type")
        .expect("the sieve is refilled for ever");
    Zeroizing::new(found)
}

/// What every factor and pair of factors must be, generated or read.
pub(super) fn check<const H: usize>(p: &Uint<H>, q: &Uint<H>) -> Result<(), FactorsError> {
    check_form(p)?;
    check_form(q)?;
    check_distance(p, q)
}

fn check_form<const H: usize>(prime: &Uint<H>) -> Result<(), FactorsError> {
    let top = Uint::<H>::BITS - 1;
    // [TAN-007] Both factors have their two highest bits set, so that n has exactly twice their
    // size, and both are 3 modulo 4.
    let form = prime.bit(top) & prime.bit(top - 1) & prime.bit(0) & prime.bit(1);
    if !form.to_bool() {
        return Err(FactorsError::Form);
    }
    // [TAN-008] Both factors are prime (Baillie-PSW: base 2 and a strong Lucas test).
    if !is_prime(Flavor::Any, prime) {
        return Err(FactorsError::NotPrime);
    }
    Ok(())
}

/// FIPS 186-5 §A.1.1 (2d): |p − q| > 2^(size/2 − 100), or Fermat's method finds them.
fn check_distance<const H: usize>(p: &Uint<H>, q: &Uint<H>) -> Result<(), FactorsError> {
    let larger = if p.cmp_vartime(q).is_gt() { (p, q) } else { (q, p) };
    let distance = Zeroizing::new(larger.0.wrapping_sub(larger.1));
    // [TAN-009] The factors are far apart.
    if distance.bits() <= Uint::<H>::BITS - 100 { Err(FactorsError::TooClose) } else { Ok(()) }
}
