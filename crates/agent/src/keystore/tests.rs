use std::env;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;
use zeroize::Zeroizing;

use super::*;
use crate::system_random;

const PIN: &str = "246810 Brief";

fn pin(typed: &str) -> Pin {
    Pin::new(Zeroizing::new(typed.into())).unwrap()
}

fn refused_pin(typed: &str) -> &'static str {
    Pin::new(Zeroizing::new(typed.into())).err().unwrap().code()
}

/// A profile with a keystore, closed again, as a command leaves it.
fn house() -> (TempDir, Vec<u8>) {
    let place = tempfile::tempdir().unwrap();
    let profile = Profile::open(place.path()).unwrap();
    let keys = Keystore::create(&profile, &pin(PIN), &mut system_random()).unwrap();
    let public = keys.encryption_key().spki_der();
    (place, public)
}

fn unlock(place: &TempDir, typed: &str) -> Result<Unlocked, KeystoreError> {
    Keystore::unlock(&Profile::open(place.path()).unwrap(), &pin(typed))
}

fn attempts_left(place: &TempDir) -> u32 {
    Keystore::attempts_left(&Profile::open(place.path()).unwrap()).unwrap()
}

fn keystore_path(place: &TempDir) -> std::path::PathBuf {
    place.path().join(file::KEYSTORE_FILE)
}

/// Changes the stored form as an attacker can, with a checksum that fits again.
fn rewrite(place: &TempDir, change: impl FnOnce(&mut serde_json::Value)) {
    let octets = fs::read(keystore_path(place)).unwrap();
    let mut whole: serde_json::Value = serde_json::from_slice(&octets).unwrap();
    change(&mut whole["keystore"]);
    let keystore: KeystoreFile = serde_json::from_value(whole["keystore"].take()).unwrap();
    keystore.store(&Profile::open(place.path()).unwrap()).unwrap();
}

fn spend_attempts(place: &TempDir, failed: u32) {
    rewrite(place, |keystore| keystore["attempts_failed"] = failed.into());
}

#[test]
fn a_pin_has_6_to_64_characters_and_not_all_the_same() {
    assert_eq!(refused_pin("12345"), "pin-too-short");
    assert_eq!(refused_pin("äöüäö"), "pin-too-short");
    assert_eq!(refused_pin(&"12".repeat(33)), "pin-too-long");
    assert_eq!(refused_pin("777777"), "pin-all-equal");
    assert_eq!(pin("äöüäöü").characters(), 6);
    assert_eq!(pin(&"12".repeat(32)).characters(), 64);
}

#[test]
fn the_same_keys_come_back_and_are_never_overwritten() {
    let (place, public) = house();
    assert_eq!(unlock(&place, PIN).unwrap().encryption_key().spki_der(), public);
    let profile = Profile::open(place.path()).unwrap();
    assert!(Keystore::exists(&profile).unwrap());
    let again = Keystore::create(&profile, &pin(PIN), &mut system_random()).err().unwrap();
    assert_eq!(again.code(), "keystore-exists");

    let empty = tempfile::tempdir().unwrap();
    assert_eq!(unlock(&empty, PIN).err().unwrap().code(), "keystore-missing");
    assert!(!Keystore::exists(&Profile::open(empty.path()).unwrap()).unwrap());
}

#[test]
fn the_profile_stays_locked_while_the_keys_are_in_memory() {
    let (place, _) = house();
    let keys = unlock(&place, PIN).unwrap();
    assert_eq!(Profile::open_at_once(place.path()).err().unwrap().code(), "profile-in-use");
    drop(keys);
    Profile::open_at_once(place.path()).unwrap();
}

