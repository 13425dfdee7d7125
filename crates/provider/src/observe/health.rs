//! Can the provider do its work now?

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::time::timeout;

use crate::provider::Provider;
use crate::{clock, limits};

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Readiness {
    /// The database's writer writes and commits.
    pub writer: bool,
    /// A file can be written and made durable in the data folder.
    pub disk: bool,
    /// The clock is not before what we have signed already.
    pub time: bool,
    /// None of the provider's own certificates has ended.
    pub certificates: bool,
}

impl Readiness {
    const NOTHING: Self = Self { writer: false, disk: false, time: false, certificates: false };

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

/// The newest look, for everybody who asks within [`limits::READINESS_SHARED`].
#[derive(Default)]
pub struct LastLook(Arc<Mutex<Option<(Instant, Readiness)>>>);

/// Looks at everything that has to work before a letter can be accepted. Anybody may ask, so there
/// is one look at a time, and the others wait for what it finds. [HTTP-006]
pub async fn look(provider: &Arc<Provider>) -> Readiness {
    let mut last = Arc::clone(&provider.last_look.0).lock_owned().await;
    if let Some((at, readiness)) = *last
        && at.elapsed() < limits::READINESS_SHARED
    {
        return readiness;
    }
    let provider = Arc::clone(provider);
    // A task of its own: it ends even if the one who asked has gone, and is not begun again.
    let looking = tokio::spawn(async move {
        let readiness = look_now(&provider).await;
        *last = Some((Instant::now(), readiness));
        readiness
    });
    looking.await.unwrap_or(Readiness::NOTHING)
}

async fn look_now(provider: &Provider) -> Readiness {
    let folder = provider.config.files.blobs();
    let disk = tokio::task::spawn_blocking(move || is_writable(&folder));
    let store =
        async { (provider.store.is_writable().await, provider.store.revocation_list().await) };
    let (disk, store) = tokio::join!(timeout(PATIENCE, disk), timeout(PATIENCE, store));
    let (writer, last_signed) = store.unwrap_or((false, Ok(None)));
    let now = clock::now_unix();
    let floor = match &last_signed {
        Ok(Some(list)) => list.this_update.max(limits::CLOCK_FLOOR_UNIX),
        _ => limits::CLOCK_FLOOR_UNIX,
    };
    Readiness {
        writer: writer && last_signed.is_ok(),
        disk: matches!(disk, Ok(Ok(true))),
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

/// A database or a disk that needs longer is not ready.
const PATIENCE: Duration = Duration::from_secs(2);
