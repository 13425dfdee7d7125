//! Experimental ciphers that the person has installed.
//!
//! They lie in the vault, so that nobody exchanges them on the disk. One runs when it is installed,
//! when the person sends with it, and when a letter names its digest; never because of its name.

use crate::errors::{AgentError, PostError};
use crate::records;
use crate::session::Agent;
use crate::vault::Kind;
use sealpost_erds::{Digest, Octets};
use sealpost_experiment::{Cipher, CipherId, InstallError, Registry, limits};
use serde::{Deserialize, Serialize};

/// Plug-ins, by their digests.
const CIPHER: Kind = Kind::new("cipher");

/// Octets that a plug-in may have.
pub const MODULE_OCTETS_MAX: u64 = limits::MODULE_OCTETS_MAX as u64;

/// A plug-in as its person knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CipherView {
    /// SHA-256 of its module.
    pub digest: Digest,
    /// What it calls itself; other plug-ins may say the same.
    pub name: String,
}

/// A plug-in as it is kept. Its name was asked for when it was installed: a list runs nothing.
#[derive(Serialize, Deserialize)]
struct Plugin {
    name: String,
    module: Octets,
}

impl Agent {
    /// Installs the module with this SHA-256, if it is one that works: it is tried as for a letter.
    /// To install it again is nothing new.
    pub fn install_cipher(
        &self,
        module: &[u8],
        sha256: [u8; 32],
    ) -> Result<CipherView, AgentError> {
        let mut registry = Registry::default();
        let cipher = registry.install(CipherId::from_bytes(sha256), module).map_err(refused)?;
        let (digest, name) = (Digest::from_array(sha256), cipher.name().to_owned());
        let plugin = Plugin { name: name.clone(), module: Octets(module.to_vec()) };
        let octets = records::write(&plugin)?;
        self.vault.commit(|tx| {
            let installed = tx.list(CIPHER)?;
            let known = installed.iter().any(|record| *record.name == *digest.hex());
            // [AGT-071]
            if !known && installed.len() >= limits::CIPHERS_MAX {
                return Err(refused(InstallError::TooMany));
            }
            Ok(tx.put(CIPHER, &digest.hex(), &octets)?)
        })?;
        Ok(CipherView { digest, name })
    }

    /// All that are installed, by their digests.
    pub fn ciphers(&self) -> Result<Vec<CipherView>, AgentError> {
        let plugins = records::list::<Plugin>(&self.vault, CIPHER)?;
        let view = |(digest, plugin): (String, Plugin)| {
            let digest = Digest::parse(&digest).ok_or(PostError::Archive)?;
            Ok(CipherView { digest, name: plugin.name })
        };
        plugins.into_iter().map(view).collect()
    }

    /// Takes the one with this name or digest out again. Letters that were opened stay readable.
    pub fn remove_cipher(&self, named: &str) -> Result<CipherView, AgentError> {
        let cipher = self.cipher_view(named)?;
        self.vault
            .commit(|tx| tx.delete(CIPHER, &cipher.digest.hex()).map_err(AgentError::from))?;
        Ok(cipher)
    }

    /// The one that a person means: by its whole digest, or by a name that only one has. A digest is
    /// longer than any name. [AGT-072]
    pub(crate) fn cipher_view(&self, named: &str) -> Result<CipherView, AgentError> {
        let digest = named.to_ascii_lowercase();
        let is_meant = |it: &CipherView| it.name == named || it.digest.hex() == digest;
        let mut found = self.ciphers()?.into_iter().filter(is_meant);
        match (found.next(), found.next()) {
            (Some(cipher), None) => Ok(cipher),
            (Some(_), Some(_)) => Err(PostError::NotPossible("cipher-ambiguous").into()),
            _ => Err(PostError::NotPossible("cipher-unknown").into()),
        }
    }

    /// The cipher that a person wants to send with.
    pub(crate) fn cipher_named(&self, named: &str) -> Result<Cipher, AgentError> {
        let id = CipherId::from_bytes(*self.cipher_view(named)?.digest.as_array());
        let registry = self.registry_of(id)?.ok_or(PostError::Archive)?;
        Ok(registry.get(id).ok_or(PostError::Archive)?.clone())
    }

    /// A registry of this one alone, if it is installed. The vault is asked for the digest, and the
    /// module is held against it again.
    pub(crate) fn registry_of(&self, id: CipherId) -> Result<Option<Registry>, AgentError> {
        let Some(plugin) = records::get::<Plugin>(&self.vault, CIPHER, &id.to_string())? else {
            return Ok(None);
        };
        let mut registry = Registry::default();
        registry.install(id, &plugin.module.0).map_err(refused)?;
        Ok(Some(registry))
    }

    /// Whether it is installed. Nothing runs.
    pub(crate) fn has_cipher(&self, digest: &Digest) -> Result<bool, AgentError> {
        Ok(self.vault.get(CIPHER, &digest.hex())?.is_some())
    }
}

fn refused(error: InstallError) -> AgentError {
    PostError::NotPossible(error.code()).into()
}

#[cfg(test)]
pub(crate) mod tests;
