use std::fs;
use std::io::Read;

use tempfile::TempDir;
use zeroize::Zeroizing;

use super::super::Keystore;
use super::super::file::KEYSTORE_FILE;
use super::*;
use crate::profile::Profile;
use crate::system_random;

fn pin() -> Pin {
    Pin::new(Zeroizing::new("246810 Brief".into())).unwrap()
}

fn house() -> (TempDir, Unlocked) {
    let place = tempfile::tempdir().unwrap();
    let profile = Profile::open(place.path()).unwrap();
    let keys = Keystore::create(&profile, &pin(), &mut system_random()).unwrap();
    (place, keys)
}

fn unlock(place: &TempDir) -> Unlocked {
    Keystore::unlock(&Profile::open(place.path()).unwrap(), &pin()).unwrap()
}

fn public(keys: &KeySet) -> Vec<Vec<u8>> {
    let hybrid = keys.hybrid.as_ref().unwrap();
    vec![
        keys.signature.spki_der(),
        keys.authentication.spki_der(),
        keys.encryption.spki_der(),
        hybrid.signature.spki_der(),
        hybrid.encryption.spki_der(),
    ]
}

/// One whole rotation of the keystore alone.
fn rotates(place: &TempDir) {
    let mut keys = unlock(place);
    keys.begin_rotation(&mut system_random()).unwrap();
    keys.switch(&pin(), &mut system_random()).unwrap();
    unlock(place).forget_former_master().unwrap();
}

/// How many of the kept keys have this public half.
fn opens(keys: &Unlocked, spki: &[u8]) -> usize {
    std::iter::once(keys.keys.opening())
        .chain(keys.former.iter().map(OpeningKeys::opening))
        .flatten()
        .filter(|own| own == spki)
        .count()
}

#[test]
fn new_keys_are_durable_before_they_are_used_and_stay_the_same() {
    let (place, mut keys) = house();
    let present = public(keys.present_keys());
    keys.begin_rotation(&mut system_random()).unwrap();
    let next = public(keys.next_keys().unwrap());
    assert!(next.iter().all(|key| !present.contains(key)));
    drop(keys);
    let mut keys = unlock(&place);
    keys.begin_rotation(&mut system_random()).unwrap();
    assert_eq!(public(keys.next_keys().unwrap()), next);
    assert_eq!(public(keys.present_keys()), present);
    // A new PIN in between costs nothing.
    keys.change_pin(&pin(), &mut system_random()).unwrap();
    drop(keys);

    let mut before = fs::File::open(place.path().join(KEYSTORE_FILE)).unwrap();
    let octets = before.metadata().unwrap().len();
    unlock(&place).switch(&pin(), &mut system_random()).unwrap();
    let keys = unlock(&place);
    assert_eq!(public(keys.present_keys()), next);
    assert!(keys.next_keys().is_none() && keys.has_former_master());
    drop(keys);
    // The file with the former keys that sign is overwritten: it was replaced twice since.
    let mut left = Vec::new();
    before.read_to_end(&mut left).unwrap();
    assert_eq!(left, vec![0; octets as usize]);
}

#[test]
fn agt_050_former_keys_open_letters_until_they_are_forgotten() {
    let (place, keys) = house();
    let [encryption, hybrid] = [2, 4].map(|place| public(keys.present_keys()).remove(place));
    drop(keys);
    rotates(&place);
    rotates(&place);
    let mut keys = unlock(&place);
    assert_eq!(keys.former_keys(), 2);
    assert_eq!((opens(&keys, &encryption), opens(&keys, &hybrid)), (1, 1));
    assert_eq!(keys.forget_former_keys().unwrap(), 2);
    drop(keys);
    let mut keys = unlock(&place);
    assert_eq!((opens(&keys, &encryption), opens(&keys, &hybrid)), (0, 0));
    assert_eq!(keys.forget_former_keys().unwrap(), 0);
    assert_eq!(opens(&keys, &public(keys.present_keys())[2]), 1);
}

#[test]
fn agt_051_former_keys_are_bounded_and_the_file_with_them() {
    let (place, keys) = house();
    drop(keys);
    for _ in 1..limits::FORMER_KEYS_MAX {
        rotates(&place);
    }
    let mut keys = unlock(&place);
    keys.begin_rotation(&mut system_random()).unwrap();
    keys.switch(&pin(), &mut system_random()).unwrap();
    // The fullest file there is: as many former keys as may be, and two master keys.
    let octets = fs::metadata(place.path().join(KEYSTORE_FILE)).unwrap().len();
    assert!(octets < limits::KEYSTORE_OCTETS_MAX * 3 / 4, "{octets}");
    let mut keys = unlock(&place);
    keys.forget_former_master().unwrap();
    let refused = keys.begin_rotation(&mut system_random()).err().unwrap();
    assert_eq!(refused.code(), "former-keys-kept");
    keys.forget_former_keys().unwrap();
    keys.begin_rotation(&mut system_random()).unwrap();
}

#[test]
fn agt_052_there_are_never_three_master_keys() {
    let (place, mut keys) = house();
    keys.begin_rotation(&mut system_random()).unwrap();
    keys.switch(&pin(), &mut system_random()).unwrap();
    let mut keys = unlock(&place);
    keys.begin_rotation(&mut system_random()).unwrap();
    let refused = keys.switch(&pin(), &mut system_random()).err().unwrap();
    assert_eq!(refused.code(), "keystore-damaged");
    let mut keys = unlock(&place);
    keys.forget_former_master().unwrap();
    keys.switch(&pin(), &mut system_random()).unwrap();
}

#[test]
fn a_keystore_of_version_1_gets_keys_of_all_suites() {
    let (place, keys) = house();
    drop(keys);
    let file = place.path().join(KEYSTORE_FILE);
    let mut file: serde_json::Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let held = &mut file["keystore"];
    held["version"] = 1.into();
    for key in ["hybrid", "static_dh"] {
        held["contents"].as_object_mut().unwrap().remove(key);
    }
    let earlier: KeystoreFile = serde_json::from_value(held.take()).unwrap();
    earlier.store(&Profile::open(place.path()).unwrap()).unwrap();
    assert!(unlock(&place).hybrid_signature_key().is_none());
    rotates(&place);
    let keys = unlock(&place);
    assert!(keys.hybrid_signature_key().is_some() && keys.hybrid_encryption_key().is_some());
    assert!(keys.static_dh_key().is_some());
    assert_eq!(keys.former_keys(), 1);
}
