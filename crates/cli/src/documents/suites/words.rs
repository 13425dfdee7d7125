//! The words about suites, once per language.

use sealpost_agent::Language;
use sealpost_agent::policy::SuiteId;

/// Of one language.
pub(super) struct Words {
    pub(super) policy: &'static str,
    pub(super) since: &'static str,
    pub(super) next_update: &'static str,
    pub(super) out_of_date: &'static str,
    pub(super) without_keys: &'static str,
    pub(super) more: &'static str,
    pub(super) state: &'static str,
    pub(super) encrypts: &'static str,
    pub(super) encrypts_if_demanded: &'static str,
    pub(super) detail: &'static str,
    pub(super) reaches_you: &'static str,
    pub(super) yes_or_no: fn(bool) -> &'static str,
    pub(super) until: &'static str,
    pub(super) protects: &'static str,
    pub(super) keys: &'static str,
    pub(super) content: &'static str,
    pub(super) signatures: &'static str,
    pub(super) obstacle: fn(&str) -> &'static str,
    pub(super) protection: fn(&str) -> &'static str,
    pub(super) answer: fn(&str) -> &'static str,
    pub(super) wrong: &'static str,
    pub(super) all_right: &'static str,
}

pub(super) fn of(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::German => &GERMAN,
    }
}

static ENGLISH: Words = Words {
    policy: "Algorithm policy",
    since: "Update of",
    next_update: "Counts until",
    out_of_date: "The update of your provider is out of date: nothing is sent until 'sealpost sync' \
                  has fetched a newer one.",
    without_keys: "There is no profile here: this is the policy of the release, for somebody who has \
                   every key.",
    more: "What each of them protects, and against whom:",
    state: "Letters",
    encrypts: "encrypted with it",
    encrypts_if_demanded: "encrypted with it if their sender demands it (send --suite)",
    detail: "Reason",
    reaches_you: "Reaches you",
    yes_or_no: |yes| if yes { "yes" } else { "no" },
    until: "Encrypts until",
    protects: "Protects",
    keys: "Keys",
    content: "Content",
    signatures: "Signatures",
    obstacle: |code| match code {
        "suite-not-written" => "not yet used for letters by this version",
        "suite-own-key" => "not encrypted with it: you have no key for it",
        "suite-below-floor" => "not encrypted with it: it protects less than the policy demands",
        "suite-ended" => "not encrypted with it: it has ended",
        "suite-withdrawn" => "not encrypted with it: your provider has withdrawn it",
        _ => "not encrypted with it",
    },
    protection: |name| match name {
        "quantum-resistant" => "against readers, changes and later quantum computers",
        "authenticated" => "against readers and changes",
        _ => "against readers; NOT against changes",
    },
    answer: |answer| match answer {
        "right" => "right",
        "not-here" => "not in this version",
        _ => "WRONG",
    },
    wrong: "This machine computes wrong: do not use sealpost on it, and replace the program or the \
            machine.",
    all_right: "All that this version can compute gives the known answers on this machine.",
};

static GERMAN: Words = Words {
    policy: "Algorithmenregeln",
    since: "Verschärft am",
    next_update: "Gelten bis",
    out_of_date: "Die Verschärfung Ihres Anbieters ist überholt: Es wird nichts gesendet, bis \
                  'sealpost sync' eine neuere geholt hat.",
    without_keys: "Hier ist kein Profil: Das sind die Regeln dieser Version, für jemanden, der alle \
                   Schlüssel hat.",
    more: "Was jede von ihnen wovor schützt:",
    state: "Briefe",
    encrypts: "werden damit verschlüsselt",
    encrypts_if_demanded: "werden damit verschlüsselt, wenn ihr Absender es verlangt (send --suite)",
    detail: "Grund",
    reaches_you: "Erreicht Sie",
    yes_or_no: |yes| if yes { "ja" } else { "nein" },
    until: "Verschlüsselt bis",
    protects: "Schützt",
    keys: "Schlüssel",
    content: "Inhalt",
    signatures: "Signaturen",
    obstacle: |code| match code {
        "suite-not-written" => "von dieser Version noch nicht für Briefe verwendet",
        "suite-own-key" => "nicht damit verschlüsselt: Sie haben keinen Schlüssel dafür",
        "suite-below-floor" => "nicht damit verschlüsselt: Sie schützt weniger als verlangt",
        "suite-ended" => "nicht damit verschlüsselt: Sie ist abgelaufen",
        "suite-withdrawn" => "nicht damit verschlüsselt: Ihr Anbieter hat sie zurückgezogen",
        _ => "nicht damit verschlüsselt",
    },
    protection: |name| match name {
        "quantum-resistant" => "vor Mitlesen, Veränderung und späteren Quantenrechnern",
        "authenticated" => "vor Mitlesen und Veränderung",
        _ => "vor Mitlesen; NICHT vor Veränderung",
    },
    answer: |answer| match answer {
        "right" => "richtig",
        "not-here" => "nicht in dieser Version",
        _ => "FALSCH",
    },
    wrong: "Dieser Rechner rechnet falsch: Verwenden Sie sealpost darauf nicht, und ersetzen Sie das \
            Programm oder den Rechner.",
    all_right: "Alles, was diese Version rechnen kann, ergibt auf diesem Rechner die bekannten \
                Antworten.",
};

