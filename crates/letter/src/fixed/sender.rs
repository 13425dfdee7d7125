//! Writing under fixed keys: the sender's key is asked once for each recipient of a letter.

use super::envelope_key;
use crate::compose::Timestamped;
use crate::draft::names_exactly;
use crate::encrypt::{PartKeys, inner_body_key, refused, write_enveloped as write_enclosure};
use crate::error::EncryptError;
use crate::layered::Inside;
use crate::limits::LETTER_OCTETS_MIN;
use crate::mime::smime::{Encoding, Kind, Wrapped};
use crate::record::Shares;
use crate::suite::Suite;
use sealpost_cms::CryptoRng;
use sealpost_cms::certificate::Certificate;
use sealpost_cms::enveloped::{ContentKey, KeyAnswer};
use sealpost_cms::keys::KeyQuestion;
use sealpost_cms::policy::Choice;
use sealpost_cms::static_dh::{SealRequest, seal_locked};
use sealpost_erds::relay::PartDigest;
use sealpost_erds::slip::Share;
use sealpost_erds::{DispatchId, LetterId};
use std::io::Write;
use zeroize::Zeroizing;

/// What the sender's fixed key is asked about one letter.
pub struct Agreement {
    choice: Choice,
    requests: Vec<SealRequest>,
}

/// The same with the answers: what a letter of this suite is encrypted with.
pub struct Agreed {
    choice: Choice,
    each: Vec<AgreedWith>,
}

/// With one recipient.
pub(crate) struct AgreedWith {
    request: SealRequest,
    answer: KeyAnswer,
}

#[cfg(test)]
impl AgreedWith {
    pub(crate) fn new(request: SealRequest, answer: KeyAnswer) -> Self {
        Self { request, answer }
    }
}

impl Timestamped {
    /// What has to be asked before a letter of `static-dh-cbc-hmac` is locked. `choice` is the word of
    /// the policy that the suite counts today, `sender` the certificate of the sender's X25519 key.
    pub fn agreement(
        &self,
        choice: &Choice,
        sender: &Certificate,
    ) -> Result<Agreement, EncryptError> {
        // [LET-088] The reader finds the sender by this certificate.
        if self.plan.suite != Suite::StaticDhCbcHmac
            || !names_exactly(sender, &self.plan.sender.address)
        {
            return Err(EncryptError::SenderKey);
        }
        let ask = |recipient| SealRequest::new(choice, sender, &[recipient]);
        let recipients = self.plan.consignees.iter().map(|it| it.recipient.certificate());
        let requests = recipients.map(ask).collect::<Result<_, _>>().map_err(refused)?;
        Ok(Agreement { choice: choice.clone(), requests })
    }

    /// Takes what was answered; the letter cannot be locked without.
    #[must_use]
    pub fn agreed(mut self, agreed: Agreed) -> Self {
        self.plan.agreed = Some(agreed);
        self
    }
}

impl Agreement {
    /// One question for each recipient.
    pub fn questions(&self) -> impl Iterator<Item = KeyQuestion<'_>> {
        self.requests.iter().flat_map(SealRequest::questions)
    }

    /// Takes one answer for each question, in their order.
    pub fn answered(self, answers: Vec<KeyAnswer>) -> Result<Agreed, EncryptError> {
        if answers.len() != self.requests.len() {
            return Err(EncryptError::SenderKey);
        }
        let each = self.requests.into_iter().zip(answers);
        let each = each.map(|(request, answer)| AgreedWith { request, answer }).collect();
        Ok(Agreed { choice: self.choice, each })
    }
}

impl Agreed {
    /// With how many recipients.
    pub(crate) const fn len(&self) -> usize {
        self.each.len()
    }

    /// With each of them, in the order of the letter.
    pub(crate) fn into_each(self) -> impl Iterator<Item = AgreedWith> {
        self.each.into_iter()
    }
}

/// Writes the part for one recipient. Its length has few significant bits, whatever the certificate
/// in it has.
pub(crate) fn write_enveloped(
    agreed: AgreedWith,
    signed: &[u8],
    octets_min: u64,
    certificate: &Certificate,
    dispatch_id: DispatchId,
    out: &mut dyn Write,
    rng: &mut dyn CryptoRng,
) -> Result<(PartDigest, PartKeys), EncryptError> {
    let content = Share::random(rng);
    let entity = written(&Wrapped::bare(signed))?;
    let AgreedWith { request, answer } = agreed;
    let content_key = ContentKey::from_bytes(*content.expose());
    let message = request.seal(&[answer], &content_key, &entity, rng).map_err(refused)?;
    let enclosed = Wrapped::of(Kind::AuthEnvelopedData, &message, Encoding::Binary, octets_min);
    let (inside, key) = (Inside::Signed(enclosed), envelope_key(&content));
    let (digest, carrier) = write_enclosure(&inside, key, certificate, dispatch_id, out, rng)?;
    Ok((digest, PartKeys { carrier, content }))
}

/// What a locked body holds: a message that whoever has both shares opens.
pub(crate) fn locked_message(
    agreed: &Agreed,
    signed: &[u8],
    letter_id: LetterId,
    shares: &Shares,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, EncryptError> {
    let entity = written(&Wrapped::bare(signed))?;
    let key = inner_body_key(letter_id, &shares.recipient, &shares.release);
    seal_locked(&agreed.choice, letter_id.as_array(), &key, &entity, rng).map_err(refused)
}

/// The entity around it.
pub(crate) fn enclosed_body(message: &[u8]) -> Wrapped<'_> {
    Wrapped::of(Kind::AuthEnvelopedData, message, Encoding::Binary, LETTER_OCTETS_MIN)
}

fn written(entity: &Wrapped<'_>) -> Result<Zeroizing<Vec<u8>>, EncryptError> {
    let mut octets = Zeroizing::new(Vec::with_capacity(entity.octets() as usize));
    entity.write_to(&mut *octets)?;
    Ok(octets)
}
