//! Identifiers and octet strings as they stand in JSON: hexadecimal for what people compare,
//! base64 for what only programs read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealpost_cms::CryptoRng;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// SHA-256 of something both sides can compute (FIPS 180-4), 32 octets, hexadecimal in JSON.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// The digest of `octets`.
    pub fn of(octets: &[u8]) -> Self {
        Self(sealpost_cms::kdf::sha256(octets))
    }

    /// A digest computed elsewhere.
    pub const fn from_array(octets: [u8; 32]) -> Self {
        Self(octets)
    }

    /// The 32 octets.
    pub const fn as_array(&self) -> &[u8; 32] {
        &self.0
    }

    /// Lower-case hexadecimal, 64 characters.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }

    /// Reads 64 hexadecimal characters.
    pub fn parse(text: &str) -> Option<Self> {
        let mut octets = [0; 32];
        hex::decode_to_slice(text, &mut octets).ok()?;
        Some(Self(octets))
    }
}

/// The letter: 16 random octets, the same for everybody who shares one signed content.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LetterId([u8; 16]);

/// One letter on its way to one recipient: 16 random octets, unlinkable to the [`LetterId`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DispatchId([u8; 16]);

macro_rules! sixteen_octets {
    ($name:ident) => {
        impl $name {
            /// A fresh random identifier.
            pub fn random(rng: &mut dyn CryptoRng) -> Self {
                let mut octets = [0; 16];
                rng.fill_bytes(&mut octets);
                Self(octets)
            }

            /// An identifier from its octets.
            pub const fn from_array(octets: [u8; 16]) -> Self {
                Self(octets)
            }

            /// The 16 octets.
            pub const fn as_array(&self) -> &[u8; 16] {
                &self.0
            }

            /// Lower-case hexadecimal, 32 characters.
            pub fn hex(&self) -> String {
                hex::encode(self.0)
            }

            /// Reads 32 hexadecimal characters.
            pub fn parse(text: &str) -> Option<Self> {
                let mut octets = [0; 16];
                hex::decode_to_slice(text, &mut octets).ok()?;
                Some(Self(octets))
            }
        }
    };
}
sixteen_octets!(LetterId);
sixteen_octets!(DispatchId);

macro_rules! hexadecimal_in_json {
    ($name:ident) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.hex())
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.hex())
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text)
                    .ok_or_else(|| D::Error::custom("not hexadecimal of the right length"))
            }
        }
    };
}
hexadecimal_in_json!(Digest);
hexadecimal_in_json!(LetterId);
hexadecimal_in_json!(DispatchId);

/// Octets in base64 (RFC 4648 §4) in JSON. `Debug` shows the length only.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Octets(pub Vec<u8>);

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Octets({})", self.0.len())
    }
}

impl Serialize for Octets {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Octets {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text.as_bytes()).map(Self).map_err(|_| D::Error::custom("not base64"))
    }
}

/// `serde(with)` for claimed times as RFC 3339 text in UTC.
pub mod claimed_time {
    use sealpost_cms::time::{ClaimedTime, LocalTime};
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Writes RFC 3339.
    pub fn serialize<S: Serializer>(time: &ClaimedTime, serializer: S) -> Result<S::Ok, S::Error> {
        time.rfc3339().serialize(serializer)
    }

    /// Reads RFC 3339.
    pub fn deserialize<'de, X: Deserializer<'de>>(
        deserializer: X,
    ) -> Result<ClaimedTime, X::Error> {
        let text = String::deserialize(deserializer)?;
        let time = LocalTime::parse_rfc3339(&text)
            .map_err(|_| X::Error::custom("not an RFC 3339 time"))?;
        Ok(ClaimedTime::from_unix(time.unix()))
    }
}

/// `serde(with)` for optional claimed times.
pub mod optional_claimed_time {
    use sealpost_cms::time::{ClaimedTime, LocalTime};
    use serde::de::Error as _;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    /// Writes RFC 3339 or null.
    pub fn serialize<S: Serializer>(
        time: &Option<ClaimedTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        time.map(|time| time.rfc3339()).serialize(serializer)
    }

    /// Reads RFC 3339 or null.
    pub fn deserialize<'de, X: Deserializer<'de>>(
        deserializer: X,
    ) -> Result<Option<ClaimedTime>, X::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        let time = LocalTime::parse_rfc3339(&text)
            .map_err(|_| X::Error::custom("not an RFC 3339 time"))?;
        Ok(Some(ClaimedTime::from_unix(time.unix())))
    }
}
