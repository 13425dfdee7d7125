//! Words that may not stand in the code: shortcuts that panic, promises to do it later, and names
//! that say nothing.

use crate::{Failures, lexer, sources};

/// What the product itself may not say, and what to do instead.
const FORBIDDEN: &[(&str, &str)] = &[
    (".unwrap()", "return an error, or `expect` with why it holds"),
    (".unwrap_err()", "match on the result"),
    (".expect(\"\")", "say why it holds"),
    ("panic!", "return an error, or `expect` with why it holds"),
    ("unreachable!", "return an error, or make it a type that cannot be so"),
    ("todo!", "do it, or take it out"),
    ("unimplemented!", "do it, or refuse it with an error"),
    ("dbg!", "take it out"),
    ("unsafe ", "there is no unsafe code in this house"),
];

/// Parts of names that say nothing about what the thing is.
const EMPTY_WORDS: &[&str] =
    &["manager", "helper", "helpers", "util", "utils", "handler", "misc", "stuff"];

/// Notes to oneself, which belong into an issue. In pieces, so that this file passes its own rule.
const NOTES: &[&str] =
    &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX"), concat!("HA", "CK")];

const PRODUCT: &[&str] = &["crates/", "xtask/"];
const ALL: &[&str] = &["crates/", "xtask/", "tests/", "fuzz/"];

#[test]
fn the_product_neither_panics_on_purpose_nor_is_unfinished() {
    let mut failures = Failures::of("forbidden word");
    for file in sources::rust_files(PRODUCT) {
        for (number, line) in file.numbered_product() {
            for (word, instead) in
                FORBIDDEN.iter().filter(|(word, _)| contains_word(&line.code, word))
            {
                failures.add(&file.path, number, format!("`{}`: {instead}", word.trim()));
            }
        }
    }
    failures.assert_none();
}

#[test]
fn comments_hold_no_notes_for_later() {
    let mut failures = Failures::of("note for later");
    for file in sources::rust_files(ALL) {
        for (number, line) in file.numbered() {
            for note in
                NOTES.iter().filter(|note| lexer::words(&line.comment).any(|word| word == **note))
            {
                failures.add(
                    &file.path,
                    number,
                    format!("`{note}`: do it now, or open an issue and take the note out"),
                );
            }
        }
    }
    failures.assert_none();
}

#[test]
fn names_say_what_a_thing_is() {
    let mut failures = Failures::of("empty word in a name");
    for file in sources::rust_files(ALL) {
        let speaks_http = file.path.contains("/http");
        let refused = |name: &str| {
            let parts = parts(name);
            EMPTY_WORDS.iter().copied().find(|word| {
                parts.iter().any(|part| part == word) && !(speaks_http && *word == "handler")
            })
        };
        let stem = file.path.rsplit('/').next().unwrap_or_default().trim_end_matches(".rs");
        if let Some(word) = refused(stem) {
            failures.add(
                &file.path,
                1,
                format!("the file's name contains '{word}'; name what is in it"),
            );
        }
        for (number, line) in file.numbered() {
            for name in declared(&line.code) {
                if let Some(word) = refused(name) {
                    failures.add(
                        &file.path,
                        number,
                        format!("'{name}' contains '{word}'; say what it does or is"),
                    );
                }
            }
        }
    }
    failures.assert_none();
}

fn contains_word(code: &str, word: &str) -> bool {
    let begins_with_letter = word.starts_with(char::is_alphabetic);
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !begins_with_letter
            || !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    })
}

/// The names that a line declares.
fn declared(code: &str) -> Vec<&str> {
    const KEYWORDS: [&str; 9] =
        ["fn", "struct", "enum", "trait", "mod", "type", "const", "static", "let"];
    let words: Vec<&str> = lexer::words(code).filter(|word| *word != "mut").collect();
    let pairs = words.windows(2).filter(|pair| KEYWORDS.contains(&pair[0]));
    pairs.map(|pair| pair[1]).collect()
}

/// `read_fileName` -> read, file, name.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    for letter in name.chars() {
        if letter == '_' || letter.is_uppercase() {
            parts.push(String::new());
        }
        if letter != '_' {
            parts.last_mut().expect("starts with one").extend(letter.to_lowercase());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}

#[test]
fn names_are_taken_apart() {
    assert_eq!(parts("KeyManager"), ["key", "manager"]);
    assert_eq!(declared("pub fn read_util(x: u8) {"), ["read_util"]);
    assert!(contains_word("unsafe { }", "unsafe "));
    assert!(!contains_word("deny(not_unsafe )", "unsafe "));
}
