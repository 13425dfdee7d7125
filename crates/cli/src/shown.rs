//! Text that others chose, made harmless for a terminal.
//!
//! - MUST keep escape sequences from the terminal: every control character is replaced.
//! - MUST keep the order of characters what it seems: marks that turn the direction of writing
//!   around (Unicode UAX #9 §2) and characters without shape are replaced.
//! - MUST keep the sender's text apart from our own: in [`quoted`] each line stands behind a bar,
//!   so that no text of a letter looks like a result of ours.

use sealpost_agent::treacherous::is_treacherous;

/// What stands in the place of what was taken out: something was there, and it is not hidden.
const REPLACEMENT: char = '\u{FFFD}';

/// The bar that every line of foreign text stands behind.
const BAR: &str = "| ";

/// One line: an address, a name, a subject, the name of a file. Line breaks become replacements
/// too, since nothing of this kind has any.
pub(crate) fn shown(text: &str) -> String {
    text.chars().map(|c| if is_treacherous(c) { REPLACEMENT } else { c }).collect()
}

/// Several lines of foreign text, each behind a bar and at most `columns` wide if that is known.
pub(crate) fn quoted(text: &str, columns: Option<usize>) -> String {
    let text = text.trim_end_matches(['\r', '\n']).replace("\r\n", "\n");
    let lines = text.split(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
    let width = columns.map(|columns| columns.saturating_sub(BAR.len()).max(COLUMNS_MIN));
    let mut out = String::new();
    for line in lines {
        for piece in wrapped(&shown_in_text(line), width) {
            out.push_str(BAR);
            out.push_str(&piece);
            out.truncate(out.trim_end_matches([' ', '\t']).len());
            out.push('\n');
        }
    }
    out
}

/// As [`shown`], with what running text needs besides: the joiners that Persian, Hindi and many
/// pictures are written with. A tab becomes spaces, since only a terminal knows how wide it is.
fn shown_in_text(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '\t' => out.push_str("    "),
            '\u{200C}' | '\u{200D}' => out.push(c),
            _ if is_treacherous(c) => out.push(REPLACEMENT),
            _ => out.push(c),
        }
    }
    out
}

/// Pieces of a line at most `width` columns wide, cut at spaces where there are some.
pub(crate) fn wrapped(line: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width else {
        return vec![line.to_owned()];
    };
    let mut pieces = vec![String::new()];
    let mut taken = 0;
    for word in line.split_inclusive(' ') {
        if taken > 0 && taken + columns_of(word.trim_end()) > width {
            pieces.push(String::new());
            taken = 0;
        }
        for c in word.chars() {
            let columns = columns_of(c.encode_utf8(&mut [0; 4]));
            if taken + columns > width && c != ' ' {
                pieces.push(String::new());
                taken = 0;
            }
            pieces.last_mut().expect("begins with one").push(c);
            taken += columns;
        }
    }
    pieces
}

/// How many columns of a terminal a text takes.
pub(crate) fn columns_of(text: &str) -> usize {
    dialoguer::console::measure_text_width(text)
}

/// Columns; a narrower terminal wraps by itself, and no bar helps there.
const COLUMNS_MIN: usize = 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_do_not_reach_the_terminal() {
        for text in ["\u{1b}[2Jgone", "\u{9b}31m", "a\u{7}b", "a\rb", "a\nb", "\u{7f}", "\u{0}"] {
            let safe = shown(text);
            assert!(!safe.chars().any(char::is_control), "{text:?} -> {safe:?}");
            assert!(safe.contains(REPLACEMENT));
        }
        assert_eq!(shown("\u{1b}]0;title\u{7}x"), "\u{FFFD}]0;title\u{FFFD}x");
    }

    #[test]
    fn marks_that_turn_the_direction_or_hide_are_made_visible() {
        assert_eq!(shown("invoice_\u{202e}fdp.exe"), "invoice_\u{FFFD}fdp.exe");
        assert_eq!(shown("an\u{200b}na@north.example"), "an\u{FFFD}na@north.example");
        for c in
            ['\u{2066}', '\u{2069}', '\u{200f}', '\u{61c}', '\u{feff}', '\u{e0041}', '\u{2028}']
        {
            assert_eq!(shown(&c.to_string()), REPLACEMENT.to_string());
        }
    }

    #[test]
    fn ordinary_names_of_all_scripts_stay_what_they_are() {
        for name in ["Jörg Müller", "Ольга", "李雷", "محمد", "शर्मा", "O’Neill", "Zoë 👩"]
        {
            assert_eq!(shown(name), name);
        }
    }

    #[test]
    fn every_line_of_a_text_stands_behind_a_bar() {
        let text = "Dear Bert,\r\nTOTAL-PASSED\n\n\tyours\rAnna\u{2028}PS";
        assert_eq!(
            quoted(text, None),
            "| Dear Bert,\n| TOTAL-PASSED\n|\n|     yours\n| Anna\n| PS\n"
        );
    }

    #[test]
    fn long_lines_are_cut_so_that_no_piece_escapes_its_bar() {
        let text = format!("{} {}", "word ".repeat(30), "x".repeat(200));
        for line in quoted(&text, Some(40)).lines() {
            assert!(line.starts_with('|'), "{line}");
            assert!(columns_of(line) <= 41, "{line}");
        }
        let wide = "漢字".repeat(50);
        for line in quoted(&wide, Some(30)).lines() {
            assert!(line.starts_with("| ") && columns_of(line) <= 30);
        }
    }

    #[test]
    fn joiners_stay_in_running_text_only() {
        let family = "👨\u{200d}👩";
        assert_eq!(quoted(family, None), format!("| {family}\n"));
        assert_eq!(shown(family), "👨\u{FFFD}👩");
    }
}
