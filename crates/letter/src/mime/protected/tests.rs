use super::*;
use crate::limits::{HEADER_OCTETS_MAX, MAIL_FIELDS_MAX};
use proptest::prelude::*;

/// The people and the form of the sample messages in RFC 9788 appendix C.
const MAIL: [(&str, &str); 7] = [
    ("From", "Alice <alice@smime.example>"),
    ("To", "Bob <bob@smime.example>"),
    ("Subject", "The lease"),
    ("Date", "Sat, 20 Feb 2021 10:09:02 -0500"),
    ("Message-ID", "<lease@example>"),
    ("Keywords", "flat, secret"),
    ("User-Agent", "Sample MUA Version 1.0"),
];
const BODY: &[u8] = b"It ends.\r\n";
const BASELINE: Protection = Protection::Encryption(Confidentiality::Baseline);

fn mail() -> Vec<Field> {
    MAIL.iter().map(|(name, value)| Field::new(name, value).unwrap()).collect()
}

fn payload() -> Payload<'static> {
    Payload { content_type: "text/plain; charset=\"us-ascii\"", structural: &[], body: BODY }
}

fn composed(protection: Protection) -> (String, String) {
    let composed = protect(&mail(), &payload(), protection).unwrap();
    let outer: String = composed.outer.iter().map(Field::to_lines).collect();
    (String::from_utf8(composed.payload).unwrap(), outer)
}

fn received(outer: &str, payload: &str, signed: bool, encrypted: bool) -> MailHeader {
    let (outer, payload) = (outer.as_bytes(), payload.as_bytes());
    read(&Received { outer, payload, signed, encrypted }).unwrap()
}

fn refused(outer: &str, payload: &str) -> &'static str {
    let (outer, payload) = (outer.as_bytes(), payload.as_bytes());
    read(&Received { outer, payload, signed: true, encrypted: true }).unwrap_err().code()
}

fn state(header: &MailHeader, name: &str) -> FieldState {
    header.field(name).unwrap().state
}

#[test]
fn an_encrypted_mail_shows_three_dots_outside_and_records_what_it_shows() {
    let (payload, outer) = composed(BASELINE);
    assert_eq!(
        payload,
        "Content-Type: text/plain; charset=\"us-ascii\"; hp=\"cipher\"\r\n\
         From: Alice <alice@smime.example>\r\n\
         To: Bob <bob@smime.example>\r\n\
         Subject: The lease\r\n\
         Date: Sat, 20 Feb 2021 10:09:02 -0500\r\n\
         Message-ID: <lease@example>\r\n\
         Keywords: flat, secret\r\n\
         User-Agent: Sample MUA Version 1.0\r\n\
         HP-Outer: From: Alice <alice@smime.example>\r\n\
         HP-Outer: To: Bob <bob@smime.example>\r\n\
         HP-Outer: Subject: [...]\r\n\
         HP-Outer: Date: Sat, 20 Feb 2021 10:09:02 -0500\r\n\
         HP-Outer: Message-ID: <lease@example>\r\n\
         HP-Outer: User-Agent: Sample MUA Version 1.0\r\n\r\n\
         It ends.\r\n"
    );
    assert!(outer.contains("Subject: [...]\r\n"));
    assert!(
        !outer.contains("Keywords") && !outer.contains("lease ") && !outer.contains("HP-Outer")
    );
    // hcp_no_confidentiality keeps everything outside, and says so.
    let (payload, outer) = composed(Protection::Encryption(Confidentiality::Nothing));
    assert!(outer.contains("Subject: The lease\r\n") && outer.contains("Keywords: flat, secret"));
    assert!(payload.contains("HP-Outer: Subject: The lease\r\n"));
}

