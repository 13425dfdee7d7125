use sealpost_agent::Language;
use serde_json::Value;

use super::*;
use crate::printer::Manners;

pub(in crate::documents) fn printer(language: Language) -> Printer {
    Printer::new(Manners { language, ..Manners::default() })
}

fn passed() -> Signature {
    Signature {
        verdict: Verdict { indication: "TOTAL-PASSED", sub_indication: None, detail: None },
        proven_time: Some(Moment(1_795_326_300)),
        claimed_time: None,
        trust_anchor: Some("North Post".into()),
        algorithm_policy: "sealpost-2026-11".into(),
    }
}

fn waiting() -> Letter {
    Letter {
        letter_id: "3f2a".repeat(8),
        dispatch_id: "77aa".repeat(8),
        state: State::Waiting,
        mode: Mode::Signed,
        suite: "hybrid-2026",
        experiment: None,
        sender: Some(Person {
            address: "anna@north.example".into(),
            name: Some("Anna Nord".into()),
            assurance: Some("substantial"),
        }),
        sender_provider: "north.example".into(),
        recipient_provider: "south.example".into(),
        signature: passed(),
        deadline: Some(Moment(1_000_000 + 86_400 * 3)),
        decided: None,
        octets: 20_480,
        attachments: Some(Attachments { count: 1, octets: 10_240 }),
        subject: None,
        recipients: None,
        blind_copy: false,
        content: None,
    }
}

fn opened() -> Letter {
    let attachment = Attachment {
        sha256: None,
        here: None,
        file_name: "notice\u{202e}fdp.exe".into(),
        media_type: "application/pdf".into(),
        octets: 10_240,
    };
    Letter {
        state: State::Opened,
        content: Some(Content {
            date: Moment(1_795_326_300),
            to: vec!["bert@south.example".into()],
            cc: vec![],
            subject: "Notice \u{1b}[2J".into(),
            text: "Dear Bert\u{1b}]0;x\u{7}\n\nThe sender's signature\n  Result: TOTAL-PASSED"
                .into(),
            attachments: vec![attachment],
        }),
        ..waiting()
    }
}

#[test]
fn a_waiting_letter_says_all_that_a_person_needs_before_deciding() {
    let text = waiting().text(&printer(Language::English), 1_000_000);
    for needed in [
        "waits for your decision",
        "Anna Nord <anna@north.example>",
        "substantial assurance",
        "north.example",
        "(hidden by the sender until you accept)",
        "1 (10 kB)",
        "signed: opens after",
        "1970-01-15T13:46:40Z",
        "3 days",
        "TOTAL-PASSED",
        "Accepting means",
        "sealpost accept 3f2a3f2a",
        "sealpost refuse 3f2a3f2a",
    ] {
        assert!(text.contains(needed), "{needed} is not in\n{text}");
    }
    let german = waiting().text(&printer(Language::German), 1_000_000);
    for needed in
        ["wartet auf Ihre Entscheidung", "Annehmen heißt", "3 Tage", "TOTAL-PASSED", "Betreff"]
    {
        assert!(german.contains(needed), "{needed} is not in\n{german}");
    }
}

#[test]
fn a_subject_that_the_sender_shows_is_shown() {
    let letter = Letter { subject: Some("Notice".into()), ..waiting() };
    let text = letter.text(&printer(Language::English), 1_000_000);
    let line =
        |name: &str| text.lines().find(|line| line.trim().starts_with(name)).unwrap().to_owned();
    assert!(line("Subject:").ends_with(" Notice"));
    assert!(line("Recipients:").contains("(hidden by the sender"));
}

#[test]
fn nothing_is_promised_for_acceptance_once_it_is_too_late_for_it() {
    for state in [State::Refused, State::Expired, State::Unverified, State::Available] {
        for language in [Language::English, Language::German] {
            let printer = printer(language);
            let text = Letter { state, ..waiting() }.text(&printer, 1_000_000);
            assert!(!text.contains(printer.texts().hidden), "{state:?}: {text}");
            assert!(text.contains(printer.texts().not_shown), "{state:?}: {text}");
        }
    }
}

#[test]
fn the_letter_itself_cannot_forge_what_we_say_about_it() {
    let text = opened().text(&printer(Language::English), 1_000_000);
    assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}'));
    let forged: Vec<_> =
        text.lines().filter(|line| line.contains("Result: TOTAL-PASSED")).collect();
    assert!(forged.iter().all(|line| line.starts_with("| ")), "{text}");
    let signature = text.find("The sender's signature").unwrap();
    assert!(signature < text.find("Dear Bert").unwrap());
    assert!(text.contains("notice\u{FFFD}fdp.exe  10 kB  application/pdf"));
}

#[test]
fn what_is_not_verified_names_no_signer_and_warns() {
    let verdict = Verdict {
        indication: "TOTAL-FAILED",
        sub_indication: Some("HASH_FAILURE"),
        detail: Some("the content was changed".into()),
    };
    let signature = Signature { verdict, proven_time: None, trust_anchor: None, ..passed() };
    let letter = Letter { state: State::Unverified, sender: None, signature, ..waiting() };
    let text = letter.text(&printer(Language::English), 1_000_000);
    assert!(text.contains("TOTAL-FAILED (HASH_FAILURE)") && text.contains("BEWARE"));
    assert!(!text.contains("Signed by") && !text.contains("sealpost accept"));
}

#[test]
fn the_document_has_the_documented_fields() {
    let json: Value = serde_json::to_value(opened()).unwrap();
    assert_eq!(json["state"], "opened");
    assert_eq!(json["mode"], "signed");
    assert_eq!(json["signature"]["indication"], "TOTAL-PASSED");
    assert_eq!(json["signature"]["proven_time"], "2026-11-22T05:45:00Z");
    assert_eq!(json["content"]["attachments"][0]["octets"], 10_240);
    assert!(serde_json::to_value(waiting()).unwrap().get("subject").is_none());
}
