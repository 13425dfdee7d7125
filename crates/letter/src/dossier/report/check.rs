//! The checks of a dossier, each with its identifier and its name in both languages.

use super::Language;

/// One check. Its identifier is stable; `docs/evidence.md` lists them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Check {
    id: &'static str,
    english: &'static str,
    german: &'static str,
}

/// Declares the checks as constants and as a list.
macro_rules! checks {
    ($($constant:ident = $id:literal, $english:literal, $german:literal;)*) => {
        impl Check {
            $(#[doc = concat!($id, ": ", $english, ".")]
            pub const $constant: Self = Self { id: $id, english: $english, german: $german };)*

            /// All checks, in the order of their identifiers.
            pub const ALL: &'static [Self] = &[$(Self::$constant),*];
        }
    };
}

checks! {
    CONTAINER = "DOS-001",
        "the container has its one canonical form",
        "der Container hat seine einzige zulässige Form";
    PART_NAMES = "DOS-002",
        "every part has a name that belongs to a dossier",
        "jedes Teil trägt einen Namen, den ein Dossier kennt";
    MANIFEST_FORM = "DOS-003",
        "the manifest reads and lists only parts that are there",
        "das Verzeichnis ist lesbar und nennt nur vorhandene Teile";
    PART_DIGEST = "DOS-004",
        "the part is the one that the manifest lists",
        "das Teil ist genau das im Verzeichnis genannte";
    MANIFEST_SIGNATURE = "DOS-005",
        "the exporting party signed the manifest",
        "die exportierende Partei hat das Verzeichnis unterschrieben";
    EXPORTER = "DOS-006",
        "the exporting party is the party whose dossier it is",
        "die exportierende Partei ist die, deren Dossier es ist";
    FORM = "DOS-007",
        "the part reads as what it is named",
        "das Teil ist das, was sein Name sagt";
    CONTENT_SIGNATURE = "DOS-010",
        "the sender's signature over the content",
        "die Unterschrift des Absenders unter dem Inhalt";
    CONTENT_ENTITY = "DOS-011",
        "the readable copy is the signed content",
        "die lesbare Abschrift ist der unterschriebene Inhalt";
    LETTER_BINDING = "DOS-012",
        "the signature names this letter",
        "die Unterschrift nennt diesen Brief";
    COMMITMENT = "DOS-013",
        "the content opens the commitment of the letter",
        "der Inhalt öffnet die Festlegung (Commitment) des Briefs";
    BODY_DIGEST = "DOS-014",
        "the locked body is the one that the evidence describes",
        "der verschlossene Inhalt ist der in den Nachweisen beschriebene";
    ENVELOPED_DIGEST = "DOS-015",
        "the ciphertext is the one that the evidence describes",
        "das Chiffrat ist das in den Nachweisen beschriebene";
    BODY_OPENING = "DOS-016",
        "the locked body opens to exactly the signed content",
        "der verschlossene Inhalt öffnet sich zu genau dem unterschriebenen Inhalt";
    ENVELOPED_OPENING = "DOS-017",
        "the ciphertext opens to exactly the signed content",
        "das Chiffrat öffnet sich zu genau dem unterschriebenen Inhalt";
    NOTICE_OPENING = "DOS-018",
        "the ciphertext opens to exactly the notice",
        "das Chiffrat öffnet sich zu genau der Ankündigung";
    NOTICE_SIGNATURE = "DOS-019",
        "the sender's signature over the notice",
        "die Unterschrift des Absenders unter der Ankündigung";
    NOTICE_BINDING = "DOS-020",
        "the notice announces this letter",
        "die Ankündigung gilt diesem Brief";
    SIGNED_PARTIES = "DOS-021",
        "the sender's signature discloses the parties that the evidence holds",
        "die Unterschrift des Absenders legt die Parteien der Nachweise offen";
    EVIDENCE = "DOS-030",
        "the issuer's seal and time-stamp on the evidence",
        "Siegel und Zeitstempel des Ausstellers am Nachweis";
    EVIDENCE_NAME = "DOS-031",
        "the evidence states what its name says",
        "der Nachweis sagt aus, was sein Name ankündigt";
    EVIDENCE_LETTER = "DOS-032",
        "the evidence is about this letter",
        "der Nachweis betrifft diesen Brief";
    EVIDENCE_AGREEMENT = "DOS-033",
        "all evidence describes the same letter on the same way",
        "alle Nachweise beschreiben denselben Brief auf demselben Weg";
    EVIDENCE_ISSUER = "DOS-034",
        "the issuer is the provider that may state this event",
        "der Aussteller ist der Anbieter, der dieses Ereignis bezeugen darf";
    ANCHOR = "DOS-035",
        "one trust anchor vouches for the domain of the signer, and for no other domain",
        "genau ein Vertrauensanker bürgt für die Domain des Unterzeichners und für keine andere";
    SENDER_DISCLOSURE = "DOS-040",
        "the disclosures open the sender in the evidence",
        "die Offenlegungen öffnen den Absender der Nachweise";
    SENDER_SIGNED = "DOS-041",
        "the disclosed sender signed the content",
        "der offengelegte Absender hat den Inhalt unterschrieben";
    RECIPIENT_DISCLOSURE = "DOS-042",
        "the disclosures open the recipient in the evidence",
        "die Offenlegungen öffnen den Empfänger der Nachweise";
    RECIPIENT_BOUND = "DOS-043",
        "the sender's signature names this certificate",
        "die Unterschrift des Absenders nennt dieses Zertifikat";
    RECIPIENT_ADDRESS = "DOS-044",
        "the certificate is that of the disclosed recipient",
        "das Zertifikat ist das des offengelegten Empfängers";
    RECIPIENT_CERTIFICATE = "DOS-045",
        "the certificate counted when the letter was made",
        "das Zertifikat galt, als der Brief entstand";
    RECIPIENT_NAMED = "DOS-046",
        "the signed letter names the disclosed recipients on their ways",
        "der unterschriebene Brief nennt die offengelegten Empfänger auf ihren Wegen";
    DECISION_SIGNATURE = "DOS-050",
        "the recipient's signature under the decision",
        "die Unterschrift des Empfängers unter der Entscheidung";
    DECISION_LETTER = "DOS-051",
        "the decision is about this letter",
        "die Entscheidung betrifft diesen Brief";
    DECISION_EVIDENCE = "DOS-052",
        "the evidence names exactly this decision",
        "der Nachweis nennt genau diese Entscheidung";
    DECISION_SIGNER = "DOS-053",
        "the disclosed recipient decided",
        "der offengelegte Empfänger hat entschieden";
    DECISION_TIME = "DOS-054",
        "the decision was made in time",
        "die Entscheidung fiel innerhalb der Frist";
    ACCEPTED_FIRST = "DOS-060",
        "nothing was handed over before it was accepted",
        "vor der Annahme wurde nichts übergeben";
    EXPIRED_LATE = "DOS-061",
        "the letter did not expire before its deadline",
        "der Brief verfiel nicht vor Ablauf der Frist";
    TIME_ORDER = "DOS-062",
        "the proven times are in the order of the events",
        "die bewiesenen Zeiten folgen der Reihenfolge der Ereignisse";
    ONE_END = "DOS-063",
        "the evidence does not contradict itself",
        "die Nachweise widersprechen sich nicht";
}

impl Check {
    /// The stable identifier, such as `DOS-030`.
    pub const fn id(self) -> &'static str {
        self.id
    }

    /// What must hold, as a clause.
    pub const fn words(self, language: Language) -> &'static str {
        match language {
            Language::English => self.english,
            Language::German => self.german,
        }
    }
}
