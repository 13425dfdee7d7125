//! The binary as a script sees it: exit codes, streams, documents.
#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn sealpost(home: &Path) -> Command {
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
    for asked in ["--help", "--version"] {
        let (output, _) = run(&["--json", asked]);
        assert_eq!(output.status.code(), Some(0));
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["schema"], "sealpost/help/1");
        assert!(document["text"].as_str().unwrap().contains("sealpost"));
    }
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
        (
            &[
                "send",
                "--to",
                "b@south.example",
                "--subject",
                "S",
                "--mode",
                "basic",
                "--deadline",
                "1d",
            ],
            "options-conflict",
        ),
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
    let output =
        sealpost(home.path()).env("LC_ALL", "de_AT.UTF-8").arg("deliver").output().unwrap();
    assert!(stderr(&output).starts_with("Fehler[usage]: "));
    let output =
        sealpost(home.path()).env("LC_ALL", "C").env("LANG", "de").arg("deliver").output().unwrap();
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
        sealpost(place.path())
            .arg("verify")
            .arg(&file)
            .arg("--trust")
            .arg(&trust)
            .args(more)
            .output()
            .unwrap()
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
    let output = sealpost(place.path())
        .arg("verify")
        .arg(&file)
        .arg("--trust")
        .arg(place.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("error[trust-empty]: "), "{}", stderr(&output));
    let missing = place.path().join("missing");
    let output = sealpost(place.path())
        .arg("verify")
        .arg(&missing)
        .arg("--trust")
        .arg(place.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
}

/// A profile whose registration was interrupted: nobody answers at port 1.
fn with_keys() -> (tempfile::TempDir, Output) {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("pin"), "482913\n").unwrap();
    fs::set_permissions(home.path().join("pin"), fs::Permissions::from_mode(0o644)).unwrap();
    let output = sealpost(&home.path().join("profile"))
        .args(["register", "anna@north.example", "--quiet", "--invitation", INVITATION])
        .arg("--pin-file")
        .arg(home.path().join("pin"))
        .output()
        .unwrap();
    fs::set_permissions(home.path().join("pin"), fs::Permissions::from_mode(0o600)).unwrap();
    (home, output)
}

#[test]
fn a_pin_file_that_others_may_read_is_warned_about_even_if_quiet() {
    let (_home, output) = with_keys();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("warning: others may read"), "{said}");
    assert!(said.contains("\nerror[provider-unreachable]: "), "{said}");
}

#[test]
fn keys_are_cared_for_with_pins_from_files() {
    let (home, _) = with_keys();
    let file = |name: &str, text: &str| {
        let path = home.path().join(name);
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        path
    };
    let (old, new) = (home.path().join("pin"), file("new-pin", "730184\n"));
    let run = |arguments: &[&str], pin: &Path, option: &str, secret: &Path| {
        let mut command = sealpost(&home.path().join("profile"));
        command.args(arguments).arg("--pin-file").arg(pin).arg(option).arg(secret);
        command.output().unwrap()
    };
    let change = ["identity", "change-pin", "--json"];
    let output = run(&change, &old, "--new-pin-file", &new);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], "sealpost/identity-change-pin/1");
    let output = run(&change, &old, "--new-pin-file", &new);
    assert!(stderr(&output).starts_with("error[pin-wrong]: "), "{}", stderr(&output));

    let key = home.path().join("key.pem");
    let passphrase = file("passphrase", "correct horse battery staple\n");
    let export = ["identity", "export-key", "--out", key.to_str().unwrap()];
    let output = run(&export, &new, "--passphrase-file", &passphrase);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(fs::read_to_string(&key).unwrap().contains("BEGIN ENCRYPTED PRIVATE KEY"));
    assert_eq!(fs::metadata(&key).unwrap().permissions().mode() & 0o777, 0o600);
    let output = run(&export, &new, "--passphrase-file", &passphrase);
    assert!(stderr(&output).starts_with("error[file-exists]: "), "{}", stderr(&output));
}

