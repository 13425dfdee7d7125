//! Files and functions stay small enough to be read at once.
//!
//! `ratchet.toml` lists what may be larger for now. An entry only ever goes down: growing past it
//! fails, and so does leaving it higher than what it covers.

use crate::{Failures, lexer, sources};
use std::collections::BTreeMap;

const FILE_LINES_MAX: usize = 800;
const FUNCTION_LINES_MAX: usize = 70;
const RATCHET: &str = "tests/tidy/ratchet.toml";
const ROOMS: &[&str] = &["crates/", "xtask/", "tests/", "fuzz/"];

#[test]
fn files_have_at_most_800_lines() {
    let measured = sources::rust_files(ROOMS).into_iter().map(|file| Measure {
        lines: file.text.lines().count(),
        name: String::new(),
        at: 1,
        path: file.path,
    });
    judge("file size", "file", FILE_LINES_MAX, measured.collect());
}

#[test]
fn functions_have_at_most_70_lines() {
    let measured = sources::rust_files(ROOMS).iter().flat_map(functions).collect();
    judge("function size", "function", FUNCTION_LINES_MAX, measured);
}

/// The size of something with a name.
struct Measure {
    path: String,
    name: String,
    at: usize,
    lines: usize,
}

fn judge(rule: &'static str, kind: &str, lines_max: usize, measured: Vec<Measure>) {
    let mut failures = Failures::of(rule);
    let mut allowed = ratchet(kind);
    for it in measured.iter().filter(|it| it.lines > lines_max) {
        match allowed.remove(&(it.path.clone(), it.name.clone())) {
            None => {
                let what = format!(
                    "{} {} has {} lines, the limit is {lines_max}; divide it where the story turns",
                    kind, it.name, it.lines
                );
                failures.add(&it.path, it.at, what);
            }
            Some(ceiling) if it.lines > ceiling => {
                let what = format!(
                    "{} {} grew to {} lines past its ratchet of {ceiling}; make it smaller",
                    kind, it.name, it.lines
                );
                failures.add(&it.path, it.at, what);
            }
            Some(ceiling) if it.lines < ceiling => {
                let what = format!(
                    "{} {} shrank to {} lines; lower its ratchet from {ceiling} in {RATCHET}",
                    kind, it.name, it.lines
                );
                failures.add(&it.path, it.at, what);
            }
            Some(_) => {}
        }
    }
    for (path, name) in allowed.keys() {
        failures.add(
            RATCHET,
            1,
            format!("{kind} {path} {name} needs no exception any more; delete the entry"),
        );
    }
    failures.assert_none();
}

/// The exceptions of one kind: (path, name) -> lines.
fn ratchet(kind: &str) -> BTreeMap<(String, String), usize> {
    let text = std::fs::read_to_string(sources::root().join(RATCHET))
        .expect("the ratchet file is committed");
    let table: toml::Table = text.parse().expect("the ratchet file is TOML");
    let entries = table.get(kind).and_then(|value| value.as_array()).cloned().unwrap_or_default();
    let text_of = |entry: &toml::Value, key: &str| {
        entry.get(key).and_then(|it| it.as_str()).unwrap_or_default().to_owned()
    };
    let mut allowed = BTreeMap::new();
    for entry in entries {
        assert!(
            !text_of(&entry, "reason").is_empty(),
            "{RATCHET}: every exception has a reason: {entry}"
        );
        let lines = entry
            .get("lines")
            .and_then(|it| it.as_integer())
            .and_then(|it| usize::try_from(it).ok());
        let lines =
            lines.unwrap_or_else(|| panic!("{RATCHET}: every exception has its lines: {entry}"));
        allowed.insert((text_of(&entry, "path"), text_of(&entry, "name")), lines);
    }
    allowed
}

/// Every function with a body, from the line of its `fn` to its closing brace.
fn functions(file: &sources::RustFile) -> Vec<Measure> {
    let mut found = Vec::new();
    for (index, line) in file.lines.iter().enumerate() {
        let Some(name) = function_name(&line.code) else {
            continue;
        };
        let lines = lexer::item_end(&file.lines, index) + 1 - index;
        found.push(Measure {
            path: file.path.clone(),
            name: name.to_owned(),
            at: index + 1,
            lines,
        });
    }
    found
}

/// The name, when formatted code declares a function on this line.
fn function_name(code: &str) -> Option<&str> {
    let code = code.trim_start();
    // A visibility may hold a path: `pub(in crate::dossier)`.
    let code = match code.strip_prefix("pub(") {
        Some(rest) => rest.split_once(')')?.1,
        None => code.strip_prefix("pub ").unwrap_or(code),
    };
    let mut words = code.split_whitespace();
    while let Some(word) = words.next() {
        if word == "fn" {
            return words.next().and_then(|rest| lexer::words(rest).next());
        } else if !["const", "async", "unsafe", "extern", "\" \""].contains(&word) {
            return None;
        }
    }
    None
}

#[test]
fn functions_are_measured_from_signature_to_brace() {
    let text =
        "pub(crate) fn a(\n    x: [u8; 2],\n) -> u8 {\n    0\n}\ntrait T {\n    fn b(&self);\n}\n";
    let file =
        sources::RustFile { path: String::new(), lines: lexer::lines(text), text: text.to_owned() };
    let sizes: Vec<_> = functions(&file).into_iter().map(|it| (it.name, it.lines)).collect();
    assert_eq!(sizes, [("a".to_owned(), 5), ("b".to_owned(), 1)]);
    for code in ["fn f()", "pub fn f<T>(t: T)", "pub(in crate::a::b) const fn f()", "async fn f()"]
    {
        assert_eq!(function_name(code), Some("f"), "{code}");
    }
    for code in ["let f = fn_of(x);", "pub(crate) struct F;", "pub f: fn(u8) -> u8,", "inner.fn"] {
        assert_eq!(function_name(code), None, "{code}");
    }
}
