//! Every standard that a comment names is listed in `docs/standards.tsv`, with its status and place.

use crate::{Failures, sources};
use std::collections::BTreeMap;

const TABLE: &str = "docs/standards.tsv";
const COLUMNS: &str = "id\ttitle\tstatus\twhere";

type Follows = fn(char) -> bool;

/// How an id begins, and which characters may follow.
const FAMILIES: &[(&str, Follows)] = &[
    ("RFC ", |next| next.is_ascii_digit()),
    ("EN 319 ", |next| next.is_ascii_digit() || next == '-'),
    ("TS 119 ", |next| next.is_ascii_digit() || next == '-'),
    ("FIPS ", |next| next.is_ascii_digit() || next == '-'),
    ("SP 800-", |next| next.is_ascii_alphanumeric()),
    ("X.", |next| next.is_ascii_digit()),
    ("ISO ", |next| next.is_ascii_digit() || next == '-'),
    ("BSI TR-", |next| next.is_ascii_digit() || next == '-'),
    ("UAX #", |next| next.is_ascii_digit()),
    ("UTS #", |next| next.is_ascii_digit()),
    ("POSIX", |_| false),
    ("APPNOTE", |_| false),
    ("eIDAS", |_| false),
];

#[test]
fn every_standard_named_in_a_comment_is_listed() {
    let mut failures = Failures::of("unlisted standard");
    let rows = rows();
    for file in sources::rust_files(&["crates/", "xtask/", "fuzz/"]) {
        for (number, line) in file.numbered() {
            for id in named(&line.comment) {
                let of_a_part = format!("{id}-");
                if !rows.contains_key(&id)
                    && !rows.keys().any(|listed| listed.starts_with(&of_a_part))
                {
                    failures.add(
                        &file.path,
                        number,
                        format!(
                            "'{id}' is not in {TABLE}; add a line with title, status and place"
                        ),
                    );
                }
            }
            for family in ["RFC", "FIPS"] {
                if glued(&line.comment, family) {
                    failures.add(
                        &file.path,
                        number,
                        format!("write '{family} 1234', with a space, so that it is found"),
                    );
                }
            }
        }
    }
    failures.assert_none();
}

#[test]
fn the_table_of_standards_is_well_formed_and_its_places_exist() {
    let mut failures = Failures::of("table of standards");
    let text = table();
    assert_eq!(text.lines().next(), Some(COLUMNS), "{TABLE}: the first line names the columns");
    let mut seen = BTreeMap::new();
    for (index, line) in text.lines().enumerate().skip(1) {
        let number = index + 1;
        let cells: Vec<&str> = line.split('\t').collect();
        let [id, title, status, places] = cells[..] else {
            failures.add(TABLE, number, "needs four columns with one tab between them");
            continue;
        };
        if title.trim().is_empty() {
            failures.add(TABLE, number, format!("'{id}' lacks a title"));
        }
        if let Some(first) = seen.insert(id, number) {
            failures.add(TABLE, number, format!("'{id}' is listed on line {first} already"));
        }
        let built = matches!(status, "yes" | "partial");
        if !built && !matches!(status, "planned" | "no") {
            failures.add(
                TABLE,
                number,
                format!("status '{status}' is none of yes, partial, planned, no"),
            );
        }
        if built == (places == "-") {
            failures.add(TABLE, number, "yes and partial say where, planned and no say '-'");
        }
        for place in places.split(' ').filter(|place| built && !place.is_empty()) {
            if !sources::root().join(place).exists() {
                failures.add(
                    TABLE,
                    number,
                    format!("'{place}' does not exist; name the file that does it now"),
                );
            }
        }
    }
    failures.assert_none();
}

/// The table for people, made from the one for programs.
const PAGE: &str = "docs/standards.md";

#[test]
fn the_page_of_standards_is_made_from_the_table() {
    let mut page = String::from(
        "# Standards\n\nWhat is implemented, and where. Made from `standards.tsv` by `cargo xtask tidy --write`; the house\n\
         rules check that every standard named in a comment is listed and that every place exists.\n\
         *yes*: what we need of it; *partial*: the part said in the code's comments; *planned*, *no*: named only.\n\n\
         | standard | title | status | where |\n|---|---|---|---|\n",
    );
    for line in table().lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let [id, title, status, places] = cells[..] else { continue };
        let places =
            if places == "-" { String::new() } else { format!("`{}`", places.replace(' ', "` `")) };
        page.push_str(&format!("| {id} | {title} | {status} | {places} |\n"));
    }
    let path = sources::root().join(PAGE);
    if std::env::var_os("SEALPOST_TIDY_WRITE").is_some() {
        std::fs::write(&path, &page).expect("the docs folder is writable");
    }
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(committed == page, "{PAGE} is out of date: run `cargo xtask tidy --write`");
}

fn table() -> String {
    std::fs::read_to_string(sources::root().join(TABLE))
        .expect("the table of standards is committed")
}

/// id -> title.
fn rows() -> BTreeMap<String, String> {
    let text = table();
    let cells = text.lines().skip(1).filter_map(|line| line.split_once('\t'));
    cells.map(|(id, rest)| (id.to_owned(), rest.to_owned())).collect()
}

/// The ids of standards in a comment.
fn named(comment: &str) -> Vec<String> {
    let mut ids = Vec::new();
    for (family, follows) in FAMILIES {
        for (at, _) in comment.match_indices(family) {
            let inside_word = comment[..at].chars().next_back().is_some_and(char::is_alphanumeric);
            let rest = &comment[at + family.len()..];
            let end = rest.find(|next| !follows(next)).unwrap_or(rest.len());
            let number = rest[..end].trim_end_matches('-');
            // A family of one has no numbers.
            let is_whole = family.ends_with(char::is_alphanumeric);
            if !inside_word && (!number.is_empty() || is_whole) {
                ids.push(format!("{family}{number}"));
            }
        }
    }
    ids
}

/// Whether a comment says `RFC5652`.
fn glued(comment: &str, family: &str) -> bool {
    comment
        .match_indices(family)
        .any(|(at, _)| comment[at + family.len()..].starts_with(|next: char| next.is_ascii_digit()))
}

#[test]
fn ids_are_read_out_of_sentences() {
    let comment =
        " RFC 5652 §5.1, EN 319 522-4-1 (C.3), SP 800-38D; FIPS 180-4 and eIDAS Art. 44(1), X.690.";
    assert_eq!(
        named(comment),
        ["RFC 5652", "EN 319 522-4-1", "FIPS 180-4", "SP 800-38D", "X.690", "eIDAS"]
    );
    assert_eq!(
        named(" ISO 32000-1 §7.5; BSI TR-02102-1, UAX #9 §2 and APPNOTE 6.3 (POSIX)"),
        ["ISO 32000-1", "BSI TR-02102-1", "UAX #9", "POSIX", "APPNOTE"]
    );
    assert!(glued("see RFC5652", "RFC"));
}
