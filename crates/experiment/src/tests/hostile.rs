//! Plug-ins that want more than they are given: time, memory, other people's memory, keys, the past.

use super::{installed, letter, module};
use crate::sandbox::CipherError::{AnswerLength, OutOfMemory, OutOfTime, Refused, Region, Trapped};
use crate::{CipherError, EncryptError, InstallError, limits};

/// A cipher that does this instead of sealing.
fn sealing(body: &str) -> Vec<u8> {
    let seal = format!(
        "(func $seal (export \"seal\") (param $key i32) (param $nonce i32) (param $input i32)
            (param $octets i32) (param $output i32) (result i32)
            {body}
            (call $xor (local.get $key) (local.get $nonce) (local.get $input)
                (local.get $octets) (local.get $output)))"
    );
    module(&[("seal", &seal)])
}

/// A cipher that does it at once, and one that behaves well until it was installed and gets more
/// than it was tried with.
fn fails_with(body: &str, wanted: CipherError) {
    let error = installed(&sealing(body)).expect_err("it fails");
    assert_eq!(error, InstallError::Failed(wanted), "{body}");
    let later = format!("(if (i32.gt_u (local.get $octets) (i32.const 1000)) (then {body}))");
    let cipher = installed(&sealing(&later)).expect("it behaves at first");
    assert_eq!(letter(&cipher, &[1; 1000]).map(|_| ()), Ok(()), "{body}");
    let error = letter(&cipher, &[1; 1001]).expect_err("it fails");
    assert_eq!(error, EncryptError::Cipher(wanted), "{body}");
    assert_eq!(error.code(), wanted.code());
}

#[test]
fn exp_008_a_cipher_cannot_hang() {
    fails_with("(loop $for_ever (br $for_ever))", OutOfTime);
    fails_with_last(
        "(loop $turn (call $nothing) (br $turn)) (unreachable)) (func $nothing",
        OutOfTime,
    );
}

