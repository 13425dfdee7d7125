//! Asking for a decision that cannot be taken back.

use std::io::{self, BufRead, Read};

use crate::failure::Failure;
use crate::limits::ANSWER_OCTETS_MAX;
use crate::printer::Printer;

/// Goes on only if the person typed yes.
pub(crate) fn confirmed(question: &str, printer: &Printer) -> Result<(), Failure> {
    printer.ask(question);
    let mut answer = String::new();
    let mut stdin = io::stdin().lock().take(ANSWER_OCTETS_MAX);
    stdin.read_line(&mut answer).map_err(Failure::Terminal)?;
    if is_yes(&answer) { Ok(()) } else { Err(Failure::Declined) }
}

/// The whole word, in either language: a single letter is too easily typed.
fn is_yes(answer: &str) -> bool {
    let answer = answer.trim();
    answer.eq_ignore_ascii_case("yes") || answer.eq_ignore_ascii_case("ja")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_word_is_a_yes() {
        for yes in ["yes\n", "YES\r\n", "ja\n", " Ja "] {
            assert!(is_yes(yes));
        }
        for no in ["", "\n", "y\n", "j\n", "no\n", "yes please\n", "yess\n"] {
            assert!(!is_yes(no));
        }
    }
}
