//! The binary as an operator runs it: quickstart, invite, serve, knows, stop; and what it says
//! while doing so, which must name nobody.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use reqwest::Client;
use sealpost_cms::certificate::Certificate;
use sealpost_wire::invitation::Invitation;
use sealpost_wire::paths;

use super::house::{Caller, Keys, Proven};

fn provider(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sealpost-provider")).args(arguments).output().unwrap()
}

#[track_caller]
fn stdout(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// A provider in a process of its own.
struct Process {
    child: Child,
    port: u16,
    log: std::thread::JoinHandle<String>,
}

impl Process {
    fn serve(config: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sealpost-provider"))
            .args(["serve", "--config"])
            .arg(config)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut log = String::new();
        let port = loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "it ended: {log}");
            log.push_str(&line);
            let line: serde_json::Value = serde_json::from_str(&line).expect("the log is JSON");
            if line["code"] == "serving" {
                break u16::try_from(line["port"].as_u64().unwrap()).unwrap();
            }
        };
        let log = std::thread::spawn(move || {
            lines.read_to_string(&mut log).unwrap();
            log
        });
        Self { child, port, log }
    }

    /// SIGTERM; the exit and all that was logged.
    fn stop(mut self) -> (bool, String) {
        let id = i32::try_from(self.child.id()).unwrap();
        let id = rustix::process::Pid::from_raw(id).unwrap();
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        (self.child.wait().unwrap().success(), self.log.join().unwrap())
    }
}

fn quickstart(folder: &Path) -> PathBuf {
    let dir = folder.display().to_string();
    let made = provider(&[
        "quickstart",
        "north.example",
        "--dir",
        &dir,
        "--listen",
        "127.0.0.1:0",
        "--endpoint",
        "127.0.0.1:8443",
    ]);
    assert!(stdout(&made).contains("serve"), "it says what to do next");
    folder.join("provider.toml")
}

