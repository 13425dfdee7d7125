use super::super::write::{self, EntityDraft, PartDraft};
use super::*;
use proptest::prelude::*;

fn written(subject: &str, name: &str, text: &str, file_name: &str, octets: &[u8]) -> Vec<u8> {
    let from =
        Party { address: Address::parse("anna@north.example").unwrap(), name: name.to_owned() };
    let to = [
        Address::parse("bert@south.example").unwrap(),
        Address::parse("cleo@south.example").unwrap(),
    ];
    let part = PartDraft { media_type: "application/pdf", file_name, octets };
    let draft = EntityDraft {
        from: &from,
        to: &to,
        cc: &[],
        subject,
        date: ClaimedTime::from_unix(1_795_348_800),
        message_id: "00ff".to_owned(),
        text,
        parts: vec![part],
    };
    write::entity(&draft).unwrap()
}

fn plain() -> String {
    String::from_utf8(written("Subject", "Anna Adler", "Text\n", "a.pdf", b"abc")).unwrap()
}

fn detail(text: &str) -> String {
    entity(text.as_bytes()).err().map(|error| error.detail).unwrap_or_default()
}

#[test]
fn the_entity_that_is_signed_is_readable_mime() {
    let text = plain();
    assert_eq!(detail(&text), "");
    assert!(text.is_ascii());
    assert!(text.split("\r\n").all(|line| line.len() <= 78 && !line.contains(['\r', '\n'])));
    assert!(text.starts_with(
        "MIME-Version: 1.0\r\nDate: Sun, 22 Nov 2026 12:00:00 +0000\r\nFrom: \"Anna Adler\"\r\n"
    ));
    assert!(
        text.contains("HP-Outer: Subject: [...]\r\nContent-Type: multipart/mixed; hp=\"cipher\";")
    );
}

#[test]
fn let_030_header_sections_are_ascii_lines_that_end() {
    for (from, to) in [
        ("Subject: S", "Subject: Ü"),
        ("Subject: S", "Subject:\n S"),
        ("Subject: S", "Subject: \0S"),
    ] {
        assert!(detail(&plain().replacen(from, to, 1)).contains("ASCII"), "{to:?}");
    }
    assert!(detail("Subject: x\r\n").contains("no end"));
    assert!(!detail("").is_empty());
}

#[test]
fn let_031_no_field_stands_twice() {
    for field in [
        "From: <eve@north.example>",
        "SUBJECT: Other",
        "to: eve@north.example",
        "Date: x",
        "Content-Type: x/y",
    ] {
        let twice = plain().replacen("MIME-Version", &format!("{field}\r\nMIME-Version"), 1);
        assert_eq!(detail(&twice), "a header field twice", "{field}");
    }
    let many =
        plain().replacen("MIME-Version", &format!("{}MIME-Version", "X-Y: z\r\n".repeat(64)), 1);
    assert_eq!(detail(&many), "too many header fields");
}

#[test]
fn let_036_nobody_writes_what_the_readers_program_says_of_a_letter() {
    for name in ["Sealpost-Verification", "SEALPOST-Proven-Time"] {
        let field = format!("{name}: TOTAL-PASSED\r\nMIME-Version");
        let forged = plain().replacen("MIME-Version", &field, 1);
        assert_eq!(detail(&forged), "a header field that only the reader's program writes");
    }
}

#[test]
fn let_032_header_fields_count_only_under_protection() {
    for (from, to) in [
        ("; hp=\"cipher\"", ""),
        ("hp=\"cipher\"", "hp=\"clear\""),
        ("HP-Outer: Subject: [...]\r\n", ""),
        ("HP-Outer: Subject: [...]", "HP-Outer: Subject: Subject"),
    ] {
        assert_eq!(
            detail(&plain().replacen(from, to, 1)),
            "header fields that are not protected",
            "{from}"
        );
    }
    assert_eq!(
        detail(&plain().replacen("multipart/mixed", "multipart/alternative", 1)),
        "not multipart/mixed"
    );
}

#[test]
fn let_033_nothing_stands_before_and_behind_the_parts() {
    assert_eq!(
        detail(&plain().replacen("\r\n\r\n--", "\r\n\r\nhidden\r\n--", 1)),
        "text before the first part"
    );
    assert_eq!(detail(&format!("{}hidden", plain())), "text behind the last part");
    assert_eq!(detail(&plain().replace("00ff--\r\n", "00ff\r\n")), "the last part does not end");
    assert!(entity(plain().replace("00ff--\r\n", "00ff").as_bytes()).is_err());
}

#[test]
fn let_034_html_messages_and_multiparts_are_not_read() {
    let html = plain().replacen("text/plain", "text/html", 1);
    assert_eq!(detail(&html), "the first part is not text/plain in UTF-8");
    for composite in ["multipart/mixed", "message/rfc822", "Multipart/Signed"] {
        let nested = plain().replacen("application/pdf", composite, 1);
        assert_eq!(
            detail(&nested),
            "a part that is composite, or has no media type",
            "{composite}"
        );
    }
    assert!(detail(&plain().replacen("base64", "8bit", 1)).contains("base64"));
    assert!(detail(&plain().replacen("quoted-printable", "7bit", 1)).contains("encoding"));
    assert!(detail(&plain().replacen("YWJj", "YW*j", 1)).contains("base64"));
}

#[test]
fn let_035_deceiving_fields_are_refused_on_reading() {
    let injected = STANDARD.encode("a\r\nb");
    let subject =
        plain().replacen("Subject: Subject", &format!("Subject: =?utf-8?B?{injected}?="), 1);
    assert_eq!(detail(&subject), "a subject that is no line of text");
    let turned = STANDARD.encode("a\u{202e}b");
    let name = plain().replacen("\"Anna Adler\"", &format!("=?utf-8?B?{turned}?="), 1);
    assert_eq!(detail(&name), "a sender without a name that is a line of text");
    assert_eq!(
        detail(&plain().replacen("<anna@", "<eve@x.example>, <anna@", 1)),
        "not exactly one sender"
    );
    assert!(
        !detail(&plain().replacen("Date: Sun, 22 Nov 2026", "Date: Sun, 99 Foo 2026", 1))
            .is_empty()
    );
}

proptest! {
    #[test]
    fn any_letter_returns_as_it_was(
        subject in "[^\\p{C}\u{2028}\u{2029}]{0,60}",
        name in "[\\p{L}\\p{N}\"',.<>@()]{1,20}( [\\p{L}\"\\\\]{1,20})?",
        text in "\\PC*(\n\\PC*){0,4}",
        file_name in "[\\p{L}\\p{N} '()%=;,_-]{1,60}",
        octets in proptest::collection::vec(any::<u8>(), 0..400),
    ) {
        let read = entity(&written(&subject, &name, &text, &file_name, &octets)).unwrap();
        prop_assert_eq!(read.subject, subject);
        prop_assert_eq!(read.from.name, name);
        prop_assert_eq!(read.text, text);
        prop_assert_eq!(read.to.len(), 2);
        prop_assert_eq!(read.parts.len(), 1);
        prop_assert_eq!(&read.parts[0].octets, &octets);
        prop_assert_eq!(read.parts[0].file_name.as_deref(), Some(file_name.as_str()));
    }

    #[test]
    fn any_octets_are_read_or_refused(octets in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = entity(&octets);
    }

    #[test]
    fn any_change_of_a_letter_is_read_or_refused(at in any::<prop::sample::Index>(), octet: u8) {
        let mut octets = plain().into_bytes();
        let index = at.index(octets.len());
        octets[index] = octet;
        let _ = entity(&octets);
    }
}
