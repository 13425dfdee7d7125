//! Padmé: lengths with few significant bits, so that a length says little.
//!
//! Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication with PURBs"
//! (PETS 2019), §4: of a length whose highest bit is 2^E only the ⌊log2 E⌋ + 1 bits below it may
//! be set. At most 12 % is added, and the length tells O(log log) bits.

/// The smallest Padmé length of at least `octets`.
#[must_use]
pub const fn padme(octets: u64) -> u64 {
    if octets < 2 {
        return octets;
    }
    let exponent = octets.ilog2();
    let significant = if exponent == 0 { 1 } else { exponent.ilog2() + 1 };
    let mask = (1u64 << exponent.saturating_sub(significant)) - 1;
    octets.saturating_add(mask) & !mask
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_of_the_paper_and_their_neighbours() {
        for (octets, padded) in [
            (0, 0),
            (1, 1),
            (2, 2),
            (8, 8),
            (9, 10),
            (4096, 4096),
            (4097, 4352),
            (1 << 20, 1 << 20),
        ] {
            assert_eq!(padme(octets), padded, "{octets}");
        }
    }

    proptest! {
        #[test]
        fn padding_never_shortens_and_adds_at_most_twelve_percent(octets in 2u64..1 << 40) {
            let padded = padme(octets);
            prop_assert!(padded >= octets);
            prop_assert!((padded - octets) * 100 <= octets * 12);
            prop_assert_eq!(padme(padded), padded);
        }
    }
}
