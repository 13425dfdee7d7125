//! The words for what stands against a suite, and for updates of the algorithm policy that do not take
//! effect, by their stable codes.

use super::Words;
use sealpost_cms::policy::Obstacle;

/// The words for an obstacle.
pub(super) fn words(obstacle: &Obstacle) -> &'static Words {
    Words::of(OBSTACLES, obstacle.code()).unwrap_or(&OBSTACLES[0])
}

pub(super) const OBSTACLES: &[Words] = &[
    Words {
        code: "suite-not-written",
        english: (
            "This version encrypts no letters with what the recipient could open",
            "Install a newer version; nothing was sent.",
        ),
        german: (
            "Diese Version verschlüsselt keine Briefe mit dem, was der Empfänger öffnen könnte",
            "Installieren Sie eine neuere Version; es wurde nichts gesendet.",
        ),
    },
    Words {
        code: "suite-other-audience",
        english: (
            "No suite of the algorithm policy is for this recipient's program",
            "Install a newer version; nothing was sent.",
        ),
        german: (
            "Keine Suite der Algorithmenregeln ist für das Programm des Empfängers",
            "Installieren Sie eine neuere Version; es wurde nichts gesendet.",
        ),
    },
    Words {
        code: "suite-recipient-key",
        english: (
            "A recipient has no key that letters are encrypted for",
            "Ask him to have a certificate made for another key; nothing was sent.",
        ),
        german: (
            "Ein Empfänger hat keinen Schlüssel, für den Briefe verschlüsselt werden",
            "Bitten Sie ihn um ein Zertifikat für einen anderen Schlüssel; es wurde nichts gesendet.",
        ),
    },
    Words {
        code: "suite-not-announced",
        english: (
            "A recipient's program announces that it reads nothing of what is allowed",
            "Ask him to use a newer program; nothing was sent.",
        ),
        german: (
            "Das Programm eines Empfängers liest nach eigener Angabe nichts von dem, was erlaubt ist",
            "Bitten Sie ihn, ein neueres Programm zu verwenden; es wurde nichts gesendet.",
        ),
    },
    Words {
        code: "suite-below-floor",
        english: (
            "What a recipient can open protects less than the algorithm policy demands",
            "Ask him to move to newer keys or a newer program; nothing was sent.",
        ),
        german: (
            "Was ein Empfänger öffnen kann, schützt weniger, als die Algorithmenregeln verlangen",
            "Bitten Sie ihn um neuere Schlüssel oder ein neueres Programm; es wurde nichts gesendet.",
        ),
    },
    Words {
        code: "suite-own-key",
        english: (
            "You have no key for what the recipient can open",
            "Look at `sealpost suites`; nothing was sent.",
        ),
        german: (
            "Sie haben keinen Schlüssel für das, was der Empfänger öffnen kann",
            "Sehen Sie `sealpost suites` an; es wurde nichts gesendet.",
        ),
    },
    Words {
        code: "suite-ended",
        english: (
            "What the recipient can open has ended in the algorithm policy of this version",
            "Install a newer version, and ask the recipient to do so; nothing was sent.",
        ),
        german: (
            "Was der Empfänger öffnen kann, ist nach den Algorithmenregeln dieser Version abgelaufen",
            "Installieren Sie eine neuere Version, und bitten Sie den Empfänger darum; es wurde nichts gesendet.",
        ),
    },
    Words {
        code: "suite-withdrawn",
        english: (
            "Your provider has withdrawn what the letter needs",
            "Ask the operator why and what comes instead; nothing was sent.",
        ),
        german: (
            "Ihr Anbieter hat zurückgezogen, was der Brief braucht",
            "Fragen Sie den Betreiber nach dem Grund und dem Ersatz; es wurde nichts gesendet.",
        ),
    },
];

