//! Opening what travelled, to show what it holds.
//!
//! AES-GCM does not commit to its key: another key can open the same octets to something else.
//! So a dossier shows the keys, and the checker opens the very octets that evidence describes
//! and compares what comes out with the signed octets in the dossier.

use super::records::DispatchOpening;
use crate::encrypt::locked_body_key;
use crate::error::OpenError;
use crate::fixed;
use crate::mime::smime::{Kind, unwrap};
use crate::record::Shares;
use sealpost_cms::enveloped::{AuthEnveloped, ContentKey, KeyEncryptionKey};
use sealpost_erds::LetterId;
use std::fmt;
use zeroize::Zeroizing;

/// Why something does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OpeningFault {
    /// Not strict DER AuthEnvelopedData.
    Malformed,
    /// What is inside is no S/MIME entity.
    NoEntity,
    /// What is inside is under an experimental cipher, for which a dossier has no plug-in.
    Experiment,
    /// It is from the holder of another fixed key than who signed it.
    OtherSender,
    /// The key does not open it.
    WrongKey,
}

/// Whether it opens to an experimental layer.
pub(super) fn is_layered(opened: Result<Payload, OpeningFault>) -> bool {
    matches!(opened, Err(OpeningFault::Experiment))
}

impl fmt::Display for OpeningFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Malformed => "it is no strict AuthEnvelopedData",
            Self::NoEntity => "what is inside is no S/MIME entity",
            Self::Experiment => "what is inside is under an experimental cipher",
            Self::OtherSender => "it is from somebody else than who signed it",
            Self::WrongKey => "the key does not open it",
        })
    }
}

type Payload = Zeroizing<Vec<u8>>;

/// The SignedData inside a locked body.
pub(super) fn locked_body(
    body: &[u8],
    letter_id: LetterId,
    shares: &Shares,
) -> Result<Payload, OpeningFault> {
    let key = locked_body_key(letter_id, &shares.recipient, &shares.release);
    let entity = open_with_kek(body, letter_id.as_array(), &key)?;
    let entity = fixed::unlocked(entity, letter_id, &shares.recipient, &shares.release);
    signed_data(&entity.map_err(|error| fault(&error))?)
}

/// The SignedData inside both layers of an enveloped part.
pub(super) fn enveloped(octets: &[u8], opening: &DispatchOpening) -> Result<Payload, OpeningFault> {
    let id = opening.dispatch_id.as_array();
    let carrier_key = KeyEncryptionKey::from_bytes(*opening.carrier_key.expose());
    let inner = open_with_kek(octets, id, &carrier_key)?;
    let inner = AuthEnveloped::from_der(&inner).map_err(|_| OpeningFault::Malformed)?;
    if fixed::is_enclosure(&inner) {
        let signed_data = fixed::signed_data(&inner, &opening.content_key);
        return signed_data.map(Zeroizing::new).map_err(|error| fault(&error));
    }
    let key = ContentKey::from_bytes(*opening.content_key.expose());
    signed_data(&inner.open(&key).map_err(|_| OpeningFault::WrongKey)?)
}

fn open_with_kek(
    octets: &[u8],
    id: &[u8],
    kek: &KeyEncryptionKey,
) -> Result<Payload, OpeningFault> {
    let message = AuthEnveloped::from_der(octets).map_err(|_| OpeningFault::Malformed)?;
    let content_key = message.content_key_from_kek(id, kek).map_err(|_| OpeningFault::WrongKey)?;
    message.open(&content_key).map_err(|_| OpeningFault::WrongKey)
}

/// What stands against what lies under fixed keys.
const fn fault(error: &OpenError) -> OpeningFault {
    match error {
        OpenError::Malformed(_) | OpenError::RecipientCount { .. } => OpeningFault::Malformed,
        OpenError::Format(_) => OpeningFault::NoEntity,
        OpenError::Sender => OpeningFault::OtherSender,
        _ => OpeningFault::WrongKey,
    }
}

/// The octets inside an S/MIME entity (RFC 8551 §3.5.2).
fn signed_data(entity: &[u8]) -> Result<Payload, OpeningFault> {
    if sealpost_experiment::is_layer(entity) {
        return Err(OpeningFault::Experiment);
    }
    unwrap(entity, Kind::SignedData).map(Zeroizing::new).map_err(|_| OpeningFault::NoEntity)
}
