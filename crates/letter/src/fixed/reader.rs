//! Reading under fixed keys: the envelope first, then the sender's certificate, then the reader's key.

use super::envelope_key;
use crate::encrypt::inner_body_key;
use crate::error::OpenError;
use crate::mime::smime::{self, Kind};
use crate::open::{Carried, not_opened, one_recipient};
use sealpost_cms::certificate::Certificate;
use sealpost_cms::enveloped::{AuthEnveloped, ContentKey, KeyAnswer, KeyRequest};
use sealpost_cms::policy::KeyEstablishment;
use sealpost_cms::signed::{Limits, SignedData};
use sealpost_cms::static_dh::{LockedMessage, StaticMessage};
use sealpost_erds::LetterId;
use sealpost_erds::slip::Share;
use std::fmt;
use zeroize::Zeroizing;

/// A message under fixed keys, out of its envelope and not opened.
pub struct Enclosed {
    octets: Vec<u8>,
    sender: Certificate,
}

impl Carried {
    /// What is inside the envelope, if this is a part of the suite `static-dh-cbc-hmac`; `envelope_key`
    /// is what [`Carried::content_key`] gave.
    pub fn enclosed(&self, envelope_key: &Share) -> Result<Option<Enclosed>, OpenError> {
        let message = one_recipient(self.octets())?;
        if !is_enclosure(&message) {
            return Ok(None);
        }
        let octets = enclosed(&message, &ContentKey::from_bytes(*envelope_key.expose()))?;
        let sender = read(&octets)?.sender().cloned().ok_or(OpenError::Sender)?;
        Ok(Some(Enclosed { octets, sender }))
    }
}

impl Enclosed {
    /// The certificate of the sender's fixed key. Whether it holds, the caller judges before he asks a
    /// key; that it is the signer's, [`Carried::open`] finds.
    pub const fn sender(&self) -> &Certificate {
        &self.sender
    }

    /// The question to the reader's fixed key.
    pub fn key_request(&self, reader: &Certificate) -> Result<KeyRequest, OpenError> {
        let request = read(&self.octets)?.key_request(&self.sender, reader);
        request.ok_or(OpenError::NotForReader)
    }

    /// The content key, out of the answer: what opens the part now and later.
    pub fn content_key(
        &self,
        request: &KeyRequest,
        answer: &KeyAnswer,
    ) -> Result<Share, OpenError> {
        let key = read(&self.octets)?.content_key(request, answer).map_err(not_opened)?;
        Ok(Share::from_array(*key.expose()))
    }
}

/// Whether a message for one recipient is the envelope around one under fixed keys: nothing else is
/// encrypted for an X25519 key in a letter.
pub(crate) fn is_enclosure(message: &AuthEnveloped<'_>) -> bool {
    message.establishments() == [Some(KeyEstablishment::X25519)]
}

/// The SignedData inside of such an envelope and the message in it.
pub(crate) fn signed_data(
    message: &AuthEnveloped<'_>,
    content_key: &Share,
) -> Result<Vec<u8>, OpenError> {
    let octets = enclosed(message, &envelope_key(content_key))?;
    let inner = read(&octets)?;
    let key = ContentKey::from_bytes(*content_key.expose());
    let entity = inner.open(&key).map_err(not_opened)?;
    let signed = smime::unwrap(&entity, Kind::SignedData).map_err(OpenError::Format)?;
    match inner.sender().is_some_and(|sender| are_his(&signed, sender)) {
        true => Ok(signed),
        false => Err(OpenError::Sender),
    }
}

fn enclosed(message: &AuthEnveloped<'_>, key: &ContentKey) -> Result<Vec<u8>, OpenError> {
    let octets = message.open(key).map_err(not_opened)?;
    smime::unwrap(&octets, Kind::AuthEnvelopedData).map_err(OpenError::Format)
}

fn read(octets: &[u8]) -> Result<StaticMessage<'_>, OpenError> {
    let message = StaticMessage::from_der(octets).map_err(OpenError::Malformed)?;
    check_recipients(message.recipient_count())?;
    Ok(message)
}

/// Invariant 11: one recipient here, as in what is around it. [LET-092]
const fn check_recipients(count: usize) -> Result<(), OpenError> {
    match count {
        1 => Ok(()),
        count => Err(OpenError::RecipientCount { count }),
    }
}

/// Whether all signatures are by whom the fixed key belongs to. The code under fixed keys tells the
/// reader that one of the two wrote it: then the one must be the one who signed. Whether the
/// signatures hold is judged later. [LET-089]
fn are_his(signed: &[u8], sender: &Certificate) -> bool {
    let Ok(signed) = SignedData::from_der(signed, Limits::default()) else { return false };
    let addresses = sender.email_addresses();
    let is_his = |signer: Option<&Certificate>| {
        signer.is_some_and(|signer| signer.email_addresses() == addresses)
    };
    signed.claims().signer_certificates().all(is_his)
}

/// The entity of the signed content in a locked body, out of the message that stands between in this
/// suite. What is read depends on what the body says that it holds; all of it is authentic.
pub(crate) fn unlocked(
    entity: Zeroizing<Vec<u8>>,
    letter_id: LetterId,
    recipient: &Share,
    release: &Share,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    if !smime::says(&entity, Kind::AuthEnvelopedData) {
        return Ok(entity);
    }
    let octets = smime::unwrap(&entity, Kind::AuthEnvelopedData).map_err(OpenError::Format)?;
    let message = LockedMessage::from_der(&octets).map_err(OpenError::Malformed)?;
    check_recipients(message.recipient_count())?;
    let key = inner_body_key(letter_id, recipient, release);
    message.open(letter_id.as_array(), &key).map_err(not_opened)
}

impl fmt::Debug for Enclosed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Enclosed({} octets)", self.octets.len())
    }
}