#[test]
fn a_profile_without_an_account_says_so() {
    let (home, _) = with_keys();
    let mut command = sealpost(&home.path().join("profile"));
    let output =
        command.arg("inbox").arg("--pin-file").arg(home.path().join("pin")).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).starts_with("error[not-registered]: "), "{}", stderr(&output));
}

#[test]
fn a_secret_is_asked_for_on_a_terminal_only() {
    let (home, _) = with_keys();
    for (verb, option) in [
        (&["inbox"][..], "--pin-file"),
        (&["identity", "change-pin"], "--pin-file"),
        (&["sync", "--json"], "--pin-file"),
    ] {
        // Whatever comes on stdin is no answer to a question.
        let mut child = sealpost(&home.path().join("profile"))
            .args(verb)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(b"482913\n482913\n");
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{verb:?}");
        let said = stderr(&output);
        assert!(said.starts_with("error[secret-needed]: "), "{verb:?}: {said}");
        assert!(said.contains(option), "{verb:?}: {said}");
    }
}

#[test]
fn suites_are_listed_tried_and_explained_without_a_profile() {
    let (output, _) = run(&["suites"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    assert!(
        text.contains("sealpost-2026-11") && text.contains("There is no profile here"),
        "{text}"
    );
    assert!(text.contains("not yet used for letters by this version"), "{text}");
    let (output, _) = run(&["suites", "list", "--json"]);
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(document["schema"], "sealpost/suites/1");
    assert_eq!(document["with_own_keys"], false);
    let suites = document["suites"].as_array().unwrap();
    let of = |field: &str| suites.iter().map(|suite| suite[field].clone()).collect::<Vec<_>>();
    assert_eq!(of("id"), ["hybrid-2026", "smime-2019", "smime-legacy", "static-dh-cbc-hmac"]);
    assert_eq!(of("encrypts"), [true, true, false, true]);
    assert_eq!(of("unasked"), [true, true, false, false]);
    assert!(text.contains("encrypted with it if their sender demands it"), "{text}");
    assert_eq!(suites[1]["until"], "2031-12-31T23:59:59Z");

    let (output, _) = run(&["suites", "test", "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let document: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&document["schema"], &document["right"]),
        (&"sealpost/suites-test/1".into(), &true.into())
    );
    let answers = document["suites"][0]["primitives"].as_array().unwrap();
    assert!(
        answers.len() > 6 && answers.iter().all(|one| one["answer"] == "right"),
        "{answers:#?}"
    );

    let (output, _) = run(&["suites", "explain", "smime-legacy", "--lang", "de"]);
    assert!(stdout(&output).contains("NICHT vor Veränderung"), "{}", stdout(&output));
    let (output, _) = run(&["suites", "explain", "rot13"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).starts_with("error[usage]: There is no such suite"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn every_schema_is_documented() {
    let documented = include_str!("../../../docs/json.md");
    let schemas = [
        "accept",
        "completions",
        "error",
        "evidence",
        "export",
        "help",
        "identity",
        "identity-certificates",
        "identity-change-pin",
        "identity-export-key",
        "inbox",
        "refuse",
        "register",
        "rotate",
        "save",
        "send",
        "sent",
        "sent-letter",
        "show",
        "suites",
        "suites-explain",
        "suites-test",
        "sync",
        "trust",
        "verify",
    ];
    for schema in schemas {
        assert!(documented.contains(&format!("`sealpost/{schema}/1`")), "{schema}");
    }
}

/// For anna@north.example, at 127.0.0.1:1.
const INVITATION: &str = "sealpost-invitation-eyJhZGRyZXNzIjoiYW5uYUBub3J0aC5leGFtcGxlIiwiZW5kcG9pbnQiOiIxMjcuMC4wLjE6MSIsInJvb3Rfc2hhMjU2IjoiMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMCIsInRva2VuIjoidHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dHR0dCJ9";
/// A root made for this test; its key was thrown away.
const ROOT: &str = include_str!("root.pem");
