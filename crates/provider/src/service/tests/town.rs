//! North and South, Anna and Bert, and letters between them.

mod letter;
mod person;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sealpost_erds::event::Event;

pub use letter::{Letter, Wish, ciphertext, stored_part};
pub use person::Person;

use crate::config::Config;
use crate::provider::Provider;
use crate::quickstart::Quickstart;
use crate::serve::Running;
use crate::store::StoreError;

/// What a test changes in the configuration: text to find, text instead.
pub type Changes = &'static [(&'static str, &'static str)];

/// Short times, so that a test need not wait for hours.
pub const QUICK: Changes = &[
    ("min = \"1h\"", "min = \"1s\""),
    ("grace = \"60s\"", "grace = \"1s\""),
    ("first_retry = \"2s\"", "first_retry = \"1s\""),
    ("retry_max = \"15m\"", "retry_max = \"1s\""),
];

/// [`QUICK`], and what else a test changes.
pub fn quick_and(more: &[(&'static str, &'static str)]) -> Changes {
    [QUICK, more].concat().leak()
}

/// What the sender holds of a basic letter that has arrived.
pub const CONSIGNED: &[Event] =
    &[Event::SubmissionAcceptance, Event::RelayAcceptance, Event::ContentConsignment];

/// What the sender holds of a letter that waits to be accepted.
pub const NOTIFIED: &[Event] =
    &[Event::SubmissionAcceptance, Event::RelayAcceptance, Event::NotificationForAcceptance];

/// What the sender holds of a letter that was accepted and has arrived.
pub const ACCEPTED_AND_HANDED_OVER: &[Event] = &[
    Event::SubmissionAcceptance,
    Event::RelayAcceptance,
    Event::NotificationForAcceptance,
    Event::ConsignmentAcceptance,
    Event::ContentConsignment,
    Event::ContentHandover,
];

/// One provider, running or not.
pub struct House {
    pub folder: PathBuf,
    running: Option<Running>,
}

/// Two providers that trust each other.
pub struct Town {
    _folder: Option<tempfile::TempDir>,
    pub north: House,
    pub south: House,
}

impl House {
    pub fn provider(&self) -> &Arc<Provider> {
        &self.running.as_ref().unwrap().provider
    }

    pub async fn start(&mut self) {
        let config = Config::load(&self.folder.join("provider.toml")).unwrap();
        self.running = Some(Running::start(config).await.unwrap());
    }

    pub async fn stop(&mut self) {
        self.running.take().unwrap().stop().await.unwrap();
    }

    /// How many rows a table has.
    pub async fn count(&self, table: &'static str) -> i64 {
        let sql = format!("SELECT count(*) FROM {table}");
        self.provider()
            .store
            .read(move |db| Ok::<_, StoreError>(db.query_row(&sql, [], |row| row.get(0))?))
            .await
            .unwrap()
    }

    /// Opens an account with keys and certificates.
    pub async fn person(&self, address: &str) -> Person {
        Person::new(Arc::clone(self.provider()), address).await
    }
}

impl Town {
    pub async fn new(changes: Changes) -> Self {
        let mut town = Self::not_started(changes).await;
        town.north.start().await;
        town.south.start().await;
        town
    }

    /// Anna at North and Bert at South.
    pub async fn anna_and_bert(&self) -> (Person, Person) {
        let anna = self.north.person("anna@north.example").await;
        (anna, self.south.person("bert@south.example").await)
    }

    pub async fn not_started(changes: Changes) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut town = Self::made_in(folder.path(), changes).await;
        town._folder = Some(folder);
        town
    }

    /// In a folder that outlives the process, where the town may stand already.
    pub async fn made_in(folder: &Path, changes: Changes) -> Self {
        if !folder.join("complete").exists() {
            Self::make(folder, changes).await;
            std::fs::write(folder.join("complete"), "").unwrap();
        }
        let house = |name| House { folder: folder.join(name), running: None };
        Self { _folder: None, north: house("north"), south: house("south") }
    }

    async fn make(folder: &Path, changes: Changes) {
        let ports = free_ports();
        let folders = [folder.join("north"), folder.join("south")];
        let domains = ["north.example", "south.example"];
        for ((path, domain), port) in folders.iter().zip(domains).zip(ports) {
            let listen = Some(format!("127.0.0.1:{port}"));
            let quickstart = Quickstart {
                domain: domain.to_owned(),
                folder: path.clone(),
                listen,
                endpoint: None,
                organisation: None,
            };
            quickstart.run().await.unwrap();
        }
        for (own, other) in [(0, 1), (1, 0)] {
            let root = folders[other].join("certificates/root.pem");
            let peer = format!(
                "\n[[peer]]\ndomain = \"{}\"\nroot = \"{}\"\nendpoint = \"127.0.0.1:{}\"\n",
                domains[other],
                root.display(),
                ports[other]
            );
            change(&folders[own].join("provider.toml"), changes, &peer);
        }
    }
}

pub fn change(config: &Path, changes: Changes, more: &str) {
    let mut text = std::fs::read_to_string(config).unwrap();
    for (from, to) in changes {
        assert!(text.contains(from), "{from} does not stand in the configuration");
        text = text.replacen(from, to, 1);
    }
    std::fs::write(config, text + more).unwrap();
}

fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

/// Polls until something holds.
pub async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    for _ in 0..300 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("waited in vain until {what}");
}
