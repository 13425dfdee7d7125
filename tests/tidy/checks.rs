//! Every mandatory check has an id such as `CMS-014`: once in the comment where it is made, and in
//! the name, a comment or the body of a test. `docs/checks.tsv` is the table of both.

use crate::lexer::Line;
use crate::{Failures, sources};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

const TABLE: &str = "docs/checks.tsv";
const COLUMNS: &str = "id\twhat\twhere\ttests";
/// Set by `cargo xtask tidy --write`.
const WRITE: &str = "SEALPOST_TIDY_WRITE";

/// Where a check is made.
struct Definition {
    path: String,
    line: usize,
    what: String,
}

#[derive(Default)]
struct Checks {
    defined: BTreeMap<String, Vec<Definition>>,
    /// id -> tests that name it, as `file` or `file::function`.
    tested: BTreeMap<String, BTreeSet<String>>,
    /// id -> the first place where a test names it.
    first_tested: BTreeMap<String, (String, usize)>,
}

#[test]
fn every_check_is_defined_once() {
    let mut failures = Failures::of("check defined twice");
    for (id, places) in &Checks::read().defined {
        for again in &places[1..] {
            let first = &places[0];
            failures.add(
                &again.path,
                again.line,
                format!(
                    "[{id}] is at {}:{} already; take the next free number, or check in one place",
                    first.path, first.line
                ),
            );
        }
    }
    failures.assert_none();
}

#[test]
fn every_check_has_a_test_that_names_it() {
    let mut failures = Failures::of("check without test");
    let checks = Checks::read();
    for (id, places) in &checks.defined {
        if !checks.tested.contains_key(id) {
            let name = id.to_lowercase().replace('-', "_");
            failures.add(&places[0].path, places[0].line, format!("[{id}] has no test; write one that fails without the check and name it '{name}_…', or name {id} in it"));
        }
    }
    failures.assert_none();
}

#[test]
fn tests_name_only_checks_that_exist() {
    let mut failures = Failures::of("unknown check");
    let checks = Checks::read();
    for (id, (path, line)) in &checks.first_tested {
        if !checks.defined.contains_key(id) {
            failures.add(
                path,
                *line,
                format!(
                    "no comment under crates/ defines [{id}]; correct it here or define it there"
                ),
            );
        }
    }
    failures.assert_none();
}

#[test]
fn the_table_of_checks_is_current() {
    let wanted = Checks::read().table();
    let path = sources::root().join(TABLE);
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, wanted).expect("docs/ is there");
        return;
    }
    let mut failures = Failures::of("table of checks");
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    let (wanted_lines, found_lines): (Vec<_>, Vec<_>) =
        (wanted.lines().collect(), found.lines().collect());
    if wanted_lines != found_lines {
        let differs = |at: &usize| wanted_lines.get(*at) != found_lines.get(*at);
        let first = (0..wanted_lines.len().max(found_lines.len())).find(differs).unwrap_or(0);
        failures.add(
            TABLE,
            first + 1,
            "is out of date; run `cargo xtask tidy --write` and commit it",
        );
    }
    failures.assert_none();
}

impl Checks {
    fn read() -> Self {
        let mut checks = Self::default();
        let files = sources::rust_files(&["crates/", "tests/"]);
        let files: Vec<_> =
            files.iter().filter(|file| !file.path.starts_with("tests/tidy/")).collect();
        for file in &files {
            checks.read_definitions(file);
        }
        let rooms: BTreeSet<String> =
            checks.defined.keys().map(|id| room_of(id).to_owned()).collect();
        for file in &files {
            checks.read_tests(file, &rooms);
        }
        checks
    }

    fn read_definitions(&mut self, file: &sources::RustFile) {
        for (number, line) in file.numbered_product() {
            for id in bracketed(&line.comment) {
                let what = sentence(&file.lines, &file.text, number - 1, &id);
                let place = Definition { path: file.path.clone(), line: number, what };
                self.defined.entry(id).or_default().push(place);
            }
        }
    }

    fn read_tests(&mut self, file: &sources::RustFile, rooms: &BTreeSet<String>) {
        let mut function = String::new();
        for ((number, line), text) in file.numbered().zip(file.text.lines()) {
            if let Some(name) =
                line.code.split("fn ").nth(1).and_then(|rest| crate::lexer::words(rest).next())
            {
                function = name.to_owned();
            }
            if !line.test {
                continue;
            }
            let mut ids = BTreeSet::from_iter(bracketed(text));
            for room in rooms {
                ids.extend(spelled(text, room, "-"));
                ids.extend(spelled(&line.code, &room.to_lowercase(), "_"));
            }
            for id in ids {
                self.first_tested.entry(id.clone()).or_insert_with(|| (file.path.clone(), number));
                let test = if function.is_empty() { file.path.clone() } else { function.clone() };
                self.tested.entry(id).or_default().insert(test);
            }
        }
    }

