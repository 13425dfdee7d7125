//! The words of a notice, German first, then English.

use crate::notice::Summary;
use sealpost_erds::{Address, ConsignmentMode};

/// The text that a person reads before deciding. It says what accepting means and what refusing
/// or doing nothing leads to.
pub(crate) fn notice_text(summary: &Summary<'_>) -> String {
    format!("{}\n\n----\n\n{}\n", german(summary), english(summary))
}

fn german(s: &Summary<'_>) -> String {
    let meaning = match s.mode {
        ConsignmentMode::Signed => {
            "Annehmen heißt: Sie unterschreiben elektronisch, dass Sie diese Sendung annehmen."
        }
        ConsignmentMode::Basic | ConsignmentMode::Consent => {
            "Annehmen heißt: Sie erklären mit Ihrem Anmeldeschlüssel, dass Sie diese Sendung annehmen."
        }
    };
    let lines = [
        "Ein Einschreiben wartet auf Ihre Annahme.".to_owned(),
        String::new(),
        format!("Absender: {} <{}>", s.sender.name, s.sender.address.as_str()),
        format!("Betreff: {}", s.subject.unwrap_or("(zeigt der Absender erst nach der Annahme)")),
        format!("Empfänger: {}", recipients(s, "Sie erhalten eine Blindkopie", "zeigt der Absender erst nach der Annahme")),
        format!("Anlagen: {} mit zusammen {} Byte", s.attachments, s.attachments_octets),
        format!("Annahmefrist: {} (koordinierte Weltzeit)", s.deadline.rfc3339()),
        format!("Den Schlüssel gibt frei: {}", s.releaser.as_str()),
        String::new(),
        meaning.to_owned(),
        "Danach erst lässt sich der Inhalt öffnen. Die Annahme wird mit Zeitstempel bezeugt, und der Absender erhält".to_owned(),
        "den Nachweis. Auch die Ablehnung und das Verstreichen der Frist werden dem Absender nachgewiesen.".to_owned(),
    ];
    lines.join("\n")
}

fn english(s: &Summary<'_>) -> String {
    let meaning = match s.mode {
        ConsignmentMode::Signed => {
            "To accept means: you sign electronically that you accept this letter."
        }
        ConsignmentMode::Basic | ConsignmentMode::Consent => {
            "To accept means: you declare with the key you log in with that you accept this letter."
        }
    };
    let lines = [
        "A registered letter awaits your acceptance.".to_owned(),
        String::new(),
        format!("Sender: {} <{}>", s.sender.name, s.sender.address.as_str()),
        format!("Subject: {}", s.subject.unwrap_or("(shown by the sender only after acceptance)")),
        format!("Recipients: {}", recipients(s, "you receive a blind copy", "shown by the sender only after acceptance")),
        format!("Attachments: {} of {} octets together", s.attachments, s.attachments_octets),
        format!("To be accepted until: {} (UTC)", s.deadline.rfc3339()),
        format!("The key is released by: {}", s.releaser.as_str()),
        String::new(),
        meaning.to_owned(),
        "Only then can the content be opened. The acceptance is evidenced with a time-stamp, and the sender receives".to_owned(),
        "that evidence. A refusal, and letting the deadline pass, are evidenced to the sender as well.".to_owned(),
    ];
    lines.join("\n")
}

fn recipients(summary: &Summary<'_>, blind: &str, hidden: &str) -> String {
    let visible = match summary.visible_recipients {
        Some([]) => String::new(),
        Some(visible) => visible.iter().map(Address::as_str).collect::<Vec<_>>().join(", "),
        None => format!("({hidden})"),
    };
    match (summary.blind_copy, visible.is_empty()) {
        (true, true) => format!("({blind})"),
        (true, false) => format!("{visible} ({blind})"),
        (false, _) => visible,
    }
}
