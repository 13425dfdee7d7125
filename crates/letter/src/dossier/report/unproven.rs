//! What a report does not prove, said as plainly as what it does.

use super::Language;
use serde::{Serialize, Serializer};

/// Something that a reader could wrongly take for proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unproven {
    code: &'static str,
    english: &'static str,
    german: &'static str,
}

/// Declares the statements.
macro_rules! unproven {
    ($($constant:ident = $code:literal, $english:literal, $german:literal;)*) => {
        impl Unproven {
            $(#[doc = concat!("Not proven: ", $english)]
            pub const $constant: Self = Self { code: $code, english: $english, german: $german };)*
        }
    };
}

unproven! {
    CONTENT = "content",
        "what the letter says",
        "was in dem Brief steht";
    CONTENT_TIME = "content-time",
        "when the sender signed the content",
        "wann der Absender den Inhalt unterschrieben hat";
    TRANSPORT = "transport",
        "that the ciphertext which the providers carried holds this content",
        "dass das von den Anbietern beförderte Chiffrat diesen Inhalt enthält";
    SENDER = "sender",
        "who the sender in the evidence is (not disclosed)",
        "wer der Absender in den Nachweisen ist (nicht offengelegt)";
    RECIPIENT = "recipient",
        "who the recipient in the evidence is (not disclosed)",
        "wer der Empfänger in den Nachweisen ist (nicht offengelegt)";
    ISSUER_ENTITLED = "issuer-entitled",
        "that the issuer is the provider responsible for sender or recipient (not disclosed)",
        "dass der Aussteller der für Absender oder Empfänger zuständige Anbieter ist (nicht offengelegt)";
    LARGE_ATTACHMENTS = "large-attachments",
        "that large attachments were carried or handed over; of each the sender has signed name, size and SHA-256, against which a file can be held",
        "dass große Anlagen befördert oder übergeben wurden; unterschrieben hat der Absender von jeder Name, Größe und SHA-256, womit sich eine Datei vergleichen lässt";
    SUBMISSION = "submission",
        "that the letter was submitted",
        "dass der Brief eingeliefert wurde";
    RELAY = "relay",
        "that the recipient's provider took the letter over",
        "dass der Anbieter des Empfängers den Brief übernommen hat";
    NOTIFICATION = "notification",
        "that a notice of the letter was put into the recipient's mailbox",
        "dass eine Ankündigung des Briefs in das Postfach des Empfängers gelegt wurde";
    ACCEPTANCE = "acceptance",
        "that the recipient accepted the letter",
        "dass der Empfänger den Brief angenommen hat";
    OWN_DECISION = "own-decision",
        "that the recipient himself signed his decision; only the provider says that it was he",
        "dass der Empfänger selbst seine Entscheidung unterschrieben hat; dass er es war, sagt allein der Anbieter";
    AVAILABILITY = "availability",
        "that the content was at the recipient's disposal",
        "dass der Inhalt für den Empfänger bereitstand";
    HANDOVER = "handover",
        "that the content was handed over to the recipient",
        "dass der Inhalt dem Empfänger übergeben wurde";
    READING = "reading",
        "that anybody read or understood the letter",
        "dass jemand den Brief gelesen oder verstanden hat";
    QUALIFIED = "qualified",
        "that certificates or services are qualified under Regulation (EU) 910/2014; trust rests on the anchors that the verifier chose",
        "dass Zertifikate oder Dienste qualifiziert im Sinne der Verordnung (EU) 910/2014 sind; das Vertrauen beruht auf den vom Prüfer gewählten Ankern";
    LETTER = "letter",
        "anything about the letter beyond this one evidence",
        "irgendetwas über den Brief außer diesem einen Nachweis";
}

impl Unproven {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// What is not proven, as a clause.
    pub const fn words(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::German => self.german,
        }
    }
}

/// Code and English words, so that a program need not know every code.
impl Serialize for Unproven {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut entry = serializer.serialize_struct("Unproven", 2)?;
        entry.serialize_field("code", self.code)?;
        entry.serialize_field("words", self.english)?;
        entry.end()
    }
}
