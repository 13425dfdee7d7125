//! Letters under an experimental cipher: opened with the plug-in that they name, or kept closed until
//! it is installed.
//!
//! A closed letter is here, whole, and not confirmed: that a content crossed into this agent (E.1)
//! would not be true yet. Its provider keeps it as well. In the consent modes the acceptance stands and
//! the release share is kept, so that nobody is asked twice.

use crate::errors::{AgentError, PostError};
use crate::opened;
use crate::records::{self, CONTENT, RECEIVED, Received};
use crate::session::Agent;
use sealpost_cms::verdict::{Unverified, Verified};
use sealpost_erds::Digest;
use sealpost_erds::slip::Share;
use sealpost_experiment::{OpenError as LayerError, Registry};
use sealpost_letter::error::OpenError;
use sealpost_letter::{Carried, Notice, SignedMessage, open_body, open_carrier};
use serde::{Deserialize, Serialize};

/// The experimental cipher around a letter, as its record keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Experiment {
    /// SHA-256 of the plug-in.
    pub(crate) cipher: Digest,
    /// What its sender calls it.
    pub(crate) name: String,
    /// Why it is not open, as a stable code; nothing once it was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) closed: Option<String>,
}

/// What came out of a letter's encryption.
pub(crate) enum Layers {
    /// The signed content, and the experiment that was around it.
    Open(Unverified<SignedMessage>, Option<Experiment>),
    /// An experiment that does not open, and why.
    Closed(Experiment, AgentError),
}

impl Agent {
    /// Opens without any plug-in; if an experiment is inside that is installed, again with that one
    /// alone. Nothing that a letter does not name runs, and nothing that was not installed. [AGT-070]
    pub(crate) fn layers(
        &self,
        open: impl Fn(&Registry) -> Result<Unverified<SignedMessage>, OpenError>,
    ) -> Result<Layers, AgentError> {
        let (id, name) = match open(&Registry::default()) {
            Ok(message) => return Ok(Layers::Open(message, None)),
            Err(OpenError::Experiment(LayerError::NotInstalled { cipher, name })) => (cipher, name),
            Err(error) => return Err(PostError::NotOpened { code: error.code() }.into()),
        };
        let cipher = Digest::from_array(*id.as_bytes());
        let opened = match self.registry_of(id) {
            Ok(Some(registry)) => open(&registry)
                .map_err(|error| PostError::NotOpened { code: code_within(&error) }.into()),
            Ok(None) => Err(PostError::CipherMissing { cipher, name: name.clone() }.into()),
            Err(error) => Err(error),
        };
        let closed = opened.as_ref().err().map(|error: &AgentError| error.code().to_owned());
        let experiment = Experiment { cipher, name, closed };
        Ok(match opened {
            Ok(message) => Layers::Open(message, Some(experiment)),
            Err(error) => Layers::Closed(experiment, error),
        })
    }

    /// What an enveloped part holds: a notice, or in basic mode the letter, whose message is absent
    /// as long as an experiment keeps it closed.
    pub(crate) fn revealed(
        &self,
        carried: &Carried,
        content_key: &Share,
        basic: bool,
    ) -> Result<(Option<Unverified<SignedMessage>>, Option<Experiment>), AgentError> {
        if !basic {
            // A person decides by the notice, so that no plug-in may stand before it. [AGT-073]
            let message = carried.open(content_key, &Registry::default());
            let code = |error: OpenError| match error {
                OpenError::Experiment(_) => "cipher-around-notice",
                other => other.code(),
            };
            let message = message.map_err(|error| PostError::NotOpened { code: code(error) })?;
            return Ok((Some(message), None));
        }
        Ok(match self.layers(|registry| carried.open(content_key, registry))? {
            Layers::Open(message, experiment) => (Some(message), experiment),
            Layers::Closed(experiment, _) => (None, Some(experiment)),
        })
    }

