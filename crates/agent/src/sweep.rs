//! Ciphertexts that nobody will ask for again are removed.

use crate::errors::AgentError;
use crate::limits;
use crate::records::{self, PENDING, Pending, RECEIVED, Received, SENT};
use crate::session::Agent;
use sealpost_erds::Digest;
use sealpost_letter::SentRecord;
use std::collections::HashSet;
use std::sync::atomic::Ordering;
use std::time::Duration;

impl Agent {
    /// Removes the bodies that no record names: those of letters whose sender was interrupted
    /// before he had recorded them. Once in the life of a process, since all records are read.
    pub(crate) fn sweep_bodies(&self) -> Result<(), AgentError> {
        if self.swept.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let age_min = Duration::from_secs(limits::ORPHAN_AGE_SECONDS);
        // A file that cannot be removed now is tried again, and keeps nothing else from being done.
        let _ = self.vault.bodies().sweep(&self.named_bodies()?, age_min);
        Ok(())
    }

    /// What waits to be handed in, what came, and what was sent: dossiers hold all of it.
    pub(crate) fn named_bodies(&self) -> Result<HashSet<[u8; 32]>, AgentError> {
        let mut named = HashSet::new();
        let mut names = |digests: &mut dyn Iterator<Item = Digest>| {
            named.extend(digests.map(|digest| *digest.as_array()));
        };
        for (_, pending) in records::list::<Pending>(&self.vault, PENDING)? {
            names(&mut pending.parts.into_iter().chain(pending.objects));
        }
        for (_, Received { metadata, objects, .. }) in records::list(&self.vault, RECEIVED)? {
            names(&mut objects.into_iter());
            let parts = [Some(metadata.enveloped), metadata.body];
            names(&mut parts.into_iter().flatten().map(|part| part.sha256));
        }
        for (_, sent) in records::list::<SentRecord>(&self.vault, SENT)? {
            let parts = sent.recipients.iter().map(|to| to.enveloped).chain(sent.body);
            names(&mut parts.map(|part| part.sha256));
        }
        Ok(named)
    }
}

#[cfg(test)]
mod tests;
