//! Modules that are not taken in: nothing of them has run, or nothing that they said was believed.

use super::{TOY, assembled, installed, module};
use crate::{CipherError, CipherId, InstallError, Registry, limits};

fn refused(module: &[u8]) -> InstallError {
    installed(module).expect_err("such a module is not taken in")
}

#[test]
fn the_toy_that_all_tests_break_works() {
    let cipher = installed(&module(&[])).unwrap();
    assert_eq!(cipher.name(), "toy");
    assert_eq!(*cipher.seal(&[1; 32], &[0; 12], b"abc").unwrap(), b"`cb");
}

#[test]
fn exp_001_only_the_digest_that_a_person_named_is_installed() {
    let (toy, mut registry) = (module(&[]), Registry::default());
    let (right, wrong) = (CipherId::of(&toy), CipherId::from_bytes([1; 32]));
    let error = registry.install(wrong, &toy).unwrap_err();
    assert_eq!(error, InstallError::OtherDigest { got: right });
    assert!(error.to_string().contains(&right.to_string()));
    assert!(registry.get(wrong).is_none() && registry.get(right).is_none());
    // Twice is once, and what is taken out is out.
    registry.install(right, &toy).unwrap();
    registry.install(right, &toy).unwrap();
    assert_eq!(registry.ciphers().count(), 1);
    assert!(registry.remove(right) && !registry.remove(right));
    assert_eq!(CipherId::parse(&right.to_string()), Some(right));
    assert_eq!(CipherId::parse("toy"), None);
}

#[test]
fn exp_001_a_registry_is_bounded() {
    let mut registry = Registry::default();
    let numbered = |number: usize| {
        module(&[("extra", format!("(data (i32.const 100) \"{number}\")").as_str())])
    };
    for number in 0..limits::CIPHERS_MAX {
        let toy = numbered(number);
        registry.install(CipherId::of(&toy), &toy).unwrap();
    }
    let one_more = numbered(limits::CIPHERS_MAX);
    let error = registry.install(CipherId::of(&one_more), &one_more).unwrap_err();
    assert_eq!(error, InstallError::TooMany);
}

#[test]
fn exp_002_large_modules_are_not_even_parsed() {
    let octets = limits::MODULE_OCTETS_MAX + 1;
    assert_eq!(refused(&vec![0; octets]), InstallError::TooLarge { octets });
    assert_eq!(refused(&vec![0; octets - 1]), InstallError::Malformed);
    assert_eq!(refused(b""), InstallError::Malformed);
    // A module that is cut off, at each of its octets but the one before the names of its
    // functions, which mean nothing.
    let toy = module(&[]);
    let whole: Vec<usize> = (0..toy.len()).filter(|end| installed(&toy[..*end]).is_ok()).collect();
    let names = memchr::memmem::rfind(&toy, b"\x04name").unwrap() - 2;
    assert_eq!(whole, [names]);
}

#[test]
fn exp_018_an_invalid_module_does_not_bring_the_compiler_down() {
    // A section of code with no function in it, and a thousand octets of nothing.
    let head = b"\0asm\x01\0\0\0\x0a\xe9\x07\0";
    let module = [&head[..], &[0; 1000]].concat();
    assert_eq!(refused(&module), InstallError::Malformed);
}

