//! `docs/interoperability.md`, of which the test writes what stands between two marks.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::differences::{self, Difference};
use crate::matrix::{Cell, Direction, No};
use crate::rows::Row;

const PAGE: &str = "docs/interoperability.md";
const BEGINS: &str = "<!-- begins what `cargo xtask interop --write` writes -->\n";
const ENDS: &str = "<!-- ends what `cargo xtask interop --write` writes -->\n";
/// Set by `cargo xtask interop --write`.
const WRITE: &str = "SEALPOST_INTEROP_WRITE";
/// The line that may differ: every system has its own patch levels.
const VERSIONS: &str = "Last written with ";

/// Writes the page if asked to; else it must be what would be written.
pub fn compare_or_write(
    rows: &[Row],
    cells: &[Cell],
    differences: &[Difference],
    versions: &[String],
) {
    let wanted = table(rows, cells, differences, versions);
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(PAGE);
    let page = fs::read_to_string(&path).expect("the page is committed");
    let (before, rest) = page.split_once(BEGINS).expect("the page has its marks");
    let (found, after) = rest.split_once(ENDS).expect("the page has its marks");
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, [before, BEGINS, &wanted, ENDS, after].concat()).unwrap();
        return;
    }
    let told = |text: &str| -> Vec<String> {
        text.lines().filter(|line| !line.starts_with(VERSIONS)).map(str::to_owned).collect()
    };
    assert!(
        told(found) == told(&wanted),
        "{PAGE} is not what this run found; run `cargo xtask interop --write` and commit it"
    );
}

fn table(rows: &[Row], cells: &[Cell], differences: &[Difference], versions: &[String]) -> String {
    let mut peers: Vec<&str> = Vec::new();
    for cell in cells {
        if !peers.contains(&cell.peer) {
            peers.push(cell.peer);
        }
    }
    let mut notes = Notes::default();
    let mut text = format!("{VERSIONS}{}.\n\n", versions.join(", "));
    let heads = peers.iter().map(|peer| format!(" {peer} reads | we read {peer} |"));
    writeln!(text, "| |{}", heads.collect::<String>()).unwrap();
    writeln!(text, "|---|{}", "---|---|".repeat(peers.len())).unwrap();
    let mut chapter = "";
    for row in rows {
        if row.chapter != chapter {
            chapter = row.chapter;
            writeln!(text, "| **{chapter}** |{}", " | |".repeat(peers.len())).unwrap();
        }
        write!(text, "| {} |", row.title).unwrap();
        for peer in &peers {
            for direction in Direction::BOTH {
                let is_it =
                    |it: &&Cell| it.row == row.id && it.peer == *peer && it.direction == direction;
                let cell = cells.iter().find(is_it).expect("every cell was tried");
                write!(text, " {} |", notes.of(cell, differences)).unwrap();
            }
        }
        text.push('\n');
    }
    text.push_str("\n### Known differences\n\n");
    for (at, sentence) in notes.sentences.iter().enumerate() {
        writeln!(text, "{}. {sentence}", at + 1).unwrap();
    }
    text
}

/// The sentences, numbered as the table first needs them.
#[derive(Default)]
struct Notes {
    sentences: Vec<&'static str>,
}

impl Notes {
    fn of(&mut self, cell: &Cell, differences: &[Difference]) -> String {
        let word = match cell.outcome {
            Ok(()) => "yes",
            Err(No::Refused(_)) => "no",
            Err(No::Untried) => "-",
        };
        let Some(difference) = differences::about(cell, differences) else {
            return word.to_owned();
        };
        let known = self.sentences.iter().position(|it| *it == difference.why);
        let at = known.unwrap_or_else(|| {
            self.sentences.push(difference.why);
            self.sentences.len() - 1
        });
        let word = if cell.outcome.is_ok() { "in part" } else { word };
        format!("{word} ({})", at + 1)
    }
}
