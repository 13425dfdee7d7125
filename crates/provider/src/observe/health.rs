//! Can the provider do its work now?

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use crate::provider::Provider;
use crate::{clock, limits};

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// The database's writer commits.
    pub writer: bool,
    /// A file can be written and made durable in the data folder.
    pub disk: bool,
    /// The clock is not before what we have signed already.
    pub time: bool,
    /// None of the provider's own certificates has ended.
    pub certificates: bool,
}

impl Readiness {
    /// All is well.
    #[must_use]
    pub fn is_ready(self) -> bool {
        self.writer && self.disk && self.time && self.certificates
    }

    /// For the answer of `/readyz`.
    #[must_use]
    pub fn to_json(self) -> Value {
        json!({
            "writer": self.writer,
            "disk": self.disk,
            "time": self.time,
            "certificates": self.certificates,
        })
    }
}

/// Looks at everything that has to work before a letter can be accepted.
pub async fn look(provider: &Provider) -> Readiness {
    let folder = provider.config.files.blobs();
    let disk = tokio::task::spawn_blocking(move || is_writable(&folder));
    let writer = tokio::time::timeout(WRITER_PATIENCE, provider.store.is_writable());
    let last_signed = provider.store.revocation_list().await;
    let now = clock::now_unix();
    let floor = match &last_signed {
        Ok(Some(list)) => list.this_update.max(limits::CLOCK_FLOOR_UNIX),
        _ => limits::CLOCK_FLOOR_UNIX,
    };
    Readiness {
        writer: writer.await.unwrap_or(false) && last_signed.is_ok(),
        disk: disk.await.unwrap_or(false),
        time: now >= floor,
        certificates: now <= provider.keys.first_not_after(),
    }
}

fn is_writable(folder: &Path) -> bool {
    let probe = folder.join("incoming").join(format!("probe-{}", std::process::id()));
    let written = crate::durable::replace(&probe, b"?");
    let _ = std::fs::remove_file(&probe);
    written.is_ok()
}

/// A writer that needs longer is not ready.
const WRITER_PATIENCE: Duration = Duration::from_secs(2);
