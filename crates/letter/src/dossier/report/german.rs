//! Reports in German.

use super::words::Words;
use super::{Grade, Indication, Subject};
use crate::dossier::layout::PartKind;
use crate::dossier::model::Perspective;
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::ConsignmentMode;
use sealpost_erds::disclosure::Assurance;
use sealpost_erds::event::Event;

pub(super) const GERMAN: Words = Words {
    title: |subject| match subject {
        Subject::Dossier => "Prüfung eines Dossiers",
        Subject::Evidence => "Prüfung eines einzelnen Nachweises",
    },
    result: "Ergebnis",
    meaning,
    reason,
    technical: "Einzelheit (englisch)",
    verified_at: "Geprüft am",
    policy: "Algorithmenregeln",
    digest: "SHA-256",
    letter: "Brief",
    mode: "Zustellart",
    mode_words: |mode| match mode {
        ConsignmentMode::Basic => "basic: sofort in das Postfach",
        ConsignmentMode::Consent => "consent: zu öffnen erst nach Annahme durch den Empfänger",
        ConsignmentMode::Signed => {
            "signed: zu öffnen erst, nachdem der Empfänger dafür unterschrieben hat"
        }
    },
    deadline: "Frist",
    perspective: |perspective| match perspective {
        Perspective::Sender => "Dossier des Absenders",
        Perspective::Recipient => "Dossier des Empfängers",
    },
    content: "Inhalt",
    content_proven: "vom Absender unterschrieben und genau der Inhalt, den die Nachweise betreffen",
    content_unproven: "NICHT BEWIESEN",
    large_attachment: "Große Anlage, im Inhalt genannt und nicht in dieser Datei",
    since: "seit",
    sender: "Absender",
    recipient: "Empfänger",
    undisclosed: "nicht offengelegt",
    assurance: |assurance| match assurance {
        Assurance::Low => "vom Anbieter mit niedrigem Vertrauensniveau identifiziert",
        Assurance::Substantial => "vom Anbieter mit substanziellem Vertrauensniveau identifiziert",
        Assurance::High => "vom Anbieter mit hohem Vertrauensniveau identifiziert",
    },
    grade,
    proven_is: "Bewiesen",
    event,
    stated_by: "bezeugt von",
    not_proven: "Nicht bewiesen",
    findings: "Widersprüche und Lücken",
    parts: "Teile",
    kind,
    signed_by: "unterschrieben von",
    vouched_by: "verbürgt durch",
    proven_time: "bewiesen seit",
    claimed_time: "angegebene Zeit",
    time_stamp_by: "Zeitstempel von",
    algorithms: "Algorithmen",
    revocation: "nicht gesperrt laut Listen vom",
    certificate: "Zertifikat",
};

fn meaning(indication: Indication) -> &'static str {
    match indication {
        Indication::TotalPassed => "alles Geprüfte ist in Ordnung",
        Indication::Indeterminate => "nichts ist sicher falsch, aber zur Gewissheit fehlt etwas",
        Indication::TotalFailed => "etwas ist falsch; was davon betroffen ist, beweist nichts",
    }
}

fn reason(sub: SubIndication) -> &'static str {
    match sub {
        SubIndication::FormatFailure => "nicht in der vorgeschriebenen Form",
        SubIndication::HashFailure => "die Daten wurden verändert",
        SubIndication::SigCryptoFailure => "die Unterschrift ist falsch",
        SubIndication::Revoked | SubIndication::RevokedNoPoe => "das Zertifikat war gesperrt",
        SubIndication::RevokedCaNoPoe => "das Zertifikat einer Zertifizierungsstelle war gesperrt",
        SubIndication::Expired => "das Zertifikat war abgelaufen",
        SubIndication::NotYetValid => "das Zertifikat galt noch nicht",
        SubIndication::SigConstraintsFailure => "es passt nicht zu dem, wozu es gehören soll",
        SubIndication::ChainConstraintsFailure => {
            "ein Zertifikat ist nicht für diesen Zweck bestimmt"
        }
        SubIndication::CertificateChainGeneralFailure => {
            "die Zertifikate bilden keinen gültigen Pfad"
        }
        SubIndication::CryptoConstraintsFailure | SubIndication::CryptoConstraintsFailureNoPoe => {
            "ein Algorithmus ist nicht zugelassen"
        }
        SubIndication::NoCertificateChainFound => {
            "kein Pfad führt zu einem von Ihnen genannten Vertrauensanker"
        }
        SubIndication::NoSigningCertificateFound => "das Zertifikat des Unterzeichners fehlt",
        SubIndication::OutOfBoundsNoPoe => {
            "das Zertifikat gilt jetzt nicht, und nichts beweist, dass die Unterschrift älter ist"
        }
        SubIndication::NoPoe => "nichts beweist, wann es vorlag",
        SubIndication::TryLater => "Sperrinformationen fehlen oder sind veraltet",
        SubIndication::TimestampOrderFailure => "die Zeiten widersprechen sich",
        SubIndication::SignedDataNotFound => "es fehlt, wozu es gehört",
        _ => "kein Urteil",
    }
}

fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Nothing => "NICHTS über den Weg des Briefs",
        Grade::Submitted => {
            "EINGELIEFERT: der Anbieter des Absenders hat den Brief entgegengenommen"
        }
        Grade::Relayed => "WEITERGELEITET: der Anbieter des Empfängers hat den Brief übernommen",
        Grade::Notified => {
            "ANGEKÜNDIGT: eine Ankündigung wurde in das Postfach des Empfängers gelegt; dass er sie abgeholt hat, ist nicht bewiesen"
        }
        Grade::MadeAvailable => "BEREITGESTELLT: der Brief stand für den Empfänger bereit",
        Grade::Accepted => "ANGENOMMEN: der Empfänger hat den Brief angenommen",
        Grade::Refused => "ABGELEHNT: der Empfänger hat den Brief abgelehnt",
        Grade::Expired => {
            "VERFALLEN: der Empfänger hat sich bis zum Ende der Frist nicht entschieden"
        }
        Grade::HandedOver => {
            "ÜBERGEBEN: das Programm des Empfängers bestätigte, dass es den Brief hatte"
        }
    }
}

fn event(event: Event) -> &'static str {
    match event {
        Event::SubmissionAcceptance => "der Anbieter nahm den Brief entgegen",
        Event::SubmissionRejection => "der Anbieter wies den Brief zurück",
        Event::RelayAcceptance => "der Anbieter des Empfängers übernahm den Brief",
        Event::RelayRejection => "der Anbieter des Empfängers wies den Brief zurück",
        Event::RelayFailure => "der Brief konnte nicht weitergeleitet werden",
        Event::NotificationForAcceptance => {
            "eine Ankündigung wurde in das Postfach des Empfängers gelegt; dass er sie abgeholt hat, ist nicht bewiesen"
        }
        Event::NotificationForAcceptanceFailure => "dem Empfänger konnte nichts angekündigt werden",
        Event::ConsignmentAcceptance => "der Empfänger nahm den Brief an",
        Event::ConsignmentRejection => "der Empfänger lehnte den Brief ab",
        Event::AcceptanceRejectionExpiry => "die Frist verstrich ohne Antwort",
        Event::ContentConsignment => "der Brief wurde für den Empfänger bereitgestellt",
        Event::ContentConsignmentFailure => "der Brief konnte nicht bereitgestellt werden",
        Event::ConsignmentNotification => {
            "eine Nachricht von der Bereitstellung ging an den Empfänger"
        }
        Event::ConsignmentNotificationFailure => "dem Empfänger konnte nichts angekündigt werden",
        Event::ContentHandover => "der Brief wurde übergeben",
        Event::ContentHandoverFailure => "der Brief konnte nicht übergeben werden",
        Event::RelayToNonErds => "der Brief ging in ein anderes Netz",
        Event::RelayToNonErdsFailure => "der Brief konnte nicht in ein anderes Netz gehen",
        Event::ReceivedFromNonErds => "der Brief kam aus einem anderen Netz",
    }
}

fn kind(kind: Option<PartKind>) -> &'static str {
    match kind {
        Some(PartKind::Body) => "verschlossener Inhalt",
        Some(PartKind::Content) => "unterschriebener Inhalt",
        Some(PartKind::ContentEntity) => "lesbare Abschrift des Inhalts",
        Some(PartKind::Decision(_)) => "Entscheidung des Empfängers",
        Some(PartKind::Disclosures) => "Offenlegungen: wer die Parteien sind",
        Some(PartKind::Enveloped(_)) => "Chiffrat für den Empfänger",
        Some(PartKind::Evidence) => "Nachweis",
        Some(PartKind::Guide) => "Anleitung",
        Some(PartKind::Head) => "Kopf des Dossiers",
        Some(PartKind::Manifest) => "Verzeichnis",
        Some(PartKind::ManifestSignature) => "Unterschrift der exportierenden Partei",
        Some(PartKind::MediaType) => "Container",
        Some(PartKind::Notice(_)) => "Ankündigung an den Empfänger",
        Some(PartKind::Opening) => "Schlüssel, die das Chiffrat öffnen",
        Some(PartKind::RecipientCertificate(_)) => "Verschlüsselungszertifikat des Empfängers",
        Some(PartKind::RevocationList) => "Sperrliste",
        None => "unbekanntes Teil",
    }
}
