//! An experimental cipher around the signed content, on its way into the approved layer and out of it.

use crate::encrypt::refused;
use crate::error::{EncryptError, OpenError};
use crate::mime::smime::{Encoding, Wrapped};
use sealpost_cms::CryptoRng;
use sealpost_cms::enveloped::{AuthEnveloped, ContentKey, RecipientSlot};
use sealpost_experiment::{Cipher, InnerLayer, Registry};
use zeroize::Zeroizing;

/// What goes into an approved layer.
pub(crate) enum Inside<'a> {
    /// The entity of a SignedData.
    Signed(Wrapped<'a>),
    /// The same under an experimental cipher.
    Layered(Wrapped<'a>, &'a Cipher),
}

impl<'a> Inside<'a> {
    /// What was signed, padded to a length of at least `octets_min`. No mail program reads through an
    /// experiment, so that the entity inside is binary.
    pub(crate) fn of(
        experiment: Option<&'a Cipher>,
        signed: &'a [u8],
        encoding: Encoding,
        octets_min: u64,
    ) -> Self {
        let Some(cipher) = experiment else {
            return Self::Signed(Wrapped::new(signed, encoding, octets_min));
        };
        let around = |octets| InnerLayer::octets_around(cipher, octets);
        Self::Layered(Wrapped::within(signed, octets_min, around), cipher)
    }
}

/// The approved message around the layer. What the plug-in made is never out of an [`InnerLayer`],
/// which gives it to nobody else.
///
/// Each message has its own layer, since its key comes from the message's content key.
pub(crate) fn enclosed(
    entity: &Wrapped<'_>,
    cipher: &Cipher,
    content_key: ContentKey,
    recipients: &[RecipientSlot<'_>],
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, EncryptError> {
    let mut content = Zeroizing::new(Vec::with_capacity(entity.octets() as usize));
    entity.write_to(&mut *content)?;
    let layer = InnerLayer::encrypt(cipher, &content, content_key, rng);
    layer.map_err(EncryptError::Experiment)?.enclose(recipients, rng).map_err(refused)
}

/// The entity inside of an approved message, with no layer around it any more. A plug-in runs only
/// if it is in the registry and the layer names it.
pub(crate) fn entity(
    message: &AuthEnveloped<'_>,
    content_key: &ContentKey,
    registry: &Registry,
) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    match sealpost_experiment::open(message, content_key, registry) {
        Ok(opened) => Ok(opened.content),
        Err(sealpost_experiment::OpenError::Enveloped(error)) => {
            Err(crate::open::not_opened(error))
        }
        Err(error) => Err(OpenError::Experiment(error)),
    }
}
