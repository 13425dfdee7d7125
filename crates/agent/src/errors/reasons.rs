//! The words for refusals of our own: rules of letters, of verification and of trust, by the stable
//! code that the error carries.

use super::Words;

pub(super) const REASONS: &[Words] = &[
    // Acts that the letter's state does not allow.
    Words {
        code: "not-accepted",
        english: ("The letter waits for your decision", "Accept it first with `sealpost accept`."),
        german: (
            "Der Brief wartet auf Ihre Entscheidung",
            "Nehmen Sie ihn zuerst mit `sealpost accept` an.",
        ),
    },
    Words {
        code: "already-accepted",
        english: ("You have accepted this letter", "Run `sealpost accept` again to fetch it."),
        german: (
            "Sie haben diesen Brief angenommen",
            "Rufen Sie `sealpost accept` noch einmal auf, um ihn zu holen.",
        ),
    },
    Words {
        code: "already-opened",
        english: ("The letter was opened here already", "Look at it with `sealpost show`."),
        german: ("Der Brief wurde hier schon geöffnet", "Sehen Sie ihn mit `sealpost show` an."),
    },
    Words {
        code: "already-refused",
        english: (
            "You have refused this letter, and nobody can open it any more",
            "Ask the sender to send it again.",
        ),
        german: (
            "Sie haben diesen Brief abgelehnt, und niemand kann ihn mehr öffnen",
            "Bitten Sie den Absender, ihn erneut zu senden.",
        ),
    },
    Words {
        code: "deadline-over",
        english: (
            "The deadline passed without a decision, and nobody can open the letter any more",
            "Ask the sender to send it again.",
        ),
        german: (
            "Die Frist verstrich ohne Entscheidung, und niemand kann den Brief mehr öffnen",
            "Bitten Sie den Absender, ihn erneut zu senden.",
        ),
    },
    Words {
        code: "not-verified",
        english: ("What came does not verify", "Do not rely on it; `sealpost show` says why."),
        german: (
            "Was ankam, hält der Prüfung nicht stand",
            "Verlassen Sie sich nicht darauf; `sealpost show` sagt den Grund.",
        ),
    },
    Words {
        code: "no-decision-needed",
        english: ("A letter of mode basic needs no decision", "Look at it with `sealpost show`."),
        german: (
            "Ein Brief der Art basic braucht keine Entscheidung",
            "Sehen Sie ihn mit `sealpost show` an.",
        ),
    },
    Words {
        code: "acceptance-under-way",
        english: (
            "You have signed an acceptance of this letter, and it may have reached the provider",
            "Run `sealpost accept` again; a signed decision is not taken back.",
        ),
        german: (
            "Sie haben die Annahme dieses Briefs unterschrieben, und sie kann den Anbieter erreicht haben",
            "Rufen Sie `sealpost accept` noch einmal auf; eine unterschriebene Entscheidung wird nicht zurückgenommen.",
        ),
    },
    Words {
        code: "refusal-under-way",
        english: (
            "You have signed a refusal of this letter, and it may have reached the provider",
            "Run `sealpost refuse` again; a signed decision is not taken back.",
        ),
        german: (
            "Sie haben die Ablehnung dieses Briefs unterschrieben, und sie kann den Anbieter erreicht haben",
            "Rufen Sie `sealpost refuse` noch einmal auf; eine unterschriebene Entscheidung wird nicht zurückgenommen.",
        ),
    },
    Words {
        code: "decision-not-needed",
        english: ("This letter needs no decision", "Look at it with `sealpost show`."),
        german: (
            "Dieser Brief braucht keine Entscheidung",
            "Sehen Sie ihn mit `sealpost show` an.",
        ),
    },
    Words {
        code: "decision-other-letter",
        english: (
            "The notice is about another letter than the provider says",
            "Do not rely on it; tell the operator.",
        ),
        german: (
            "Die Ankündigung gilt einem anderen Brief, als der Anbieter sagt",
            "Verlassen Sie sich nicht darauf; sagen Sie es dem Betreiber.",
        ),
    },
    Words {
        code: "decision-key-purpose",
        english: (
            "Your certificate is not made for this decision",
            "Ask your operator to revoke your certificates and to invite you again, then register in a new profile.",
        ),
        german: (
            "Ihr Zertifikat ist für diese Entscheidung nicht gemacht",
            "Bitten Sie Ihren Betreiber, Ihre Zertifikate zu sperren und Sie neu einzuladen, und melden Sie sich in einem neuen Profil an.",
        ),
    },
    Words {
        code: "decision-other-address",
        english: (
            "Your certificate does not name exactly the address of this mailbox",
            "Ask your operator to revoke your certificates and to invite you again, then register in a new profile.",
        ),
        german: (
            "Ihr Zertifikat nennt nicht genau die Adresse dieses Postfachs",
            "Bitten Sie Ihren Betreiber, Ihre Zertifikate zu sperren und Sie neu einzuladen, und melden Sie sich in einem neuen Profil an.",
        ),
    },
    Words {
        code: "signature-answer",
        english: (
            "Your key gave no signature that fits your certificate",
            "Restore keystore and vault from the same backup.",
        ),
        german: (
            "Ihr Schlüssel gab keine Unterschrift, die zu Ihrem Zertifikat passt",
            "Stellen Sie Schlüsselspeicher und Tresor aus derselben Sicherung wieder her.",
        ),
    },
    Words {
        code: "signature-answer-wrong",
        english: (
            "Your key gave no signature that fits your certificate",
            "Restore keystore and vault from the same backup.",
        ),
        german: (
            "Ihr Schlüssel gab keine Unterschrift, die zu Ihrem Zertifikat passt",
            "Stellen Sie Schlüsselspeicher und Tresor aus derselben Sicherung wieder her.",
        ),
    },
    Words {
        code: "invitation-for-another-address",
        english: (
            "The invitation is for another address",
            "Register the address that you were invited with, or ask for another invitation.",
        ),
        german: (
            "Die Einladung gilt einer anderen Adresse",
            "Melden Sie die Adresse an, zu der Sie eingeladen wurden, oder bitten Sie um eine andere Einladung.",
        ),
    },
    // Verifying files.
    Words {
        code: "file-too-large",
        english: ("The file is larger than any dossier", "Check that this is the right file."),
        german: (
            "Die Datei ist größer als jedes Dossier",
            "Prüfen Sie, ob es die richtige Datei ist.",
        ),
    },
    Words {
        code: "no-trust-anchors",
        english: (
            "There is no certificate where trust anchors should be",
            "Put the root certificates that you trust there, as .pem files.",
        ),
        german: (
            "Wo Vertrauensanker liegen sollten, liegt kein Zertifikat",
            "Legen Sie die Wurzelzertifikate, denen Sie vertrauen, als .pem-Dateien hinein.",
        ),
    },
    Words {
        code: "trust-anchor-unreadable",
        english: (
            "A file with trust anchors does not read",
            "Take it out of the directory, or replace it by the right PEM file.",
        ),
        german: (
            "Eine Datei mit Vertrauensankern ist nicht lesbar",
            "Nehmen Sie sie aus dem Verzeichnis, oder ersetzen Sie sie durch die richtige PEM-Datei.",
        ),
    },
    // Drafts.
    Words {
        code: "no-recipient",
        english: ("Nobody is addressed", "Name at least one recipient."),
        german: ("Es ist niemand angesprochen", "Nennen Sie mindestens einen Empfänger."),
    },
    Words {
        code: "too-many-recipients",
        english: ("There are more recipients than one letter may have", "Send several letters."),
        german: ("Es sind mehr Empfänger, als ein Brief haben darf", "Senden Sie mehrere Briefe."),
    },
    Words {
        code: "address-twice",
        english: ("An address stands twice among the recipients", "Name every recipient once."),
        german: (
            "Eine Adresse steht zweimal unter den Empfängern",
            "Nennen Sie jeden Empfänger einmal.",
        ),
    },
    Words {
        code: "recipient-certificate-missing",
        english: (
            "A recipient has no verified certificate",
            "Check the address; nothing was sent.",
        ),
        german: (
            "Ein Empfänger hat kein geprüftes Zertifikat",
            "Prüfen Sie die Adresse; es wurde nichts gesendet.",
        ),
    },
    Words {
        code: "recipient-certificate-differs",
        english: (
            "The directory names another certificate for a recipient than the one you gave",
            "Nothing was sent. Ask the recipient on another way which one is his now, and send with that one.",
        ),
        german: (
            "Das Verzeichnis nennt für einen Empfänger ein anderes Zertifikat als das angegebene",
            "Es wurde nichts gesendet. Fragen Sie den Empfänger auf anderem Weg, welches jetzt seines ist, und senden Sie mit diesem.",
        ),
    },
    Words {
        code: "recipient-key-kind",
        english: (
            "A recipient's certificate has a kind of key that letters are not encrypted for",
            "Nothing was sent. Tell the recipient's provider.",
        ),
        german: (
            "Das Zertifikat eines Empfängers hat eine Schlüsselart, für die keine Briefe verschlüsselt werden",
            "Es wurde nichts gesendet. Sagen Sie es dem Anbieter des Empfängers.",
        ),
    },
    Words {
        code: "recipient-certificate-unasked",
        english: ("A certificate belongs to nobody who is addressed", "Name every recipient once."),
        german: (
            "Ein Zertifikat gehört niemandem, der angesprochen ist",
            "Nennen Sie jeden Empfänger einmal.",
        ),
    },
    Words {
        code: "recipient-other-address",
        english: (
            "A recipient's certificate names another address",
            "Tell the recipient's operator; nothing was sent.",
        ),
        german: (
            "Das Zertifikat eines Empfängers nennt eine andere Adresse",
            "Sagen Sie es dem Betreiber des Empfängers; es wurde nichts gesendet.",
        ),
    },
    Words {
        code: "recipients-same-key",
        english: (
            "Two recipients have the same key",
            "Name only one of the two; nothing was sent.",
        ),
        german: (
            "Zwei Empfänger haben denselben Schlüssel",
            "Nennen Sie nur einen der beiden; es wurde nichts gesendet.",
        ),
    },
    Words {
        code: "deadline-not-for-mode",
        english: (
            "A deadline belongs to the modes that need acceptance, and to them only",
            "Add or leave out --deadline, or choose another --mode.",
        ),
        german: (
            "Eine Frist gehört zu den Arten mit Annahme, und nur zu ihnen",
            "Setzen Sie --deadline hinzu oder lassen Sie es weg, oder wählen Sie eine andere Art.",
        ),
    },
    Words {
        code: "time-stamp-needed",
        english: (
            "A letter that waits for acceptance needs a time-stamp",
            "Leave --without-time-stamp out, or choose --mode basic.",
        ),
        german: (
            "Ein Brief, der auf Annahme wartet, braucht einen Zeitstempel",
            "Lassen Sie --without-time-stamp weg, oder wählen Sie --mode basic.",
        ),
    },
    Words {
        code: "subject-control-character",
        english: ("The subject holds control characters", "Write it again without them."),
        german: ("Der Betreff enthält Steuerzeichen", "Schreiben Sie ihn ohne diese."),
    },
    Words {
        code: "subject-too-long",
        english: ("The subject is too long", "Shorten it."),
        german: ("Der Betreff ist zu lang", "Kürzen Sie ihn."),
    },
    Words {
        code: "sender-name",
        english: (
            "Your name in the certificate cannot stand in a letter",
            "Ask your operator to revoke your certificates and to invite you again, then register in a new profile.",
        ),
        german: (
            "Ihr Name im Zertifikat kann nicht in einem Brief stehen",
            "Bitten Sie Ihren Betreiber, Ihre Zertifikate zu sperren und Sie neu einzuladen, und melden Sie sich in einem neuen Profil an.",
        ),
    },
    Words {
        code: "reference",
        english: ("The reference is too long or holds control characters", "Write another one."),
        german: (
            "Ihr Aktenzeichen ist zu lang oder enthält Steuerzeichen",
            "Schreiben Sie ein anderes.",
        ),
    },
    Words {
        code: "file-name",
        english: (
            "A file name is empty, too long, or holds control characters",
            "Rename the file, then send it again.",
        ),
        german: (
            "Ein Dateiname ist leer, zu lang oder enthält Steuerzeichen",
            "Benennen Sie die Datei um, und senden Sie sie erneut.",
        ),
    },
    Words {
        code: "media-type",
        english: (
            "A document's media type cannot stand in a letter",
            "Rename the file with its usual ending, then send it again.",
        ),
        german: (
            "Der Medientyp eines Dokuments kann nicht in einem Brief stehen",
            "Geben Sie der Datei ihre übliche Endung, und senden Sie sie erneut.",
        ),
    },
    Words {
        code: "text-too-long",
        english: ("The text is too long", "Send it as a document."),
        german: ("Der Text ist zu lang", "Senden Sie ihn als Dokument."),
    },
    Words {
        code: "letter-too-large",
        english: ("The letter is too large", "Send less in one letter."),
        german: ("Der Brief ist zu groß", "Senden Sie weniger in einem Brief."),
    },
    Words {
        code: "date",
        english: ("This computer's date cannot be written in a letter", "Put its clock right."),
        german: (
            "Das Datum dieses Rechners kann nicht in einem Brief stehen",
            "Stellen Sie seine Uhr.",
        ),
    },
    Words {
        code: "signer-other-address",
        english: (
            "A signer's certificate does not name exactly the sender's address",
            "Do not rely on it; if it is your own letter, ask your operator to revoke your certificates and to invite you again.",
        ),
        german: (
            "Das Zertifikat eines Unterzeichners nennt nicht genau die Adresse des Absenders",
            "Verlassen Sie sich nicht darauf; ist es Ihr Brief, bitten Sie Ihren Betreiber, Ihre Zertifikate zu sperren und Sie neu einzuladen.",
        ),
    },
    Words {
        code: "signer-other-name",
        english: (
            "A signer's certificate names another person than the sender",
            "Do not rely on it; if it is your own letter, ask your operator to revoke your certificates and to invite you again.",
        ),
        german: (
            "Das Zertifikat eines Unterzeichners nennt eine andere Person als den Absender",
            "Verlassen Sie sich nicht darauf; ist es Ihr Brief, bitten Sie Ihren Betreiber, Ihre Zertifikate zu sperren und Sie neu einzuladen.",
        ),
    },
    Words {
        code: "signer-purpose",
        english: (
            "Your certificate is not for signing letters",
            "Ask your operator to revoke your certificates and to invite you again, then register in a new profile.",
        ),
        german: (
            "Ihr Zertifikat ist nicht zum Unterschreiben von Briefen gemacht",
            "Bitten Sie Ihren Betreiber, Ihre Zertifikate zu sperren und Sie neu einzuladen, und melden Sie sich in einem neuen Profil an.",
        ),
    },
    Words {
        code: "routing-key-missing",
        english: (
            "The key of a recipient's provider is missing",
            "Try again; if it stays so, tell your operator.",
        ),
        german: (
            "Der Schlüssel eines Empfängeranbieters fehlt",
            "Versuchen Sie es erneut; bleibt es so, sagen Sie es Ihrem Betreiber.",
        ),
    },
    Words {
        code: "recipient-key",
        english: (
            "A recipient's key cannot be encrypted for",
            "Ask the recipient to have his operator revoke his certificates and invite him again.",
        ),
        german: (
            "Für den Schlüssel eines Empfängers lässt sich nicht verschlüsseln",
            "Bitten Sie den Empfänger, seine Zertifikate von seinem Betreiber sperren und sich neu einladen zu lassen.",
        ),
    },
    Words {
        code: "submission-format",
        english: (
            "A part of the submission does not fit its format",
            "This is a mistake in sealpost: please report it.",
        ),
        german: (
            "Ein Teil der Einlieferung passt nicht zu seinem Format",
            "Das ist ein Fehler in sealpost: Bitte melden Sie ihn.",
        ),
    },
    Words {
        code: "write-failed",
        english: ("The ciphertext could not be written", "Free some space, then try again."),
        german: (
            "Das Verschlüsselte konnte nicht geschrieben werden",
            "Schaffen Sie Platz, und versuchen Sie es erneut.",
        ),
    },
    // Dossiers.
    Words {
        code: "dossier-certificate",
        english: (
            "A recipient's certificate in the archive does not read",
            "Restore the profile from a backup.",
        ),
        german: (
            "Das Zertifikat eines Empfängers im Archiv ist nicht lesbar",
            "Stellen Sie das Profil aus einer Sicherung wieder her.",
        ),
    },
    Words {
        code: "dossier-content",
        english: (
            "The signed content in the archive does not read",
            "Restore the profile from a backup.",
        ),
        german: (
            "Der unterschriebene Inhalt im Archiv ist nicht lesbar",
            "Stellen Sie das Profil aus einer Sicherung wieder her.",
        ),
    },
    Words {
        code: "dossier-evidence",
        english: ("An evidence in the archive does not read", "Restore the profile from a backup."),
        german: (
            "Ein Nachweis im Archiv ist nicht lesbar",
            "Stellen Sie das Profil aus einer Sicherung wieder her.",
        ),
    },
    Words {
        code: "container-too-many-parts",
        english: (
            "The letter has more parts than a dossier can hold",
            "Save the evidence with `sealpost evidence --out`.",
        ),
        german: (
            "Der Brief hat mehr Teile, als ein Dossier fassen kann",
            "Speichern Sie die Nachweise mit `sealpost evidence --out`.",
        ),
    },
    Words {
        code: "container-too-large",
        english: (
            "The letter is larger than a dossier may be",
            "Save the evidence with `sealpost evidence --out`.",
        ),
        german: (
            "Der Brief ist größer, als ein Dossier sein darf",
            "Speichern Sie die Nachweise mit `sealpost evidence --out`.",
        ),
    },
    // Providers that do not prove who they are.
    Words {
        code: "provider-not-trusted",
        english: (
            "The provider does not prove who it is",
            "Do not go on; ask the operator on another way.",
        ),
        german: (
            "Der Anbieter weist sich nicht aus",
            "Brechen Sie ab und fragen Sie den Betreiber auf anderem Weg.",
        ),
    },
    Words {
        code: "provider-certificate-not-valid-now",
        english: (
            "The provider's certificate is not valid at the time that this computer's clock shows",
            "Put this computer's clock right; if it is right, the provider has let its certificate end: tell the operator.",
        ),
        german: (
            "Das Zertifikat des Anbieters gilt nicht zu der Zeit, die die Uhr dieses Rechners zeigt",
            "Stellen Sie die Uhr dieses Rechners; geht sie richtig, ließ der Anbieter sein Zertifikat ablaufen: Sagen Sie es dem Betreiber.",
        ),
    },
    Words {
        code: "provider-refused-connection",
        english: (
            "The provider refused the encrypted connection",
            "Try again; if it stays so, tell the operator.",
        ),
        german: (
            "Der Anbieter lehnte die verschlüsselte Verbindung ab",
            "Versuchen Sie es erneut; bleibt es so, sagen Sie es dem Betreiber.",
        ),
    },
    Words {
        code: "root-unusable",
        english: (
            "The provider's root certificate cannot be used",
            "Ask the operator for the right one.",
        ),
        german: (
            "Das Wurzelzertifikat des Anbieters ist unbrauchbar",
            "Bitten Sie den Betreiber um das richtige.",
        ),
    },
    Words {
        code: "identity-unusable",
        english: (
            "Your own certificate cannot be used for the connection",
            "Restore the profile from a backup, or ask your operator to revoke your certificates and to invite you again.",
        ),
        german: (
            "Ihr eigenes Zertifikat ist für die Verbindung unbrauchbar",
            "Stellen Sie das Profil aus einer Sicherung wieder her, oder bitten Sie Ihren Betreiber, Ihre Zertifikate zu sperren und Sie neu einzuladen.",
        ),
    },
    Words {
        code: "tls-unusable",
        english: (
            "The encrypted connection could not be set up on this computer",
            "This is a mistake in sealpost: please report it.",
        ),
        german: (
            "Die verschlüsselte Verbindung ließ sich auf diesem Rechner nicht einrichten",
            "Das ist ein Fehler in sealpost: Bitte melden Sie ihn.",
        ),
    },
    Words {
        code: "root-not-the-one-invited-to",
        english: (
            "The provider shows another root certificate than the invitation names",
            "Do not go on; somebody may be between you and the provider. Ask the operator on another way.",
        ),
        german: (
            "Der Anbieter zeigt ein anderes Wurzelzertifikat, als die Einladung nennt",
            "Brechen Sie ab, denn jemand kann sich dazwischengeschaltet haben. Fragen Sie den Betreiber auf anderem Weg.",
        ),
    },
    Words {
        code: "certificates-not-ours",
        english: (
            "The provider certified other keys or another address than asked for",
            "Do not use this account; ask the operator on another way.",
        ),
        german: (
            "Der Anbieter hat andere Schlüssel oder eine andere Adresse bescheinigt als verlangt",
            "Benutzen Sie dieses Konto nicht; fragen Sie den Betreiber auf anderem Weg.",
        ),
    },
    Words {
        code: "peer-root-changed",
        english: (
            "Another provider's root certificate is not the one that was known here",
            "Nothing was sent. Ask that provider's operator on another way for the SHA-256 of the root, then run `sealpost trust` with that domain.",
        ),
        german: (
            "Das Wurzelzertifikat eines anderen Anbieters ist nicht das hier bekannte",
            "Es wurde nichts gesendet. Fragen Sie den Betreiber jenes Anbieters auf anderem Weg nach dem SHA-256 der Wurzel, und rufen Sie dann `sealpost trust` mit jener Domain auf.",
        ),
    },
    Words {
        code: "root-not-the-one-confirmed",
        english: (
            "The root certificate that is presented has another SHA-256 than the one you gave",
            "Nothing was changed. Compare the digits with what the operator told you; if they are right, do not go on.",
        ),
        german: (
            "Das vorgelegte Wurzelzertifikat hat einen anderen SHA-256 als den angegebenen",
            "Es wurde nichts geändert. Vergleichen Sie die Ziffern mit der Auskunft des Betreibers; stimmen sie, machen Sie nicht weiter.",
        ),
    },
    Words {
        code: "own-root-is-fixed",
        english: (
            "The root of your own provider was confirmed when you registered",
            "If your provider has a new one, ask its operator to revoke your certificates and to invite you again, then register in a new profile.",
        ),
        german: (
            "Die Wurzel Ihres eigenen Anbieters wurde bei der Anmeldung bestätigt",
            "Hat Ihr Anbieter eine neue, bitten Sie seinen Betreiber, Ihre Zertifikate zu sperren und Sie neu einzuladen, und melden Sie sich in einem neuen Profil an.",
        ),
    },
    // What does not open.
    Words {
        code: "part-other-than-announced",
        english: (
            "The octets are not those that were announced",
            "Fetch them again; if it stays so, tell the operator.",
        ),
        german: (
            "Die Oktette sind nicht die angekündigten",
            "Holen Sie sie erneut; bleibt es so, sagen Sie es dem Betreiber.",
        ),
    },
    Words {
        code: "body-digest-differs",
        english: (
            "The letter is not the one that the notice announced, and it was not kept",
            "Fetch it again with `sealpost accept`; if it stays so, tell the operator.",
        ),
        german: (
            "Der Brief ist nicht der angekündigte und wurde nicht behalten",
            "Holen Sie ihn mit `sealpost accept` erneut; bleibt es so, sagen Sie es dem Betreiber.",
        ),
    },
    Words {
        code: "no-locked-body",
        english: ("The letter has no locked body", "Tell the operator."),
        german: ("Der Brief hat keinen verschlossenen Inhalt", "Sagen Sie es dem Betreiber."),
    },
    Words {
        code: "enveloped-malformed",
        english: ("What came is no encrypted letter", "Ask the sender to send it again."),
        german: (
            "Was ankam, ist kein verschlüsselter Brief",
            "Bitten Sie den Absender, ihn erneut zu senden.",
        ),
    },
    Words {
        code: "recipient-count",
        english: (
            "The letter is encrypted for another number of readers than allowed",
            "Ask the sender to send it again.",
        ),
        german: (
            "Der Brief ist für eine unzulässige Zahl von Lesern verschlüsselt",
            "Bitten Sie den Absender, ihn erneut zu senden.",
        ),
    },
    Words {
        code: "not-for-reader",
        english: (
            "The letter was not encrypted for your key",
            "Ask the sender to send it again; he may have used an old certificate of yours.",
        ),
        german: (
            "Der Brief wurde nicht für Ihren Schlüssel verschlüsselt",
            "Bitten Sie den Absender, ihn erneut zu senden; er kann ein altes Zertifikat von Ihnen benutzt haben.",
        ),
    },
    Words {
        code: "unauthentic",
        english: (
            "The octets were changed on the way, or the key is not the right one",
            "Fetch it again; if it stays so, ask the sender to send it again.",
        ),
        german: (
            "Die Oktette wurden unterwegs verändert, oder der Schlüssel ist nicht der richtige",
            "Holen Sie ihn erneut; bleibt es so, bitten Sie den Absender, ihn erneut zu senden.",
        ),
    },
    Words {
        code: "plaintext-malformed",
        english: ("What was encrypted is no letter", "Ask the sender to send it again."),
        german: (
            "Das Verschlüsselte ist kein Brief",
            "Bitten Sie den Absender, ihn erneut zu senden.",
        ),
    },
    Words {
        code: "part-too-large",
        english: (
            "The letter is larger than this program opens",
            "Ask the sender to send less in one letter.",
        ),
        german: (
            "Der Brief ist größer, als dieses Programm öffnet",
            "Bitten Sie den Absender, weniger in einem Brief zu senden.",
        ),
    },
    Words {
        code: "carrier-key",
        english: ("The provider's key for the outer layer is not one", "Tell the operator."),
        german: (
            "Der Schlüssel des Anbieters für die äußere Hülle ist keiner",
            "Sagen Sie es dem Betreiber.",
        ),
    },
    Words {
        code: "key-malformed",
        english: (
            "The letter asks your key for something that is no key",
            "Ask the sender to send it again.",
        ),
        german: (
            "Der Brief fragt Ihren Schlüssel nach etwas, das kein Schlüssel ist",
            "Bitten Sie den Absender, ihn erneut zu senden.",
        ),
    },
    Words {
        code: "peer-key-off-curve",
        english: ("The letter holds a key that is none", "Ask the sender to send it again."),
        german: (
            "Der Brief enthält einen Schlüssel, der keiner ist",
            "Bitten Sie den Absender, ihn erneut zu senden.",
        ),
    },
    Words {
        code: "not-for-this-key",
        english: (
            "The letter was not encrypted for your key",
            "Ask the sender to send it again; he may have used an old certificate of yours.",
        ),
        german: (
            "Der Brief wurde nicht für Ihren Schlüssel verschlüsselt",
            "Bitten Sie den Absender, ihn erneut zu senden; er kann ein altes Zertifikat von Ihnen benutzt haben.",
        ),
    },
    Words {
        code: "policy-file-unreadable",
        english: ("The file is no policy update", "Fetch it from the provider again: /v1/policy."),
        german: (
            "Die Datei ist keine Verschärfung der Algorithmenregeln",
            "Holen Sie sie noch einmal vom Anbieter: /v1/policy.",
        ),
    },
];
