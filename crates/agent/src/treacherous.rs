//! Characters that make a text seem what it is not, wherever it is shown: on a terminal, and as
//! the name of a file. There is one list, so that no place believes what another one replaces.

/// Control characters, separators of lines and paragraphs, marks of direction (Unicode UAX #9 §2),
/// and characters without shape: those of Unicode's general category Cf that show nothing, tags
/// among them, and the fillers of Hangul.
pub fn is_treacherous(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}')
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
        || matches!(c, '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}')
        || matches!(c, '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_turns_the_direction_or_shows_nothing_is_treacherous_and_letters_are_not() {
        for c in "\u{0}\u{1b}\u{85}\u{ad}\u{61c}\u{200b}\u{202e}\u{2060}\u{2066}\u{206f}".chars() {
            assert!(is_treacherous(c), "{c:?}");
        }
        for c in "\u{feff}\u{fff9}\u{e0001}\u{e0041}\u{e007f}\u{3164}\u{2028}".chars() {
            assert!(is_treacherous(c), "{c:?}");
        }
        for c in "aZ0 .-_’ÄßжЖ李محمदश👩".chars() {
            assert!(!is_treacherous(c), "{c:?}");
        }
    }
}
