use super::*;

const EVENTS: [&str; 19] = [
    "A.1", "A.2", "B.1", "B.2", "B.3", "C.1", "C.2", "C.3", "C.4", "C.5", "D.1", "D.2", "D.3",
    "D.4", "E.1", "E.2", "F.1", "F.2", "F.3",
];

#[test]
fn every_event_of_the_standard_has_its_own_words_in_both_languages() {
    for language in [Language::English, Language::German] {
        let texts = Texts::of(language);
        let unknown = (texts.event)("?");
        for code in EVENTS {
            assert_ne!((texts.event)(code), unknown, "{code}");
            assert_ne!((texts.reached)(code), unknown, "{code}");
        }
    }
}

#[test]
fn only_a_recipient_accepts_in_german() {
    let german = Texts::of(Language::German);
    for code in EVENTS.into_iter().filter(|code| *code != "C.3") {
        let said = (german.event)(code);
        assert!(!said.ends_with(" an") && !said.contains("verweiger"), "{code}: {said}");
    }
    assert!((german.event)("C.3").ends_with("nahm den Brief an"));
    assert!(german.handed_in.contains("entgegengenommen"));
}

#[test]
fn what_accepting_means_names_proof_finality_and_silence() {
    for mode in [Mode::Consent, Mode::Signed] {
        let english = (Texts::of(Language::English).accepting_means)(mode);
        for needed in ["proven", "take it back", "deadline", "not agreeing", "refuse"] {
            assert!(english.contains(needed), "{needed}");
        }
        let german = (Texts::of(Language::German).accepting_means)(mode);
        for needed in ["bewiesen", "Zurücknehmen", "Frist", "nicht zustimmen", "Lehnen"] {
            assert!(german.contains(needed), "{needed}");
        }
    }
    assert!((Texts::of(Language::English).accepting_means)(Mode::Signed).contains("you sign"));
    assert!(!(Texts::of(Language::English).accepting_means)(Mode::Consent).contains("you sign"));
}

#[test]
fn folded_lines_leave_no_holes_in_a_sentence() {
    for language in [Language::English, Language::German] {
        let texts = Texts::of(language);
        let long = [
            texts.choose_pin,
            texts.not_verified,
            texts.pin_changed,
            (texts.accepting_means)(Mode::Signed),
            (texts.accepting_means)(Mode::Consent),
        ];
        for text in long {
            assert!(!text.contains("  ") && !text.contains('\n'), "{text}");
        }
    }
}

#[test]
fn reasons_of_failures_have_words_in_both_languages_and_others_none() {
    let (english, german) = (Texts::of(Language::English), Texts::of(Language::German));
    for code in ["RA02", "RA05", "RB02", "RB09", "RB10", "RC03", "RD04", "RE03"] {
        assert!(!(english.reason_meaning)(code).is_empty(), "{code}");
        assert_ne!((english.reason_meaning)(code), (german.reason_meaning)(code), "{code}");
    }
    for code in ["RA01", "RB01", "RC01", "RC07", "RC08", "RC09", "RD01", "RE01"] {
        assert!((english.reason_meaning)(code).is_empty(), "{code}");
    }
}

#[test]
fn numbers_agree_with_their_words() {
    assert_eq!((Texts::of(Language::English).synced)(1, 2, 0), "New: 1 letter, 2 evidence.");
    assert_eq!(
        (Texts::of(Language::German).synced)(2, 1, 1),
        "Neu: 2 Briefe, 1 Nachweis. Erst jetzt eingeliefert: 1 Brief."
    );
}
