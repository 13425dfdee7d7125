//! The binary as a script sees it: exit codes, streams, documents.

use std::fs;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn sealpost(home: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sealpost"));
    command.env_clear().env("SEALPOST_HOME", home).env("LANG", "C").stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> (Output, tempfile::TempDir) {
    let home = tempfile::tempdir().unwrap();
    let output = sealpost(home.path()).args(arguments).output().unwrap();
    (output, home)
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn help_is_a_result_and_no_command_is_a_mistake() {
    let (output, _) = run(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(stdout(&output).contains("EXAMPLES") && output.stderr.is_empty());
    let (output, _) = run(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("error[usage]: ") && output.stdout.is_empty());
}

#[test]
fn a_mistake_says_what_is_wrong_and_what_to_do() {
    let cases: [(&[&str], &str); 6] = [
        (&["deliver"], "usage"),
        (&["show", "xyz"], "usage"),
        (&["send", "--to", "b@south.example", "--subject", "S", "--deadline", "0s"], "usage"),
        (&["send", "--to", "b@south.example", "--subject", "S", "--mode", "basic", "--deadline", "1d"], "options-conflict"),
        (&["inbox"], "keystore-missing"),
        (&["inbox", "--pin-file", "no-such-file"], "keystore-missing"),
    ];
    for (arguments, code) in cases {
        let (output, _home) = run(arguments);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.starts_with(&format!("error[{code}]: ")), "{arguments:?}: {said}");
        assert!(said.contains("\nhelp: "), "{arguments:?}: {said}");
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_mistake_is_told_in_german_and_to_programs_as_one_document() {
    let (output, _home) = run(&["inbox", "--lang", "de", "--json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("Fehler[keystore-missing]: "));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], "sealpost/error/1");
    assert_eq!(document["code"], "keystore-missing");
    assert_eq!(document["fault"], "user");
    assert!(document["remedy"].as_str().unwrap().ends_with('.'));
}

#[test]
fn the_locale_chooses_the_language() {
    let home = tempfile::tempdir().unwrap();
    let output = sealpost(home.path()).env("LC_ALL", "de_AT.UTF-8").arg("deliver").output().unwrap();
    assert!(stderr(&output).starts_with("Fehler[usage]: "));
    let output = sealpost(home.path()).env("LC_ALL", "C").env("LANG", "de").arg("deliver").output().unwrap();
    assert!(stderr(&output).starts_with("error[usage]: "));
}

#[test]
fn nobody_is_asked_where_there_is_no_terminal() {
    let (output, _home) = run(&["accept", "3f2a"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("error[confirmation-needed]: "), "{}", stderr(&output));
}

#[test]
fn completions_are_printed_for_every_shell() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let (output, _home) = run(&["completions", shell]);
        assert_eq!(output.status.code(), Some(0));
        assert!(stdout(&output).contains("sealpost"));
    }
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    let home = tempfile::tempdir().unwrap();
    let mut child = sealpost(home.path())
        .args(["completions", "bash"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty(), "{}", stderr(&output));
}

#[test]
fn garbage_fails_verification_by_its_format() {
    let place = tempfile::tempdir().unwrap();
    let (file, trust) = (place.path().join("garbage"), place.path().join("trust"));
    fs::write(&file, b"\x00 no dossier \x1b[2J").unwrap();
    fs::create_dir(&trust).unwrap();
    fs::write(trust.join("root.pem"), ROOT).unwrap();
    let verify = |more: &[&str]| {
        sealpost(place.path()).arg("verify").arg(&file).arg("--trust").arg(&trust).args(more).output().unwrap()
    };
    let output = verify(&[]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stdout(&output).contains("TOTAL-FAILED") && stdout(&output).contains("FORMAT_FAILURE"));
    let output = verify(&["--json"]);
    assert_eq!(output.status.code(), Some(1));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], "sealpost/verify/1");
    assert_eq!(document["report"]["overall"]["indication"], "TOTAL-FAILED");
    assert_eq!(document["report"]["overall"]["sub_indication"], "FORMAT_FAILURE");
    assert!(stdout(&verify(&["--lang", "de"])).contains("Ergebnis: TOTAL-FAILED"));
}

#[test]
fn without_trust_anchors_there_is_no_verdict() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("garbage");
    fs::write(&file, b"x").unwrap();
    let output = sealpost(place.path()).arg("verify").arg(&file).arg("--trust").arg(place.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("error[trust-empty]: "), "{}", stderr(&output));
    let missing = place.path().join("missing");
    let output = sealpost(place.path()).arg("verify").arg(&missing).arg("--trust").arg(place.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_pin_file_that_others_may_read_is_warned_about() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let pin = home.path().join("pin");
    fs::write(&pin, "482913\n").unwrap();
    fs::set_permissions(&pin, fs::Permissions::from_mode(0o644)).unwrap();
    let output = sealpost(&home.path().join("profile"))
        .args(["register", "anna@north.example", "--invitation", "nonsense", "--quiet", "--pin-file"])
        .arg(&pin)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("warning: others may read"), "{}", stderr(&output));
}

/// A root made for this test; what it signs is of no interest here.
const ROOT: &str = include_str!("root.pem");
