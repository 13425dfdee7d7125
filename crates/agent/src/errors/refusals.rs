//! The words for what a provider refuses, by the stable code of its problem document (RFC 9457).
//! A provider's own sentences are not repeated: they are in one language, and nothing that comes
//! over the network steers a terminal.

use super::Words;

pub(super) const REFUSALS: &[Words] = &[
    Words {
        code: "account-blocked",
        english: ("The provider has blocked your account", "Ask the operator."),
        german: ("Der Anbieter hat Ihr Konto gesperrt", "Fragen Sie den Betreiber."),
    },
    Words {
        code: "address-taken",
        english: (
            "The address has an owner already",
            "Choose another address; if it is your own, have the operator revoke the lost keys first.",
        ),
        german: (
            "Die Adresse hat schon einen Inhaber",
            "Wählen Sie eine andere Adresse; ist es Ihre eigene, lassen Sie den Betreiber zuerst die verlorenen Schlüssel sperren.",
        ),
    },
    Words {
        code: "attachment-too-large",
        english: (
            "What accompanies the decision is too large",
            "This is a mistake in sealpost: please report it.",
        ),
        german: (
            "Was die Entscheidung begleitet, ist zu groß",
            "Das ist ein Fehler in sealpost: Bitte melden Sie ihn.",
        ),
    },
    Words {
        code: "broken-off",
        english: (
            "The transfer to the provider broke off",
            "Try again in a while; nothing was done.",
        ),
        german: (
            "Die Übertragung zum Anbieter brach ab",
            "Versuchen Sie es nach einer Weile erneut; nichts wurde getan.",
        ),
    },
    Words {
        code: "object-not-as-named",
        english: (
            "The provider refused a piece of a document that arrived damaged",
            "Try again; if it stays so, tell the makers of this program.",
        ),
        german: (
            "Der Anbieter wies ein Stück eines Dokuments zurück, das beschädigt ankam",
            "Versuchen Sie es erneut; bleibt es dabei, sagen Sie es den Herstellern dieses Programms.",
        ),
    },
    Words {
        code: "objects-missing",
        english: (
            "The provider has not all pieces of the documents yet",
            "Run `sealpost sync`; what it has is not sent again.",
        ),
        german: (
            "Der Anbieter hat noch nicht alle Stücke der Dokumente",
            "Rufen Sie `sealpost sync` auf; was er hat, wird nicht noch einmal gesendet.",
        ),
    },
    Words {
        code: "objects-too-many",
        english: (
            "Too much of your documents waits at the provider for letters that were not handed in",
            "Run `sealpost sync`; what no letter names is deleted there after seven days.",
        ),
        german: (
            "Beim Anbieter warten zu viele Dokumente auf Briefe, die nicht eingeliefert wurden",
            "Rufen Sie `sealpost sync` auf; was kein Brief nennt, wird dort nach sieben Tagen gelöscht.",
        ),
    },
    Words {
        code: "busy",
        english: (
            "The provider has too much to do at this moment",
            "Try again in a while; nothing was done.",
        ),
        german: (
            "Der Anbieter ist im Augenblick überlastet",
            "Versuchen Sie es nach einer Weile erneut; nichts wurde getan.",
        ),
    },
    Words {
        code: "certificate-refused",
        english: (
            "The provider does not accept your certificate",
            "If it was revoked or has ended, ask the operator for a new invitation; otherwise try again later.",
        ),
        german: (
            "Der Anbieter erkennt Ihr Zertifikat nicht an",
            "Wurde es gesperrt oder ist es abgelaufen, bitten Sie den Betreiber um eine neue Einladung; sonst versuchen Sie es später erneut.",
        ),
    },
    Words {
        code: "challenge-stale",
        english: ("The registration took too long", "Run the command again."),
        german: ("Die Anmeldung dauerte zu lange", "Rufen Sie den Befehl noch einmal auf."),
    },
    Words {
        code: "decision-after-deadline",
        english: ("The decision was made after the deadline", "Ask the sender to send it again."),
        german: (
            "Die Entscheidung fiel nach der Frist",
            "Bitten Sie den Absender, ihn erneut zu senden.",
        ),
    },
    Words {
        code: "decision-by-another-signer",
        english: (
            "The decision was signed by somebody else",
            "Use the profile that the letter was sent to.",
        ),
        german: (
            "Die Entscheidung hat jemand anderes unterschrieben",
            "Benutzen Sie das Profil, an das der Brief ging.",
        ),
    },
    Words {
        code: "decision-for-another-letter",
        english: (
            "The decision is about another letter",
            "This is a mistake in sealpost: please report it.",
        ),
        german: (
            "Die Entscheidung gilt einem anderen Brief",
            "Das ist ein Fehler in sealpost: Bitte melden Sie ihn.",
        ),
    },
    Words {
        code: "decision-not-verified",
        english: (
            "The provider does not accept the signature of your decision",
            "If your certificate was revoked or has ended, ask the operator; otherwise run the command again.",
        ),
        german: (
            "Der Anbieter erkennt die Unterschrift Ihrer Entscheidung nicht an",
            "Wurde Ihr Zertifikat gesperrt oder ist es abgelaufen, fragen Sie den Betreiber; sonst rufen Sie den Befehl noch einmal auf.",
        ),
    },
    Words {
        code: "decision-without-proven-time",
        english: ("Nothing proves when the decision was made", "Run the command again."),
        german: (
            "Nichts beweist, wann die Entscheidung fiel",
            "Rufen Sie den Befehl noch einmal auf.",
        ),
    },
    Words {
        code: "dispatch-id-reused",
        english: ("An identifier was used for another letter", "Send the letter anew."),
        german: ("Eine Kennung wurde für einen anderen Brief benutzt", "Senden Sie den Brief neu."),
    },
    Words {
        code: "evidence-indeterminate",
        english: (
            "Whether an evidence holds cannot be decided now",
            "Try again in a while; nothing was done.",
        ),
        german: (
            "Ob ein Nachweis gilt, ist jetzt nicht zu entscheiden",
            "Versuchen Sie es nach einer Weile erneut; nichts wurde getan.",
        ),
    },
    Words {
        code: "forbidden",
        english: ("The provider does not allow this to you", "Ask the operator."),
        german: ("Der Anbieter erlaubt Ihnen das nicht", "Fragen Sie den Betreiber."),
    },
    Words {
        code: "head-too-long",
        english: (
            "The letter has more recipients than the provider takes at once",
            "Send several letters.",
        ),
        german: (
            "Der Brief hat mehr Empfänger, als der Anbieter auf einmal entgegennimmt",
            "Senden Sie mehrere Briefe.",
        ),
    },
    Words {
        code: "identity-not-verified",
        english: (
            "The provider does not accept the identity that was shown",
            "Ask the operator whose identities are accepted.",
        ),
        german: (
            "Der Anbieter erkennt die gezeigte Identität nicht an",
            "Fragen Sie den Betreiber, wessen Identitäten er anerkennt.",
        ),
    },
    Words {
        code: "internal",
        english: (
            "The provider has a fault",
            "Try again in a while; if it stays so, tell the operator.",
        ),
        german: (
            "Beim Anbieter liegt eine Störung vor",
            "Versuchen Sie es nach einer Weile erneut; bleibt es so, sagen Sie es dem Betreiber.",
        ),
    },
    Words {
        code: "invitation-expired",
        english: ("The invitation has ended", "Ask the operator for a new one."),
        german: ("Die Einladung ist abgelaufen", "Bitten Sie den Betreiber um eine neue."),
    },
    Words {
        code: "invitation-unknown",
        english: (
            "The provider does not know this invitation",
            "Copy it whole; if that is done, ask the operator for a new one.",
        ),
        german: (
            "Der Anbieter kennt diese Einladung nicht",
            "Kopieren Sie sie vollständig; ist das getan, bitten Sie den Betreiber um eine neue.",
        ),
    },
    Words {
        code: "invitation-used",
        english: (
            "The invitation was used already, with other keys",
            "If it was not you, tell the operator at once to revoke; otherwise ask for a new one.",
        ),
        german: (
            "Die Einladung wurde schon benutzt, mit anderen Schlüsseln",
            "Waren Sie es nicht, lassen Sie den Betreiber sofort sperren; sonst bitten Sie um eine neue.",
        ),
    },
    Words {
        code: "keys-not-distinct",
        english: (
            "Each purpose needs a key of its own",
            "This is a mistake in sealpost: please report it.",
        ),
        german: (
            "Jeder Zweck braucht einen eigenen Schlüssel",
            "Das ist ein Fehler in sealpost: Bitte melden Sie ihn.",
        ),
    },
    Words {
        code: "letter-accepted-already",
        english: (
            "The letter was accepted by another decision",
            "Run `sealpost sync`; the device that accepted it can open it.",
        ),
        german: (
            "Der Brief wurde durch eine andere Entscheidung angenommen",
            "Rufen Sie `sealpost sync` auf; das Gerät, das ihn annahm, kann ihn öffnen.",
        ),
    },
    Words {
        code: "letter-awaits-decision",
        english: ("The letter has to be accepted first", "Run `sealpost accept`."),
        german: ("Der Brief muss zuerst angenommen werden", "Rufen Sie `sealpost accept` auf."),
    },
    Words {
        code: "letter-expired",
        english: ("The deadline passed without a decision", "Ask the sender to send it again."),
        german: (
            "Die Frist verstrich ohne Entscheidung",
            "Bitten Sie den Absender, ihn erneut zu senden.",
        ),
    },
    Words {
        code: "letter-handed-over",
        english: (
            "The letter was handed over, and the provider has no copy",
            "Look for it on the device that fetched it.",
        ),
        german: (
            "Der Brief wurde übergeben, und der Anbieter hat keine Kopie",
            "Suchen Sie ihn auf dem Gerät, das ihn geholt hat.",
        ),
    },
    Words {
        code: "letter-id-reused",
        english: ("The identifier was used for another letter", "Send the letter anew."),
        german: ("Die Kennung wurde für einen anderen Brief benutzt", "Senden Sie den Brief neu."),
    },
    Words {
        code: "letter-needs-no-decision",
        english: ("The letter needs no decision", "Run `sealpost sync` and look at it."),
        german: (
            "Der Brief braucht keine Entscheidung",
            "Rufen Sie `sealpost sync` auf, und sehen Sie ihn an.",
        ),
    },
    Words {
        code: "letter-not-found",
        english: (
            "The provider does not have this letter, or not any more",
            "Run `sealpost sync` to see where it stands.",
        ),
        german: (
            "Der Anbieter hat diesen Brief nicht oder nicht mehr",
            "Rufen Sie `sealpost sync` auf, um zu sehen, wo er steht.",
        ),
    },
    Words {
        code: "letter-refused-already",
        english: ("The letter was refused", "Ask the sender to send it again."),
        german: ("Der Brief wurde abgelehnt", "Bitten Sie den Absender, ihn erneut zu senden."),
    },
    Words {
        code: "malformed",
        english: (
            "The provider does not understand the request",
            "This is a mistake in sealpost: please report it.",
        ),
        german: (
            "Der Anbieter versteht die Anfrage nicht",
            "Das ist ein Fehler in sealpost: Bitte melden Sie ihn.",
        ),
    },
    Words {
        code: "message-too-long",
        english: (
            "The message did not arrive as it was announced",
            "Try again in a while; nothing was done.",
        ),
        german: (
            "Die Nachricht kam anders an als angekündigt",
            "Versuchen Sie es nach einer Weile erneut; nichts wurde getan.",
        ),
    },
    Words {
        code: "message-too-short",
        english: ("The message did not arrive whole", "Try again in a while; nothing was done."),
        german: (
            "Die Nachricht kam nicht vollständig an",
            "Versuchen Sie es nach einer Weile erneut; nichts wurde getan.",
        ),
    },
    Words {
        code: "not-framed",
        english: (
            "The message did not arrive as it was announced",
            "Try again in a while; nothing was done.",
        ),
        german: (
            "Die Nachricht kam anders an als angekündigt",
            "Versuchen Sie es nach einer Weile erneut; nichts wurde getan.",
        ),
    },
    Words {
        code: "method-not-allowed",
        english: (
            "The provider does not know this request",
            "Ask the operator which version it runs.",
        ),
        german: (
            "Der Anbieter kennt diese Anfrage nicht",
            "Fragen Sie den Betreiber nach seiner Version.",
        ),
    },
    Words {
        code: "not-found",
        english: (
            "The provider does not know this request",
            "Ask the operator which version it runs.",
        ),
        german: (
            "Der Anbieter kennt diese Anfrage nicht",
            "Fragen Sie den Betreiber nach seiner Version.",
        ),
    },
    Words {
        code: "not-certifiable",
        english: ("The provider cannot certify these keys or this name", "Ask the operator."),
        german: (
            "Der Anbieter kann diese Schlüssel oder diesen Namen nicht bescheinigen",
            "Fragen Sie den Betreiber.",
        ),
    },
    Words {
        code: "not-ready",
        english: ("The provider is not ready", "Try again in a while; nothing was done."),
        german: (
            "Der Anbieter ist nicht bereit",
            "Versuchen Sie es nach einer Weile erneut; nichts wurde getan.",
        ),
    },
    Words {
        code: "own-certificate-not-valid",
        english: (
            "A certificate of the provider's own has ended",
            "Tell the operator, who has to make it anew; nothing was done.",
        ),
        german: (
            "Ein eigenes Zertifikat des Anbieters ist abgelaufen",
            "Sagen Sie es dem Betreiber, der es neu ausstellen muss; nichts wurde getan.",
        ),
    },
    Words {
        code: "too-many-requests",
        english: (
            "Your account asks the provider for more at once than one account may",
            "Try again in a while; nothing was done. If you did not ask for it, tell the operator.",
        ),
        german: (
            "Ihr Konto verlangt vom Anbieter mehr auf einmal, als ein Konto darf",
            "Versuchen Sie es nach einer Weile erneut; nichts wurde getan. Waren es nicht Sie, sagen Sie es dem Betreiber.",
        ),
    },
    Words {
        code: "one-proof",
        english: (
            "Either an invitation or an identity belongs to a registration",
            "This is a mistake in sealpost: please report it.",
        ),
        german: (
            "Zu einer Anmeldung gehört entweder eine Einladung oder eine Identität",
            "Das ist ein Fehler in sealpost: Bitte melden Sie ihn.",
        ),
    },
    Words {
        code: "other-digest",
        english: (
            "The octets did not arrive as they were announced",
            "Try again in a while; nothing was done.",
        ),
        german: (
            "Die Oktette kamen anders an als angekündigt",
            "Versuchen Sie es nach einer Weile erneut; nichts wurde getan.",
        ),
    },
    Words {
        code: "other-domain",
        english: (
            "The address belongs to another provider",
            "Register at the provider of the address.",
        ),
        german: (
            "Die Adresse gehört zu einem anderen Anbieter",
            "Melden Sie sich beim Anbieter der Adresse an.",
        ),
    },
    Words {
        code: "part-not-found",
        english: (
            "The provider does not have this part of the letter",
            "Run `sealpost sync` to see where the letter stands.",
        ),
        german: (
            "Der Anbieter hat diesen Teil des Briefs nicht",
            "Rufen Sie `sealpost sync` auf, um zu sehen, wo der Brief steht.",
        ),
    },
    Words {
        code: "peer-failed",
        english: ("The other provider gave no answer", "Try again in a while; nothing was done."),
        german: (
            "Der andere Anbieter gab keine Antwort",
            "Versuchen Sie es nach einer Weile erneut; nichts wurde getan.",
        ),
    },
    Words {
        code: "policy-not-published",
        english: (
            "The provider publishes no update of the algorithm policy",
            "Nothing is to be done: what it has published before stays in force.",
        ),
        german: (
            "Der Anbieter veröffentlicht keine Verschärfung der Algorithmenregeln",
            "Es ist nichts zu tun: Was er zuvor veröffentlicht hat, gilt weiter.",
        ),
    },
    Words {
        code: "query-unreadable",
        english: (
            "The other provider cannot open the question: its key has changed",
            "Run the command again.",
        ),
        german: (
            "Der andere Anbieter kann die Frage nicht öffnen: Sein Schlüssel hat gewechselt",
            "Rufen Sie den Befehl noch einmal auf.",
        ),
    },
    Words {
        code: "renewal-ended",
        english: (
            "The certificates for your new keys were revoked before they were used",
            "Run `sealpost rotate` again; it asks for others.",
        ),
        german: (
            "Die Zertifikate für Ihre neuen Schlüssel wurden gesperrt, bevor sie benutzt wurden",
            "Rufen Sie `sealpost rotate` noch einmal auf; es fragt nach anderen.",
        ),
    },
    Words {
        code: "renewal-not-by-new-key",
        english: (
            "The provider waits for other new keys of yours",
            "If you use this address in one profile only, tell the operator.",
        ),
        german: (
            "Der Anbieter wartet auf andere neue Schlüssel von Ihnen",
            "Benutzen Sie diese Adresse nur in einem Profil, so sagen Sie es dem Betreiber.",
        ),
    },
    Words {
        code: "renewal-not-signed",
        english: (
            "The provider does not accept that your present signature key vouches for the new keys",
            "If your certificate was revoked, ask the operator for a new invitation; otherwise run `sealpost rotate` again.",
        ),
        german: (
            "Der Anbieter erkennt nicht an, dass Ihr jetziger Signaturschlüssel für die neuen Schlüssel bürgt",
            "Wurde Ihr Zertifikat gesperrt, bitten Sie den Betreiber um eine neue Einladung; sonst rufen Sie `sealpost rotate` noch einmal auf.",
        ),
    },
    Words {
        code: "renewal-too-often",
        english: ("You have moved to new keys too often", "Try again in a month."),
        german: (
            "Sie haben die Schlüssel zu oft gewechselt",
            "Versuchen Sie es in einem Monat erneut.",
        ),
    },
    Words {
        code: "request-not-self-signed",
        english: (
            "A key was not proven to be yours",
            "This is a mistake in sealpost: please report it.",
        ),
        german: (
            "Ein Schlüssel war nicht als Ihrer bewiesen",
            "Das ist ein Fehler in sealpost: Bitte melden Sie ihn.",
        ),
    },
    Words {
        code: "stopping",
        english: ("The provider is being stopped", "Try again in a while; nothing was done."),
        german: (
            "Der Anbieter wird gerade angehalten",
            "Versuchen Sie es nach einer Weile erneut; nichts wurde getan.",
        ),
    },
    Words {
        code: "storage-full",
        english: (
            "The provider's disk is full; nothing was done",
            "Try again later; the operator has to free space.",
        ),
        german: (
            "Der Datenträger des Anbieters ist voll; nichts wurde getan",
            "Versuchen Sie es später erneut; der Betreiber muss Platz schaffen.",
        ),
    },
    Words {
        code: "time-stamp-unavailable",
        english: (
            "Nobody proves the time at the moment; nothing was done",
            "Try again in a while.",
        ),
        german: (
            "Niemand beweist im Augenblick die Zeit; nichts wurde getan",
            "Versuchen Sie es nach einer Weile erneut.",
        ),
    },
    Words {
        code: "too-large",
        english: ("The letter is larger than the provider takes", "Send less in one letter."),
        german: (
            "Der Brief ist größer, als der Anbieter entgegennimmt",
            "Senden Sie weniger in einem Brief.",
        ),
    },
    Words {
        code: "too-long",
        english: ("The provider's answer takes too long", "Run the command again; that is safe."),
        german: (
            "Die Antwort des Anbieters dauert zu lange",
            "Rufen Sie den Befehl noch einmal auf; das ist unbedenklich.",
        ),
    },
    Words {
        code: "too-many",
        english: (
            "More was asked than one request may hold",
            "This is a mistake in sealpost: please report it.",
        ),
        german: (
            "Es wurde mehr verlangt, als eine Anfrage enthalten darf",
            "Das ist ein Fehler in sealpost: Bitte melden Sie ihn.",
        ),
    },
    Words {
        code: "too-slow",
        english: (
            "The request arrived too slowly",
            "Check the connection and try again; nothing was done.",
        ),
        german: (
            "Die Anfrage kam zu langsam an",
            "Prüfen Sie die Verbindung und versuchen Sie es erneut; nichts wurde getan.",
        ),
    },
    Words {
        code: "unauthenticated",
        english: (
            "The provider does not see who is asking",
            "This is a mistake in sealpost: please report it.",
        ),
        german: (
            "Der Anbieter sieht nicht, wer fragt",
            "Das ist ein Fehler in sealpost: Bitte melden Sie ihn.",
        ),
    },
    Words {
        code: "unknown-domain",
        english: (
            "No provider that yours trusts serves this domain",
            "Check the address; if it is right, your operator has to make a peer of that provider.",
        ),
        german: (
            "Kein Anbieter, dem Ihrer vertraut, bedient diese Domain",
            "Prüfen Sie die Adresse; stimmt sie, muss Ihr Betreiber jenen Anbieter aufnehmen.",
        ),
    },
    Words {
        code: "unsupported-media-type",
        english: (
            "The provider does not take this kind of message",
            "Ask the operator which version it runs.",
        ),
        german: (
            "Der Anbieter nimmt diese Art Nachricht nicht entgegen",
            "Fragen Sie den Betreiber nach seiner Version.",
        ),
    },
];
