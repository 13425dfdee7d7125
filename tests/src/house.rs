//! Two providers that trust each other, and people at both.

use crate::person::Person;
use crate::provider::Provider;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// north.example and south.example, tuned so that a test need not wait.
pub struct House {
    /// The sender's side.
    pub north: Provider,
    /// The recipient's side.
    pub south: Provider,
    folder: PathBuf,
    // Removed when the house goes.
    _temporary: Option<TempDir>,
}

impl House {
    /// Both providers run.
    pub fn open() -> Self {
        let mut house = Self::built();
        house.north.start();
        house.south.start();
        house
    }

    /// Both providers are set up and trust each other; neither runs yet.
    pub fn built() -> Self {
        let temporary = TempDir::new().expect("the temporary folder is writable");
        let folder = temporary.path().to_owned();
        Self::built_in(folder, Some(temporary))
    }

    /// The same in a folder that stays.
    pub fn built_in(folder: PathBuf, temporary: Option<TempDir>) -> Self {
        let north = Provider::quickstart(&folder, "north.example", "North Post Ltd");
        let south = Provider::quickstart(&folder, "south.example", "South Post GmbH");
        north.trusts(&south);
        south.trusts(&north);
        for provider in [&north, &south] {
            provider.configure("relay", "first_retry", "\"1s\"");
            provider.configure("relay", "retry_max", "\"2s\"");
            provider.configure("deadline", "min", "\"1s\"");
            provider.configure("deadline", "grace", "\"1s\"");
        }
        Self { north, south, folder, _temporary: temporary }
    }

    /// Where everything lies.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A person at north.example.
    pub fn northerner(&self, name: &str) -> Person {
        self.person(&self.north, name)
    }

    /// A person at south.example.
    pub fn southerner(&self, name: &str) -> Person {
        self.person(&self.south, name)
    }

    fn person(&self, provider: &Provider, name: &str) -> Person {
        let local_part = name.split(' ').next().unwrap_or(name).to_lowercase();
        let address = format!("{local_part}@{}", provider.domain);
        Person::registered(&self.folder, provider, &address, name)
    }

    /// A folder with both roots, for offline verification.
    pub fn trust(&self) -> PathBuf {
        let folder = self.folder.join("trust");
        std::fs::create_dir_all(&folder).expect("the folder is ours");
        for provider in [&self.north, &self.south] {
            let to = folder.join(format!("{}.pem", provider.domain));
            std::fs::copy(provider.root(), to).expect("quickstart wrote the root");
        }
        folder
    }
}
