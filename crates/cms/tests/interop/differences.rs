//! What is known not to simply work, and whether the outcomes are as it says.

use crate::matrix::{Cell, Direction, No};

/// Where it stands, for whoever has to change it.
pub const PLACE: &str = "crates/cms/tests/interop/differences.tsv";
const TABLE: &str = include_str!("differences.tsv");

/// One line of the table.
pub struct Difference {
    /// In the file, counting from 1.
    pub line: usize,
    peers: Vec<&'static str>,
    directions: Vec<Direction>,
    rows: Vec<&'static str>,
    pub outcome: Expected,
    /// The sentence of the page.
    pub why: &'static str,
}

/// What comes of a cell.
#[derive(Clone, PartialEq)]
pub enum Expected {
    /// It works, with a reservation.
    Partly,
    /// It is refused, in words that hold one of these.
    Refused(Vec<&'static str>),
    /// There is no command for it.
    Untried,
}

/// The whole table.
pub fn all() -> Vec<Difference> {
    TABLE.lines().enumerate().skip(1).map(|(at, line)| difference(at + 1, line)).collect()
}

fn difference(line: usize, text: &'static str) -> Difference {
    let fields: Vec<&str> = text.split('\t').collect();
    let [peers, direction, rows, outcome, says, why] = fields[..] else {
        panic!("{PLACE}:{line}: six fields, with a tab between them");
    };
    let directions = match direction {
        "both" => Direction::BOTH.to_vec(),
        word => Direction::BOTH.into_iter().filter(|it| it.word() == word).collect(),
    };
    let outcome = match outcome {
        "partly" => Expected::Partly,
        "refused" => Expected::Refused(says.split('|').collect()),
        "untried" => Expected::Untried,
        other => panic!("{PLACE}:{line}: '{other}' is neither partly, refused nor untried"),
    };
    let list = |field: &'static str| field.split(',').collect::<Vec<_>>();
    Difference { line, peers: list(peers), directions, rows: list(rows), outcome, why }
}

impl Difference {
    /// Whether the line fits this cell.
    fn is_of(&self, cell: &Cell) -> bool {
        let is_one = |names: &[&str], name: &str| names.iter().any(|it| fits(it, name));
        is_one(&self.peers, cell.peer)
            && self.directions.contains(&cell.direction)
            && is_one(&self.rows, &cell.row)
    }
}

/// `sealed-*-gcm` fits `sealed-p256-gcm`.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == name };
    let Some(rest) = name.strip_prefix(before) else { return false };
    (0..=rest.len()).any(|at| rest.is_char_boundary(at) && fits(after, &rest[at..]))
}

/// What is wrong with the outcomes, each with what to do.
pub fn complaints(cells: &[Cell], differences: &[Difference]) -> Vec<String> {
    let mut found: Vec<String> =
        cells.iter().filter_map(|cell| complaint(cell, differences)).collect();
    let spoken_of = |line: &Difference| {
        cells.iter().any(|cell| about(cell, differences).is_some_and(|it| it.line == line.line))
    };
    for line in differences.iter().filter(|it| !spoken_of(it)) {
        found.push(format!("{PLACE}:{}: speaks of no cell; delete the line", line.line));
    }
    found
}

/// The line that speaks of a cell: the first that fits.
pub fn about<'a>(cell: &Cell, differences: &'a [Difference]) -> Option<&'a Difference> {
    differences.iter().find(|it| it.is_of(cell))
}

fn complaint(cell: &Cell, differences: &[Difference]) -> Option<String> {
    let name = format!("{}, {}, {}", cell.peer, cell.direction.word(), cell.row);
    if cell.deceived {
        return Some(format!(
            "{name}: a changed octet was not noticed; find out by whom, and mend it"
        ));
    }
    let expected = about(cell, differences).map(|it| (it.line, &it.outcome));
    match (&cell.outcome, expected) {
        (Ok(()), None | Some((_, Expected::Partly))) => None,
        (Err(No::Untried), Some((_, Expected::Untried))) => None,
        (Err(No::Refused(said)), Some((_, Expected::Refused(words))))
            if words.iter().any(|it| said.contains(it)) =>
        {
            None
        }
        (Ok(()), Some((line, _))) => Some(format!(
            "{name}: works, which {PLACE}:{line} does not expect; take the row out of that line"
        )),
        (Err(No::Refused(said)), None) => Some(format!(
            "{name}: refused: {said}\n    mend it; or, if that is right, give {PLACE} a line with the reason"
        )),
        (Err(No::Untried), None) => {
            Some(format!("{name}: was not tried; give {PLACE} a line with the reason"))
        }
        (Err(No::Refused(said)), Some((line, _))) => {
            Some(format!("{name}: refused for another reason than {PLACE}:{line} says: {said}"))
        }
        (Err(No::Untried), Some((line, _))) => {
            Some(format!("{name}: was not tried, while {PLACE}:{line} speaks of an outcome"))
        }
    }
}

#[test]
fn patterns_fit_whole_names() {
    for (pattern, name, expected) in [
        ("receipt", "receipt", true),
        ("receipt", "receipts", false),
        ("sealed-*-gcm", "sealed-p256-gcm", true),
        ("sealed-*-gcm", "sealed-p256-cbc", false),
        ("*mlkem*", "pkcs12-opens-mlkem768", true),
        ("sealed-*-bound-*", "sealed-p256-bound-cbc", true),
        ("path-*", "certified-p256", false),
    ] {
        assert_eq!(fits(pattern, name), expected, "{pattern} {name}");
    }
}

#[test]
fn an_unexpected_success_a_new_failure_and_another_reason_are_complaints() {
    let refused = |said: &str| Err(No::refused(said));
    let cell = |outcome, deceived| Cell {
        row: "receipt".into(),
        peer: "gpgsm",
        direction: Direction::TheyRead,
        outcome,
        deceived,
    };
    let line = |outcome: &str| {
        let text = format!("gpgsm\tthey-read\treceipt\t{outcome}\tbad seal\tBecause.");
        vec![difference(2, Box::leak(text.into_boxed_str()))]
    };
    let complains =
        |outcome, lines: &[Difference]| complaint(&cell(outcome, false), lines).is_some();
    assert!(!complains(Ok(()), &[]));
    assert!(!complains(Ok(()), &line("partly")));
    assert!(!complains(refused("a bad seal"), &line("refused")));
    assert!(!complains(Err(No::Untried), &line("untried")));

    assert!(complains(Ok(()), &line("refused")));
    assert!(complains(Ok(()), &line("untried")));
    assert!(complains(refused("a bad seal"), &[]));
    assert!(complains(refused("no file"), &line("refused")));
    assert!(complains(refused("a bad seal"), &line("partly")));
    assert!(complains(Err(No::Untried), &[]));
    assert!(complains(Err(No::Untried), &line("refused")));
    assert!(complaint(&cell(Ok(()), true), &[]).is_some());
    assert_eq!(complaints(&[], &line("partly")).len(), 1, "speaks of no cell");
}