    /// Opens the body of an accepted letter, verifies it and keeps its content.
    pub(crate) fn open_accepted(
        &self,
        record: &mut Received,
        notice: &Verified<Notice>,
        body: &[u8],
    ) -> Result<(), AgentError> {
        let share = record.release_share.clone().ok_or(PostError::NotPossible("not-accepted"))?;
        let (metadata, own) = (&record.metadata, notice.get().recipient_share());
        let layers = self.layers(|registry| open_body(body, metadata, own, &share, registry))?;
        let (message, experiment) = self.open_or_kept(record, layers)?;
        let trust = self.trust_in(&record.metadata.sender_erds)?;
        let verified = self
            .judged_as_announced(&message, notice, record, &trust)
            .passed()
            .map_err(|shortfall| PostError::NotVerified { what: "letter", shortfall })?;
        record.listed = opened::remembered(&verified, &trust);
        record.experiment = experiment;
        self.keep_opened(record, &message)
    }

    /// Opens a letter that an experiment kept closed, with what is here; any other is left as it is.
    pub(crate) fn open_closed(&self, record: &mut Received) -> Result<(), AgentError> {
        if !record.is_closed() {
            return Ok(());
        }
        let (bodies, metadata) = (self.vault.bodies(), record.metadata.clone());
        if record.notice.is_some() {
            let body = metadata.body.ok_or(PostError::Archive)?;
            let body = bodies.read(body.sha256.as_array())?;
            let notice = self.notice(record)?;
            return self.open_accepted(record, &notice, &body);
        }
        let enveloped = bodies.read(metadata.enveloped.sha256.as_array())?;
        let carried = open_carrier(&enveloped, &metadata, &record.carrier_key)
            .map_err(|error| PostError::NotOpened { code: error.code() })?;
        let key = record.content_key.clone().ok_or(PostError::Archive)?;
        let layers = self.layers(|registry| carried.open(&key, registry))?;
        let (message, experiment) = self.open_or_kept(record, layers)?;
        record.listed = self.listed(&message, &metadata, record.read_by())?;
        record.experiment = experiment;
        self.keep_opened(record, &message)
    }

    /// The same at a synchronisation, which tries again only what a plug-in that was installed since
    /// may open: what a letter makes one compute can take minutes, and comes out as before. [AGT-074]
    pub(crate) fn open_if_installed_since(&self, record: &mut Received) -> Result<(), AgentError> {
        let Some(experiment) = &record.experiment else { return Ok(()) };
        let missing = experiment.closed.as_deref() == Some(NOT_INSTALLED);
        if !missing || !self.has_cipher(&experiment.cipher)? {
            return Ok(());
        }
        match self.open_closed(record) {
            // It is remembered and shown, and keeps no other letter from coming.
            Err(AgentError::Post(_)) => Ok(()),
            other => other,
        }
    }

    /// What is open; else the record says why it is not, for the next time.
    fn open_or_kept(
        &self,
        record: &mut Received,
        layers: Layers,
    ) -> Result<(Unverified<SignedMessage>, Option<Experiment>), AgentError> {
        match layers {
            Layers::Open(message, experiment) => Ok((message, experiment)),
            Layers::Closed(experiment, error) => {
                record.experiment = Some(experiment);
                records::put(&self.vault, RECEIVED, &record.name(), record)?;
                Err(error)
            }
        }
    }

    /// The content and the record that knows of it, together or not at all.
    fn keep_opened(
        &self,
        record: &Received,
        message: &Unverified<SignedMessage>,
    ) -> Result<(), AgentError> {
        let octets = records::write(record)?;
        self.vault.commit(|tx| {
            tx.put(CONTENT, &record.name(), message.claims().signed_data())?;
            tx.put(RECEIVED, &record.name(), &octets)?;
            Ok::<(), AgentError>(())
        })
    }
}

/// What it means that a plug-in ran and there is no letter.
fn code_within(error: &OpenError) -> &'static str {
    match error {
        OpenError::Format(_) => "cipher-gives-no-letter",
        other => other.code(),
    }
}

const NOT_INSTALLED: &str = "cipher-not-installed";

#[cfg(test)]
mod tests;
