//! What RFC 8032 leaves to its user: keys and points that let one signature fit many messages.

/// Whether key and signature are free of what honest signers never make: a point of small order,
/// for which a signature says nothing about a message, and a key that has two spellings. [CMS-203]
///
/// The number S below the group's order (RFC 8032 §5.1.7) is left to the back-ends, which both
/// check it.
pub(super) fn is_strict(key: &[u8], signature: &[u8]) -> bool {
    match (key.first_chunk::<32>(), signature.first_chunk::<32>()) {
        (Some(key), Some(r)) => is_canonical(key) && !has_small_order(key) && !has_small_order(r),
        _ => false,
    }
}

/// The y coordinate is below p = 2^255 - 19 (RFC 8032 §5.1.3). Little-endian, sign bit aside.
fn is_canonical(point: &[u8; 32]) -> bool {
    let y = without_sign(point);
    y[31] != 0x7f || y[1..31].iter().any(|octet| *octet != 0xff) || y[0] < 0xed
}

fn has_small_order(point: &[u8; 32]) -> bool {
    SMALL_ORDER.contains(&without_sign(point))
}

fn without_sign(point: &[u8; 32]) -> [u8; 32] {
    let mut y = *point;
    y[31] &= 0x7f;
    y
}

/// The y coordinates of the eight points whose order divides 8, with the two that have a second
/// spelling above p. Curve25519's torsion subgroup, as every strict verifier lists it.
const SMALL_ORDER: [[u8; 32]; 7] = [
    ends(0x00, 0x00, 0x00),
    ends(0x01, 0x00, 0x00),
    ends(0xec, 0xff, 0x7f),
    ends(0xed, 0xff, 0x7f),
    ends(0xee, 0xff, 0x7f),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98,
        0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53,
        0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67,
        0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac,
        0x03, 0x7a,
    ],
];

const fn ends(first: u8, between: u8, last: u8) -> [u8; 32] {
    let mut octets = [between; 32];
    octets[0] = first;
    octets[31] = last;
    octets
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::VerifyingKey;

    #[test]
    fn cms_203_the_list_is_what_the_curve_says_is_weak() {
        let mut points = 0;
        for y in SMALL_ORDER {
            for sign in [0, 0x80] {
                let mut point = y;
                point[31] |= sign;
                if let Ok(key) = VerifyingKey::from_bytes(&point) {
                    assert!(key.is_weak(), "{point:02x?}");
                    points += 1;
                }
                assert!(!is_strict(&point, &[2; 64]));
                assert!(!is_strict(&[9; 32], &[&point[..], &[0; 32]].concat()));
            }
        }
        assert!(points >= 8, "all eight are on the curve");
        assert!(is_strict(&[9; 32], &[2; 64]));
        assert!(!is_strict(&[9; 32], &[2; 31]));
        for y in [0xed, 0xf0, 0xff] {
            assert!(!is_canonical(&ends(y, 0xff, 0x7f)));
            assert!(!is_canonical(&ends(y, 0xff, 0xff)));
        }
        assert!(is_canonical(&ends(0xec, 0xff, 0x7f)));
        assert!(is_canonical(&ends(0xff, 0xff, 0x7e)));
    }
}