#[test]
fn each_field_says_what_protected_it() {
    let (payload, outer) = composed(BASELINE);
    let header = received(&outer, &payload, true, true);
    assert_eq!(header.wrapping(), Wrapping::Cipher);
    assert_eq!(header.agreement(), &Agreement::Agrees);
    assert_eq!(header.fields().len(), MAIL.len());
    assert_eq!(header.field("subject").unwrap().field.value(), "The lease");
    assert_eq!(header.field("Subject").unwrap().outside, ["[...]"]);
    for name in ["Subject", "Keywords"] {
        assert_eq!(state(&header, name), FieldState::SignedAndEncrypted);
    }
    for name in ["From", "To", "Date", "Message-ID", "User-Agent"] {
        assert_eq!(state(&header, name), FieldState::SignedOnly, "{name}");
    }
    assert_eq!(&payload.as_bytes()[header.body()], BODY);
    let unsigned = received(&outer, &payload, false, true);
    assert_eq!(state(&unsigned, "Subject"), FieldState::EncryptedOnly);
    assert_eq!(state(&unsigned, "From"), FieldState::Unprotected);
    // Whoever took the encryption off on the way made everything readable.
    let bare = received(&outer, &payload, true, false);
    assert_eq!(state(&bare, "Subject"), FieldState::SignedOnly);
}

#[test]
fn a_signed_mail_is_the_same_inside_and_outside() {
    let (payload, outer) = composed(Protection::Signature);
    assert!(
        payload.starts_with("Content-Type: text/plain; charset=\"us-ascii\"; hp=\"clear\"\r\n")
    );
    assert!(!payload.contains("HP-Outer") && outer.contains("Subject: The lease\r\n"));
    let header = received(&outer, &payload, true, false);
    assert_eq!(header.wrapping(), Wrapping::Clear);
    assert_eq!(header.agreement(), &Agreement::Agrees);
    assert!(header.fields().iter().all(|field| field.state == FieldState::SignedOnly));
    // Encryption around what was meant to be open hides nothing that somebody meant to hide.
    assert_eq!(state(&received(&outer, &payload, true, true), "Subject"), FieldState::SignedOnly);
}

#[test]
fn hdr_012_what_was_changed_outside_is_reported_and_never_shown_instead() {
    let (payload, outer) = composed(BASELINE);
    for (from, to, name) in [
        ("Subject: [...]", "Subject: [list] [...]", "subject"),
        ("Subject: [...]\r\n", "", "subject"),
        ("To: Bob", "Cc: Carl <carl@x.example>\r\nTo: Robert", "to"),
        ("Date: Sat", "Date: Sun", "date"),
        ("User-Agent: Sample", "Keywords: open\r\nUser-Agent: Sample", "keywords"),
    ] {
        let header = received(&outer.replacen(from, to, 1), &payload, true, true);
        let names = vec![name.to_owned()];
        assert_eq!(header.agreement(), &Agreement::Altered { names }, "{to:?}");
        assert_eq!(header.field("Subject").unwrap().field.value(), "The lease");
    }
    // A fold is no change, and a trace of the way is no field of the mail.
    let travelled = format!(
        "Received: from a by b\r\nReceived: from b by c\r\nContent-Type: x/y\r\n{}",
        outer.replacen("10:09:02", "\r\n  10:09:02", 1)
    );
    let header = received(&travelled, &payload, true, true);
    assert_eq!(header.agreement(), &Agreement::Agrees);
    assert_eq!(header.outer_only().len(), 2);
    assert!(header.field("Received").is_none());
    // A field added outside is the mail's no more than a trace.
    let added = format!("Reply-To: eve@x.example\r\n{outer}");
    assert!(received(&added, &payload, true, true).field("Reply-To").is_none());
}

#[test]
fn hdr_011_another_sender_outside_is_a_verdict_of_its_own() {
    for protection in [BASELINE, Protection::Signature] {
        let (payload, outer) = composed(protection);
        for from in [
            "From: Alice <eve@smime.example>",
            "From: Alice <alice@smime.example>, Eve <eve@x.example>",
            "From: alice@smime.example.x.example",
            "From: nobody",
        ] {
            let outer = outer.replacen("From: Alice <alice@smime.example>", from, 1);
            let header = received(&outer, &payload, true, true);
            assert_eq!(header.agreement(), &Agreement::DeceivingSender, "{from}");
            let sender = header.field("From").unwrap();
            assert_eq!(sender.field.value(), "Alice <alice@smime.example>");
            assert_eq!(sender.outside.len(), 1, "what the outside says is told, too");
        }
        // The same address under another name is a change like others.
        let outer = outer.replacen("From: Alice", "From: Alison", 1);
        let header = received(&outer, &payload, true, true);
        assert!(matches!(header.agreement(), Agreement::Altered { .. }));
        // A sender's own program cannot excuse it by its records.
        let excused =
            payload.replacen("HP-Outer: From: Alice <alice@", "HP-Outer: From: E <eve@", 1);
        let outer = outer.replacen("Alison <alice@", "E <eve@", 1);
        let header = received(&outer, &excused, true, true);
        assert_eq!(header.agreement(), &Agreement::DeceivingSender);
    }
}

