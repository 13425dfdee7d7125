//! Objects of large attachments on their way: asked what is missing, and then one by one. Each is a
//! body file of its own, so that a killed process goes on where it stopped.

use crate::client::read;
use crate::errors::{AgentError, PostError, VaultError};
use crate::records::{self, CONTENT, RECEIVED, Received};
use crate::session::Agent;
use crate::transfer::{Arriving, fetch};
use crate::views::{Amount, Progress};
use sealpost_cms::verdict::Verified;
use sealpost_erds::Digest;
use sealpost_erds::relay::PartDigest;
use sealpost_letter::{ChunkedAttachment, Content, SignedMessage};
use sealpost_wire::api::{ObjectsAnswer, ObjectsQuestion};
use sealpost_wire::paths;
use std::collections::HashSet;

impl Agent {
    /// Sends the objects that the own provider has not; what it has is not sent again. [AGT-061]
    pub(crate) async fn upload_objects(
        &self,
        objects: &[PartDigest],
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), AgentError> {
        if objects.is_empty() {
            return Ok(());
        }
        let names = objects.iter().map(|object| object.sha256).collect();
        let question = serde_json::to_vec(&ObjectsQuestion { objects: names })
            .map_err(|_| PostError::Archive)?;
        let path = paths::OBJECTS_MISSING;
        let answer = self.client.post(path, "application/json", question).await?;
        let answer: ObjectsAnswer = read(&answer)?;
        let missing: HashSet<Digest> = answer.missing.into_iter().collect();
        let is_missing = |object: &&PartDigest| missing.contains(&object.sha256);
        let total = objects.iter().map(|object| object.octets).sum();
        let left: u64 = objects.iter().filter(is_missing).map(|object| object.octets).sum();
        let mut amount = Amount { done: total - left, total };
        for object in objects.iter().filter(is_missing) {
            progress(Progress::Uploading(amount));
            // Checked against its digest: a body that was damaged here is found here.
            let octets = self.vault.bodies().read(object.sha256.as_array())?;
            let path = paths::fill(paths::OBJECT, &object.sha256.hex());
            self.client.put(&path, paths::MEDIA_CMS, octets).await?;
            amount.done += object.octets;
        }
        Ok(())
    }

    /// Fetches the objects of a letter that was opened, but for those that are here. The letter counts
    /// as arrived only with all of them. [AGT-062]
    pub(crate) async fn fetch_objects(
        &self,
        record: &mut Received,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), AgentError> {
        if record.metadata.objects.is_none() {
            return Ok(());
        }
        let content = self.verified_content(record)?;
        let all: Vec<PartDigest> =
            content.get().chunked().iter().flat_map(ChunkedAttachment::objects).collect();
        if record.objects.is_empty() {
            // Named before the first one comes, so that none is taken for one that nobody needs.
            record.objects = all.iter().map(|object| object.sha256).collect();
            records::put(&self.vault, RECEIVED, &record.name(), record)?;
        }
        let (bodies, total) = (self.vault.bodies(), all.iter().map(|object| object.octets).sum());
        let mut amount = Amount { done: 0, total };
        for object in &all {
            if !bodies.contains(object.sha256.as_array())? {
                progress(Progress::Downloading(amount));
                self.fetch_object(record, *object).await?;
            }
            amount.done += object.octets;
        }
        Ok(())
    }

    async fn fetch_object(&self, record: &Received, object: PartDigest) -> Result<(), AgentError> {
        let path = paths::fill(paths::LETTER_OBJECT, &record.metadata.dispatch_id.hex());
        let path = paths::fill(&path, &object.sha256.hex());
        fetch(&self.client, &path, Arriving::new(self.vault.bodies(), object)?).await
    }

    /// The content of a letter that is here, verified again.
    pub(crate) fn verified_content(
        &self,
        record: &Received,
    ) -> Result<Verified<Content>, AgentError> {
        let content = self.vault.get(CONTENT, &record.name())?;
        let content = content.ok_or(PostError::NotPossible("not-accepted"))?;
        let trust = self.trust_in(&record.metadata.sender_erds)?;
        let message = SignedMessage::from_signed_data(content.octets.to_vec());
        self.judged_content(&message, &record.metadata, record.read_by(), &trust)
            .passed()
            .map_err(|shortfall| PostError::NotVerified { what: "letter", shortfall }.into())
    }

    /// How many octets of a large attachment are here, as it travels.
    pub(crate) fn octets_here(&self, attachment: &ChunkedAttachment) -> Result<u64, VaultError> {
        let mut octets = 0;
        for object in attachment.objects() {
            if self.vault.bodies().contains(object.sha256.as_array())? {
                octets += object.octets;
            }
        }
        Ok(octets)
    }

    /// Removes the bodies of objects that nobody needs any more. What cannot be removed now is swept
    /// later.
    pub(crate) fn forget_objects<'d>(&self, objects: impl IntoIterator<Item = &'d Digest>) {
        for digest in objects {
            let _ = self.vault.bodies().remove(digest.as_array());
        }
    }
}

#[cfg(test)]
mod tests;
