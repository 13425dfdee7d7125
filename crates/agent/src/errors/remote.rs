//! What can go wrong between this agent and providers, other people's letters, and the person's
//! own wishes.

use super::{Fault, Language, Sentences};
use sealpost_cms::verdict::Shortfall;
use std::error::Error;
use std::fmt;

/// Errors of sending, receiving and proving. None holds an address, a name or content.
#[derive(Debug)]
#[non_exhaustive]
pub enum PostError {
    /// The person wants something that the letter's state does not allow.
    NotPossible(&'static str),
    /// Nothing in this profile has an identifier that begins so.
    LetterNotFound,
    /// More than one letter has an identifier that begins so.
    IdAmbiguous,
    /// The profile has no account yet.
    NotRegistered,
    /// The profile has an account.
    AlreadyRegistered,
    /// The draft, or something about its recipients, is refused by our own rules.
    Draft {
        /// The stable code of the rule.
        code: &'static str,
    },
    /// The recipient's provider knows nobody with this address.
    RecipientUnknown,
    /// A file could not be read or written.
    File {
        /// What the operating system says.
        kind: std::io::ErrorKind,
    },
    /// No connection, or none that was answered in time.
    Unreachable,
    /// The provider did not prove who it is, or is not who it was.
    NotTrusted {
        /// The stable code of the reason.
        code: &'static str,
    },
    /// The provider refused, with its own stable code and words.
    Refused {
        /// The provider's code.
        code: String,
        /// The HTTP status.
        status: u16,
        /// The provider's sentence, which never names anybody.
        title: String,
    },
    /// The provider answered with something that does not read.
    Nonsense {
        /// What was expected.
        expected: &'static str,
    },
    /// Something that was signed does not verify.
    NotVerified {
        /// What it was: `notice`, `letter`, `evidence`, `discovery`, `certificate`.
        what: &'static str,
        /// Why, in the terms of EN 319 102-1.
        shortfall: Shortfall,
    },
    /// Something that was encrypted does not open.
    NotOpened {
        /// The stable code.
        code: &'static str,
    },
    /// The archive holds a record that this version cannot read.
    Archive,
}

impl PostError {
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::NotPossible(code) | Self::Draft { code } | Self::NotTrusted { code } | Self::NotOpened { code } => code,
            Self::LetterNotFound => "letter-not-found",
            Self::IdAmbiguous => "id-ambiguous",
            Self::NotRegistered => "not-registered",
            Self::AlreadyRegistered => "already-registered",
            Self::RecipientUnknown => "recipient-unknown",
            Self::File { .. } => "file-failed",
            Self::Unreachable => "provider-unreachable",
            Self::Refused { .. } => "provider-refused",
            Self::Nonsense { .. } => "provider-answer-malformed",
            Self::NotVerified { .. } => "not-verified",
            Self::Archive => "archive-unreadable",
        }
    }

    pub(crate) fn fault(&self) -> Fault {
        match self {
            Self::NotPossible(_)
            | Self::LetterNotFound
            | Self::IdAmbiguous
            | Self::NotRegistered
            | Self::AlreadyRegistered
            | Self::Draft { .. }
            | Self::RecipientUnknown => Fault::User,
            Self::File { .. } | Self::Archive => Fault::Machine,
            _ => Fault::Provider,
        }
    }

    pub(crate) fn sentences(&self, language: Language) -> Sentences {
        match language {
            Language::English => english(self),
            Language::German => german(self),
        }
    }
}

