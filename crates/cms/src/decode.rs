//! Reading DER strictly: sizes before parsing, one canonical form, nothing after the end.

use core::fmt;

use der::{Decode, Encode, Reader, SliceReader};

use crate::attributes::{ID_COMPRESSED_DATA, ObjectIdentifier};

/// Why octets from outside are not what they claim to be. Log-safe: it never quotes them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeError {
    /// More octets than we read of such an object.
    TooLarge {
        /// What was to be read.
        what: &'static str,
        /// Octets given.
        octets: usize,
        /// Octets we read at most.
        octets_max: usize,
    },
    /// More members than we read in such an object.
    TooMany {
        /// What there are too many of.
        what: &'static str,
        /// Members we read at most.
        count_max: usize,
    },
    /// The octets do not follow the syntax.
    Malformed {
        /// What was to be read.
        what: &'static str,
    },
    /// The octets parse, but are not the one DER form of their value (X.690 §10 and §11).
    NotCanonical {
        /// What was to be read.
        what: &'static str,
    },
    /// Octets follow after the end of the object.
    Trailing {
        /// What was to be read.
        what: &'static str,
    },
    /// Well-formed, but a variant that we refuse to read.
    Unsupported {
        /// What is not supported.
        what: &'static str,
    },
    /// CompressedData (RFC 3274). A few octets become gigabytes, and what is decompressed was looked at
    /// by nobody.
    Compressed,
    /// The object's own signature does not verify.
    Signature {
        /// What was to be read.
        what: &'static str,
    },
}

impl DecodeError {
    /// Stable word for API, documents and translations.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLarge { .. } => "too-large",
            Self::TooMany { .. } => "too-many",
            Self::Malformed { .. } => "malformed",
            Self::NotCanonical { .. } => "not-canonical",
            Self::Trailing { .. } => "trailing-octets",
            Self::Unsupported { .. } => "unsupported",
            Self::Compressed => "compressed-data",
            Self::Signature { .. } => "signature",
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { what, octets, octets_max } => {
                write!(f, "{what}: {octets} octets, at most {octets_max} are read")
            }
            Self::TooMany { what, count_max } => write!(f, "more than {count_max} {what}"),
            Self::Malformed { what } => write!(f, "{what}: malformed"),
            Self::NotCanonical { what } => write!(f, "{what}: not in DER's one canonical form"),
            Self::Trailing { what } => write!(f, "{what}: octets after the end"),
            Self::Unsupported { what } => write!(f, "{what}: not supported"),
            Self::Compressed => f.write_str("compressed-data is not read"),
            Self::Signature { what } => write!(f, "{what}: its own signature does not verify"),
        }
    }
}

impl core::error::Error for DecodeError {}

/// Refuses input beyond its bound before anything else looks at it.
pub fn bounded<'a>(
    what: &'static str,
    der: &'a [u8],
    octets_max: usize,
) -> Result<&'a [u8], DecodeError> {
    // [DER-001]
    if der.len() > octets_max {
        return Err(DecodeError::TooLarge { what, octets: der.len(), octets_max });
    }
    Ok(der)
}

/// Refuses the content type CompressedData, wherever one is read (RFC 3274 §1.1). [DER-004]
pub(crate) fn refuse_compressed(content_type: ObjectIdentifier) -> Result<(), DecodeError> {
    if content_type == ID_COMPRESSED_DATA { Err(DecodeError::Compressed) } else { Ok(()) }
}

/// Reads one object that must be exactly its own DER encoding: bounded, complete, canonical.
pub fn strict<'a, T>(what: &'static str, der: &'a [u8], octets_max: usize) -> Result<T, DecodeError>
where
    T: Decode<'a, Error = der::Error> + Encode,
{
    let der = bounded(what, der, octets_max)?;
    let value = T::from_der(der).map_err(|error| match error.kind() {
        // [DER-002]
        der::ErrorKind::TrailingData { .. } => DecodeError::Trailing { what },
        _ => DecodeError::Malformed { what },
    })?;
    // X.690 §11: one value, one encoding. What re-encodes differently could be read in two
    // ways by two readers. [DER-003]
    match value.to_der() {
        Ok(again) if again == der => Ok(value),
        Ok(_) => Err(DecodeError::NotCanonical { what }),
        Err(_) => Err(DecodeError::Malformed { what }),
    }
}

/// The encodings of the members of one SEQUENCE, verbatim. What was signed is checked over these
/// octets and never over a re-encoding.
pub fn members<'a>(what: &'static str, der: &'a [u8]) -> Result<Vec<&'a [u8]>, DecodeError> {
    let malformed = |_| DecodeError::Malformed { what };
    let mut reader = SliceReader::new(der).map_err(malformed)?;
    let members = reader
        .sequence(|inner| {
            let mut members = Vec::new();
            while !inner.is_finished() {
                // No structure of ours has more members than this; see MEMBERS_MAX.
                if members.len() == MEMBERS_MAX {
                    return Err(der::ErrorKind::Failed.into());
                }
                members.push(inner.tlv_bytes()?);
            }
            Ok::<_, der::Error>(members)
        })
        .map_err(malformed)?;
    if reader.is_finished() { Ok(members) } else { Err(DecodeError::Trailing { what }) }
}

