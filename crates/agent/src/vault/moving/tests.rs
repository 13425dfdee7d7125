use super::*;
use crate::keystore::VaultKey;
use crate::profile::Profile;
use crate::vault::{Kind, VAULT_FILE, table_of};
use redb::Database;
use tempfile::TempDir;

const LETTER: Kind = Kind::new("letter");

fn former() -> VaultKey {
    VaultKey::of_test(1)
}

fn both() -> VaultKey {
    former().followed_by(2)
}

fn open(place: &TempDir, key: VaultKey) -> Result<Vault, VaultError> {
    Vault::open(&Profile::open(place.path()).unwrap(), key)
}

fn put(vault: &Vault, name: &str, octets: &[u8]) {
    vault.commit(|tx| tx.put(LETTER, name, octets)).unwrap();
}

fn has(vault: &Vault, name: &str) -> Option<Vec<u8>> {
    vault.get(LETTER, name).unwrap().map(|record| record.octets.to_vec())
}

fn names(vault: &Vault) -> Vec<String> {
    vault.list(LETTER).unwrap().iter().map(|record| record.name.to_string()).collect()
}

/// More than fits into one batch: three large records and the head.
fn archive() -> TempDir {
    let place = tempfile::tempdir().unwrap();
    let vault = open(&place, former()).unwrap();
    for name in ["a", "b", "c"] {
        put(&vault, name, &large(name));
    }
    place
}

fn large(name: &str) -> Vec<u8> {
    name.repeat(limits::MOVED_OCTETS).into_bytes()
}

#[test]
fn every_record_is_there_between_two_batches_and_a_process_that_ends_goes_on() {
    let place = archive();
    let mut moved = 0;
    for left in [3, 2, 1, 0] {
        // Each time as a new process finds it.
        let vault = open(&place, both()).unwrap();
        assert_eq!(names(&vault), ["a", "b", "c"]);
        assert!(["a", "b", "c"].iter().all(|name| has(&vault, name) == Some(large(name))));
        assert_eq!(vault.list_beginning(LETTER, "b").unwrap().len(), 1);
        let mut batch = vault.move_records().unwrap();
        // The head is small and goes with whatever comes after it.
        moved += batch.moved;
        while batch.left > left {
            batch = vault.move_records().unwrap();
            moved += batch.moved;
        }
        assert_eq!(names(&vault), ["a", "b", "c"]);
    }
    assert_eq!(moved, 4);
    let vault = open(&place, both().alone()).unwrap();
    assert_eq!(names(&vault), ["a", "b", "c"]);
    drop(vault);
    assert_eq!(open(&place, former()).err().unwrap().code(), "vault-other-keystore");
}

#[test]
fn what_is_written_or_removed_in_between_stays_so() {
    let place = archive();
    let vault = open(&place, both()).unwrap();
    put(&vault, "a", b"another");
    put(&vault, "d", b"new");
    assert!(vault.commit(|tx| tx.delete(LETTER, "b")).unwrap());
    assert!(!vault.commit(|tx| tx.delete(LETTER, "b")).unwrap());
    let seen = vault.commit(|tx| {
        let listed: Vec<_> = tx.list(LETTER)?.iter().map(|it| it.name.to_string()).collect();
        assert!(tx.get(LETTER, "c")?.is_some());
        Ok::<_, VaultError>(listed)
    });
    assert_eq!(seen.unwrap(), ["a", "c", "d"]);
    while vault.move_records().unwrap().left > 0 {}
    drop(vault);
    let vault = open(&place, both().alone()).unwrap();
    assert_eq!(names(&vault), ["a", "c", "d"]);
    assert_eq!(has(&vault, "a"), Some(b"another".to_vec()));
    assert_eq!(has(&vault, "d"), Some(b"new".to_vec()));
}

#[test]
fn agt_053_a_record_that_does_not_open_is_not_lost_with_its_key() {
    let place = archive();
    {
        let database = Database::open(place.path().join(VAULT_FILE)).unwrap();
        let write = database.begin_write().unwrap();
        write
            .open_table(table_of(0))
            .unwrap()
            .insert([0xff; 48].as_slice(), [7; 300].as_slice())
            .unwrap();
        write.commit().unwrap();
    }
    let vault = open(&place, both()).unwrap();
    let error = loop {
        match vault.move_records() {
            Ok(batch) => assert!(batch.left > 0, "it says that all were moved"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.code(), "vault-record-tampered");
    drop(vault);
    let vault = open(&place, both()).unwrap();
    assert_eq!(names(&vault), ["a", "b", "c"]);
}

#[test]
fn two_rotations_use_the_two_tables_in_turn() {
    let place = archive();
    let second = || both().alone();
    let vault = open(&place, both()).unwrap();
    while vault.move_records().unwrap().left > 0 {}
    drop(vault);
    let vault = open(&place, second().followed_by(3)).unwrap();
    assert_eq!(names(&vault), ["a", "b", "c"]);
    while vault.move_records().unwrap().left > 0 {}
    drop(vault);
    let vault = open(&place, second().followed_by(3).alone()).unwrap();
    assert_eq!(names(&vault), ["a", "b", "c"]);
    drop(vault);
    assert_eq!(open(&place, second()).err().unwrap().code(), "vault-other-keystore");
}