fn english(error: &PostError) -> Sentences {
    let (what, remedy): (String, &'static str) = match error {
        PostError::NotPossible(code) => (format!("That is not possible now ({code})."), "Look at the letter with `sealpost show`."),
        PostError::LetterNotFound => ("No letter has an identifier that begins so.".into(), "List letters with `sealpost inbox --all` or `sealpost sent`."),
        PostError::IdAmbiguous => ("Several letters have an identifier that begins so.".into(), "Give more digits."),
        PostError::NotRegistered => ("This profile has no account yet.".into(), "Run `sealpost register` first."),
        PostError::AlreadyRegistered => ("This profile has an account already.".into(), "Use it, or set SEALPOST_HOME to a new directory."),
        PostError::Draft { code } => (format!("The letter cannot be sent like that ({code})."), "Mend it and send it again; nothing was sent."),
        PostError::RecipientUnknown => ("A recipient is unknown at his provider.".into(), "Check the address; nothing was sent."),
        PostError::File { kind } => (format!("A file could not be read or written ({kind})."), "Check its path, its permissions and the free space."),
        PostError::Unreachable => ("The provider cannot be reached.".into(), "Check the connection and try again; nothing is lost."),
        PostError::NotTrusted { code } => (format!("The provider does not prove who it is ({code})."), "Do not go on; ask the operator on another way."),
        PostError::Refused { code, status, title } => (format!("The provider refused: {title} ({code}, HTTP {status})."), "Do what it says; if it is busy, try again later."),
        PostError::Nonsense { expected } => (format!("The provider's answer is no {expected}."), "Try again; if it stays so, tell the operator."),
        PostError::NotVerified { what, shortfall } => (format!("The {what} does not verify: {} ({}).", shortfall.detail, shortfall.sub.code()), "Do not rely on it."),
        PostError::NotOpened { code } => (format!("What was encrypted does not open ({code})."), "Ask the sender to send it again."),
        PostError::Archive => ("The archive holds a record that this version cannot read.".into(), "Use the version that wrote it, or a newer one."),
    };
    (what, remedy)
}

fn german(error: &PostError) -> Sentences {
    let (what, remedy): (String, &'static str) = match error {
        PostError::NotPossible(code) => (format!("Das ist jetzt nicht möglich ({code})."), "Sehen Sie den Brief mit `sealpost show` an."),
        PostError::LetterNotFound => ("Kein Brief hat eine Kennung, die so beginnt.".into(), "`sealpost inbox --all` und `sealpost sent` zeigen die Briefe."),
        PostError::IdAmbiguous => ("Mehrere Briefe haben eine Kennung, die so beginnt.".into(), "Geben Sie mehr Stellen an."),
        PostError::NotRegistered => ("Dieses Profil hat noch kein Konto.".into(), "Rufen Sie zuerst `sealpost register` auf."),
        PostError::AlreadyRegistered => ("Dieses Profil hat schon ein Konto.".into(), "Verwenden Sie es, oder setzen Sie SEALPOST_HOME auf ein neues Verzeichnis."),
        PostError::Draft { code } => (format!("So kann der Brief nicht gesendet werden ({code})."), "Ändern Sie ihn und senden Sie ihn erneut; es wurde nichts gesendet."),
        PostError::RecipientUnknown => ("Ein Empfänger ist bei seinem Anbieter unbekannt.".into(), "Prüfen Sie die Adresse; es wurde nichts gesendet."),
        PostError::File { kind } => (format!("Eine Datei ließ sich nicht lesen oder schreiben ({kind})."), "Prüfen Sie Pfad, Rechte und freien Platz."),
        PostError::Unreachable => ("Der Anbieter ist nicht erreichbar.".into(), "Prüfen Sie die Verbindung und versuchen Sie es wieder; nichts ist verloren."),
        PostError::NotTrusted { code } => (format!("Der Anbieter weist sich nicht aus ({code})."), "Brechen Sie ab und fragen Sie den Betreiber auf anderem Weg."),
        PostError::Refused { code, status, title } => (format!("Der Anbieter lehnt ab: {title} ({code}, HTTP {status})."), "Folgen Sie dem Hinweis; ist er überlastet, versuchen Sie es später."),
        PostError::Nonsense { expected } => (format!("Die Antwort des Anbieters ist kein {expected}."), "Versuchen Sie es erneut; bleibt es so, sagen Sie es dem Betreiber."),
        PostError::NotVerified { what, shortfall } => (format!("Nicht bestätigt ({what}): {} ({}).", shortfall.detail, shortfall.sub.code()), "Verlassen Sie sich nicht darauf."),
        PostError::NotOpened { code } => (format!("Das Verschlüsselte lässt sich nicht öffnen ({code})."), "Bitten Sie den Absender, es erneut zu senden."),
        PostError::Archive => ("Das Archiv enthält einen Eintrag, den diese Version nicht lesen kann.".into(), "Verwenden Sie die Version, die ihn schrieb, oder eine neuere."),
    };
    (what, remedy)
}

impl fmt::Display for PostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentences(Language::English).0)
    }
}

impl Error for PostError {}
