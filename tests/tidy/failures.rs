//! `docs/failures.md` names for each failure the tests that inject it: as `file::function`.

use crate::{Failures, sources};

const TABLE: &str = "docs/failures.md";

#[test]
fn every_test_named_in_the_table_of_failures_exists() {
    let mut failures = Failures::of("table of failures");
    let text = std::fs::read_to_string(sources::root().join(TABLE)).expect("it is committed");
    let mut rows = 0;
    for (index, line) in text.lines().enumerate() {
        // Rows begin and end with a bar; their last cell names the tests.
        let Some(cell) = line.trim_end_matches('|').rsplit('|').next().filter(|_| is_row(line))
        else {
            continue;
        };
        rows += 1;
        let named: Vec<&str> = cell.split('`').filter(|word| word.contains(".rs::")).collect();
        if named.is_empty() {
            failures.add(TABLE, index + 1, "the row names no test; write one that injects it");
        }
        for (path, function) in named.iter().filter_map(|word| word.split_once("::")) {
            let source = std::fs::read_to_string(sources::root().join(path)).unwrap_or_default();
            if !has_test(&source, function) {
                failures.add(
                    TABLE,
                    index + 1,
                    format!("{path} has no test {function} that is run; correct it"),
                );
            }
        }
    }
    assert!(rows > 20, "{TABLE} is read");
    failures.assert_none();
}

/// Whether there is such a function, marked as a test that is not left out.
fn has_test(source: &str, function: &str) -> bool {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let declared = |line: &&str| {
        let line = line.strip_prefix("async ").unwrap_or(line);
        line.starts_with(&format!("fn {function}("))
    };
    let Some(at) = lines.iter().position(declared) else { return false };
    let above = lines[..at].iter().rev().take_while(|line| line.starts_with(['#', '/']));
    let attributes: Vec<&str> = above.filter(|line| line.starts_with("#[")).copied().collect();
    let is_test = |line: &&str| line.starts_with("#[test]") || line.starts_with("#[tokio::test");
    attributes.iter().any(is_test) && !attributes.iter().any(|line| line.starts_with("#[ignore"))
}

#[test]
fn a_test_is_one_that_is_run() {
    let source = "#[test]\n/// Says why.\nfn a() {}\n#[test]\n#[ignore = \"slow\"]\nfn b() {}\nfn c() {}\n\
                  #[tokio::test]\nasync fn d() {}\n";
    assert!(has_test(source, "a") && has_test(source, "d"));
    assert!(!has_test(source, "b") && !has_test(source, "c") && !has_test(source, "e"));
}

fn is_row(line: &str) -> bool {
    line.starts_with("| ") && !line.starts_with("| failure |")
}
