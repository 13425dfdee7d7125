//! Characters that make a text seem what it is not, wherever it is shown: on a terminal, and as
//! the name of a file. There is one list, so that no place believes what another one replaces.

use sealpost_cms::text::deceives;

/// What no letter may name anything with, and, where a text is only shown and never compared, all
/// other characters without shape: joiners, tags, marks of annotation and the fillers of Hangul
/// (Unicode's general category Cf, and what shows nothing beside it).
pub fn is_treacherous(c: char) -> bool {
    deceives(c)
        || matches!(c, '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200C}' | '\u{200D}')
        || matches!(c, '\u{3164}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
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
