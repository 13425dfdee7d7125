//! A result as text: headings, aligned entries, tables, paragraphs.
//!
//! Everything that is put on a page goes through [`shown`], also our own words: so nobody has to
//! remember which part of a line somebody else chose.

use crate::shown::{columns_of, quoted, shown, wrapped};

/// Text that grows from top to bottom.
pub(crate) struct Page {
    out: String,
    columns: Option<usize>,
}

impl Page {
    /// An empty page, for a terminal of so many columns or for none.
    pub(crate) fn new(columns: Option<usize>) -> Self {
        Self { out: String::new(), columns }
    }

    /// One line.
    pub(crate) fn line(&mut self, text: &str) -> &mut Self {
        self.raw(0, &shown(text))
    }

    /// One line, further in.
    pub(crate) fn indented(&mut self, text: &str) -> &mut Self {
        self.raw(INDENT, &shown(text))
    }

    /// An empty line; none at the top.
    pub(crate) fn gap(&mut self) -> &mut Self {
        if !self.out.is_empty() && !self.out.ends_with("\n\n") {
            self.out.push('\n');
        }
        self
    }

    /// A text that is broken where the line is full.
    pub(crate) fn paragraph(&mut self, text: &str) -> &mut Self {
        let width = self.columns.unwrap_or(PARAGRAPH_COLUMNS).min(PARAGRAPH_COLUMNS);
        for piece in wrapped(&shown(text), Some(width)) {
            self.raw(0, &piece);
        }
        self
    }

    /// Names with their values, aligned. Entries without a value are left out.
    pub(crate) fn entries(
        &mut self,
        indent: usize,
        entries: &[(&str, Option<String>)],
    ) -> &mut Self {
        let present = || entries.iter().filter_map(|(name, value)| Some((name, value.as_ref()?)));
        let width = present().map(|(name, _)| columns_of(name)).max().unwrap_or(0);
        for (name, value) in present() {
            let space = width - columns_of(name);
            self.raw(indent, &format!("{name}: {:space$}{}", "", shown(value)));
        }
        self
    }

    /// Rows under their headings, aligned; the last column takes what it needs.
    pub(crate) fn table(&mut self, headings: &[&str], rows: &[Vec<String>]) -> &mut Self {
        let headings: Vec<String> = headings.iter().map(|heading| shown(heading)).collect();
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|cell| shown(cell)).collect()).collect();
        let width = |column: usize| {
            let cells = std::iter::once(&headings).chain(&rows).filter_map(|row| row.get(column));
            cells.map(|cell| columns_of(cell)).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..headings.len()).map(width).collect();
        for row in std::iter::once(&headings).chain(&rows) {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(&widths) {
                let space = width - columns_of(cell) + GUTTER;
                line.push_str(&format!("{cell}{:space$}", ""));
            }
            self.raw(0, &line);
        }
        self
    }

    /// Foreign text, each line behind a bar.
    pub(crate) fn quote(&mut self, text: &str) -> &mut Self {
        self.out.push_str(&quoted(text, self.columns));
        self
    }

    /// The text.
    pub(crate) fn into_text(self) -> String {
        self.out
    }

    fn raw(&mut self, indent: usize, safe: &str) -> &mut Self {
        let line = format!("{:indent$}{safe}", "");
        self.out.push_str(line.trim_end());
        self.out.push('\n');
        self
    }
}

/// Columns of what lies further in.
pub(crate) const INDENT: usize = 2;
/// Columns between two columns of a table.
const GUTTER: usize = 2;
/// Columns of a line that is read with ease.
const PARAGRAPH_COLUMNS: usize = 80;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_and_tables_are_aligned_in_all_scripts() {
        let mut page = Page::new(None);
        page.entries(
            0,
            &[("From", Some("李雷".into())), ("Empty", None), ("Größe", Some("3".into()))],
        );
        page.table(
            &["ID", "FROM", ""],
            &[
                vec!["3f2a".into(), "李雷".into(), "x".into()],
                vec!["77".into(), "Anna".into(), "y".into()],
            ],
        );
        assert_eq!(
            page.into_text(),
            "From:  李雷\nGröße: 3\nID    FROM\n3f2a  李雷  x\n77    Anna  y\n"
        );
    }

    #[test]
    fn nothing_on_a_page_steers_the_terminal() {
        let mut page = Page::new(Some(40));
        let evil = "\u{1b}[31m\u{202e}x\u{9d}\r\n";
        page.line(evil).indented(evil).paragraph(evil).quote(evil);
        page.entries(2, &[("a", Some(evil.into()))]).table(&["a"], &[vec![evil.into()]]);
        let text = page.into_text();
        assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'));
        assert_eq!(text.lines().count(), 7);
    }

    #[test]
    fn gaps_do_not_add_up() {
        let mut page = Page::new(None);
        page.gap().line("a").gap().gap().line("b");
        assert_eq!(page.into_text(), "a\n\nb\n");
    }
}
