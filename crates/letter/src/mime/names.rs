//! Texts of one line, file names and media types: what may be written, and what is made of what
//! was read.

use crate::limits::{FILE_NAME_OCTETS_MAX, MEDIA_TYPE_OCTETS_MAX};
use sealpost_cms::text::deceives;

/// Whether a text is one line that shows what it is: no control characters, no line breaks, and
/// none of the marks that turn the direction of writing around or that nobody sees. [LET-020]
pub(crate) fn is_plain_line(text: &str) -> bool {
    !text.chars().any(deceives)
}

/// Whether a file name may be sent: nothing that a receiver would have to take out again.
pub(crate) fn is_file_name(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= FILE_NAME_OCTETS_MAX
        && clean_file_name(name).as_deref() == Some(name)
}

/// What is left of a file name that somebody else chose: no folders, no leading dots, no
/// characters that a file system or a terminal would take for more than a name. [LET-021]
pub(crate) fn clean_file_name(name: &str) -> Option<String> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|character| !deceives(*character))
        .map(|character| if r#"<>:"|?*"#.contains(character) { '_' } else { character })
        .collect();
    let name = name.trim_start_matches(['.', ' ']).trim_end_matches(['.', ' ']);
    let name = shortened(name).trim_end_matches(['.', ' ']);
    let stem = name.split('.').next().unwrap_or_default().trim_end();
    // Names of devices, with any extension, in any case: what Windows does not store as a file.
    let is_device = DEVICES.iter().any(|device| stem.eq_ignore_ascii_case(device));
    match (name.is_empty(), is_device) {
        (true, _) => None,
        (false, true) => Some(shortened(&format!("_{name}")).to_owned()),
        (false, false) => Some(name.to_owned()),
    }
}

/// The beginning of a name, cut between characters.
fn shortened(name: &str) -> &str {
    let mut end = name.len().min(FILE_NAME_OCTETS_MAX);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

/// `name`, or `name (2)` and so on, whichever is not among `taken` (compared without case).
pub(crate) fn unique_file_name<'t>(
    name: String,
    taken: impl Iterator<Item = &'t str> + Clone,
) -> String {
    let is_taken =
        |name: &str| taken.clone().any(|other| other.to_lowercase() == name.to_lowercase());
    if !is_taken(&name) {
        return name;
    }
    let (stem, extension) = name.rfind('.').map_or((name.as_str(), ""), |dot| name.split_at(dot));
    (2..)
        .map(|number| {
            let tail = format!(" ({number}){}", if extension.len() > 32 { "" } else { extension });
            let mut end = stem.len().min(FILE_NAME_OCTETS_MAX - tail.len());
            while !stem.is_char_boundary(end) {
                end -= 1;
            }
            format!("{}{tail}", &stem[..end])
        })
        .find(|name| !is_taken(name))
        .expect("there are fewer attachments than numbers")
}

/// Whether an attachment may have this media type: `type/subtype` in the characters of RFC 6838
/// §4.2, not composite (RFC 2046 §5) and not one of ours. [LET-022]
pub(crate) fn is_attachable_media_type(media_type: &str) -> bool {
    let restricted = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphanumeric())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    let lower = media_type.to_ascii_lowercase();
    media_type.len() <= MEDIA_TYPE_OCTETS_MAX
        && !lower.starts_with("multipart/")
        && !lower.starts_with("message/")
        && !lower.starts_with("application/vnd.sealpost.")
        && media_type
            .split_once('/')
            .is_some_and(|(kind, subtype)| restricted(kind) && restricted(subtype))
}

const DEVICES: [&str; 22] = [
    "CON", "PRN", "AUX", "NUL", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8",
    "COM9", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn let_020_a_line_has_no_breaks_and_no_marks_that_deceive() {
        assert!(is_plain_line("Kündigung der Wohnung – Überraschung 契約"));
        for text in
            ["a\r\nBcc: x", "a\nb", "a\rb", "a\u{0}b", "a\u{2028}b", "a\u{202e}b", "a\u{7f}"]
        {
            assert!(!is_plain_line(text), "{text:?}");
        }
    }

    #[test]
    fn let_021_a_file_name_names_a_file_in_the_current_folder() {
        for (name, clean) in [
            ("Vertrag.pdf", Some("Vertrag.pdf")),
            ("../../etc/passwd", Some("passwd")),
            ("C:\\Windows\\system.ini", Some("system.ini")),
            (".bashrc", Some("bashrc")),
            ("..", None),
            ("a/", None),
            ("", None),
            ("x\r\ny.txt", Some("xy.txt")),
            ("x\u{202e}fdp.exe", Some("xfdp.exe")),
            ("nul.txt", Some("_nul.txt")),
            ("a:b?.txt", Some("a_b_.txt")),
            ("契約書.pdf", Some("契約書.pdf")),
        ] {
            assert_eq!(clean_file_name(name).as_deref(), clean, "{name:?}");
        }
        assert!(clean_file_name(&"ü".repeat(400)).unwrap().len() <= FILE_NAME_OCTETS_MAX);
    }

    #[test]
    fn let_022_reserved_and_composite_media_types_are_refused() {
        assert!(is_attachable_media_type("application/pdf"));
        assert!(is_attachable_media_type("text/html"));
        for refused in [
            "pdf",
            "a/b/c",
            "multipart/mixed",
            "Message/RFC822",
            "a/b; x=y",
            "a/b\r\nc: d",
            "",
            "application/vnd.sealpost.parties+json",
        ] {
            assert!(!is_attachable_media_type(refused), "{refused:?}");
        }
    }

    #[test]
    fn equal_file_names_are_told_apart() {
        let taken = ["a.pdf", "A (2).PDF"];
        assert_eq!(unique_file_name("A.pdf".to_owned(), taken.into_iter()), "A (3).pdf");
        assert_eq!(unique_file_name("b".to_owned(), taken.into_iter()), "b");
    }

    proptest! {
        #[test]
        fn what_is_cleaned_once_stays_as_it_is(name in "\\PC{0,300}") {
            if let Some(clean) = clean_file_name(&name) {
                prop_assert!(is_file_name(&clean), "{clean:?}");
            }
        }
    }
}
