//! The words in German.

use super::Texts;
use crate::documents::letter::{Mode, State};
use crate::shown::shown;

pub(super) static TEXTS: Texts = Texts {
    error: "Fehler",
    help: "Hilfe",
    warning: "Warnung",
    secret_open_to_others: |path| {
        let name = shown(&path.to_string_lossy());
        format!("andere dürfen „{name}“ lesen; schließen Sie die Datei mit chmod 600")
    },
    ask_pin: "Ihre PIN",
    ask_new_pin: "Neue PIN",
    ask_identity_pin: "PIN des Profils, das für Sie bürgt",
    ask_passphrase: "Passphrase für den Schlüssel",
    pin_again: "Dieselbe PIN noch einmal",
    passphrase_again: "Dieselbe Passphrase noch einmal",
    not_the_same: "Das war nicht dasselbe.",
    choose_pin: "Wählen Sie eine PIN von 6 bis 64 Zeichen. Sie schützt Ihre Schlüssel und Briefe \
                 auf diesem Rechner. Niemand kann sie wiederherstellen, und nach zehn falschen \
                 PINs werden die Schlüssel gelöscht.",
    letter_without_text: "Der Brief hat keinen Text. Er käme aus --text, --text-file oder der Standardeingabe.",
    accept_question: "Um diesen Brief anzunehmen, schreiben Sie ja:",
    refuse_question: "Um diesen Brief abzulehnen, schreiben Sie ja:",
    profile_in_use: |process| {
        let which = process.map_or_else(String::new, |process| format!(" (Prozess {process})"));
        format!("Ein anderer Befehl von sealpost{which} benutzt dieses Profil; es wird gewartet.")
    },

    unlocking: "Ihre Schlüssel werden entsperrt",
    registering: "Ihre Schlüssel werden zertifiziert",
    looking_up: "Die Empfänger werden nachgeschlagen",
    signing: "Der Brief wird unterschrieben",
    encrypting: "Der Brief wird verschlüsselt",
    handing_in: "Der Brief wird eingeliefert",
    sealing: "Die Anlagen werden verschlüsselt",
    uploading: "Die Anlagen werden gesendet",
    downloading: "Die Anlagen werden geholt",
    not_here_yet: "(noch nicht hier: sealpost sync)",
    fetching: "Es wird abgeholt",
    waiting: "Es wird auf Neues gewartet",
    deciding: "Ihr Anbieter wird benachrichtigt",
    collecting: "Was den Brief beweist, wird gesammelt",
    verifying: "Es wird geprüft",
    reading: "Was hier liegt, wird gelesen und geprüft",
    protecting: "Der Schlüssel wird geschützt",
    asking_peer: "Nach der Wurzel des Anbieters wird gefragt",
    certifying: "Die neuen Schlüssel werden zertifiziert",
    moving: "Das Archiv wird neu verschlüsselt",
    trying_cipher: "Das Plug-in wird in seiner Sandbox erprobt",

    address: "Adresse",
    blind_copy: "Blindkopie",
    by_provider: "Anbieter des Absenders",
    cc: "Kopie an",
    claimed_time: "Zeitangabe des Unterzeichners",
    date: "Datum",
    deadline: "Frist",
    decided: "Entschieden",
    documents: "Dokumente",
    experiment: "Experimentell",
    file: "Datei",
    former_keys: "Frühere Schlüssel",
    from: "Von",
    identified: "Identifiziert",
    issued_by: "Ausgestellt von",
    letter: "Brief",
    mode: "Zustellart",
    suite: "Verschlüsselung",
    name: "Name",
    organisation: "Organisation",
    policy: "Algorithmenregeln",
    profile: "Profil",
    proven_time: "Bewiesen seit",
    provider: "Anbieter",
    reason: "Grund",
    recipient: "Empfänger",
    recipients: "Alle Empfänger",
    reference: "Aktenzeichen",
    remaining: "Verbleibend",
    result: "Ergebnis",
    serial: "Seriennummer",
    signed_by: "Unterschrieben von",
    size: "Größe",
    stated_by: "Bezeugt von",
    subject: "Betreff",
    to: "An",
    subject_of_certificate: "Inhaber",
    valid_from: "Gültig ab",
    valid_until: "Gültig bis",
    vouched_by: "Verbürgt durch",

    inbox_empty: "Keine Briefe. Abholen mit: sealpost sync",
    inbox_headings: ["ID", "STAND", "VERBLEIBEND", "VON", "BETREFF"],
    state_title: |state, mode| match state {
        State::Waiting => "Ein Einschreiben wartet auf Ihre Entscheidung.",
        State::Available => "Ein Brief liegt für Sie bereit; noch ist nichts geöffnet.",
        State::Opened if mode == Mode::Basic => "Ein Brief an Sie, eingetroffen.",
        State::Opened => "Ein Brief an Sie, geöffnet.",
        State::Experimental => {
            "Ein Brief liegt da, experimentell verschlüsselt; er ist noch nicht offen."
        }
        State::Refused => "Sie haben diesen Brief abgelehnt. Er bleibt verschlossen.",
        State::Expired => "Die Frist für diesen Brief ist verstrichen. Er bleibt verschlossen.",
        State::Unverified => "VORSICHT: Was ankam, hat die Prüfung nicht bestanden.",
    },
    state_word: |state, mode| match state {
        State::Waiting => "wartet",
        State::Available => "bereit",
        State::Opened if mode == Mode::Basic => "eingetroffen",
        State::Opened => "geöffnet",
        State::Experimental => "experimentell",
        State::Refused => "abgelehnt",
        State::Expired => "verfallen",
        State::Unverified => "PRÜFUNG GESCHEITERT",
    },
    hidden: "(zeigt der Absender erst nach der Annahme)",
    not_shown: "(nicht gezeigt)",
    no_time_left: "nichts",
    blind_copy_meaning: "die anderen Empfänger wissen nicht, dass Sie diesen Brief erhalten",
    mode_meaning: |mode| match mode {
        Mode::Basic => "basic: sofort verfügbar",
        Mode::Consent => "consent: öffnet sich nach der Annahme",
        Mode::Signed => "signed: öffnet sich nach unterschriebener Annahme",
    },
    assurance: |word| match word {
        "low" => "vom Anbieter, mit niedrigem Vertrauensniveau",
        "substantial" => "vom Anbieter, mit substanziellem Vertrauensniveau",
        "high" => "vom Anbieter, mit hohem Vertrauensniveau",
        _ => "unbekannt",
    },
    accepting_means: |mode| match mode {
        Mode::Signed => {
            "Annehmen heißt: Sie unterschreiben, mit der Rechtswirkung Ihrer eigenen \
             elektronischen Unterschrift, dass Sie diesen Brief annehmen. Der Zeitpunkt Ihrer \
             Annahme wird bewiesen, und der Absender erhält den Nachweis. Erst dann lässt sich \
             der Brief öffnen, und von da an kann der Absender beweisen, dass er Ihnen zur \
             Verfügung stand, ob Sie ihn lesen oder nicht. Annehmen ist nicht zustimmen: Sie \
             erklären sich nicht mit dem Inhalt einverstanden. Zurücknehmen können Sie es nicht. \
             Lehnen Sie ab oder lassen Sie die Frist verstreichen, so bleibt der Brief \
             verschlossen, und der Absender erhält darüber einen Nachweis; das Recht kann daran \
             Folgen knüpfen, manchmal dieselben, als hätten Sie angenommen."
        }
        Mode::Basic | Mode::Consent => {
            "Annehmen heißt: Sie erklären mit dem Schlüssel, mit dem Sie sich anmelden, dass Sie \
             diesen Brief annehmen. Der Zeitpunkt Ihrer Annahme wird bewiesen, und der Absender \
             erhält den Nachweis. Erst dann lässt sich der Brief öffnen, und von da an kann der \
             Absender beweisen, dass er Ihnen zur Verfügung stand, ob Sie ihn lesen oder nicht. \
             Annehmen ist nicht zustimmen: Sie erklären sich nicht mit dem Inhalt einverstanden. \
             Zurücknehmen können Sie es nicht. Lehnen Sie ab oder lassen Sie die Frist \
             verstreichen, so bleibt der Brief verschlossen, und der Absender erhält darüber \
             einen Nachweis; das Recht kann daran Folgen knüpfen, manchmal dieselben, als hätten \
             Sie angenommen."
        }
    },
    to_decide: "Zum Annehmen oder Ablehnen:",
    signature_title: "Die Unterschrift des Absenders",
    not_verified: "Von diesem Brief wird nichts gezeigt, weil nicht bewiesen ist, wer ihn \
                   geschrieben hat. Richten Sie sich nicht danach. Holen Sie später noch einmal \
                   ab; bleibt es dabei, fragen Sie den Absender auf einem anderen Weg.",
    documents_title: "Dokumente",
    to_save: "Zum Speichern des Briefs mit seinen Dokumenten:",
    accepted: "Sie haben den Brief angenommen.",
    refused: "Sie haben den Brief abgelehnt. Er bleibt verschlossen.",
    to_read: "Zum Lesen:",

    sent_empty: "Sie haben keine Briefe verschickt.",
    sent_headings: ["ID", "DATUM", "AN", "STAND", "BETREFF"],
    sent_title: "Ein Brief von Ihnen",
    handed_in: "Ihr Anbieter hat den Brief entgegengenommen.",
    handed_back: "Ihr Anbieter hat den Brief zurückgewiesen. Er wurde nicht verschickt.",
    not_handed_in_yet: "Der Brief ist hier gespeichert und noch nicht eingeliefert.",
    not_taken: "Ihr Anbieter hat den Brief ohne Nachweis zurückgewiesen. Er wurde nicht verschickt.",
    handing_in_title: "Einlieferung",
    waits_here: "wartet hier, noch nicht eingeliefert",
    waits_here_brief: "WARTET HIER",
    refused_for_good: "vom Anbieter zurückgewiesen, nicht verschickt",
    refused_for_good_brief: "NICHT ANGENOMMEN",
    to_hand_in: "Senden Sie ihn nicht noch einmal. Eingeliefert wird er mit:",
    blind_copy_of: "als Blindkopie",
    what_next: "Was aus ihm wird, erfahren Sie mit:",
    no_event: "noch ist nichts bewiesen",
    not_proven: "nicht bewiesen",
    event,
    reached,
    reason_meaning,

    registered: "Ihre Schlüssel sind erzeugt und zertifiziert.",
    identity_title: "Wer Sie hier sind",
    certificate_for: |purpose| match purpose {
        "signature" => "Zertifikat für Ihre Unterschrift",
        "authentication" => "Zertifikat für die Anmeldung",
        "hybrid-signature" => "Zweites Zertifikat für Ihre Unterschrift (hybrid-2026)",
        "hybrid-encryption" => "Zertifikat für Briefe an Sie (hybrid-2026)",
        "static-dh" => "Zertifikat für Briefe an Sie und von Ihnen (static-dh-cbc-hmac)",
        "encryption" => "Zertifikat für Briefe an Sie",
        _ => "Zertifikat",
    },
    pin_changed: "Von jetzt an gilt die neue PIN. Kopien der alten Schlüsseldatei öffnen sich \
                  noch mit der alten.",
    rotated: |records| {
        format!(
            "Ihre neuen Schlüssel sind in Gebrauch. Neu verschlüsselte Einträge des Archivs: \
             {records}. Frühere Schlüssel bleiben für Briefe, die noch unterwegs sind, bis Sie \
             sealpost rotate --forget-former aufrufen."
        )
    },
    forgotten: |sets| match sets {
        0 => "Es gab keine früheren Schlüssel zu löschen.".to_owned(),
        _ => "Die früheren Schlüssel sind gelöscht. Briefe, die für sie verschlüsselt wurden und \
              noch nicht da sind, lassen sich nicht mehr öffnen."
            .to_owned(),
    },
    rotation_due: |end| {
        format!(
            "Ihr erstes Zertifikat endet am {end}. Rufen Sie vorher sealpost rotate auf; danach \
             muss Ihr Anbieter Sie neu einladen."
        )
    },
    rotation_under_way: "Der Schlüsselwechsel wurde unterbrochen. Rufen Sie sealpost rotate auf, \
                         um ihn zu beenden.",
    root_known: "Die Wurzel, der Sie bisher vertraut haben",
    root_presented: "Die Wurzel, die jetzt vorgelegt wird",
    root_confirmed: "Von jetzt an vertrauen Sie dieser Wurzel. Wofür die bisherige nachweislich \
                     schon gebürgt hat, bleibt bewiesen; für Späteres gilt sie nicht mehr.",
    root_unchanged: "Das ist die Wurzel, der Sie vertrauen.",
    ciphers_none: "Kein experimentelles Verfahren ist installiert.",
    cipher_installed: "Das experimentelle Verfahren ist installiert.",
    cipher_removed: "Das experimentelle Verfahren wurde entfernt.",
    experiment_meaning: "Ein experimentelles Verfahren liegt innerhalb der Verschlüsselung, die jeder Brief hat. Der Schutz eines Briefs beruht nicht darauf.",
    experiment_needed: |cipher| {
        format!(
            "Die Empfänger brauchen dieses Plug-in, um den Brief zu öffnen: {cipher}. Sagen Sie es ihnen auf anderem Weg; der Brief ist so sicher wie jeder andere ohne es."
        )
    },
    policy_in_force: |name| format!("Von jetzt an gelten die Algorithmenregeln {name}"),
    root_to_confirm: "Es wurde nichts geändert, und Briefe an diese Domain werden nicht gesendet. \
                      Fragen Sie den Betreiber jenes Anbieters nach dem SHA-256 seiner Wurzel, auf \
                      einem Weg, der nicht über Ihren eigenen Anbieter führt: am Telefon, auf \
                      Papier, persönlich. Nur wenn es der obige ist, bestätigen Sie ihn:",
    written: "Geschrieben:",
    synced: |letters, evidence, handed_in| {
        let letters = count(letters, "Brief", "Briefe");
        let evidence = count(evidence, "Nachweis", "Nachweise");
        let mut said = format!("Neu: {letters}, {evidence}.");
        if handed_in > 0 {
            let late = count(handed_in, "Brief", "Briefe");
            said.push_str(&format!(" Erst jetzt eingeliefert: {late}."));
        }
        said
    },
    unreadable: |letters| {
        let letters = count(letters, "Brief ist", "Briefe sind");
        format!(
            "{letters} nicht zu öffnen oder an der Prüfung gescheitert; beim Anbieter geht nichts \
             verloren"
        )
    },
    these_wait: "Diese Briefe warten auf Ihre Entscheidung:",
    evidence_left_out: |number| {
        let evidence = count(number, "Nachweis", "Nachweise");
        format!("weggelassen: {evidence} ohne bestandene Prüfung; siehe „sealpost evidence“")
    },
    dossier_note: "Wer das Dossier erhält, kann den Brief lesen.",
    key_note: "Wer diese Datei und ihre Passphrase erhält, kann die Briefe an Sie lesen.",
};

