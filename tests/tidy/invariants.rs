//! Every invariant that a type holds has a test that must not compile, and its twin that must.

use crate::{Failures, sources};
use std::collections::BTreeSet;

/// The invariants of docs/architecture.md; number 10 arrives with the room for postage.
const HELD_BY_TYPES: [u8; 13] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14];

/// Lines from the opening fence of a compile-fail example within which it names its invariant.
const NAMED_WITHIN: usize = 4;

#[test]
fn every_invariant_has_a_compile_fail_test_and_a_compiling_twin() {
    let mut failures = Failures::of("invariant without test");
    let mut found = BTreeSet::new();
    for file in sources::text_files() {
        if !file.path.starts_with("crates/") || !file.path.ends_with(".rs") {
            continue;
        }
        let lines: Vec<&str> = file.text.lines().collect();
        for (at, line) in
            lines.iter().enumerate().filter(|(_, line)| line.contains("```compile_fail"))
        {
            let named = lines[at..].iter().take(NAMED_WITHIN).find_map(|line| number(line));
            if !has_twin(&lines[at..]) {
                failures.add(
                    &file.path,
                    at + 1,
                    format!("'{}' has no compiling twin behind it", line.trim()),
                );
            }
            if !names_error(&lines[at..]) {
                failures.add(
                    &file.path,
                    at + 1,
                    "say which error it fails with: ```compile_fail,E0308",
                );
            }
            found.extend(named);
        }
    }
    for invariant in HELD_BY_TYPES {
        if !found.contains(&invariant) {
            failures.add(
                "docs/architecture.md",
                1,
                format!("no compile-fail test names invariant {invariant}"),
            );
        }
    }
    failures.assert_none();
}

/// Whether the example that begins on the first line is followed, in the same comment, by one
/// that compiles.
fn has_twin(lines: &[&str]) -> bool {
    let comment = lines.iter().take_while(|line| line.trim_start().starts_with("//"));
    let mut fences = comment.filter_map(|line| fence(line)).skip(1);
    // The end of the first example, then the beginning of the twin.
    fences.next() == Some("") && matches!(fences.next(), Some("" | "rust" | "no_run"))
}

/// Whether the example says which error it fails with. Rustdoc compares it on nightly only; for a
/// reader it tells the intended failure from any other. A denied lint has no such code.
fn names_error(lines: &[&str]) -> bool {
    let code = fence(lines[0]).and_then(|words| words.strip_prefix("compile_fail,E"));
    let denies = |line: &&str| line.contains("#![deny(");
    code.is_some_and(|code| code.len() == 4 && code.bytes().all(|b| b.is_ascii_digit()))
        || lines.iter().take(NAMED_WITHIN).any(denies)
}

/// What stands behind the backticks, if the line is a fence in a doc comment.
fn fence(line: &str) -> Option<&str> {
    line.trim_start_matches(['/', '!', ' ']).strip_prefix("```").map(str::trim)
}

#[test]
fn only_a_compiling_example_in_the_same_comment_is_a_twin() {
    let failing = "/// ```compile_fail,E0308\n/// bad();\n/// ```\n";
    for (behind, expected) in [
        ("/// ```\n/// good();\n/// ```\n", true),
        ("///\n/// ```no_run\n/// good();\n/// ```\n", true),
        ("/// ```text\n/// a picture\n/// ```\n", false),
        ("/// ```ignore\n/// good();\n/// ```\n", false),
        ("fn other() {}\n/// ```\n/// good();\n/// ```\n", false),
    ] {
        let text = format!("{failing}{behind}");
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(has_twin(&lines), expected, "{behind}");
        assert!(names_error(&lines));
    }
    assert!(!names_error(&["/// ```compile_fail"]));
}

/// The number in `// Invariant 9: …`.
fn number(line: &str) -> Option<u8> {
    let rest = line.split("// Invariant ").nth(1)?;
    rest.split(':').next()?.parse().ok()
}