#[test]
fn wrong_pins_count_down_across_restarts_and_the_right_one_sets_the_count_back() {
    let (place, _) = house();
    for left in [9, 8] {
        let error = unlock(&place, "246811 Brief").err().unwrap();
        assert!(
            matches!(error, KeystoreError::WrongPin { attempts_left } if attempts_left == left)
        );
        assert_eq!(attempts_left(&place), left);
    }
    unlock(&place, PIN).unwrap();
    assert_eq!(attempts_left(&place), limits::PIN_ATTEMPTS_MAX);
}

#[test]
fn the_last_wrong_pin_wipes_the_keys_for_good() {
    let (place, _) = house();
    spend_attempts(&place, limits::PIN_ATTEMPTS_MAX - 2);
    assert_eq!(unlock(&place, "wrong one").err().unwrap().code(), "pin-wrong");
    let wrapped = fs::read(keystore_path(&place)).unwrap();
    let mut before = fs::File::open(keystore_path(&place)).unwrap();

    let last = unlock(&place, "wrong two").err().unwrap();
    assert!(matches!(last, KeystoreError::Wiped { attempts: limits::PIN_ATTEMPTS_MAX }));
    assert_eq!(attempts_left(&place), 0);
    assert_eq!(unlock(&place, PIN).err().unwrap().code(), "keystore-wiped");

    // Neither the file of now nor the octets of the file before hold the wrapped keys.
    let now = fs::read_to_string(keystore_path(&place)).unwrap();
    assert!(now.contains("\"contents\": null"), "{now}");
    let mut left = Vec::new();
    std::io::Read::read_to_end(&mut before, &mut left).unwrap();
    assert_eq!(left, vec![0; wrapped.len()]);
}

#[test]
fn a_kill_between_count_and_check_costs_the_attempt() {
    let (place, public) = house();
    for left in [9, 8] {
        assert!(!die_after_charging(place.path()).status.success());
        assert_eq!(attempts_left(&place), left);
    }
    assert_eq!(unlock(&place, PIN).unwrap().encryption_key().spki_der(), public);

    // Killed in the last attempt: there is no eleventh, not even for the right PIN.
    spend_attempts(&place, limits::PIN_ATTEMPTS_MAX - 1);
    assert!(!die_after_charging(place.path()).status.success());
    assert_eq!(unlock(&place, PIN).err().unwrap().code(), "keystore-wiped");
    assert!(fs::read_to_string(keystore_path(&place)).unwrap().contains("\"contents\": null"));
}

fn die_after_charging(place: &Path) -> Output {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "keystore::tests::child_charges_and_dies", "--ignored"])
        .env("SEALPOST_TEST_PROFILE", place)
        .output()
        .unwrap()
}

#[test]
#[ignore = "the killed process of the test above"]
fn child_charges_and_dies() {
    let Some(place) = env::var_os("SEALPOST_TEST_PROFILE") else {
        return;
    };
    let profile = Profile::open(Path::new(&place)).unwrap();
    let _attempt = Attempt::begin(&profile).unwrap().charge().unwrap();
    std::process::abort();
}

#[test]
fn a_changed_pin_opens_the_same_keys_and_the_old_one_does_not() {
    let (place, public) = house();
    let keys = unlock(&place, PIN).unwrap();
    keys.change_pin(&pin("neue PIN 7"), &mut system_random()).unwrap();
    drop(keys);
    assert_eq!(unlock(&place, PIN).err().unwrap().code(), "pin-wrong");
    assert_eq!(unlock(&place, "neue PIN 7").unwrap().encryption_key().spki_der(), public);
}

