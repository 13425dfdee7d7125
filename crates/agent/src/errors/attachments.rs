//! The words for what goes wrong with attachments, mostly large ones, by their stable codes.

use super::Words;

pub(super) const ATTACHMENTS: &[Words] = &[
    Words {
        code: "too-many-attachments",
        english: (
            "There are more documents than one letter may have",
            "Put them into one archive file, or send several letters.",
        ),
        german: (
            "Es sind mehr Dokumente, als ein Brief haben darf",
            "Packen Sie sie in eine Archivdatei, oder senden Sie mehrere Briefe.",
        ),
    },
    Words {
        code: "attachment-changed",
        english: (
            "A document was changed while it was read",
            "Wait until it is complete, and send again; nothing was sent.",
        ),
        german: (
            "Ein Dokument wurde geändert, während es gelesen wurde",
            "Warten Sie, bis es fertig ist, und senden Sie erneut; nichts wurde gesendet.",
        ),
    },
    Words {
        code: "attachments-too-large",
        english: (
            "The documents are larger than your provider or a recipient's provider takes",
            "Send less in one letter; nothing was sent.",
        ),
        german: (
            "Die Dokumente sind größer, als Ihr Anbieter oder der eines Empfängers es zulässt",
            "Senden Sie weniger in einem Brief; nichts wurde gesendet.",
        ),
    },
    Words {
        code: "attachment-not-here",
        english: (
            "A large document is not here yet",
            "Run `sealpost sync` to fetch it, then save again.",
        ),
        german: (
            "Ein großes Dokument ist noch nicht hier",
            "Holen Sie es mit `sealpost sync`, und speichern Sie dann erneut.",
        ),
    },
    Words {
        code: "attachment-not-readable",
        english: (
            "A document cannot be written so that its reader accepts it",
            "Rename it or put it into an archive file, and send again.",
        ),
        german: (
            "Ein Dokument lässt sich nicht so schreiben, dass sein Leser es gelten lässt",
            "Benennen Sie es um oder packen Sie es in eine Archivdatei, und senden Sie erneut.",
        ),
    },
    Words {
        code: "attachment-in-two-letters",
        english: (
            "A large document was not encrypted for each letter by itself",
            "Send again; if it stays so, tell the makers of this program.",
        ),
        german: (
            "Ein großes Dokument wurde nicht für jeden Brief eigens verschlüsselt",
            "Senden Sie erneut; bleibt es dabei, sagen Sie es den Herstellern dieses Programms.",
        ),
    },
    Words {
        code: "attachment-object-differs",
        english: (
            "A piece of a large document is not the one that the sender signed",
            "Do not use what came; run `sealpost sync`, and if it stays so, ask the sender to send again.",
        ),
        german: (
            "Ein Stück eines großen Dokuments ist nicht das, was der Absender unterschrieben hat",
            "Verwenden Sie nicht, was kam; rufen Sie `sealpost sync` auf, und bitten Sie, wenn es dabei bleibt, den Absender, erneut zu senden.",
        ),
    },
    Words {
        code: "attachment-object-malformed",
        english: (
            "A piece of a large document cannot be read",
            "Ask the sender to send the document again.",
        ),
        german: (
            "Ein Stück eines großen Dokuments lässt sich nicht lesen",
            "Bitten Sie den Absender, das Dokument erneut zu senden.",
        ),
    },
    Words {
        code: "attachment-object-unauthentic",
        english: (
            "A piece of a large document does not open",
            "Ask the sender to send the document again.",
        ),
        german: (
            "Ein Stück eines großen Dokuments lässt sich nicht öffnen",
            "Bitten Sie den Absender, das Dokument erneut zu senden.",
        ),
    },
    Words {
        code: "attachment-object-padding",
        english: (
            "A piece of a large document holds more than the document",
            "Ask the sender to send the document again.",
        ),
        german: (
            "Ein Stück eines großen Dokuments enthält mehr als das Dokument",
            "Bitten Sie den Absender, das Dokument erneut zu senden.",
        ),
    },
    Words {
        code: "attachment-objects-too-many",
        english: (
            "A large document has more pieces than the sender signed",
            "Ask the sender to send the document again.",
        ),
        german: (
            "Ein großes Dokument hat mehr Stücke, als der Absender unterschrieben hat",
            "Bitten Sie den Absender, das Dokument erneut zu senden.",
        ),
    },
    Words {
        code: "attachment-object-missing",
        english: (
            "A piece of a large document is missing",
            "Run `sealpost sync`, then save again.",
        ),
        german: (
            "Ein Stück eines großen Dokuments fehlt",
            "Rufen Sie `sealpost sync` auf, und speichern Sie dann erneut.",
        ),
    },
    Words {
        code: "attachment-differs",
        english: (
            "A large document is not the one that the sender signed",
            "Do not use it; ask the sender to send it again.",
        ),
        german: (
            "Ein großes Dokument ist nicht das, was der Absender unterschrieben hat",
            "Verwenden Sie es nicht; bitten Sie den Absender, es erneut zu senden.",
        ),
    },
];
