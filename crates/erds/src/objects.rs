//! Objects: ciphertexts beside a letter that travel one by one, so that a transfer that was
//! interrupted goes on where it stopped. What is in them only the letter's content says.

use crate::format::FormatError;
use crate::ids::Digest;
use crate::limits::{OBJECT_OCTETS_MAX, OBJECTS_MAX};
use crate::relay::PartDigest;
use std::collections::BTreeSet;

/// What stands for all objects of a letter: SHA-256 over their digests in order, and how many octets
/// they have together. Nothing for a letter without objects.
pub fn summary(objects: &[PartDigest]) -> Option<PartDigest> {
    if objects.is_empty() {
        return None;
    }
    let digests: Vec<u8> = objects.iter().flat_map(|it| *it.sha256.as_array()).collect();
    Some(PartDigest { sha256: Digest::of(&digests), octets: total(objects) })
}

/// How many octets they have together.
pub fn total(objects: &[PartDigest]) -> u64 {
    objects.iter().fold(0, |sum, object| sum.saturating_add(object.octets))
}

/// A list of objects is bounded, and so is each of them; none stands in it twice, so that what is
/// counted is what is stored. [REL-004]
pub fn check(objects: &[PartDigest]) -> Result<(), FormatError> {
    let refuse = |detail: &str| Err(FormatError::new("list of objects", detail));
    if objects.len() > OBJECTS_MAX {
        return refuse("too many objects");
    }
    if objects.iter().any(|object| object.octets == 0 || object.octets > OBJECT_OCTETS_MAX) {
        return refuse("an object without octets, or with too many");
    }
    let distinct: BTreeSet<&Digest> = objects.iter().map(|object| &object.sha256).collect();
    if distinct.len() != objects.len() {
        return refuse("the same object twice");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(octet: u8) -> PartDigest {
        PartDigest::of(&[octet])
    }

    #[test]
    fn rel_004_a_list_of_objects_is_bounded_and_names_each_once() {
        assert_eq!(check(&[object(1), object(2)]), Ok(()));
        assert!(check(&[object(1), object(2), object(1)]).is_err());
        let sized = |octets| PartDigest { octets, ..object(1) };
        assert!(check(&[sized(0)]).is_err());
        assert!(check(&[sized(OBJECT_OCTETS_MAX)]).is_ok());
        assert!(check(&[sized(OBJECT_OCTETS_MAX + 1)]).is_err());
        let many =
            |count: usize| (0..count).map(|n| PartDigest::of(&n.to_be_bytes())).collect::<Vec<_>>();
        assert!(check(&many(OBJECTS_MAX)).is_ok());
        assert!(check(&many(OBJECTS_MAX + 1)).is_err());
    }

    #[test]
    fn the_summary_knows_the_order_and_the_total() {
        assert_eq!(summary(&[]), None);
        let there = summary(&[object(1), object(2)]).unwrap();
        let back = summary(&[object(2), object(1)]).unwrap();
        assert_ne!(there.sha256, back.sha256);
        assert_eq!((there.octets, back.octets), (2, 2));
    }
}