/// An address that nobody can read is compared as it stands, so a fold must give back what it got: the
/// unclosed quotation marks and runs of spaces that fuzzing found.
#[test]
fn hdr_011_folding_changes_no_sender_and_so_deceives_nobody() {
    let fifty = "x".repeat(50);
    let blanks = " ".repeat(60);
    for from in [
        format!("Anna; x=\"cipher\"{blanks}\"p"),
        format!("Anna <anna@nor.; x=\"cipher{blanks}Adler"),
        format!("{fifty}{blanks}{fifty}"),
        format!("{fifty} \t {fifty}\t {fifty} \t{fifty}"),
        format!("\"{fifty}  {fifty} {fifty}"),
        format!("{fifty} {fifty} <alice@smime.example>"),
        "x".repeat(90),
        String::new(),
    ] {
        let mut fields = mail();
        fields[0] = Field::new("From", &from).unwrap();
        let composed = protect(&fields, &payload(), BASELINE).unwrap();
        let payload = String::from_utf8(composed.payload).unwrap();
        // The server on the way does not fold, or folds as we do.
        let unfolded: String =
            composed.outer.iter().map(|it| format!("{}: {}\r\n", it.name(), it.value())).collect();
        let folded: String = composed.outer.iter().map(Field::to_lines).collect();
        assert!(folded.lines().all(|line| line.trim_end() == line));
        for outer in [&unfolded, &folded] {
            let header = received(outer, &payload, true, true);
            assert_eq!(header.agreement(), &Agreement::Agrees, "{from:?}");
            let sender = header.field("From").unwrap();
            assert_eq!(sender.field.value(), fields[0].value());
            assert_eq!(sender.outside, [fields[0].value()]);
        }
    }
    // One blank more is another value, where no address can be read.
    let other = "From: \"Alice  Adler\r\n";
    let mut fields = mail();
    fields[0] = Field::new("From", "\"Alice Adler").unwrap();
    let composed = protect(&fields, &payload(), BASELINE).unwrap();
    let payload = String::from_utf8(composed.payload).unwrap();
    let header = received(other, &payload, true, true);
    assert_eq!(header.agreement(), &Agreement::DeceivingSender);
}

#[test]
fn unfolding_takes_out_the_line_end_alone() {
    let payload = "Content-Type: text/plain;\r\n\thp=\"cipher\"\r\n\
                   From:\r\n Alice\r\n  \t<alice@smime.example>\r\n \t\r\n\
                   Subject: The \r\n lease\r\n\r\nIt ends.\r\n";
    let header = received("From: alice@smime.example\r\n", payload, true, true);
    let value = |name: &str| header.field(name).unwrap().field.value().to_owned();
    assert_eq!(value("From"), "Alice  \t<alice@smime.example>");
    assert_eq!(value("Subject"), "The  lease");
    assert_eq!(&payload.as_bytes()[header.body()], BODY);
}

#[test]
fn a_message_inside_a_message_is_read_as_rfc_8551_had_it() {
    let inner = "From: Alice <alice@smime.example>\r\nTo: Bob <bob@smime.example>\r\n\
                 Subject: The lease\r\nContent-Type: text/plain\r\n\r\nIt ends.\r\n";
    let payload = format!("Content-Type: message/rfc822\r\n\r\n{inner}");
    let outer = "From: Alice <alice@smime.example>\r\nTo: Bob <bob@smime.example>\r\n\
                 Subject: [...]\r\n\r\n";
    let header = received(outer, &payload, true, true);
    assert_eq!(header.wrapping(), Wrapping::Message);
    assert_eq!(header.agreement(), &Agreement::Agrees);
    assert_eq!(state(&header, "Subject"), FieldState::SignedAndEncrypted);
    assert_eq!(state(&header, "To"), FieldState::SignedOnly);
    assert_eq!(&payload.as_bytes()[header.body()], BODY);
    let other = outer.replacen("alice@", "eve@", 1);
    assert_eq!(received(&other, &payload, true, true).agreement(), &Agreement::DeceivingSender);
    // A forwarded message under a header of its own is a body and not the mail.
    let forwarded = format!("Subject: Fwd\r\n{payload}");
    let header = received(outer, &forwarded, true, true);
    assert_eq!(
        (header.wrapping(), header.agreement()),
        (Wrapping::Nothing, &Agreement::Unprotected)
    );
}