/// Members that [`members`] reads: TBSCertificate, the longest structure we walk, has ten.
const MEMBERS_MAX: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;
    use der::asn1::OctetString;

    use crate::enveloped::{AuthEnveloped, ContentKey, EnvelopedHead, RecipientSlot, seal};
    use crate::signed::{Limits, SignedData, verify_attached, verify_foreign};
    use crate::testing::{HOUSE, rng};
    use crate::{stream, tlv};

    #[test]
    fn der_001_oversize_input_is_refused_before_parsing() {
        let error = strict::<OctetString>("test", &[0xff; 9], 8).unwrap_err();
        assert_eq!(error, DecodeError::TooLarge { what: "test", octets: 9, octets_max: 8 });
        assert_eq!(error.code(), "too-large");
    }

    #[test]
    fn der_002_trailing_octets_are_refused() {
        let error = strict::<OctetString>("test", &[0x04, 0x01, 0xaa, 0x00], 8).unwrap_err();
        assert_eq!(error.code(), "trailing-octets");
        assert_eq!(members("test", &[0x30, 0x00, 0x00]).unwrap_err().code(), "trailing-octets");
    }

    #[test]
    fn der_003_a_second_encoding_of_the_same_value_is_refused() {
        // An extension with "critical" written out although FALSE is the default.
        let explicit = [0x30, 0x0a, 0x06, 0x03, 0x55, 0x1d, 0x0f, 0x01, 0x01, 0x00, 0x04, 0x00];
        let read = strict::<x509_cert::ext::Extension>("test", &explicit, 64);
        assert_eq!(read.unwrap_err().code(), "not-canonical");
        // A length in two octets where one does.
        assert!(strict::<OctetString>("test", &[0x04, 0x81, 0x01, 0xaa], 8).is_err());
    }

    #[test]
    fn members_come_verbatim() {
        let der = [0x30, 0x05, 0x04, 0x01, 0xaa, 0x05, 0x00];
        assert_eq!(members("test", &der).unwrap(), [&[0x04, 0x01, 0xaa][..], &[0x05, 0x00][..]]);
    }

    /// The message with another type inside: `ContentInfo { type, [0] SEQUENCE { …, SEQUENCE { type` at
    /// this position.
    fn retyped(message: &[u8], position: usize) -> Vec<u8> {
        let mut content_info = tlv::Reader::new(tlv::only(message, tlv::SEQUENCE, "test").unwrap());
        let outer = content_info.any("type").unwrap().octets;
        let mut fields = content_info.enter(tlv::context(0), "test").unwrap();
        let mut fields = fields.enter(tlv::SEQUENCE, "test").unwrap();
        let mut all = Vec::new();
        while !fields.is_empty() {
            all.push(fields.any("field").unwrap());
        }
        tlv::nested(tlv::SEQUENCE, |info| {
            info.raw(outer);
            info.nest(tlv::context(0), |explicit| {
                explicit.nest(tlv::SEQUENCE, |fields| {
                    for (number, field) in all.iter().enumerate() {
                        if number != position {
                            fields.raw(field.octets);
                            continue;
                        }
                        let mut inside = tlv::Reader::new(field.value);
                        inside.any("type").unwrap();
                        fields.nest(tlv::SEQUENCE, |encapsulated| {
                            encapsulated.oid(&ID_COMPRESSED_DATA);
                            while !inside.is_empty() {
                                encapsulated.raw(inside.any("rest").unwrap().octets);
                            }
                        });
                    }
                });
            });
        })
    }

    #[test]
    fn der_004_compressed_data_is_refused_wherever_a_content_type_is_read() {
        let code = |error: Option<DecodeError>| error.map(|error| error.code());
        let refused = Some("compressed-data");
        // RFC 3274 §1.1: CompressedData itself.
        let compressed = tlv::nested(tlv::SEQUENCE, |info| {
            info.oid(&ID_COMPRESSED_DATA);
            info.nest(tlv::context(0), |explicit| {
                explicit.nest(tlv::SEQUENCE, |fields| fields.small(0));
            });
        });
        let v = HOUSE.verification();
        let signed = retyped(&HOUSE.signs(b"x").attached(b"x", &[], &[]), 2);
        for octets in [&compressed, &signed] {
            assert_eq!(code(SignedData::from_der(octets, Limits::default()).err()), refused);
            assert_eq!(code(SignedData::from_ber(octets, Limits::default()).err()), refused);
            for outcome in [verify_attached(octets, &v), verify_foreign(octets, &v)] {
                let shortfall = outcome.passed().err().unwrap();
                assert_eq!(shortfall.sub.code(), "FORMAT_FAILURE");
                assert_eq!(shortfall.detail, DecodeError::Compressed.to_string());
            }
        }
        let streamed = stream::verify(&compressed[..], Vec::new(), 100, &v).err();
        assert_eq!(streamed.map(|error| error.code()), refused);
        let streamed = stream::verify(&signed[..], Vec::new(), 100, &v).unwrap();
        assert_eq!(streamed.shortfall().unwrap().detail, DecodeError::Compressed.to_string());

        let slot = RecipientSlot::Certificate(&HOUSE.bert);
        let key = ContentKey::generate(&mut rng());
        let enveloped = seal(b"x", &[slot], &key, &mut rng()).unwrap();
        let enveloped = retyped(&enveloped, 2);
        for octets in [&compressed, &enveloped] {
            assert_eq!(code(AuthEnveloped::from_der(octets).err()), refused);
            let head = EnvelopedHead::from_prefix(octets, octets.len() as u64);
            assert_eq!(code(head.err()), refused);
            let streamed = stream::SealedReader::new(&octets[..]).err();
            assert_eq!(streamed.map(|error| error.code()), refused);
        }
    }
}
