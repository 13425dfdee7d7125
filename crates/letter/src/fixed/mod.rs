//! Letters of the suite `static-dh-cbc-hmac`: under the fixed keys of sender and recipient.
//!
//! ```text
//! part for a recipient, under the carrier key that his provider has
//!   envelope for his X25519 key, from a fresh key as in every S/MIME message (AES-256-GCM)
//!     message under both fixed keys, with the sender's certificate (AES-256-CBC, HMAC-SHA-256)
//!       signed letter, or signed notice
//! locked body, under the two shares as in every letter (AES-256-GCM)
//!   message under another key of the two shares (AES-256-CBC, HMAC-SHA-256)
//!     signed letter
//! ```
//!
//! A message under fixed keys names its sender to whoever reads its head. The recipient's provider
//! has the carrier key, so the head lies in an envelope that only the recipient opens. The envelope's
//! key is derived from the content key: who holds that one opens both, years later too. For the same reason
//! a body looks like every other one from outside.

mod reader;
mod sender;

pub use reader::Enclosed;
pub use sender::{Agreed, Agreement};

pub(crate) use reader::{is_enclosure, signed_data, unlocked};
pub(crate) use sender::{AgreedWith, enclosed_body, locked_message, write_enveloped};

use sealpost_cms::enveloped::ContentKey;
use sealpost_cms::kdf;
use sealpost_erds::slip::Share;
use zeroize::Zeroizing;

/// The content key of the envelope around a message with this content key.
pub(crate) fn envelope_key(content_key: &Share) -> ContentKey {
    let mut key = Zeroizing::new([0; 32]);
    kdf::hkdf_sha256(&[], content_key.expose(), ENVELOPE_LABEL, &mut key[..]);
    ContentKey::from_bytes(*key)
}

const ENVELOPE_LABEL: &[u8] = b"sealpost/fixed-key-envelope/v1";
