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
            if !source.contains(&format!("fn {function}(")) {
                failures.add(
                    TABLE,
                    index + 1,
                    format!("{path} has no test {function}; correct it"),
                );
            }
        }
    }
    assert!(rows > 20, "{TABLE} is read");
    failures.assert_none();
}

fn is_row(line: &str) -> bool {
    line.starts_with("| ") && !line.starts_with("| failure |")
}