fn count(number: u64, one: &str, several: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { several })
}

fn reason_meaning(code: &str) -> &'static str {
    match code {
        "RA02" => "das Eingelieferte hat nicht die vorgeschriebene Form",
        "RA03" => "Schadsoftware wurde gefunden",
        "RA04" => "das Zertifikat des Absenders ist abgelaufen oder gesperrt",
        "RA05" => "die Regeln des Anbieters des Absenders verbieten es",
        "RB02" => "der Anbieter des Empfängers weist die Sendung zurück",
        "RB04" => "der Anbieter des Empfängers fand eine falsche Unterschrift",
        "RB05" => "der Anbieter des Empfängers glaubt einem Zertifikat nicht",
        "RB06" => "die Regeln des Anbieters des Empfängers verbieten es",
        "RB07" => "der Anbieter des Empfängers arbeitet zurzeit nicht",
        "RB08" => "der Anbieter des Empfängers war nicht zu finden oder nicht zu erkennen",
        "RB09" => "der Anbieter des Empfängers ist nicht erreichbar",
        "RB10" => "der Anbieter des Empfängers kennt niemanden mit dieser Adresse",
        "RC03" => "dem Empfänger konnte nichts angekündigt werden",
        "RD03" => "der Anbieter des Empfängers sagt nichts über die Zustellung",
        "RD04" => "das Postfach des Empfängers ist voll",
        "RD05" | "RE04" => "es gelang nicht rechtzeitig",
        "RD06" | "RE03" => "diese Art von Inhalt ist dort nicht erlaubt",
        _ => "",
    }
}

