//! Who reads whom: every row with every peer, in both directions, and with one octet changed.

use std::fmt::Display;

use crate::house::TEXT;
use crate::ours::Ours;
use crate::rows::{Form, Place, Row};

/// What somebody wrote, and what else is needed to judge it: of certificates root and list.
#[derive(Clone)]
pub struct Sample {
    pub message: Vec<u8>,
    pub beside: Vec<Vec<u8>>,
}

impl From<Vec<u8>> for Sample {
    fn from(message: Vec<u8>) -> Self {
        Self { message, beside: Vec::new() }
    }
}

/// Why nothing came of it.
#[derive(Debug, Clone)]
pub enum No {
    /// A program said no, in these words.
    Refused(String),
    /// There is no command for it, so none was run.
    Untried,
}

impl No {
    pub fn refused(why: impl Display) -> Self {
        Self::Refused(why.to_string())
    }
}

/// A foreign program with everybody's keys.
pub trait Peer: Send {
    /// The first column of `differences.tsv`, and the table's heading.
    fn name(&self) -> &'static str;
    /// What the program says of itself.
    fn version(&self) -> String;
    /// Reads a sample and brings out what was put in, or does not.
    fn reads(&mut self, row: &Row, sample: &Sample) -> Result<(), No>;
    /// Writes a sample for us.
    fn writes(&mut self, row: &Row) -> Result<Sample, No>;
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    TheyRead,
    WeRead,
}

impl Direction {
    pub const BOTH: [Self; 2] = [Self::TheyRead, Self::WeRead];

    pub const fn word(self) -> &'static str {
        match self {
            Self::TheyRead => "they-read",
            Self::WeRead => "we-read",
        }
    }
}

/// What really came of one row with one peer in one direction.
pub struct Cell {
    pub row: String,
    pub peer: &'static str,
    pub direction: Direction,
    pub outcome: Result<(), No>,
    /// A changed octet was not noticed.
    pub deceived: bool,
}

/// Our side of all rows, which is the same for all peers.
pub fn samples(ours: &Ours, rows: &[Row]) -> Vec<Result<Sample, No>> {
    let written = rows.iter().map(|row| ours.writes(row.form));
    let written: Vec<_> = written.collect();
    for (row, sample) in rows.iter().zip(&written) {
        // Whoever cannot read himself proves nothing about others.
        if let Ok(sample) = sample {
            assert!(ours.reads(row.form, sample).is_ok(), "{}: we do not read ourselves", row.id);
            let changed = changed(row.form, sample);
            assert!(ours.reads(row.form, &changed).is_err(), "{}: changed, and taken", row.id);
        }
    }
    written
}

/// All cells of one peer.
pub fn column(
    ours: &Ours,
    rows: &[Row],
    samples: &[Result<Sample, No>],
    peer: &mut dyn Peer,
) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (row, sample) in rows.iter().zip(samples) {
        let read = sample.clone().and_then(|sample| {
            peer.reads(row, &sample)?;
            Ok(peer.reads(row, &changed(row.form, &sample)).is_ok())
        });
        cells.push(cell(row, peer, Direction::TheyRead, read));
        let read = peer.writes(row).and_then(|sample| {
            ours.reads(row.form, &sample)?;
            Ok(ours.reads(row.form, &changed(row.form, &sample)).is_ok())
        });
        cells.push(cell(row, peer, Direction::WeRead, read));
    }
    cells
}

fn cell(row: &Row, peer: &dyn Peer, direction: Direction, read: Result<bool, No>) -> Cell {
    let deceived = matches!(read, Ok(true));
    let outcome = read.map(drop);
    Cell { row: row.id.clone(), peer: peer.name(), direction, outcome, deceived }
}

/// The sample with one octet changed, where its reader has to notice: in the content if it can be
/// seen, else at the end, where signatures and tags are. What a zero ends is an indefinite length.
fn changed(form: Form, sample: &Sample) -> Sample {
    let mut changed = sample.clone();
    let message = &mut changed.message;
    let content = message.windows(TEXT.len()).position(|window| window == TEXT);
    let last = message.iter().rposition(|octet| *octet != 0).unwrap_or(0);
    let at = match form {
        // Nothing protects it but its own form.
        Form::TimeStampRequest => 0,
        // The end holds the iterations of its code, of which a reader may refuse any number.
        Form::KeyFile(_) => message.len() / 2,
        Form::Signed(_, Place::Detached) => last,
        _ => content.unwrap_or(last),
    };
    message[at] ^= 1;
    changed
}
