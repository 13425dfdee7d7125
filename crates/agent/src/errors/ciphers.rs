//! The words for what goes wrong with experimental ciphers, by their stable codes.

use super::Words;

pub(super) const CIPHERS: &[Words] = &[
    Words {
        code: "cipher-not-installed",
        english: (
            "The letter is under an experimental cipher that is not installed here",
            "Nothing is lost and nothing ran. If you trust that plug-in, install it with `sealpost ciphers install` and repeat the command.",
        ),
        german: (
            "Der Brief ist mit einem experimentellen Verfahren verschlüsselt, das hier nicht installiert ist",
            "Nichts ist verloren, und nichts lief. Vertrauen Sie diesem Plug-in, so installieren Sie es mit `sealpost ciphers install` und wiederholen Sie den Befehl.",
        ),
    },
    Words {
        code: "cipher-around-notice",
        english: (
            "The notice of a letter is under an experimental cipher, where none may be",
            "Ask the sender to send it again with another program.",
        ),
        german: (
            "Die Ankündigung eines Briefs ist experimentell verschlüsselt, was nicht sein darf",
            "Bitten Sie den Absender, ihn mit einem anderen Programm erneut zu senden.",
        ),
    },
    Words {
        code: "cipher-gives-no-letter",
        english: (
            "The experimental cipher gives something that is no letter",
            "Ask the sender to send it again without the experimental cipher; other letters are not affected.",
        ),
        german: (
            "Das experimentelle Verfahren liefert etwas, das kein Brief ist",
            "Bitten Sie den Absender, ohne das experimentelle Verfahren erneut zu senden; andere Briefe sind nicht betroffen.",
        ),
    },
    Words {
        code: "cipher-layer-malformed",
        english: (
            "What the letter has around its content is no experimental cipher that can be read",
            "Ask the sender to send it again without the experimental cipher.",
        ),
        german: (
            "Was den Inhalt des Briefs umgibt, ist kein lesbares experimentelles Verfahren",
            "Bitten Sie den Absender, ohne das experimentelle Verfahren erneut zu senden.",
        ),
    },
    Words {
        code: "cipher-other",
        english: (
            "The letter does not fit the plug-in that it names",
            "Ask the sender to send it again without the experimental cipher.",
        ),
        german: (
            "Der Brief passt nicht zu dem Plug-in, das er nennt",
            "Bitten Sie den Absender, ohne das experimentelle Verfahren erneut zu senden.",
        ),
    },
    Words {
        code: "cipher-not-in-suite",
        english: (
            "The suite static-dh-cbc-hmac has no place for an experimental cipher",
            "Nothing was sent. Leave out --suite or --experimental.",
        ),
        german: (
            "Die Suite static-dh-cbc-hmac hat keinen Platz für ein experimentelles Verfahren",
            "Es wurde nichts gesendet. Lassen Sie --suite oder --experimental weg.",
        ),
    },
    Words {
        code: "cipher-content-too-large",
        english: (
            "An experimental cipher takes at most 16 MiB, and no document of 8 MiB or more",
            "Send less, or without --experimental; nothing was sent.",
        ),
        german: (
            "Ein experimentelles Verfahren nimmt höchstens 16 MiB und kein Dokument ab 8 MiB",
            "Senden Sie weniger, oder ohne --experimental; nichts wurde gesendet.",
        ),
    },
    Words {
        code: "cipher-unknown",
        english: (
            "No plug-in of that name or digest is installed",
            "List them with `sealpost ciphers list`.",
        ),
        german: (
            "Kein Plug-in mit diesem Namen oder Hashwert ist installiert",
            "`sealpost ciphers list` zeigt, welche es sind.",
        ),
    },
    Words {
        code: "cipher-ambiguous",
        english: (
            "Several plug-ins have that name",
            "Give the digest: `sealpost ciphers list` shows it.",
        ),
        german: (
            "Mehrere Plug-ins haben diesen Namen",
            "Geben Sie den Hashwert an: `sealpost ciphers list` zeigt ihn.",
        ),
    },
    Words {
        code: "cipher-other-digest",
        english: (
            "The file is not the plug-in with this SHA-256",
            "Do not install it; ask on another way which digest its author gives.",
        ),
        german: (
            "Die Datei ist nicht das Plug-in mit diesem SHA-256",
            "Installieren Sie sie nicht; fragen Sie auf anderem Weg, welchen Hashwert der Verfasser nennt.",
        ),
    },
    Words {
        code: "cipher-too-many",
        english: (
            "As many plug-ins are installed as there may be: 16",
            "Remove one with `sealpost ciphers remove`.",
        ),
        german: (
            "Es sind so viele Plug-ins installiert, wie es sein dürfen: 16",
            "Entfernen Sie eines mit `sealpost ciphers remove`.",
        ),
    },
    Words {
        code: "cipher-too-large",
        english: ("The plug-in is larger than 128 KiB", "Ask its author for a smaller one."),
        german: (
            "Das Plug-in ist größer als 128 KiB",
            "Bitten Sie den Verfasser um ein kleineres.",
        ),
    },
    Words {
        code: "cipher-malformed",
        english: (
            "The file is no WebAssembly 1.0 without floating point, or too large in one of its parts",
            "Ask its author for a module as docs/experimental-ciphers.md describes it.",
        ),
        german: (
            "Die Datei ist kein WebAssembly 1.0 ohne Gleitkomma, oder in einem ihrer Teile zu groß",
            "Bitten Sie den Verfasser um ein Modul, wie docs/experimental-ciphers.md es beschreibt.",
        ),
    },
    Words {
        code: "cipher-imports",
        english: (
            "The plug-in wants functions of the program, of which there are none",
            "Do not use it; ask its author for one that imports nothing.",
        ),
        german: (
            "Das Plug-in verlangt Funktionen des Programms, und es gibt keine",
            "Verwenden Sie es nicht; bitten Sie den Verfasser um eines, das nichts importiert.",
        ),
    },
    Words {
        code: "cipher-export",
        english: (
            "The plug-in lacks a function that it must have",
            "Ask its author to follow the table in docs/experimental-ciphers.md.",
        ),
        german: (
            "Dem Plug-in fehlt eine Funktion, die es haben muss",
            "Bitten Sie den Verfasser, sich an die Tabelle in docs/experimental-ciphers.md zu halten.",
        ),
    },
    Words {
        code: "cipher-abi-version",
        english: (
            "The plug-in is for another version of this program",
            "Ask its author for one of version 1.",
        ),
        german: (
            "Das Plug-in ist für eine andere Version dieses Programms",
            "Bitten Sie den Verfasser um eines der Version 1.",
        ),
    },
    Words {
        code: "cipher-name",
        english: (
            "The name of the plug-in is not of a-z, 0-9, dots and hyphens",
            "Ask its author to change it.",
        ),
        german: (
            "Der Name des Plug-ins besteht nicht aus a-z, 0-9, Punkten und Bindestrichen",
            "Bitten Sie den Verfasser, ihn zu ändern.",
        ),
    },
    Words {
        code: "cipher-out-of-range",
        english: (
            "A size that the plug-in states is out of its bounds",
            "Ask its author to follow the table in docs/experimental-ciphers.md.",
        ),
        german: (
            "Eine Größe, die das Plug-in nennt, liegt außerhalb ihrer Grenzen",
            "Bitten Sie den Verfasser, sich an die Tabelle in docs/experimental-ciphers.md zu halten.",
        ),
    },
    Words {
        code: "cipher-does-not-open",
        english: (
            "The plug-in does not open what it has encrypted itself",
            "Do not use it; nothing was installed or sent.",
        ),
        german: (
            "Das Plug-in öffnet nicht, was es selbst verschlüsselt hat",
            "Verwenden Sie es nicht; nichts wurde installiert oder gesendet.",
        ),
    },
    Words {
        code: "cipher-answer-length",
        english: (
            "The answer of the plug-in has a wrong length",
            "Do not use it for this letter; other letters are not affected.",
        ),
        german: (
            "Die Antwort des Plug-ins hat eine falsche Länge",
            "Verwenden Sie es nicht für diesen Brief; andere Briefe sind nicht betroffen.",
        ),
    },
    Words {
        code: "cipher-out-of-memory",
        english: (
            "The plug-in wants more memory than it may have, or gives none",
            "Do not use it for this letter; other letters are not affected.",
        ),
        german: (
            "Das Plug-in verlangt mehr Speicher, als es haben darf, oder gibt keinen",
            "Verwenden Sie es nicht für diesen Brief; andere Briefe sind nicht betroffen.",
        ),
    },
    Words {
        code: "cipher-out-of-time",
        english: (
            "The plug-in takes longer than it may",
            "Do not use it for this letter; other letters are not affected.",
        ),
        german: (
            "Das Plug-in braucht länger, als es darf",
            "Verwenden Sie es nicht für diesen Brief; andere Briefe sind nicht betroffen.",
        ),
    },
    Words {
        code: "cipher-refused",
        english: (
            "The plug-in says that this is not its own",
            "Ask the sender to send it again; other letters are not affected.",
        ),
        german: (
            "Das Plug-in sagt, dass dies nicht von ihm stammt",
            "Bitten Sie den Absender, erneut zu senden; andere Briefe sind nicht betroffen.",
        ),
    },
    Words {
        code: "cipher-region",
        english: (
            "The plug-in points to places that are not its own",
            "Do not use it; other letters are not affected.",
        ),
        german: (
            "Das Plug-in zeigt auf Stellen, die ihm nicht gehören",
            "Verwenden Sie es nicht; andere Briefe sind nicht betroffen.",
        ),
    },
    Words {
        code: "cipher-trapped",
        english: (
            "The plug-in failed",
            "Do not use it for this letter; other letters are not affected.",
        ),
        german: (
            "Das Plug-in ist gescheitert",
            "Verwenden Sie es nicht für diesen Brief; andere Briefe sind nicht betroffen.",
        ),
    },
];