#[test]
fn every_damaged_octet_is_found_before_a_pin_is_tried() {
    let (place, _) = house();
    let profile = Profile::open(place.path()).unwrap();
    let whole = fs::read(keystore_path(&place)).unwrap();
    let meaning = |octets: &[u8]| serde_json::from_slice::<serde_json::Value>(octets).unwrap();
    for position in 0..whole.len() {
        for flip in [0x01, 0x80] {
            let mut damaged = whole.clone();
            damaged[position] ^= flip;
            fs::write(keystore_path(&place), &damaged).unwrap();
            match KeystoreFile::load(&profile) {
                Err(KeystoreError::Damaged { .. } | KeystoreError::TooNew { .. }) => {}
                Err(other) => panic!("octet {position}: {other}"),
                Ok(_) => assert_eq!(meaning(&damaged), meaning(&whole), "octet {position}"),
            }
        }
    }
    fs::write(keystore_path(&place), &whole[..whole.len() / 2]).unwrap();
    assert_eq!(Keystore::unlock(&profile, &pin(PIN)).err().unwrap().code(), "keystore-damaged");
    fs::write(keystore_path(&place), vec![b' '; 70_000]).unwrap();
    assert_eq!(Keystore::unlock(&profile, &pin(PIN)).err().unwrap().code(), "keystore-damaged");
}

#[test]
fn tampering_with_a_fitting_checksum_is_found_and_named() {
    let tampered = |change: &dyn Fn(&mut serde_json::Value)| {
        let (place, _) = house();
        rewrite(&place, change);
        match unlock(&place, PIN).err().unwrap() {
            KeystoreError::Damaged { part } => {
                assert_eq!(attempts_left(&place), limits::PIN_ATTEMPTS_MAX);
                part
            }
            other => panic!("{other}"),
        }
    };
    let swapped = tampered(&|keystore| {
        let held = &mut keystore["contents"];
        let signature = held["signature"].take();
        held["signature"] = held["authentication"].take();
        held["authentication"] = signature;
    });
    assert_eq!(swapped, KeystorePart::SignatureKey);
    let other_master = tampered(&|keystore| {
        let held = &mut keystore["contents"];
        held["master"]["ciphertext"] = held["encryption"]["ciphertext"].clone();
    });
    assert_eq!(other_master, KeystorePart::MasterKey);
    let short_nonce = tampered(&|keystore| keystore["contents"]["master"]["nonce"] = "AAAA".into());
    assert_eq!(short_nonce, KeystorePart::MasterKey);
}

#[test]
fn parameters_of_scrypt_we_never_write_are_refused_before_they_cost_memory() {
    for (name, value) in
        [("scrypt_log_n", 10), ("scrypt_log_n", 40), ("scrypt_r", 1), ("scrypt_p", 9)]
    {
        let (place, _) = house();
        rewrite(&place, |keystore| keystore["contents"]["pin"][name] = value.into());
        let error = unlock(&place, PIN).err().unwrap();
        let part = KeystorePart::Parameters;
        assert!(matches!(error, KeystoreError::Damaged { part: found } if found == part));
    }
}

#[test]
fn a_newer_keystore_says_so() {
    let (place, _) = house();
    let text = fs::read_to_string(keystore_path(&place)).unwrap();
    fs::write(keystore_path(&place), text.replace("\"version\": 4", "\"version\": 6")).unwrap();
    let error = unlock(&place, PIN).err().unwrap();
    assert!(matches!(error, KeystoreError::TooNew { version: 6 }));
}

#[test]
fn the_exported_key_opens_with_openssl_and_decrypts_cms() {
    let (place, public) = house();
    let keys = unlock(&place, PIN).unwrap();
    let secret = "correct horse battery";
    let passphrase = Passphrase::new(Zeroizing::new(secret.into())).unwrap();
    let pem = keys.export_encryption_key(&passphrase, &mut system_random()).unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
    let out = tempfile::tempdir().unwrap();
    fs::write(out.path().join("key.pem"), pem.as_bytes()).unwrap();
    fs::write(out.path().join("letter"), b"Sehr geehrte Frau Kern").unwrap();
    let openssl = |line: &str| {
        let done = Command::new("openssl")
            .args(line.split(' '))
            .env("PASS", secret)
            .current_dir(out.path())
            .output()
            .unwrap();
        assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
        done.stdout
    };
    assert_eq!(openssl("pkey -in key.pem -passin env:PASS -pubout -outform DER"), public);
    openssl("pkcs8 -in key.pem -passin env:PASS -out clear.pem");
    openssl("req -new -x509 -key key.pem -passin env:PASS -subj /CN=B -days 1 -out cert.pem");
    openssl("cms -encrypt -binary -aes-256-gcm -in letter -out letter.p7m -outform DER cert.pem");
    let opened = openssl(
        "cms -decrypt -in letter.p7m -inform DER -inkey key.pem -passin env:PASS -recip cert.pem",
    );
    assert_eq!(opened, b"Sehr geehrte Frau Kern");
}