/// What a suite protects against whom: what it is for, its strength, its limits.
pub(super) fn explained(id: SuiteId, language: Language) -> Vec<&'static str> {
    let (english, german) = match id {
        SuiteId::Hybrid2026 => (HYBRID_ENGLISH, HYBRID_GERMAN),
        SuiteId::Smime2019 => (SMIME_ENGLISH, SMIME_GERMAN),
        SuiteId::SmimeLegacy => (LEGACY_ENGLISH, LEGACY_GERMAN),
        SuiteId::StaticDhCbcHmac => (STATIC_ENGLISH, STATIC_GERMAN),
        _ => return Vec::new(),
    };
    match language {
        Language::English => english.to_vec(),
        Language::German => german.to_vec(),
    }
}

const HYBRID_ENGLISH: &[&str] = &[
    "For letters between Sealpost agents. Two methods protect each other: one that has been tried for \
     decades, and one that quantum computers do not break either.",
    "The content is encrypted with AES-256-GCM, which notices every change before anything is shown. \
     Its key is fresh for each letter and travels under ML-KEM-768 and X25519 together: who wants to \
     read must break both. Somebody who records the letter today cannot read it with a quantum computer \
     later.",
    "Two signatures say who wrote it, ECDSA on P-256 and ML-DSA-65; both must hold.",
    "It does not hide who sends and receives, nor when. Who gets hold of your encryption key and its \
     PIN reads your letters.",
];

const HYBRID_GERMAN: &[&str] = &[
    "Für Briefe zwischen Sealpost-Programmen. Zwei Verfahren schützen einander: eines, das seit \
     Jahrzehnten erprobt ist, und eines, das auch Quantenrechner nicht brechen.",
    "Der Inhalt ist mit AES-256-GCM verschlüsselt; jede Veränderung fällt auf, bevor etwas gezeigt \
     wird. Der Schlüssel ist für jeden Brief neu und reist unter ML-KEM-768 und X25519 zugleich: Wer \
     mitlesen will, muss beide brechen. Wer den Brief heute aufzeichnet, kann ihn auch später mit \
     einem Quantenrechner nicht lesen.",
    "Zwei Signaturen sagen, wer ihn schrieb, ECDSA auf P-256 und ML-DSA-65; beide müssen halten.",
    "Nicht verborgen wird, wer wann an wen sendet. Wer Ihren Verschlüsselungsschlüssel und dessen PIN \
     erlangt, liest Ihre Briefe.",
];

const SMIME_ENGLISH: &[&str] = &[
    "What modern S/MIME programs read; used between Sealpost agents when you ask for it, or when one of \
     them has no hybrid key.",
    "The content is encrypted with AES-256-GCM, which notices every change before anything is shown. \
     Its key is agreed with the recipient's P-256 or X25519 key and a key that exists for this letter \
     alone.",
    "One signature, ECDSA on P-256 or Ed25519, says who wrote it.",
    "It protects against everybody who has no large quantum computer. Somebody who records the letter \
     today and has one later could read it then; that is why the suite ends earlier for encrypting \
     than its signatures do.",
];

const SMIME_GERMAN: &[&str] = &[
    "Was heutige S/MIME-Programme lesen; zwischen Sealpost-Programmen, wenn Sie es verlangen oder einem \
     von ihnen der hybride Schlüssel fehlt.",
    "Der Inhalt ist mit AES-256-GCM verschlüsselt; jede Veränderung fällt auf, bevor etwas gezeigt \
     wird. Der Schlüssel wird mit dem P-256- oder X25519-Schlüssel des Empfängers und einem Schlüssel \
     vereinbart, den es nur für diesen Brief gibt.",
    "Eine Signatur, ECDSA auf P-256 oder Ed25519, sagt, wer ihn schrieb.",
    "Geschützt ist der Brief vor allen, die keinen großen Quantenrechner haben. Wer ihn heute \
     aufzeichnet und später einen hat, könnte ihn dann lesen; deshalb endet die Suite für das \
     Verschlüsseln früher als ihre Signaturen.",
];

