//! The words for keys that do not open a letter and for what a move to new keys does not allow, by
//! their stable codes.

use super::Words;

pub(super) const ROTATION: &[Words] = &[
    Words {
        code: "key-forgotten",
        english: (
            "The letter was encrypted for a former key of yours, which was forgotten",
            "Ask the sender to send it again.",
        ),
        german: (
            "Der Brief wurde für einen früheren Schlüssel von Ihnen verschlüsselt, der gelöscht ist",
            "Bitten Sie den Absender, ihn erneut zu senden.",
        ),
    },
    Words {
        code: "rotation-under-way",
        english: (
            "The move to new keys is not finished, and letters may still come for the former ones",
            "Finish it first with `sealpost rotate`.",
        ),
        german: (
            "Der Schlüsselwechsel ist nicht beendet, und es können noch Briefe an die früheren Schlüssel kommen",
            "Beenden Sie ihn zuerst mit `sealpost rotate`.",
        ),
    },
    Words {
        code: "content-key",
        english: ("The key of the letter cannot be taken out", "Ask the sender to send it again."),
        german: (
            "Der Schlüssel des Briefs lässt sich nicht entnehmen",
            "Bitten Sie den Absender, ihn erneut zu senden.",
        ),
    },
];