#[test]
fn an_export_needs_a_long_passphrase() {
    let refused = |typed: &str| Passphrase::new(Zeroizing::new(typed.into())).err().unwrap().code();
    assert_eq!(refused("elf Zeichen"), "passphrase-length");
    assert_eq!(refused(&"x".repeat(257)), "passphrase-length");
}

#[test]
fn the_file_is_private_and_holds_neither_pin_nor_key() {
    let (place, _) = house();
    let keys = unlock(&place, PIN).unwrap();
    let mode = std::os::unix::fs::PermissionsExt::mode(
        &fs::metadata(keystore_path(&place)).unwrap().permissions(),
    );
    assert_eq!(mode & 0o777, 0o600);
    let text = fs::read_to_string(keystore_path(&place)).unwrap();
    assert!(!text.contains(PIN));
    // The octets of the private keys, and their base64 at any alignment.
    for key in [keys.keys.signature.to_pkcs8_der(), keys.keys.encryption.to_pkcs8_der()] {
        assert!(!text.contains(&hex::encode(&key[36..60])));
        for shift in 0..3 {
            use base64::Engine;
            let encoded = base64::prelude::BASE64_STANDARD.encode(&key[36 + shift..60 + shift]);
            assert!(!text.contains(&encoded[..28]));
        }
    }
}

#[test]
fn agt_040_a_keystore_of_version_1_opens_with_the_keys_it_has_and_none_gets_lost() {
    let (place, public) = house();
    let read = || {
        let octets = fs::read(keystore_path(&place)).unwrap();
        serde_json::from_slice::<serde_json::Value>(&octets).unwrap()["keystore"].take()
    };
    assert_eq!(read()["version"], 4);
    let keys = unlock(&place, PIN).unwrap();
    assert!(keys.hybrid_encryption_key().is_some() && keys.static_dh_key().is_some());
    drop(keys);
    let hybrid = read()["contents"]["hybrid"].take();

    // Whoever takes keys out of the file does not make it one of an earlier version.
    rewrite(&place, |keystore| drop(keystore["contents"]["static_dh"].take()));
    assert_eq!(unlock(&place, PIN).err().unwrap().code(), "keystore-damaged");
    rewrite(&place, |keystore| keystore["version"] = 2.into());
    assert!(unlock(&place, PIN).unwrap().static_dh_key().is_none());
    rewrite(&place, |keystore| drop(keystore["contents"]["hybrid"].take()));
    assert_eq!(unlock(&place, PIN).err().unwrap().code(), "keystore-damaged");
    rewrite(&place, |keystore| keystore["version"] = 1.into());
    let earlier = unlock(&place, PIN).unwrap();
    assert_eq!(earlier.encryption_key().spki_der(), public);
    assert!(earlier.hybrid_encryption_key().is_none());
    let spki = earlier.signature_key().spki_der();
    earlier.change_pin(&pin("135790 Brief"), &mut system_random()).unwrap();
    drop(earlier);
    assert_eq!(read()["version"], 1);
    assert_eq!(unlock(&place, "135790 Brief").unwrap().signature_key().spki_der(), spki);
    rewrite(&place, |keystore| keystore["contents"]["hybrid"] = hybrid);
    assert_eq!(unlock(&place, "135790 Brief").err().unwrap().code(), "keystore-damaged");
}