const LEGACY_ENGLISH: &[&str] = &[
    "For ordinary mail clients that read nothing better. Never used between Sealpost agents.",
    "The content is encrypted with AES-256-CBC, so nobody else reads it on the way. It is NOT \
     protected against change: somebody on the way can alter the ciphertext, and the reading program \
     may show what he made of it, or be made to send out what it decrypts (EFAIL). Only the signature \
     inside tells a true letter from an altered one, and only if the reader looks at it first.",
    "Sealpost shows such a content as unprotected against change, and trusts nothing in it for its \
     having been encrypted.",
    "It does not protect against later quantum computers.",
];

const LEGACY_GERMAN: &[&str] = &[
    "Für gewöhnliche Mailprogramme, die nichts Besseres lesen. Zwischen Sealpost-Programmen nie.",
    "Der Inhalt ist mit AES-256-CBC verschlüsselt; unterwegs liest also niemand mit. Er ist NICHT vor \
     Veränderung geschützt: Wer unterwegs sitzt, kann das Verschlüsselte ändern, und das lesende \
     Programm zeigt womöglich, was er daraus machte, oder wird dazu gebracht, das Entschlüsselte nach \
     außen zu senden (EFAIL). Nur die Signatur im Innern unterscheidet den echten Brief vom \
     veränderten, und nur, wenn der Leser sie zuerst ansieht.",
    "Sealpost zeigt solchen Inhalt als ungeschützt vor Veränderung und traut nichts darin, nur weil es \
     verschlüsselt war.",
    "Vor späteren Quantenrechnern schützt sie nicht.",
];

const STATIC_ENGLISH: &[&str] = &[
    "For letters whose sender demands fixed keys on both sides (--suite static-dh-cbc-hmac); nobody \
     gets it unasked.",
    "The content is encrypted with AES-256-CBC, and an HMAC-SHA-256 over the ciphertext notices every \
     change before anything is decrypted. The key comes from an X25519 agreement of both by HKDF.",
    "The agreement uses the fixed keys of both. Around it lies an envelope for the recipient alone, so \
     that no operator sees from whom it is: whoever gets hold of the recipient's key, now or later, \
     reads the letters to him. And both can make the same code, so only the signature, ECDSA on P-256, \
     proves to others who wrote.",
    "Files of 8 MiB and more travel beside the letter, encrypted with AES-256-GCM under keys that are \
     in its content.",
    "It does not protect against later quantum computers.",
];

const STATIC_GERMAN: &[&str] = &[
    "Für Briefe, deren Absender feste Schlüssel auf beiden Seiten verlangt (--suite \
     static-dh-cbc-hmac); ungefragt bekommt sie niemand.",
    "Der Inhalt ist mit AES-256-CBC verschlüsselt, und ein HMAC-SHA-256 über das Verschlüsselte bemerkt \
     jede Veränderung, bevor etwas entschlüsselt wird. Der Schlüssel stammt über HKDF aus einer \
     X25519-Vereinbarung der beiden.",
    "Die Vereinbarung nutzt die festen Schlüssel beider Seiten. Darum liegt ein Umschlag für den \
     Empfänger allein, damit kein Betreiber sieht, von wem sie ist: Wer den Schlüssel des Empfängers \
     erlangt, jetzt oder später, liest die Briefe an ihn. Und beide können denselben Code bilden; \
     Dritten beweist deshalb nur die Signatur, ECDSA auf P-256, wer schrieb.",
    "Dateien ab 8 MiB reisen neben dem Brief, mit AES-256-GCM unter Schlüsseln verschlüsselt, die in \
     seinem Inhalt stehen.",
    "Vor späteren Quantenrechnern schützt sie nicht.",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_suite_is_explained_in_both_languages_without_holes() {
        for id in SuiteId::ALL {
            let both =
                [Language::English, Language::German].map(|language| explained(id, language));
            assert_eq!(both[0].len(), both[1].len());
            for paragraph in both.iter().flatten() {
                assert!(
                    !paragraph.contains("  ") && paragraph.ends_with(['.', ')']),
                    "{paragraph}"
                );
            }
            assert!(both[0].len() >= 3, "{id:?}");
        }
    }

    #[test]
    fn what_does_not_protect_against_change_says_so() {
        let of = |language| explained(SuiteId::SmimeLegacy, language).concat();
        assert!(of(Language::English).contains("NOT protected against change"));
        assert!(of(Language::German).contains("NICHT vor Veränderung geschützt"));
        for id in [SuiteId::Hybrid2026, SuiteId::Smime2019, SuiteId::StaticDhCbcHmac] {
            assert!(!explained(id, Language::English).concat().contains("NOT"));
        }
    }

    #[test]
    fn every_obstacle_has_words_of_its_own() {
        for words in [&ENGLISH, &GERMAN] {
            let codes =
                ["suite-not-written", "suite-own-key", "suite-ended", "suite-withdrawn", "?"];
            let said: std::collections::BTreeSet<_> =
                codes.into_iter().map(|code| (words.obstacle)(code)).collect();
            assert_eq!(said.len(), codes.len());
        }
    }
}