/// Letters whose suite cannot be the one that was asked for, or expected.
pub(super) const OF_LETTERS: &[Words] = &[
    Words {
        code: "recipient-suite-missing",
        english: (
            "The directory no longer shows the stronger certificate that a recipient had",
            "Nothing was sent. Ask the recipient on another way; if he has it no longer, send with --suite smime-2019.",
        ),
        german: (
            "Das Verzeichnis zeigt das stärkere Zertifikat nicht mehr, das ein Empfänger hatte",
            "Es wurde nichts gesendet. Fragen Sie den Empfänger auf anderem Weg; hat er es nicht mehr, senden Sie mit --suite smime-2019.",
        ),
    },
    Words {
        code: "suite-not-readable",
        english: (
            "A recipient cannot read letters of the suite that you asked for",
            "Nothing was sent. Send without --suite: the letter gets the best that all its recipients read.",
        ),
        german: (
            "Ein Empfänger kann Briefe der verlangten Suite nicht lesen",
            "Es wurde nichts gesendet. Senden Sie ohne --suite: Der Brief bekommt die beste, die alle seine Empfänger lesen.",
        ),
    },
    Words {
        code: "sender-key",
        english: (
            "Your fixed key did not take part in encrypting the letter",
            "Nothing was sent. Look at `sealpost suites`, or send without --suite; if it stays, report it.",
        ),
        german: (
            "Ihr fester Schlüssel hat am Verschlüsseln des Briefs nicht mitgewirkt",
            "Es wurde nichts gesendet. Sehen Sie `sealpost suites` an, oder senden Sie ohne --suite; bleibt es so, melden Sie es.",
        ),
    },
    Words {
        code: "sender-key-not-the-signers",
        english: (
            "The letter is encrypted with the fixed key of somebody else than who signed it",
            "It stays at the provider, unread. Ask the sender on another way.",
        ),
        german: (
            "Der Brief ist mit dem festen Schlüssel eines anderen verschlüsselt, als ihn unterschrieben hat",
            "Er bleibt ungelesen beim Anbieter. Fragen Sie den Absender auf anderem Weg.",
        ),
    },
    Words {
        code: "signer-suite",
        english: (
            "Your profile has no key for the second signature of the suite hybrid-2026",
            "Send with --suite smime-2019, or ask your operator to invite you again and register in a new profile.",
        ),
        german: (
            "Ihr Profil hat keinen Schlüssel für die zweite Unterschrift der Suite hybrid-2026",
            "Senden Sie mit --suite smime-2019, oder lassen Sie sich neu einladen und melden Sie sich in einem neuen Profil an.",
        ),
    },
];

/// Updates of the algorithm policy.
pub(super) const UPDATES: &[Words] = &[
    Words {
        code: "policy-rolled-back",
        english: (
            "Your provider shows an older algorithm policy than it did before",
            "Ask the operator on another way. Mail is fetched; nothing is sent until it is mended.",
        ),
        german: (
            "Ihr Anbieter zeigt ältere Algorithmenregeln als zuvor",
            "Fragen Sie den Betreiber auf anderem Weg. Post wird geholt; gesendet wird nichts, bis es behoben ist.",
        ),
    },
    Words {
        code: "policy-changed",
        english: (
            "Your provider has changed its algorithm policy without giving it another date",
            "Tell the operator. Mail is fetched; nothing is sent until it is mended.",
        ),
        german: (
            "Ihr Anbieter hat seine Algorithmenregeln ohne neues Datum geändert",
            "Sagen Sie es dem Betreiber. Post wird geholt; gesendet wird nichts, bis es behoben ist.",
        ),
    },
    Words {
        code: "policy-from-the-future",
        english: (
            "The algorithm policy of your provider is dated in the future",
            "If this computer's clock is wrong, put it right; otherwise tell the operator. Nothing was sent.",
        ),
        german: (
            "Die Algorithmenregeln Ihres Anbieters tragen ein Datum in der Zukunft",
            "Geht die Uhr dieses Rechners falsch, stellen Sie sie; sonst sagen Sie es dem Betreiber. Es wurde nichts gesendet.",
        ),
    },
    Words {
        code: "policy-out-of-date",
        english: (
            "The algorithm policy of your provider is out of date, and there is no newer one",
            "Run `sealpost sync`; if it stays so, tell the operator. Nothing was sent.",
        ),
        german: (
            "Die Algorithmenregeln Ihres Anbieters sind überholt, und es gibt keine neueren",
            "Rufen Sie `sealpost sync` auf; bleibt es so, sagen Sie es dem Betreiber. Es wurde nichts gesendet.",
        ),
    },
];