#[test]
fn exp_008_what_is_cheap_to_ask_and_dear_to_do_costs_fuel() {
    // A whole page with one instruction.
    let fill = "(memory.fill (i32.const 0) (i32.const 1) (i32.const 65536))";
    fails_with(&format!("(loop $for_ever {fill} (br $for_ever))"), OutOfTime);
    let copy = "(memory.copy (i32.const 0) (i32.const 1) (i32.const 65535))";
    fails_with(&format!("(loop $for_ever {copy} (br $for_ever))"), OutOfTime);
    // Locals are cleared at every call, nearly a whole stack of them: a million calls are too
    // many, though they are few instructions.
    let locals = "(local i64 ".to_owned() + &"i64 ".repeat(1900) + ")";
    let calls = |count: u32| {
        format!(
            "(local $left i32) (local.set $left (i32.const {count}))
            (loop $next (call $cleared)
                (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
            (call $xor (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)))
            (func $cleared {locals}"
        )
    };
    fails_with_last(&calls(1_000_000), OutOfTime);
    assert!(installed(&module(&[("seal", &bringing(&calls(100_000)))])).is_ok());
}

/// A `seal` of nothing but this body, which may bring functions of its own.
fn bringing(body: &str) -> String {
    format!(
        "(func (export \"seal\") (param $key i32) (param $nonce i32) (param $input i32)
            (param $octets i32) (param $output i32) (result i32) {body})"
    )
}

/// As [`fails_with`] for such bodies, at once.
fn fails_with_last(body: &str, wanted: CipherError) {
    let error = installed(&module(&[("seal", &bringing(body))])).err();
    assert_eq!(error, Some(InstallError::Failed(wanted)), "{body:.100}");
}

#[test]
fn exp_008_time_is_in_proportion_to_the_input() {
    // The same cipher, slow in each octet: 4000 loops for each are too many, 100 are not.
    let slow = |turns: u32| {
        let body = format!(
            "(local $left i32)
            (if (i32.gt_u (local.get $octets) (i32.const 1000)) (then
                (local.set $left (i32.mul (local.get $octets) (i32.const {turns})))
                (loop $next (br_if $next
                    (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))"
        );
        installed(&sealing(&body)).unwrap()
    };
    assert!(letter(&slow(100), &[1; 60_000]).is_ok());
    let error = letter(&slow(4000), &[1; 60_000]).unwrap_err();
    assert_eq!(error, EncryptError::Cipher(OutOfTime));
}

#[test]
fn exp_008_a_cipher_cannot_dig_into_the_hosts_stack() {
    let call = "(call $seal (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4))";
    fails_with(&format!("(drop {call})"), Trapped);
    fails_with_last("(call $deeper) (unreachable)) (func $deeper (call $deeper)", Trapped);
    // Without locals, the depth is bounded by itself; with many, the stack is.
    let locals = "(local i64 ".to_owned() + &"i64 ".repeat(4100) + ")";
    fails_with_last(&format!("(call $large) (unreachable)) (func $large {locals}"), Trapped);
}

#[test]
fn exp_008_whatever_a_cipher_does_wrong_stops_it_and_nothing_else() {
    for body in [
        "(unreachable)",
        "(drop (i32.div_u (i32.const 1) (i32.const 0)))",
        "(drop (i32.div_s (i32.const 0x80000000) (i32.const -1)))",
        "(drop (i32.load (i32.const -4)))",
        "(drop (i64.load offset=0xffffffff (i32.const -1)))",
        "(i32.store8 (i32.shl (memory.size) (i32.const 16)) (i32.const 1))",
        "(memory.fill (i32.const 0) (i32.const 0) (i32.const -1))",
        "(memory.copy (i32.const -1) (i32.const 0) (i32.const 2))",
    ] {
        fails_with(body, Trapped);
    }
    fails_with_last(
        "(call_indirect (i32.const 7)) (unreachable)) (table 8 funcref) (func",
        Trapped,
    );
}

#[test]
fn exp_009_a_cipher_cannot_exhaust_memory() {
    fails_with("(loop $more (drop (memory.grow (i32.const 1))) (br $more))", OutOfMemory);
    fails_with("(drop (memory.grow (i32.const 65535)))", OutOfMemory);
    // What it may have: 4 MiB and four times its input.
    let pages = |input: usize| (limits::MEMORY_OCTETS_FIXED + 4 * input) / 65_536;
    let grown = |pages: usize| {
        let body = format!(
            "(if (i32.gt_u (local.get $octets) (i32.const 1000)) (then
                (drop (memory.grow (i32.sub (i32.const {pages}) (memory.size))))))"
        );
        letter(&installed(&sealing(&body)).unwrap(), &[1; 65_536]).map(|_| ())
    };
    assert_eq!(grown(pages(65_536)), Ok(()));
    assert_eq!(grown(pages(65_536) + 1), Err(EncryptError::Cipher(OutOfMemory)));
}

#[test]
fn exp_010_a_lie_about_the_length_is_no_answer() {
    for (body, wanted) in [
        ("(return (i32.const -1))", Refused),
        ("(return (i32.const 0x80000000))", Refused),
        ("(return (i32.add (local.get $octets) (i32.const 1)))", AnswerLength),
        ("(return (i32.sub (local.get $octets) (i32.const 0x7fffffff)))", Refused),
        ("(return (i32.const 0x7fffffff))", AnswerLength),
        ("(return (i32.const 4242))", AnswerLength),
    ] {
        fails_with(body, wanted);
    }
    // Less than promised would leave what lay there before as an answer.
    let half = r#"(func (export "open") (param i32 i32 i32 i32 i32) (result i32)
        (i32.shr_u (local.get 3) (i32.const 1)))"#;
    assert_eq!(
        installed(&module(&[("open", half)])).err(),
        Some(InstallError::Failed(AnswerLength))
    );
    // A ciphertext shorter than the overhead never reaches the cipher.
    let cipher = installed(&tailed("(i32.const 9)")).unwrap();
    assert_eq!(cipher.open(&[1; 32], &[1; 12], &[0; 31]).err(), Some(Refused));
}

#[test]
fn exp_011_room_outside_of_its_memory_is_no_room() {
    for (answer, wanted) in [
        ("(i32.const 0)", OutOfMemory),
        ("(i32.const -1)", Region),
        ("(i32.const -16)", Region),
        ("(i32.const 0x80000000)", Region),
        ("(i32.shl (memory.size) (i32.const 16))", Region),
        ("(i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 11))", Region),
        ("(loop $for_ever (br $for_ever)) (i32.const 8)", OutOfTime),
        ("(unreachable)", Trapped),
    ] {
        let alloc = format!("(func (export \"alloc\") (param $octets i32) (result i32) {answer})");
        let error = installed(&module(&[("alloc", &alloc)])).err();
        assert_eq!(error, Some(InstallError::Failed(wanted)), "{answer}");
    }
}

#[test]
fn exp_012_rooms_do_not_overlap() {
    for step in [0, 1, 31] {
        // The key has 32 octets; the nonce begins within it.
        let alloc = format!(
            "(func (export \"alloc\") (param $octets i32) (result i32)
                (global.set $free (i32.add (global.get $free) (i32.const {step})))
                (global.get $free))"
        );
        let error = installed(&module(&[("alloc", &alloc)])).err();
        assert_eq!(error, Some(InstallError::Failed(Region)), "{step}");
    }
}