fn event(code: &str) -> &'static str {
    match code {
        "A.1" => "der Anbieter des Absenders nahm den Brief entgegen",
        "A.2" => "der Anbieter des Absenders wies den Brief zurück",
        "B.1" => "der Anbieter des Empfängers übernahm den Brief",
        "B.2" => "der Anbieter des Empfängers wies den Brief zurück",
        "B.3" => "der Anbieter des Empfängers war nicht rechtzeitig zu erreichen",
        "C.1" => {
            "eine Ankündigung wurde in das Postfach des Empfängers gelegt; dass er sie abgeholt \
             hat, ist nicht bewiesen"
        }
        "C.2" => "dem Empfänger konnte nichts angekündigt werden",
        "C.3" => "der Empfänger nahm den Brief an",
        "C.4" => "der Empfänger lehnte den Brief ab",
        "C.5" => "die Frist verstrich ohne Entscheidung",
        "D.1" => "der Brief stand dem Empfänger zur Verfügung",
        "D.2" => "der Brief konnte dem Empfänger nicht bereitgestellt werden",
        "D.3" => "eine Nachricht, dass der Brief bereitliegt, ging an den Empfänger",
        "D.4" => "dem Empfänger konnte nicht mitgeteilt werden, dass der Brief bereitliegt",
        "E.1" => "der Brief wurde dem Empfänger übergeben",
        "E.2" => "der Brief konnte nicht übergeben werden",
        "F.1" => "der Brief ging in ein anderes Netz",
        "F.2" => "der Brief konnte nicht in ein anderes Netz gehen",
        "F.3" => "der Brief kam aus einem anderen Netz",
        _ => "ein unbekanntes Ereignis",
    }
}

fn reached(code: &str) -> &'static str {
    match code {
        "A.1" => "eingeliefert",
        "A.2" => "NICHT EINGELIEFERT",
        "B.1" => "weitergeleitet",
        "B.2" => "NICHT WEITERGELEITET",
        "B.3" => "NICHT ERREICHT",
        "C.1" => "angekündigt",
        "C.3" => "angenommen",
        "C.4" => "ABGELEHNT",
        "C.5" => "VERFALLEN",
        "D.1" => "verfügbar",
        "E.1" => "übergeben",
        _ => event(code),
    }
}
