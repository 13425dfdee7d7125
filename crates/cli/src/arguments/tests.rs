use std::path::Path;

use super::*;
use crate::durations::DeadlineText;

fn words(line: &[&str]) -> Vec<OsString> {
    std::iter::once("sealpost").chain(line.iter().copied()).map(OsString::from).collect()
}

fn understood(line: &[&str]) -> Command {
    match understand(words(line)) {
        Understood::Command(command) => *command,
        Understood::Help(text) => panic!("help: {text}"),
        Understood::Refused(failure) => panic!("{failure}"),
    }
}

fn refused(line: &[&str]) -> Failure {
    match understand(words(line)) {
        Understood::Refused(failure) => failure,
        _ => panic!("{line:?} was understood"),
    }
}

fn help(line: &[&str]) -> String {
    match understand(words(line)) {
        Understood::Help(text) => text,
        _ => panic!("no help for {line:?}"),
    }
}

#[test]
fn the_command_line_contradicts_itself_nowhere() {
    command().debug_assert();
}

#[test]
fn the_help_of_every_verb_has_examples_and_what_is_global() {
    for verb in command().get_subcommands() {
        let name = verb.get_name();
        let text = help(&[name, "--help"]);
        assert!(text.contains("EXAMPLES"), "{name}");
        assert!(text.contains(&format!("sealpost {name}")), "{name}");
        for option in ["--home", "--json", "--pin-file", "--lang", "--quiet"] {
            assert!(text.contains(option), "{name} {option}");
        }
        assert!(verb.get_about().is_some() && verb.get_long_about().is_some(), "{name}");
    }
    assert_eq!(command().get_subcommands().count(), 18);
    let top = help(&["--help"]);
    assert!(top.contains("EXIT CODES") && top.contains("the provider refused the letter"));
    assert!(help(&["--version"]).starts_with("sealpost "));
}

#[test]
fn the_help_names_the_exceptions_of_what_it_promises() {
    let one_line = |line: &[&str]| help(line).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(one_line(&["register", "--help"]).contains("unless you yourself write the encryption"));
    let sync = one_line(&["sync", "--help"]);
    assert!(!sync.contains("Nothing is opened"), "{sync}");
    assert!(sync.contains("mode 'basic' are decrypted") && sync.contains("handed over"), "{sync}");
}

#[test]
fn a_verb_below_a_verb_has_examples_of_its_own() {
    let command = command();
    let below = command.get_subcommands().flat_map(|verb| {
        verb.get_subcommands().map(move |below| [verb.get_name(), below.get_name()])
    });
    let mut seen = 0;
    for [verb, below] in below {
        let text = help(&[verb, below, "--help"]);
        let examples = text.split("EXAMPLES").nth(1).unwrap_or_default();
        assert!(examples.contains(&format!("sealpost {verb} {below}")), "{verb} {below}");
        seen += 1;
    }
    assert_eq!(seen, 10);
}

#[test]
fn a_letter_is_sent_signed_unless_told_otherwise() {
    let line =
        ["send", "--to", "a@b.example", "--to", "c@d.example", "--subject", "S", "x.pdf", "y.pdf"];
    let Verb::Send(send) = understood(&line).verb else { panic!("another verb") };
    assert_eq!(send.to, ["a@b.example", "c@d.example"]);
    assert_eq!(send.mode, Mode::Signed);
    assert_eq!(send.deadline, None);
    assert_eq!(send.documents, [Path::new("x.pdf"), Path::new("y.pdf")]);
    let line = [
        "send",
        "--bcc",
        "a@b.example",
        "--subject",
        "S",
        "--deadline",
        "20s",
        "--mode",
        "consent",
    ];
    let Verb::Send(send) = understood(&line).verb else { panic!("another verb") };
    assert_eq!(send.deadline, Some(DeadlineText::After { seconds: 20 }));
    assert_eq!(send.mode, Mode::Consent);
}

#[test]
fn what_does_not_go_together_is_refused() {
    let cases: &[&[&str]] = &[
        &["send", "--subject", "S"],
        &["send", "--to", "a@b.example"],
        &["send", "--to", "a@b.example", "--subject", "S", "--text", "T", "--text-file", "F"],
        &["send", "--to", "a@b.example", "--subject", "S", "--deadline", "tomorrow"],
        &["send", "--to", "a@b.example", "--subject", "S", "--mode", "registered"],
        &["register", "a@b.example"],
        &["register", "a@b.example", "--invitation", "I", "--identity-from", "H"],
        &["register", "a@b.example", "--identity-from", "H"],
        &["register", "a@b.example", "--identity-from", "H", "--provider", "b.example:1"],
        &["register", "a@b.example", "--provider", "b.example:1", "--root", "R"],
        &["show"],
        &["show", "3f2"],
        &["show", "letter"],
        &["verify", "letter.asice"],
        &["save", "3f2a"],
        &["save", "3f2a", "--dir", "D", "--as", "pdf"],
        &["export", "3f2a"],
        &["sync", "--wait", "-1"],
        &["sync", "--wait", "3601"],
        &["deliver"],
        &["inbox", "--pin", "123456"],
        &["inbox", "--lang", "fr"],
        &[],
    ];
    for line in cases {
        let failure = refused(line);
        assert_eq!(failure.code(), "usage", "{line:?}");
        assert!(failure.message(Language::English).ends_with('.'), "{line:?}");
        let german = failure.message(Language::German);
        for hole in ["„“", "so nicht zu verstehen", "required", "invalid"] {
            assert!(!german.contains(hole), "{line:?}: {german}");
        }
    }
}

#[test]
fn a_slip_of_the_finger_gets_a_guess_and_the_usage() {
    let remedy = refused(&["inbox", "--al"]).remedy(Language::English);
    assert!(remedy.contains("sealpost inbox") && remedy.contains("'--all'"), "{remedy}");
}

#[test]
fn an_identity_registers_at_another_provider() {
    let line = [
        "register",
        "a@b.example",
        "--provider",
        "b.example:8443",
        "--root",
        "b.pem",
        "--identity-from",
        "old",
        "--identity-pin-file",
        "pin",
    ];
    let Verb::Register(register) = understood(&line).verb else { panic!("another verb") };
    assert_eq!(register.identity_from.as_deref(), Some(Path::new("old")));
    assert_eq!(register.invitation, None);
}

#[test]
fn what_was_typed_cannot_steer_the_terminal_in_the_answer() {
    let failure = refused(&["\u{1b}[2J"]);
    assert!(!failure.message(Language::English).chars().any(char::is_control));
    assert!(!failure.message(Language::German).chars().any(char::is_control));
}

#[test]
fn manners_are_known_before_the_arguments_are_understood() {
    let read = |line: &[&str]| manners(&words(line));
    assert!(read(&["nonsense", "--json"]).json);
    assert!(read(&["--quiet", "nonsense"]).quiet);
    assert_eq!(read(&["--lang", "de", "nonsense"]).language, Language::German);
    assert_eq!(read(&["nonsense", "--lang=de"]).language, Language::German);
    assert_eq!(read(&["--lang=de", "nonsense", "--lang=en"]).language, Language::English);
    assert!(!read(&["send", "--", "--json"]).json);
}