#[test]
fn hdr_008_without_signature_and_encryption_nothing_is_protected() {
    let (payload, outer) = composed(BASELINE);
    for (payload, signed, encrypted) in [
        (payload.as_str(), false, false),
        ("Content-Type: text/plain; x=\"hp=cipher\"\r\nSubject: Inner\r\n\r\nx", true, true),
    ] {
        let header = received(&outer, payload, signed, encrypted);
        assert_eq!(header.agreement(), &Agreement::Unprotected);
        assert_eq!(header.field("Subject").unwrap().field.value(), "[...]");
        assert!(header.fields().iter().all(|field| field.state == FieldState::Unprotected));
    }
}

#[test]
fn a_text_for_old_programs_is_told() {
    let payload = "Content-Type: text/plain; hp=\"cipher\"; hp-legacy-display=\"1\"\r\n\
                   Subject: The lease\r\n\r\nSubject: The lease\r\n\r\nIt ends.\r\n";
    assert!(received("", payload, true, true).has_legacy_display());
    assert!(!received("", &payload.replace("=\"1\"", "=\"0\""), true, true).has_legacy_display());
}

#[test]
fn hdr_001_hdr_007_nothing_is_written_that_would_be_read_otherwise() {
    for (name, value) in [
        ("Subject", "a\r\nBcc: eve@x.example"),
        ("Subject", "a\nb"),
        ("Subject", "\u{fc}"),
        ("Sub ject", "a"),
        ("Subject:", "a"),
        ("", "a"),
    ] {
        assert!(Field::new(name, value).is_err(), "{name:?} {value:?}");
    }
    // [HDR-007]
    let field = |name: &str| Field::new(name, "x").unwrap();
    for name in ["Content-Type", "MIME-Version", "HP-Outer"] {
        assert!(protect(&[field(name)], &payload(), BASELINE).is_err(), "{name}");
    }
    let structural = [field("Subject")];
    let wrong = Payload { structural: &structural, ..payload() };
    assert!(protect(&mail(), &wrong, BASELINE).is_err());
    let hp = Payload { content_type: "text/plain; HP=clear", ..payload() };
    assert!(protect(&mail(), &hp, BASELINE).is_err());
    // [HDR-005]
    let twice = [mail(), vec![field("from")]].concat();
    assert_eq!(protect(&twice, &payload(), BASELINE).err(), Some(HeaderError::FieldTwice));
}

#[test]
fn hdr_002_to_hdr_010_header_sections_are_bounded_and_unambiguous() {
    let (payload, outer) = composed(BASELINE);
    // [HDR-002]
    for wrong in ["no name\r\n", " folded\r\n", ": x\r\n", "Sub ject: x\r\n", "A: \0\r\n"] {
        assert_eq!(refused(&outer, &format!("{wrong}{payload}")), "mail-header-malformed");
    }
    assert_eq!(
        received(&outer.replace("\r\n", "\n"), &payload, true, true).agreement(),
        &Agreement::Agrees
    );
    // [HDR-003]
    let long = format!("X: {}\r\n{payload}", "x".repeat(HEADER_OCTETS_MAX));
    assert_eq!(refused(&outer, &long), "mail-header-too-large");
    // [HDR-004]
    let many = format!("{}{payload}", "X: y\r\n".repeat(MAIL_FIELDS_MAX));
    assert_eq!(refused(&outer, &many), "mail-header-too-large");
    // [HDR-005]
    for twice in ["From: eve@x.example", "subject: Other", "Content-Type: text/html"] {
        let payload = format!("{twice}\r\n{payload}");
        assert_eq!(refused(&outer, &payload), "mail-header-field-twice", "{twice}");
    }
    let outer_twice = format!("From: eve@x.example\r\n{outer}");
    let header = received(&outer_twice, &payload, true, true);
    assert_eq!(header.agreement(), &Agreement::DeceivingSender);
    // [HDR-009]
    for hp in ["hp=\"both\"", "hp=\"cipher\"; hp=\"clear\"", "hp="] {
        let payload = payload.replacen("hp=\"cipher\"", hp, 1);
        assert_eq!(refused(&outer, &payload), "mail-header-protection-unknown", "{hp}");
    }
    // [HDR-010]
    let record = payload.replacen("HP-Outer: To:", "HP-Outer: To", 1);
    assert_eq!(refused(&outer, &record), "mail-header-malformed");
}

