//! `docs/benchmarks.md`: what was measured, between markers. The text around them is written by
//! people and stays.

use super::machine;
use crate::shell;
use anyhow::{Context, Result};
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

pub const PATH: &str = "docs/benchmarks.md";

/// A table with notes.
pub struct Section {
    title: String,
    rows: Vec<Vec<String>>,
    notes: Vec<String>,
}

impl Section {
    pub fn new(title: &str, columns: &[&str]) -> Self {
        let columns = columns.iter().map(|&it| it.to_owned()).collect();
        Self { title: title.to_owned(), rows: vec![columns], notes: Vec::new() }
    }

    pub fn row<const N: usize>(&mut self, cells: [&str; N]) {
        self.rows.push(cells.map(str::to_owned).to_vec());
    }

    pub fn note(&mut self, text: &str) {
        self.notes.push(text.split_whitespace().collect::<Vec<_>>().join(" "));
    }

    /// As Markdown, which is readable on a terminal too: columns of equal width, notes in lines.
    fn print(&self) -> String {
        let mut text = format!("### {}\n\n", self.title);
        let columns = self.rows.first().map_or(0, Vec::len);
        let width = |column: usize| {
            self.rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..columns).map(width).collect();
        for (number, row) in self.rows.iter().enumerate() {
            for (cell, width) in row.iter().zip(&widths) {
                let gap = width - cell.chars().count();
                let _ = write!(text, "| {cell}{} ", " ".repeat(gap));
            }
            text.push_str("|\n");
            if number == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
                let _ = writeln!(text, "|{}|", rules.join("|"));
            }
        }
        for note in &self.notes {
            let _ = write!(text, "\n{}\n", wrapped(note));
        }
        text
    }
}

/// Everything measured in one run.
pub struct Page {
    /// The name of the markers between which it goes.
    pub subject: &'static str,
    pub sections: Vec<Section>,
    pub builds: Option<Section>,
    pub load_before: f64,
}

impl Page {
    /// Prints it, and writes it to the page unless asked not to.
    pub fn publish(&self, dry_run: bool) -> Result<()> {
        println!("\n{}", self.measured());
        if !dry_run {
            self.write()?;
            println!("written to {PATH}");
        }
        Ok(())
    }

    /// What goes between the markers of the measurements.
    fn measured(&self) -> String {
        let asked: Vec<String> = std::env::args().skip(1).collect();
        let mut text = format!(
            "Measured on {} by `cargo xtask {}`: {}, {}. Load of the machine (1 minute) before {:.1}, after {:.1}.\n",
            today(),
            asked.join(" "),
            machine::description(),
            rustc(),
            self.load_before,
            machine::load(),
        );
        text = wrapped(&text) + "\n";
        for section in &self.sections {
            let _ = write!(text, "\n{}", section.print());
        }
        text
    }

    fn write(&self) -> Result<()> {
        let path = shell::root().join(PATH);
        let page = fs::read_to_string(&path).with_context(|| format!("{PATH} is missing"))?;
        let mut page = between(&page, self.subject, &self.measured())?;
        if let Some(builds) = &self.builds {
            let head = format!("Measured on {}: {}, {}.", today(), machine::description(), rustc());
            page = between(&page, "builds", &format!("{}\n\n{}", wrapped(&head), builds.print()))?;
        }
        fs::write(&path, page).with_context(|| format!("cannot write {PATH}"))
    }
}

/// Puts `text` between `<!-- NAME: begin -->` and `<!-- NAME: end -->`.
fn between(page: &str, name: &str, text: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- {name}: begin -->"), format!("<!-- {name}: end -->"));
    let missing = || format!("{PATH} has no '{begin}' with '{end}' after it");
    let (before, rest) = page.split_once(&begin).with_context(missing)?;
    let (_, after) = rest.split_once(&end).with_context(missing)?;
    Ok(format!("{before}{begin}\n{}\n{end}{after}", text.trim_end()))
}

fn wrapped(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let line = lines.last().map_or(0, |line| line.chars().count());
        match lines.last_mut() {
            Some(last) if line == 0 => last.push_str(word),
            Some(last) if line + 1 + word.chars().count() <= 100 => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines.join("\n")
}

fn today() -> String {
    shell::output_of(Command::new("date").args(["-u", "+%Y-%m-%d"]))
        .unwrap_or_default()
        .trim()
        .to_owned()
}

fn rustc() -> String {
    let version = shell::output_of(Command::new("rustc").arg("--version")).unwrap_or_default();
    version.split(' ').take(2).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_between_the_markers_is_replaced() {
        let page = "a\n<!-- x: begin -->\nold\n<!-- x: end -->\nb\n";
        let wanted = "a\n<!-- x: begin -->\nnew\n<!-- x: end -->\nb\n";
        assert_eq!(between(page, "x", "new\n").expect("it has markers"), wanted);
        assert!(between(page, "y", "new").is_err());
    }

    #[test]
    fn tables_are_aligned_and_notes_are_lines() {
        let mut section = Section::new("T", &["a", "long"]);
        section.row(["wide", "1"]);
        section.note("one  two");
        assert_eq!(
            section.print(),
            "### T\n\n| a    | long |\n|------|------|\n| wide | 1    |\n\none two\n"
        );
    }
}
