//! The provider's configuration. Its source is included, not its crate: building a database and a
//! web server for every run would cost minutes and find nothing.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::path::Path;

#[allow(dead_code, unused_imports)]
#[path = "../../crates/provider/src/config/mod.rs"]
mod config;
#[allow(dead_code)]
#[path = "../../crates/provider/src/limits.rs"]
mod limits;

/// What [`Config::load`] reads files with; the target has the text already.
mod durable {
    use std::io::{Error, ErrorKind, Result};

    pub fn read_bounded(_: &std::path::Path, _: u64) -> Result<Vec<u8>> {
        Err(Error::from(ErrorKind::Unsupported))
    }
}

use config::{Config, ConfigError, ConfigFile};

fuzz_target!(|octets: &[u8]| {
    let Ok(text) = std::str::from_utf8(octets) else {
        return;
    };
    if let Ok(file) = toml::from_str::<ConfigFile>(text) {
        let printed = file.print();
        let again: ConfigFile = toml::from_str(&printed).expect("what we print is read");
        assert_eq!(again, file, "printed otherwise than meant");
    }
    match Config::parse(Path::new("provider.toml"), text) {
        Ok(config) => {
            assert!(config.deadline.min <= config.deadline.max);
            assert!(config.relay_retry.min <= config.relay_retry.max);
            assert!(config.peers.len() <= limits::PEERS_MAX);
        }
        Err(error) => names_a_line(&error, text),
    }
});

fn names_a_line(error: &ConfigError, text: &str) {
    assert!(!error.to_string().is_empty() && !error.code().is_empty());
    let lines = text.split('\n').count();
    match error {
        ConfigError::Value { line, .. } => assert!(line.is_none_or(|line| line <= lines)),
        ConfigError::Syntax { line, .. } => assert!((1..=lines).contains(line)),
        _ => {}
    }
}