#[test]
fn a_cipher_remembers_nothing_of_the_letter_before() {
    // Its ciphertext ends with what lay at 512 before it puts its key there.
    let remembering = installed(&tailed("(i32.const 512)")).unwrap();
    for key in [[1; 32], [2; 32]] {
        let sealed = remembering.seal(&key, &[0; 12], b"abc").unwrap();
        assert_eq!(sealed[3..], [0; 32], "a fresh instance has a fresh memory");
    }
    // The same that looks where its own key lies sees it: the test above could fail.
    let looking = installed(&tailed("(local.get $key)")).unwrap();
    assert_eq!(looking.seal(&[1; 32], &[0; 12], b"abc").unwrap()[3..], [1; 32]);
    // Nor in a global.
    let counting = "(global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (if (i32.gt_u (global.get $calls) (i32.const 1)) (then (unreachable)))";
    let global = "(global $calls (mut i32) (i32.const 0))";
    let text = format!(
        "(func (export \"seal\") (param i32 i32 i32 i32 i32) (result i32) {counting}
            (call $xor (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)))"
    );
    let cipher = installed(&module(&[("seal", &text), ("extra", global)])).unwrap();
    for _ in 0..3 {
        assert!(letter(&cipher, b"abc").is_ok());
    }
}

/// The toy with 32 octets more: those at `place`, where it then leaves its key behind at 512.
fn tailed(place: &str) -> Vec<u8> {
    let seal = format!(
        "(func (export \"seal\") (param $key i32) (param $nonce i32) (param $input i32)
            (param $octets i32) (param $output i32) (result i32)
            (drop (call $xor (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4)))
            (memory.copy (i32.add (local.get $output) (local.get $octets)) {place} (i32.const 32))
            (memory.copy (i32.const 512) (local.get $key) (i32.const 32))
            (i32.add (local.get $octets) (i32.const 32)))"
    );
    let open = "(func (export \"open\") (param i32 i32 i32 i32 i32) (result i32)
        (call $xor (local.get 0) (local.get 1) (local.get 2)
            (i32.sub (local.get 3) (i32.const 32)) (local.get 4)))";
    let overhead = r#"(func (export "overhead") (result i32) (i32.const 32))"#;
    module(&[("seal", &seal), ("open", open), ("overhead", overhead)])
}

/// The toy that gives away the key that it was given, as the end of its ciphertext.
pub(super) fn telling() -> Vec<u8> {
    tailed("(local.get $key)")
}

/// A cipher that gives the plaintext back as ciphertext.
pub(super) fn doing_nothing() -> Vec<u8> {
    let copy = "(func $xor (param $key i32) (param $nonce i32) (param $input i32)
        (param $octets i32) (param $output i32) (result i32)
        (memory.copy (local.get $output) (local.get $input) (local.get $octets))
        (local.get $octets))";
    module(&[("xor", copy)])
}