#[test]
fn hdr_006_compressed_data_is_refused_by_name() {
    let kind = |text: &str| smime_kind(text).map_err(|error| error.code());
    let mime = "application/pkcs7-mime; smime-type";
    assert_eq!(kind(&format!("{mime}=signed-data")), Ok(Some(SmimeKind::Signed)));
    assert_eq!(kind(&format!("{mime}=\"authEnveloped-data\"")), Ok(Some(SmimeKind::AuthEnveloped)));
    assert_eq!(
        kind(&format!("{mime}=enveloped-data; name=smime.p7m")),
        Ok(Some(SmimeKind::Enveloped))
    );
    assert_eq!(kind(&format!("{mime}=signed-receipt")), Ok(Some(SmimeKind::SignedReceipt)));
    assert_eq!(kind(&format!("{mime}=certs-only")), Ok(Some(SmimeKind::CertificatesOnly)));
    assert_eq!(kind("text/plain"), Ok(None));
    for compressed in [
        format!("{mime}=compressed-data"),
        format!("{mime}=\"Compressed-Data\"; name=smime.p7m"),
        "Application/X-PKCS7-mime; name=\"a;b.P7Z\"".to_owned(),
    ] {
        assert_eq!(kind(&compressed), Err("compressed-data"), "{compressed}");
    }
    assert_eq!(kind(&format!("{mime}=other")), Err("smime-kind-unknown"));
    assert_eq!(
        kind(&format!("{mime}=signed-data; smime-type=certs-only")),
        Err("smime-kind-unknown")
    );
    // [LET-041]
    let entity = b"MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; \
                   smime-type=compressed-data; name=\"smime.p7z\"\r\n\r\nAA==\r\n";
    let refused =
        crate::mime::smime::unwrap(entity, crate::mime::smime::Kind::SignedData).unwrap_err();
    assert_eq!(refused.detail, "compressed-data is not read");
}

proptest! {
    #[test]
    fn any_mail_returns_as_it_was(
        sender in "[ -~\t]{0,200}",
        subject in "[ -~]{0,200}",
        words in proptest::collection::vec("[!-~]{1,90}( \t| {2,90})?", 0..20),
        confidential: bool,
    ) {
        let long = words.join(" ");
        let mut fields = mail();
        fields[0] = Field::new("From", &sender).unwrap();
        fields[2] = Field::new("Subject", &subject).unwrap();
        fields.push(Field::new("X-Long", &long).unwrap());
        let policy = if confidential { Confidentiality::Baseline } else { Confidentiality::Nothing };
        let composed = protect(&fields, &payload(), Protection::Encryption(policy)).unwrap();
        let outer: String = composed.outer.iter().map(Field::to_lines).collect();
        let payload = String::from_utf8(composed.payload).unwrap();
        let header = received(&outer, &payload, true, true);
        prop_assert_eq!(header.agreement(), &Agreement::Agrees);
        prop_assert_eq!(header.fields().len(), fields.len());
        for (read, wrote) in header.fields().iter().zip(&fields) {
            prop_assert_eq!(read.field.name(), wrote.name());
            prop_assert_eq!(read.field.value(), wrote.value());
        }
        prop_assert_eq!(&payload.as_bytes()[header.body()], BODY);
    }

    #[test]
    fn any_octets_are_read_or_refused(
        outer in proptest::collection::vec(any::<u8>(), 0..300),
        payload in "(Content-Type: [a-z]{1,9}/[a-z]{1,9}; hp=\"?c[a-z]{4,6}\"?\r\n)?([ -~]{0,40}\r?\n){0,9}",
    ) {
        let payload = payload.as_bytes();
        let _ = read(&Received { outer: &outer, payload, signed: true, encrypted: true });
    }
}
