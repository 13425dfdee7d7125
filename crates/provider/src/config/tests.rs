use std::path::Path;
use std::time::Duration;

use sealpost_erds::limits::OBJECT_OCTETS_MAX;

use super::*;

fn written() -> ConfigFile {
    ConfigFile {
        domain: "north.example".into(),
        organisation: "North Registered Mail".into(),
        data_dir: ".".into(),
        listen: "127.0.0.1:8443".into(),
        public_endpoint: "127.0.0.1:8443".into(),
        ..ConfigFile::default()
    }
}

fn parse(text: &str) -> Result<Config, ConfigError> {
    Config::parse(Path::new("/srv/north/provider.toml"), text)
}

/// The line, the key and the message of a refused value.
fn refusal(text: &str) -> (Option<usize>, String, String) {
    match parse(text).unwrap_err() {
        ConfigError::Value { line, key, what, advice, .. } => {
            assert!(!advice.is_empty());
            (line, key, what)
        }
        other => panic!("{other:?}"),
    }
}

fn with(setting: &str) -> String {
    format!(
        "domain = \"north.example\"\norganisation = \"North\"\npublic_endpoint = \"n.example:443\"\n{setting}\n"
    )
}

#[test]
fn what_is_printed_reads_back_the_same_and_every_name_has_a_comment() {
    let mut file = written();
    file.peer.push(PeerFile {
        domain: "south.example".into(),
        root: "s.pem".into(),
        endpoint: None,
    });
    let text = file.print();
    let back: ConfigFile = toml::from_str(&text).unwrap();
    assert_eq!(back, file);
    let lines: Vec<&str> = text.lines().collect();
    let (settings, _) = lines.split_at(lines.iter().position(|line| *line == "[[peer]]").unwrap());
    for (index, line) in settings.iter().enumerate() {
        if line.contains(" = ") && !line.starts_with('#') {
            assert!(settings[index - 1].starts_with("# "), "no comment above {line}");
        }
    }
}

#[test]
fn the_defaults_mean_what_the_comments_say() {
    let config = parse(&written().print()).unwrap();
    assert_eq!(config.domain.as_str(), "north.example");
    assert_eq!(config.files.database(), Path::new("/srv/north/provider.sqlite"));
    assert_eq!(config.letter_octets_max, 64 << 20);
    // A file of 5 GiB, as it travels.
    assert_eq!(config.objects_octets_max, (5 << 30) / (4 << 20) * OBJECT_OCTETS_MAX);
    assert_eq!(config.requests_of_account_max, 16);
    assert_eq!(config.relay_give_up_after, Duration::from_secs(72 * 3600));
    assert_eq!(config.relay_retry.min, Duration::from_secs(2));
    assert_eq!(config.time_stamp, TimeStampAuthority::Internal);
    assert_eq!(config.metrics_allow.len(), 2);
}

#[test]
fn an_unknown_name_is_refused_with_its_line() {
    let error = parse(&with("\n[relay]\ngive_up_afer = \"1h\"")).unwrap_err();
    assert_eq!(error.code(), "config-syntax");
    let text = error.to_string();
    assert!(text.contains("line 6") && text.contains("give_up_afer"), "{text}");
}

#[test]
fn a_missing_domain_is_refused() {
    let error = parse("organisation = \"x\"\npublic_endpoint = \"x.example:1\"\n").unwrap_err();
    assert!(error.to_string().contains("domain"), "{error}");
}

