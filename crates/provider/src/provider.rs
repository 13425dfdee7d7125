//! The provider as one value: what every endpoint and every worker of the house is given.

use std::fs::File;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use sealpost_cms::path::Crl;

use crate::blobs::Blobs;
use crate::config::Config;
use crate::keys::{KeysError, ProviderKeys, load_certificate};
use crate::observe;
use crate::observe::health::LastLook;
use crate::peer_client::{PeerClients, PeerSetupError};
use crate::service::Service;
use crate::service::time_roots::TimeRoots;
use crate::service::time_source::TimeSource;
use crate::store::people::Newest;
use crate::store::{Store, StoreError};
use crate::tls::{Parties, Party};

/// Everything that is open while the provider runs. Shared as `Arc<Provider>`.
pub struct Provider {
    /// What the operator wants.
    pub config: Config,
    /// What it signs and opens with.
    pub keys: Arc<ProviderKeys>,
    /// What it remembers.
    pub store: Store,
    /// Ciphertext.
    pub blobs: Blobs,
    /// Whom it trusts, each for one domain.
    pub parties: Parties,
    /// How it reaches the others.
    pub peers: PeerClients,
    /// Notary and bells: what the services share.
    pub service: Service,
    /// What `/readyz` saw last.
    pub(crate) last_look: LastLook,
    crl: Mutex<Option<(u64, Crl)>>,
    /// Held as long as this process serves; the kernel lets go of it, however the process ends.
    _lock: File,
}

/// Why the provider cannot start.
#[derive(Debug)]
#[non_exhaustive]
pub enum OpenError {
    /// Another process serves from this folder.
    Locked {
        /// The lock.
        path: PathBuf,
    },
    /// Keys or certificates.
    Keys(KeysError),
    /// The TLS library refuses a peer's root.
    Peer(PeerSetupError),
    /// A file or folder.
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The database.
    Store(StoreError),
}

impl OpenError {
    /// Stable word.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Locked { .. } => "already-serving",
            Self::Keys(error) => error.code(),
            Self::Peer(_) => "peer-root-refused",
            Self::File { .. } => "file-unusable",
            Self::Store(error) => error.code(),
        }
    }

    /// What the operator can do about it.
    #[must_use]
    pub fn advice(&self) -> String {
        match self {
            Self::Locked { .. } => "Stop the other process first; a folder has one server.".into(),
            Self::Keys(error) => error.advice(),
            Self::Peer(_) => "Ask that provider's operator for its root certificate again.".into(),
            Self::File { .. } | Self::Store(_) => {
                "Look at owner, mode and free space; quickstart writes what is missing.".into()
            }
        }
    }
}

impl std::fmt::Display for OpenError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Locked { path } => {
                write!(f, "another process serves from this folder ({} is locked)", path.display())
            }
            Self::Keys(error) => error.fmt(f),
            Self::Peer(error) => error.fmt(f),
            Self::File { path, .. } => write!(f, "{} cannot be used", path.display()),
            Self::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OpenError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Locked { .. } => None,
            Self::Keys(error) => error.source(),
            Self::Peer(error) => error.source(),
            Self::File { source, .. } => Some(source),
            Self::Store(error) => error.source(),
        }
    }
}

impl From<KeysError> for OpenError {
    fn from(error: KeysError) -> Self {
        Self::Keys(error)
    }
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<PeerSetupError> for OpenError {
    fn from(error: PeerSetupError) -> Self {
        Self::Peer(error)
    }
}

impl Provider {
    /// Opens everything, in the order in which a failure costs least. Nothing is served yet.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        let keys = Arc::new(ProviderKeys::load(&config.files)?);
        keys.check(&config)?;
        let mut trusted = Vec::with_capacity(config.peers.len());
        for peer in &config.peers {
            trusted.push(Party::new(peer.domain.clone(), load_certificate(&peer.root)?));
        }
        let own = Party::new(config.domain.clone(), keys.root().clone());
        let parties = Parties::new(own, trusted, Arc::clone(&config.policy));
        let peers = PeerClients::new(&config, &keys, &parties)?;
        let lock = lock(config.files.lock())?;
        let blobs = Blobs::open(&config.files.blobs())
            .map_err(|source| OpenError::File { path: config.files.blobs(), source })?;
        let store = Store::open(&config.files.database())?;
        let kept = match store.time_stamp_list().await? {
            None => None,
            // Only what was a list went in.
            Some(der) => Some(Crl::from_der(&der).map_err(|_| StoreError::Unexpected)?),
        };
        let time = TimeSource::new(&config, &keys, kept)?;
        let service = Service::new(&config, &keys, time, TimeRoots::load(&store).await?);
        if let Some(root) = service.notary.time().external_root() {
            service.time_roots.keep(&store, &config.domain, root.clone()).await?;
        }
        let swept = blobs.sweep(&store).await?;
        if swept > 0 {
            observe::info("remains-deleted").count(swept).write();
        }
        Ok(Self {
            config,
            keys,
            store,
            blobs,
            parties,
            peers,
            service,
            last_look: LastLook::default(),
            crl: Mutex::default(),
            _lock: lock,
        })
    }

    /// The current revocation list, for whoever is not on a thread that may block.
    pub async fn crl(self: &Arc<Self>) -> Result<Option<Crl>, StoreError> {
        let provider = Arc::clone(self);
        let looked = tokio::task::spawn_blocking(move || provider.crl_here()).await;
        looked.unwrap_or(Err(StoreError::Unexpected))
    }

    /// The current revocation list, on a thread that may block. The database is asked for its number
    /// each time, because `revoke` is another process, and for the list when that has changed.
    pub fn crl_here(&self) -> Result<Option<Crl>, StoreError> {
        let mut known = self.crl.lock().unwrap_or_else(PoisonError::into_inner);
        let number = known.as_ref().map(|(number, _)| *number);
        *known = match self.store.revocation_list_other_than(number)? {
            Newest::Missing => None,
            // Our own list: if it cannot be read, no certificate can be believed.
            Newest::Other(list) => {
                let crl = Crl::from_der(&list.der).map_err(|_| StoreError::Unexpected)?;
                Some((list.number, crl))
            }
            Newest::Same => return Ok(known.as_ref().map(|(_, crl)| crl.clone())),
        };
        Ok(known.as_ref().map(|(_, crl)| crl.clone()))
    }
}

fn lock(path: PathBuf) -> Result<File, OpenError> {
    use std::os::unix::fs::OpenOptionsExt;
    let file = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(&path)
        .map_err(|source| OpenError::File { path: path.clone(), source })?;
    match rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(OpenError::Locked { path }),
        Err(error) => Err(OpenError::File { path, source: error.into() }),
    }
}
