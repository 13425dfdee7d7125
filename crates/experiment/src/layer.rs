//! The layer's octets, as they lie inside an approved layer and nowhere else.
//!
//! ```text
//! ContentInfo ::= SEQUENCE { contentType OBJECT IDENTIFIER,  -- id-sealpost-experimental-layer
//!     content [0] EXPLICIT ExperimentalLayer }
//! ExperimentalLayer ::= SEQUENCE {
//!     version     INTEGER (1),
//!     cipher      OCTET STRING (SIZE (32)),   -- SHA-256 of the module
//!     name        UTF8String (SIZE (1..32)),  -- so that people know what to ask for
//!     nonce       OCTET STRING (SIZE (0..64)),
//!     ciphertext  OCTET STRING }
//! ```
//!
//! It is a ContentInfo (RFC 5652 §3), so that whoever opens the approved layer sees by the content
//! type whether a signature or an experiment lies inside. No tag of its own: the approved layer
//! authenticates all of it.

use der::asn1::{ObjectIdentifier, OctetStringRef, Utf8StringRef};
use der::{Decode, Encode, Header, Sequence, SliceReader, Tag};
use sealpost_cms::decode::{DecodeError, strict};
use sealpost_cms::enveloped::ContentKey;
use sealpost_cms::kdf::hkdf_sha256;
use zeroize::Zeroizing;

use crate::cipher::{Cipher, is_name};
use crate::cipher_id::CipherId;
use crate::limits;

/// What the sender says: checked for its form, not yet against a cipher.
pub(crate) struct Layer<'a> {
    pub(crate) cipher: CipherId,
    pub(crate) name: &'a str,
    pub(crate) nonce: &'a [u8],
    pub(crate) ciphertext: &'a [u8],
}

impl<'a> Layer<'a> {
    /// Whether these octets say that they are such a layer. If they do, they must be one.
    pub(crate) fn is_claimed(octets: &[u8]) -> bool {
        let Ok(mut reader) = SliceReader::new(octets) else { return false };
        let sequence = Header::decode(&mut reader).is_ok_and(|it| it.tag() == Tag::Sequence);
        sequence && ObjectIdentifier::decode(&mut reader).is_ok_and(|oid| oid == EXPERIMENTAL_LAYER)
    }

    /// Reads strict DER: one version, lengths in range, a name that is safe to show. [EXP-014]
    pub(crate) fn from_der(octets: &'a [u8]) -> Result<Self, DecodeError> {
        let info: ContentInfo<'a> = strict(WHAT, octets, LAYER_OCTETS_MAX)?;
        let ExperimentalLayer { version, cipher, name, nonce, ciphertext } = info.content;
        if info.content_type != EXPERIMENTAL_LAYER {
            return Err(DecodeError::Malformed { what: WHAT });
        }
        if version != VERSION {
            return Err(DecodeError::Unsupported { what: "version of an experimental layer" });
        }
        let cipher = cipher.as_bytes().try_into().map(CipherId::from_bytes);
        let cipher = cipher.map_err(|_| DecodeError::Malformed { what: WHAT })?;
        let (name, nonce) = (name.as_str(), nonce.as_bytes());
        if !is_name(name) || nonce.len() > limits::NONCE_OCTETS_MAX {
            return Err(DecodeError::Malformed { what: WHAT });
        }
        Ok(Self { cipher, name, nonce, ciphertext: ciphertext.as_bytes() })
    }

    pub(crate) fn to_der(&self) -> Vec<u8> {
        let octets = |octets| OctetStringRef::new(octets).expect("bounded far below DER's lengths");
        let content = ExperimentalLayer {
            version: VERSION,
            cipher: octets(self.cipher.as_bytes().as_slice()),
            name: Utf8StringRef::new(self.name).expect("a name is short"),
            nonce: octets(self.nonce),
            ciphertext: octets(self.ciphertext),
        };
        let info = ContentInfo { content_type: EXPERIMENTAL_LAYER, content };
        info.to_der().expect("bounded far below DER's lengths")
    }
}

/// How many octets [`Layer::to_der`] gives, by the lengths of name, nonce and ciphertext.
pub(crate) fn layer_octets(name: u64, nonce: u64, ciphertext: u64) -> u64 {
    let version = element_octets(1);
    let cipher = element_octets(32);
    let fields =
        version + cipher + [name, nonce, ciphertext].map(element_octets).iter().sum::<u64>();
    let content_type = element_octets(EXPERIMENTAL_LAYER.as_bytes().len() as u64);
    element_octets(content_type + element_octets(element_octets(fields)))
}

/// Octets of an element with so many octets of content: tag, length (X.690 §8.1.3) and content.
fn element_octets(content: u64) -> u64 {
    let length = match content {
        0..=0x7f => 1,
        _ => 1 + u64::from(content.ilog2() / 8 + 1),
    };
    1 + length + content
}

/// The one key that a plug-in gets: HKDF-SHA256 (RFC 5869) of the content key, with a label that
/// names the module and this message's nonce. From it neither the content key can be computed nor
/// the key of another module. [EXP-013]
pub(crate) fn layer_key(
    cipher: &Cipher,
    content_key: &ContentKey,
    nonce: &[u8],
) -> Zeroizing<Vec<u8>> {
    let mut key = Zeroizing::new(vec![0; cipher.key_octets()]);
    let info = [KEY_LABEL, cipher.id().as_bytes(), nonce].concat();
    hkdf_sha256(&[], content_key.expose(), &info, &mut key);
    key
}

#[derive(Sequence)]
struct ContentInfo<'a> {
    content_type: ObjectIdentifier,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    content: ExperimentalLayer<'a>,
}

#[derive(Sequence)]
struct ExperimentalLayer<'a> {
    version: u8,
    cipher: &'a OctetStringRef,
    name: Utf8StringRef<'a>,
    nonce: &'a OctetStringRef,
    ciphertext: &'a OctetStringRef,
}

/// id-sealpost-experimental-layer, in the private arc (docs/decisions/0005).
const EXPERIMENTAL_LAYER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.25.1397048400.4");
const VERSION: u8 = 1;
const WHAT: &str = "experimental layer";
const KEY_LABEL: &[u8] = b"sealpost/experimental-cipher/v1";
const LAYER_OCTETS_MAX: usize =
    limits::INPUT_OCTETS_MAX + limits::OVERHEAD_OCTETS_MAX + limits::LAYER_FRAME_OCTETS_MAX;