fn caller(
    root: &Certificate,
    port: u16,
    identity: Option<(&Certificate, &sealpost_cms::keys::SigningKey)>,
) -> Caller {
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from(root.der().to_vec())).unwrap();
    let provider = rustls::crypto::aws_lc_rs::default_provider();
    let config = rustls::ClientConfig::builder_with_provider(provider.into())
        .with_protocol_versions(&[&rustls::version::TLS13])
        .unwrap()
        .with_root_certificates(roots);
    let config = match identity {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => config
            .with_client_auth_cert(
                vec![CertificateDer::from(certificate.der().to_vec())],
                PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.to_pkcs8_der().to_vec())),
            )
            .unwrap(),
    };
    let http = Client::builder()
        .tls_backend_preconfigured(config)
        .resolve("north.example", ([127, 0, 0, 1], port).into())
        .no_proxy()
        .build()
        .unwrap();
    Caller { http, base: format!("https://north.example:{port}") }
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_log_nor_metrics_name_anybody() {
    let folder = tempfile::tempdir().unwrap();
    let config = quickstart(folder.path());
    let config_text = config.display().to_string();
    let process = Process::serve(&config);
    let root = std::fs::read_to_string(folder.path().join("certificates/root.pem")).unwrap();
    let root = Certificate::from_pem(&root).unwrap();

    // Beside the serving process. The invitation stands alone on stdout.
    let invited = provider(&[
        "invite",
        "Anna.Adler@north.example",
        "--name",
        "Anna Adler",
        "--assurance",
        "high",
        "--config",
        &config_text,
    ]);
    let text = stdout(&invited);
    assert_eq!(text.lines().count(), 1);
    let invitation = Invitation::parse(&text).unwrap();
    assert_eq!(invitation.root_sha256.as_array(), &root.sha256());
    let in_json = provider(&[
        "invite",
        "bert@north.example",
        "--name",
        "Bert Berg",
        "--json",
        "--config",
        &config_text,
    ]);
    let in_json: serde_json::Value = serde_json::from_str(&stdout(&in_json)).unwrap();
    assert!(Invitation::parse(in_json["invitation"].as_str().unwrap()).is_ok());

    let stranger = caller(&root, process.port, None);
    let keys = Keys::generate();
    let request = keys.request("anna.adler@north.example").invited(&invitation.token);
    let answer = stranger.register(&request).await.unwrap();
    let certificate = Certificate::from_der(&answer.authentication_certificate.0).unwrap();
    let anna = caller(&root, process.port, Some((&certificate, &keys.authentication)));
    // Everything that could tempt somebody to log a name: refusals, faults, unknown places.
    let _ = stranger
        .register(&Keys::generate().request("anna.adler@north.example").invited("wrong"))
        .await;
    for path in [
        "/v1/mailbox",
        "/v1/peers/bert-berg.example",
        "/v1/letters/00112233445566778899aabbccddeeff/body",
        "/anna.adler@north.example",
    ] {
        let _ = anna.get(path).send().await.unwrap();
        let _ = stranger.get(path).send().await.unwrap();
    }
    let part = super::intake::enveloped(100);
    let head = super::intake::head(
        "anna.adler@north.example",
        "nowhere.example",
        sealpost_erds::relay::PartDigest::of(&part),
    );
    let _ = super::intake::submit(&anna, super::intake::message(&head, &[&part])).await;
    assert!(
        provider(&["revoke", "anna.adler@north.example", "--block", "--config", &config_text])
            .status
            .success()
    );
    assert_eq!(anna.get(paths::MAILBOX).send().await.unwrap().status(), 401);
    let metrics = stranger.get(paths::METRICS).send().await.unwrap().text().await.unwrap();
    let (ended_well, log) = process.stop();
    assert!(ended_well, "{log}");

    assert!(metrics.contains("sealpost_requests_total"));
    let serial = certificate.serial_hex();
    let letter = head.letter_id.hex();
    let token_hash = hex::encode(sealpost_cms::kdf::sha256(invitation.token.as_bytes()));
    for secret in [
        "anna",
        "adler",
        "Adler",
        "bert",
        "Bert",
        "bert-berg",
        "127.0.0.1:",
        "00112233",
        "nowhere",
        &serial,
        &letter,
        &invitation.token,
        &token_hash,
    ] {
        assert!(!log.contains(secret), "the log says {secret}: {log}");
        assert!(!metrics.contains(secret), "the metrics say {secret}: {metrics}");
    }
    for line in log.lines() {
        let line: serde_json::Value = serde_json::from_str(line).expect("each line is JSON");
        for field in line.as_object().unwrap().keys() {
            assert!(sealpost_provider::observe::FIELDS.contains(&field.as_str()), "{field}");
        }
    }
    assert!(log.contains("\"stopped\""), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn knows_prints_every_field_of_the_live_database() {
    let folder = tempfile::tempdir().unwrap();
    let config = quickstart(folder.path());
    let config_text = config.display().to_string();
    let process = Process::serve(&config);
    stdout(&provider(&[
        "invite",
        "anna@north.example",
        "--name",
        "Anna Adler",
        "--config",
        &config_text,
    ]));
    let text = stdout(&provider(&["knows", "--config", &config_text]));
    for part in [
        "== People who were invited ==",
        "Anna Adler",
        "anna@north.example",
        "== Log lines ==",
        "revocation_list",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("NOT IN THE BUDGET"));
    let json: serde_json::Value =
        serde_json::from_str(&stdout(&provider(&["knows", "--json", "--config", &config_text])))
            .unwrap();
    assert_eq!(json["not_in_the_budget"], serde_json::json!([]));
    let groups = json["groups"].as_array().unwrap();
    let invited = groups.iter().find(|group| group["title"] == "People who were invited").unwrap();
    assert_eq!(invited["rows"][0]["values"]["address"], "anna@north.example");
    assert_eq!(invited["basis"], "duty");
    assert!(process.stop().0);
    // And of a provider that does not serve.
    assert_eq!(stdout(&provider(&["knows", "--config", &config_text])), text);
}

#[test]
fn operating_md_names_every_code_that_a_caller_can_meet() {
    let crate_folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manual = std::fs::read_to_string(crate_folder.join("../../docs/operating.md")).unwrap();
    let mut codes: std::collections::BTreeSet<String> = sealpost_provider::http::endpoints()
        .flat_map(|endpoint| endpoint.problems.iter().map(|code| (*code).to_owned()))
        .collect();
    let mut folders = vec![crate_folder.join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            for call in ["Kind::new(", "Kind::passing("] {
                for rest in source.split(call).skip(1) {
                    let code =
                        rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next());
                    codes.extend(code.map(str::to_owned));
                }
            }
        }
    }
    assert!(codes.len() > 40, "{codes:?}");
    let missing: Vec<_> =
        codes.iter().filter(|code| !manual.contains(&format!("`{code}`"))).collect();
    assert!(missing.is_empty(), "docs/operating.md does not say what to do about {missing:?}");
}
