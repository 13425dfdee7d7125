//! Every invariant that a type holds has a test that must not compile, and its twin that must.

use crate::{Failures, sources};
use std::collections::BTreeSet;

/// The invariants of docs/architecture.md; number 10 arrives with the room for postage.
const HELD_BY_TYPES: [u8; 12] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13];

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
            let twin = lines[at + 1..].iter().filter(|line| is_fence(line)).nth(1);
            if twin.is_none_or(|twin| twin.contains("compile_fail")) {
                failures.add(
                    &file.path,
                    at + 1,
                    format!("'{}' has no compiling twin behind it", line.trim()),
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

fn is_fence(line: &str) -> bool {
    line.trim_start_matches(['/', '!', ' ']).starts_with("```")
}

/// The number in `// Invariant 9: …`.
fn number(line: &str) -> Option<u8> {
    let rest = line.split("// Invariant ").nth(1)?;
    rest.split(':').next()?.parse().ok()
}