#[test]
fn wrong_values_are_refused_with_line_and_key() {
    let (line, key, what) = refusal(&with("listen = \"8443\""));
    assert_eq!((line, key.as_str()), (Some(4), "listen"));
    assert!(what.contains("8443"));

    let (line, key, _) = refusal(&with("[relay]\nfirst_retry = \"2 seconds\""));
    assert_eq!((line, key.as_str()), (Some(5), "relay.first_retry"));

    let (line, key, what) = refusal(&with("[deadline]\nmin = \"2d\"\nmax = \"1d\""));
    assert_eq!((line, key.as_str()), (Some(5), "deadline.min"));
    assert!(what.contains("longer than deadline.max"));

    let (line, key, _) = refusal(&with("[limits]\nletter_octets_max = 1"));
    assert_eq!((line, key.as_str()), (Some(5), "limits.letter_octets_max"));

    for count in ["0", "385"] {
        let setting = format!("[limits]\nrequests_of_account_max = {count}");
        let (line, key, _) = refusal(&with(&setting));
        assert_eq!((line, key.as_str()), (Some(5), "limits.requests_of_account_max"));
    }

    let (line, key, _) = refusal(&with("[log]\nlevel = \"loud\""));
    assert_eq!((line, key.as_str()), (Some(5), "log.level"));

    let (_, key, _) = refusal(&with("[time_stamp]\nauthority = \"https://tsa.example\""));
    assert_eq!(key, "time_stamp.root");
}

#[test]
fn the_list_of_an_external_authority_is_a_url_or_a_file_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("time.pem"), "x").unwrap();
    std::fs::write(folder.path().join("time.crl"), "x").unwrap();
    let path = folder.path().join("provider.toml");
    let list = |text: &str| {
        let table = "[time_stamp]\nauthority = \"http://t.example\"\nroot = \"time.pem\"";
        let text = with(&format!("{table}\nrevocation_list = \"{text}\""));
        match Config::parse(&path, &text) {
            Ok(Config {
                time_stamp: TimeStampAuthority::External { revocation_list, .. }, ..
            }) => Ok(revocation_list),
            Ok(other) => panic!("{:?}", other.time_stamp),
            Err(ConfigError::Value { line, key, .. }) => Err((line, key)),
            Err(other) => panic!("{other:?}"),
        }
    };
    assert_eq!(list(""), Ok(None));
    let url = "http://t.example/list.crl";
    assert_eq!(list(url), Ok(Some(ListPlace::Url(url.to_owned()))));
    assert_eq!(list("time.crl"), Ok(Some(ListPlace::File(folder.path().join("time.crl")))));
    let wrong = Err((Some(7), "time_stamp.revocation_list".to_owned()));
    assert_eq!(list("nowhere.crl"), wrong);
    assert_eq!(list("ftp://t.example/list.crl"), wrong);
}

#[test]
fn peers_are_checked_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("s.pem"), "x").unwrap();
    let path = folder.path().join("provider.toml");
    let good = with(
        "[[peer]]\ndomain = \"south.example\"\nroot = \"s.pem\"\nendpoint = \"127.0.0.1:8444\"",
    );
    let config = Config::parse(&path, &good).unwrap();
    assert_eq!((config.peers[0].host.as_str(), config.peers[0].port), ("127.0.0.1", 8444));

    let twice = format!("{good}\n[[peer]]\ndomain = \"SOUTH.example\"\nroot = \"s.pem\"\n");
    let ConfigError::Value { line, key, .. } = Config::parse(&path, &twice).unwrap_err() else {
        panic!("not a value")
    };
    assert_eq!((line, key.as_str()), (Some(10), "peer[1].domain"));

    let own = with("[[peer]]\ndomain = \"north.example\"\nroot = \"s.pem\"");
    let ConfigError::Value { line, key, .. } = Config::parse(&path, &own).unwrap_err() else {
        panic!("not a value")
    };
    assert_eq!((line, key.as_str()), (Some(5), "peer[0].domain"));

    let rootless = with("[[peer]]\ndomain = \"south.example\"\nroot = \"nowhere.pem\"");
    let ConfigError::Value { line, key, .. } = Config::parse(&path, &rootless).unwrap_err() else {
        panic!("not a value")
    };
    assert_eq!((line, key.as_str()), (Some(6), "peer[0].root"));

    let stranger = with("[registration]\nidentity_issuers = [\"west.example\"]");
    let (line, key, _) = refusal(&stranger);
    assert_eq!((line, key.as_str()), (Some(5), "registration.identity_issuers"));
}

#[test]
fn a_missing_file_says_what_to_do() {
    let error = Config::load(Path::new("/nowhere/provider.toml")).unwrap_err();
    assert_eq!(error.code(), "config-unreadable");
    assert!(error.advice().contains("quickstart"));
}