#[test]
fn exp_003_the_host_offers_nothing() {
    for import in [
        r#"(import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))"#,
        r#"(import "env" "time" (func (result i64)))"#,
        r#"(import "env" "memory2" (global i32))"#,
        r#"(import "env" "table" (table 1 funcref))"#,
    ] {
        // Imports have to come first.
        let rest: Vec<&str> = TOY.iter().map(|(_, text)| *text).collect();
        let module = assembled(&format!("(module {import} {})", rest.join("\n")));
        assert_eq!(refused(&module), InstallError::Imports, "{import}");
    }
    let memory =
        assembled(r#"(module (import "env" "memory" (memory 1)) (export "memory" (memory 0)))"#);
    assert_eq!(refused(&memory), InstallError::Imports);
}

#[test]
fn exp_004_exports_have_names_and_types() {
    for what in
        ["key_octets", "nonce_octets", "overhead", "name", "alloc", "seal", "open", "memory"]
    {
        // Missing; then there, but as something else.
        if what != "memory" {
            assert_eq!(refused(&module(&[(what, "")])), InstallError::Export { what });
        }
        let other = format!("(global (export \"{what}\") i32 (i32.const 16))");
        let instead = if what == "memory" { format!("(memory 1) {other}") } else { other };
        assert_eq!(refused(&module(&[(what, &instead)])), InstallError::Export { what });
    }
    for (part, what, text) in [
        ("key_octets", "key_octets", r#"(func (export "key_octets") (result i64) (i64.const 32))"#),
        ("name", "name", r#"(func (export "name") (result i32) (i32.const 8))"#),
        ("alloc", "alloc", r#"(func (export "alloc") (result i32) (i32.const 2048))"#),
        ("open", "open", r#"(func (export "open") (param i32) (result i32) (i32.const 0))"#),
        ("abi", "sealpost_cipher_abi", r#"(func (export "sealpost_cipher_abi"))"#),
    ] {
        assert_eq!(refused(&module(&[(part, text)])), InstallError::Export { what }, "{text}");
    }
    let abi = r#"(func (export "sealpost_cipher_abi") (result i32) (i32.const 2))"#;
    assert_eq!(refused(&module(&[("abi", abi)])), InstallError::AbiVersion { got: 2 });
}

#[test]
fn exp_004_what_a_cipher_says_of_itself_is_bounded() {
    for (what, said) in [
        ("key_octets", 15),
        ("key_octets", 65),
        ("key_octets", -1),
        ("nonce_octets", 65),
        ("nonce_octets", -1),
        ("overhead", 257),
        ("overhead", i32::MIN),
    ] {
        let text = format!("(func (export \"{what}\") (result i32) (i32.const {said}))");
        assert_eq!(refused(&module(&[(what, &text)])), InstallError::OutOfRange { what }, "{said}");
    }
    let name = |place: u64, letters: &str| {
        let text = format!(
            "(data (i32.const 8) \"{letters}\") (func (export \"name\") (result i64) (i64.const {place}))"
        );
        installed(&module(&[("name", &text)])).err()
    };
    let (at_8, outside) = (8u64 << 32, 0xffff_fff0u64 << 32);
    assert_eq!(name(at_8 | 5, "a-b.2"), None);
    for (octets, letters) in
        [(0, ""), (3, "Toy"), (3, "a b"), (2, "\\c3\\a4"), (2, "\\ff\\fe"), (3, "a\\0ab")]
    {
        assert_eq!(name(at_8 | octets, letters), Some(InstallError::Name), "{letters}");
    }
    assert_eq!(name(at_8 | 33, &"a".repeat(33)), Some(InstallError::Name));
    assert_eq!(name(at_8 | 0xffff_ffff, "toy"), Some(InstallError::Name));
    assert_eq!(name(outside | 32, "toy"), Some(InstallError::Failed(CipherError::Region)));
}

#[test]
fn exp_005_only_the_small_and_deterministic_language_is_spoken() {
    for extra in [
        "(func (result f32) (f32.const 1))",
        "(func (param f64))",
        "(global f32 (f32.const 0))",
        "(func (result i32 i32) (i32.const 1) (i32.const 2))",
        "(func (param v128))",
        "(func (drop (i32x4.splat (i32.const 1))))",
        "(memory $second 1)",
        "(table $one 1 funcref) (table $two 1 funcref)",
        "(table 1 externref)",
        "(func $tail (return_call $tail))",
        "(func (drop (i32.atomic.load (i32.const 0))))",
        "(func $begin (loop $l (br $l))) (start $begin)",
        "(func $begin) (start $begin)",
    ] {
        let error = refused(&module(&[("extra", extra)]));
        let fits =
            matches!(error, InstallError::Malformed | InstallError::Failed(CipherError::Trapped));
        assert!(fits, "{extra}: {error:?}");
    }
    assert_eq!(
        refused(&module(&[("memory", r#"(memory (export "memory") i64 1)"#)])).code(),
        "cipher-malformed"
    );
    assert!(
        installed(&module(&[("extra", "(func (drop (i32.extend8_s (i32.const 1))))")])).is_ok()
    );
}

#[test]
fn exp_005_a_start_function_never_runs() {
    // Would it run, it would write over the name, and the cipher could still be installed.
    let begin = "(func $begin (i32.store8 (i32.const 8) (i32.const 0x62))) (start $begin)";
    assert!(installed(&module(&[("extra", begin)])).is_err());
}

#[test]
fn exp_009_what_a_module_takes_from_the_beginning_is_bounded() {
    for (memory, fits) in [(64, true), (65, false), (65_536, false)] {
        let text = format!("(memory (export \"memory\") {memory})");
        let error = installed(&module(&[("memory", &text)])).err();
        let wanted = (!fits).then_some(InstallError::Export { what: "memory" });
        assert_eq!(error, wanted, "{memory} pages");
    }
    for (elements, fits) in [(1024, true), (1025, false), (10_000_000, false)] {
        let table = format!("(table {elements} funcref)");
        let error = installed(&module(&[("extra", &table)])).err();
        let wanted = (!fits).then_some(InstallError::Failed(CipherError::OutOfMemory));
        assert_eq!(error, wanted, "{elements} elements");
    }
}

#[test]
fn exp_005_modules_that_are_made_to_be_hard_to_compile_are_refused_or_quick() {
    // Ten thousand functions; thousands of blocks in each other; as many locals as there may be.
    let functions = "(func)".repeat(10_001);
    assert_eq!(refused(&module(&[("extra", &functions)])), InstallError::Malformed);
    let nested = format!("(func {} {})", "(block ".repeat(20_000), ")".repeat(20_000));
    assert!(installed(&module(&[("extra", &nested)])).is_ok());
    let locals = format!("(func {} nop {})", "(local i64) ".repeat(60_000), "");
    assert_eq!(refused(&module(&[("extra", &locals)])), InstallError::Malformed);
}

#[test]
fn exp_006_a_cipher_shows_first_that_it_opens_what_it_seals() {
    let zeros = r#"(func (export "open") (param i32 i32 i32 i32 i32) (result i32) (local.get 3))"#;
    assert_eq!(refused(&module(&[("open", zeros)])), InstallError::DoesNotOpen);
}
