//! The content key of a letter that came, from the one of the own keys that it is for.

use crate::errors::{AgentError, PostError};
use crate::records::ReadBy;
use crate::session::Agent;
use sealpost_cms::certificate::{Certificate, KeyPurpose};
use sealpost_cms::verdict::SubIndication;
use sealpost_erds::slip::Share;
use sealpost_erds::{Digest, Domain};
use sealpost_letter::error::OpenError;
use sealpost_letter::fixed::Enclosed;
use sealpost_letter::{Carried, Suite};

impl Agent {
    /// The content key, from the encryption key that the letter is for, present or former, and which
    /// certificate it was. It is kept: it opens the letter later, and belongs into a dossier.
    pub(crate) fn content_key(
        &self,
        carried: &Carried,
        sender_erds: &Domain,
    ) -> Result<(Share, ReadBy), AgentError> {
        let not_opened = |code| AgentError::from(PostError::NotOpened { code });
        let own = Suite::ALL.into_iter().flat_map(|suite| {
            self.certificates.encryption_in(suite).map(move |certificate| (suite, certificate))
        });
        let is_for =
            |(_, certificate): &(Suite, &Certificate)| carried.key_request(certificate).is_ok();
        let (suite, certificate) =
            { own }.find(is_for).ok_or_else(|| not_opened(OpenError::NotForReader.code()))?;
        let asked = || {
            let request = carried.key_request(certificate).ok()?;
            let answer = self.keys.answer(&certificate.spki_der(), &request)?;
            Some((request, answer))
        };
        // A certificate of ours without its key: that was forgotten on the owner's wish.
        let (request, answer) = asked().ok_or_else(|| not_opened("key-forgotten"))?;
        let key = carried.content_key(request, answer);
        let key = key.map_err(|error| not_opened(error.code()))?;
        let key = match carried.enclosed(&key).map_err(|error| not_opened(error.code()))? {
            Some(enclosed) => self.key_of_enclosed(&enclosed, certificate, sender_erds)?,
            None => key,
        };
        let certificate = Some(Digest::from_array(certificate.sha256()));
        Ok((key, ReadBy { suite, certificate }))
    }

    /// The content key of a message under fixed keys. The sender's certificate must hold before the own
    /// key is asked; whether it is revoked, nobody can say yet who does not know the sender: the list
    /// is inside, with the signature that decides who he is. [AGT-076]
    fn key_of_enclosed(
        &self,
        enclosed: &Enclosed,
        own: &Certificate,
        sender_erds: &Domain,
    ) -> Result<Share, AgentError> {
        let not_opened = |code| AgentError::from(PostError::NotOpened { code });
        let trust = self.trust_in(sender_erds)?;
        match trust.certificate(enclosed.sender(), KeyPurpose::Encryption) {
            Err(shortfall) if shortfall.sub != SubIndication::TryLater => {
                return Err(PostError::NotVerified { what: "certificate", shortfall }.into());
            }
            _ => {}
        }
        let request = enclosed.key_request(own).map_err(|error| not_opened(error.code()))?;
        let answer = self.keys.answer(&own.spki_der(), &request);
        let answer = answer.ok_or_else(|| not_opened("key-forgotten"))?;
        enclosed.content_key(&request, &answer).map_err(|error| not_opened(error.code()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Provider, meets, person};
    use sealpost_experiment::Registry;

    #[test]
    fn agt_076_no_key_is_asked_with_a_certificate_that_does_not_hold() {
        let (here, there) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let [north, south, west] =
            ["north.example", "south.example", "west.example"].map(Provider::new);
        let anna = person(&here, &north, "anna@north.example");
        let bert = person(&there, &south, "bert@south.example");
        meets(&bert, &north);
        meets(&bert, &west);
        let letter = north.delivers_from(&anna, &bert, &south);
        let carried = letter.carried();
        let (key, by) = bert.content_key(&carried, &north.domain).unwrap();
        assert_eq!(by.suite, Suite::StaticDhCbcHmac);
        let message = carried.open(&key, &Registry::default()).unwrap();
        assert_eq!(message.claims().signed_data(), letter.content);
        // The same letter, said to come from a provider that has certified nobody like that.
        let error = bert.content_key(&carried, &west.domain).err().unwrap();
        assert_eq!(error.code(), "not-verified");
    }
}
