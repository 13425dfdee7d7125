//! Characters that let a text show something else than it says.

/// Whether a character has no shape of its own and changes how others are shown: controls, line and
/// paragraph separators, marks that turn the direction of writing (Unicode UAX #9 §2), with which
/// `invoice_exe.pdf` can be made out of `invoice_fdp.exe`, and marks that nobody sees, with which
/// two names look alike.
///
/// The joiners U+200C and U+200D are not among them: Persian, the scripts of India and many emoji
/// are written with them (Unicode UAX #31 §2.3).
pub fn deceives(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}')
        || matches!(character, '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_seen_stays_and_what_turns_or_hides_does_not() {
        for seen in "Ädler 契約 🙂 – ‘x’ ﷺ\u{200c}\u{200d}\u{301}".chars() {
            assert!(!deceives(seen), "{seen:?}");
        }
        for hidden in "\0\n\u{1b}\u{7f}\u{85}\u{ad}\u{61c}\u{200b}\u{200e}\u{2028}\u{202e}\u{2060}\u{2066}\u{feff}"
            .chars()
        {
            assert!(deceives(hidden), "{hidden:?}");
        }
    }
}
