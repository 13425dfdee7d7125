use super::*;
use crate::testing::{Provider, person};
use tempfile::TempDir;

/// The example of docs/experimental-ciphers.md, as a module that differs from others by a name in it.
pub(crate) fn example(variant: &str) -> Vec<u8> {
    let text = include_str!("../../../experiment/ciphers/example-chacha20.wat");
    wat::parse_str(text.replacen("(module", &format!("(module ${variant}"), 1)).unwrap()
}

pub(crate) fn sha256(module: &[u8]) -> [u8; 32] {
    *Digest::of(module).as_array()
}

fn bert() -> (Agent, TempDir) {
    let place = tempfile::tempdir().unwrap();
    (person(&place, &Provider::new("south.example"), "bert@south.example"), place)
}

#[test]
fn what_is_installed_is_listed_until_it_is_removed() {
    let (bert, _place) = bert();
    let module = example("one");
    assert_eq!(bert.ciphers().unwrap(), []);
    let installed = bert.install_cipher(&module, sha256(&module)).unwrap();
    assert_eq!(installed.digest, Digest::of(&module));
    assert_eq!(bert.install_cipher(&module, sha256(&module)).unwrap(), installed);
    assert_eq!(bert.ciphers().unwrap(), std::slice::from_ref(&installed));
    assert_eq!(bert.cipher_named(&installed.name).unwrap().name(), installed.name);
    assert_eq!(bert.remove_cipher(&installed.digest.hex()).unwrap(), installed);
    assert_eq!(bert.ciphers().unwrap(), []);
    assert_eq!(bert.remove_cipher(&installed.name).unwrap_err().code(), "cipher-unknown");
}

#[test]
fn only_what_a_person_named_and_what_works_is_installed() {
    let (bert, _place) = bert();
    let (one, other) = (example("one"), example("other"));
    let refused = |module: &[u8], digest| bert.install_cipher(module, digest).unwrap_err().code();
    assert_eq!(refused(&one, sha256(&other)), "cipher-other-digest");
    let text = b"no module";
    assert_eq!(refused(text, sha256(text)), "cipher-malformed");
    let module = wat::parse_str("(module (import \"host\" \"read\" (func)))").unwrap();
    assert_eq!(refused(&module, sha256(&module)), "cipher-imports");
    assert_eq!(bert.ciphers().unwrap(), []);
}

#[test]
fn agt_071_at_most_sixteen_are_installed() {
    let (bert, _place) = bert();
    let modules: Vec<_> = (0..=limits::CIPHERS_MAX).map(|n| example(&format!("n{n}"))).collect();
    let (last, others) = modules.split_last().unwrap();
    for module in others {
        bert.install_cipher(module, sha256(module)).unwrap();
    }
    let refused = bert.install_cipher(last, sha256(last)).unwrap_err();
    assert_eq!(refused.code(), "cipher-too-many");
    bert.install_cipher(&others[3], sha256(&others[3])).unwrap();
    bert.remove_cipher(&Digest::of(&others[3]).hex()).unwrap();
    bert.install_cipher(last, sha256(last)).unwrap();
}

#[test]
fn agt_072_a_name_that_two_have_means_neither() {
    let (bert, _place) = bert();
    let (one, other) = (example("one"), example("other"));
    let name = bert.install_cipher(&one, sha256(&one)).unwrap().name;
    assert_eq!(bert.install_cipher(&other, sha256(&other)).unwrap().name, name);
    assert_eq!(bert.cipher_view(&name).unwrap_err().code(), "cipher-ambiguous");
    let digest = Digest::of(&other);
    assert_eq!(bert.cipher_view(&digest.hex().to_uppercase()).unwrap().digest, digest);
    for unknown in [&digest.hex()[..63], "", "other"] {
        assert_eq!(bert.cipher_view(unknown).unwrap_err().code(), "cipher-unknown", "{unknown}");
    }
}

#[test]
fn a_module_that_was_exchanged_in_the_vault_does_not_run() {
    let (bert, _place) = bert();
    let (one, other) = (example("one"), example("other"));
    let name = bert.install_cipher(&one, sha256(&one)).unwrap().name;
    let plugin = Plugin { name: name.clone(), module: Octets(other) };
    records::put(&bert.vault, CIPHER, &Digest::of(&one).hex(), &plugin).unwrap();
    assert_eq!(bert.cipher_named(&name).unwrap_err().code(), "cipher-other-digest");
}