    fn table(&self) -> String {
        let mut table = format!("{COLUMNS}\n");
        for (id, places) in &self.defined {
            let tests: Vec<&str> =
                self.tested.get(id).into_iter().flatten().map(String::as_str).collect();
            let (what, path) = (&places[0].what, &places[0].path);
            writeln!(table, "{id}\t{what}\t{path}\t{}", tests.join(" "))
                .expect("a String takes all");
        }
        table
    }
}

fn room_of(id: &str) -> &str {
    id.split_once('-').map_or(id, |(room, _)| room)
}

/// The ids in brackets: `[CMS-014]`, `[CMS-014, CMS-015]`.
fn bracketed(text: &str) -> Vec<String> {
    let inside =
        text.split('[').skip(1).filter_map(|rest| rest.split_once(']')).map(|(inside, _)| inside);
    inside
        .flat_map(|inside| inside.split(", "))
        .filter(|word| is_id(word))
        .map(str::to_owned)
        .collect()
}

fn is_id(word: &str) -> bool {
    word.split_once('-').is_some_and(|(room, number)| {
        let room_fits =
            (2..=8).contains(&room.len()) && room.chars().all(|letter| letter.is_ascii_uppercase());
        room_fits && number.len() == 3 && number.chars().all(|digit| digit.is_ascii_digit())
    })
}

/// Ids of one room written with a separator: `CMS-014`, or `cms_014` in a function's name.
fn spelled(text: &str, room: &str, separator: &str) -> Vec<String> {
    let prefix = format!("{room}{separator}");
    let mut ids = Vec::new();
    for (at, _) in text.match_indices(&prefix) {
        let inside_word = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let rest = &text[at + prefix.len()..];
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        if !inside_word && digits.len() == 3 {
            ids.push(format!("{}-{digits}", room.to_uppercase()));
        }
    }
    ids
}

/// What a check is about: what its comment says before the id, or else after it, or else the code
/// that makes it.
fn sentence(lines: &[Line], text: &str, at: usize, id: &str) -> String {
    let bare = |line: &Line| !line.comment.is_empty() && line.code.trim().is_empty();
    let first = (0..at).rev().take_while(|&index| bare(&lines[index])).last().unwrap_or(at);
    let end = (at + 1..lines.len()).find(|&index| !bare(&lines[index])).unwrap_or(lines.len());
    let words = |lines: &[Line]| {
        let comments = lines.iter().map(|line| line.comment.trim_start_matches(['/', '!']).trim());
        comments.collect::<Vec<_>>().join(" ")
    };
    let block = words(&lines[first..end]);
    let (before, after) = block.split_once(id).unwrap_or((&block, ""));
    let before = after_last_id(before.trim_end_matches(['[', ' ', ',']));
    let after = after.trim_start_matches([']', ' ', ':', ',']);
    let after = after.split('[').next().unwrap_or_default();
    let coded = (at..lines.len()).find(|&index| !lines[index].code.trim().is_empty());
    let code = coded.and_then(|index| text.lines().nth(index)).map(|line| line.trim());
    let code = code.map(|line| line.split("//").next().unwrap_or_default().trim());
    let said = [before, after].into_iter().find(|text| text.contains(char::is_alphanumeric));
    let said = said.map_or_else(|| format!("`{}`", code.unwrap_or_default()), str::to_owned);
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text behind the last bracketed id; links in doc comments have brackets too and divide nothing.
fn after_last_id(text: &str) -> &str {
    let mut ends = text.match_indices(']').filter(|(at, _)| {
        text[..*at].rsplit_once('[').is_some_and(|(_, inside)| inside.split(", ").any(is_id))
    });
    ends.next_back().map_or(text, |(at, _)| &text[at + 1..])
}

#[test]
fn ids_are_found_in_brackets_and_in_names() {
    assert_eq!(
        bracketed("is 3. [CMS-014] [ERDS-001, ERDS-002] [link]"),
        ["CMS-014", "ERDS-001", "ERDS-002"]
    );
    assert_eq!(spelled("fn cms_014_version_is_three()", "cms", "_"), ["CMS-014"]);
    assert_eq!(after_last_id("one [CMS-014]. Two [`Link`] is"), ". Two [`Link`] is");
}

#[test]
fn a_check_is_described_by_its_comment_or_its_code() {
    let described = |text: &str, at| sentence(&crate::lexer::lines(text), text, at, "CMS-014");
    let before =
        "// RFC 5652 §5.1: version is 3\n// because of the key id. [CMS-014]\nlet a = 1;\n";
    assert_eq!(described(before, 1), "RFC 5652 §5.1: version is 3 because of the key id.");
    let after = "// [CMS-014] Version\n// is 3.\nlet a = 1;\n";
    assert_eq!(described(after, 0), "Version is 3.");
    let bare = "// [CMS-014]\nif a == \"b\" {}\n";
    assert_eq!(described(bare, 0), "`if a == \"b\" {}`");
}
