//! The S/MIME entity around a SignedData (RFC 8551 §3.5.2), or around what encloses one (§3.3): what is
//! encrypted.
//!
//! ```text
//! MIME-Version: 1.0
//! Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"
//! Content-Transfer-Encoding: base64 | binary
//! Content-Disposition: attachment; filename="smime.p7m"
//! Padding: xxxxxxxx...        (up to a length of few significant bits)
//!
//! SignedData | AuthEnvelopedData
//! ```

use crate::limits::PART_OCTETS_MAX;
use crate::padding::padme;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sealpost_erds::format::FormatError;
use std::io::{self, Write};

/// How the SignedData is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// For every mail program.
    Base64,
    /// For ourselves: a quarter shorter.
    Binary,
}

/// What an entity holds (RFC 8551 §3.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    SignedData,
    AuthEnvelopedData,
}

impl Kind {
    const fn content_type(self) -> &'static str {
        match self {
            Self::SignedData => SIGNED_DATA,
            Self::AuthEnvelopedData => AUTH_ENVELOPED_DATA,
        }
    }
}

/// A CMS message in its entity, not yet written.
pub(crate) struct Wrapped<'a> {
    octets: &'a [u8],
    kind: Kind,
    encoding: Encoding,
    padding: u64,
}

impl<'a> Wrapped<'a> {
    /// Wraps a SignedData and pads to a Padmé length of at least `octets_min`.
    pub(crate) fn new(signed_data: &'a [u8], encoding: Encoding, octets_min: u64) -> Self {
        Self::of(Kind::SignedData, signed_data, encoding, octets_min)
    }

    /// The same of any kind.
    pub(crate) fn of(kind: Kind, octets: &'a [u8], encoding: Encoding, octets_min: u64) -> Self {
        let bare = Self { octets, kind, encoding, padding: 0 };
        let least = bare.octets() + PADDING_LINE_MIN;
        let padding = padme(least.max(octets_min)) - bare.octets();
        Self { padding, ..bare }
    }

    /// The same in binary, padded so that what is `around` it has a Padmé length of at least
    /// `octets_min`: `around` says how long that is for an entity of so many octets. [EXP-021]
    pub(crate) fn within(
        signed_data: &'a [u8],
        octets_min: u64,
        around: impl Fn(u64) -> u64,
    ) -> Self {
        let bare = Self::bare(signed_data);
        let least = bare.octets() + PADDING_LINE_MIN;
        let mut whole = padme(around(least).max(octets_min));
        loop {
            // What is around grows with the lengths that it holds; where a length gets an octet more,
            // there is no such entity, and the next Padmé length has one.
            let octets = whole.saturating_sub(around(whole) - whole);
            if octets >= least && around(octets) == whole {
                return Self { padding: octets - bare.octets(), ..bare };
            }
            whole = padme(whole + 1);
        }
    }

    /// A SignedData in binary, without padding: for an enclosure that is padded itself.
    pub(crate) const fn bare(signed_data: &'a [u8]) -> Self {
        let (kind, encoding) = (Kind::SignedData, Encoding::Binary);
        Self { octets: signed_data, kind, encoding, padding: 0 }
    }

    /// How many octets [`Self::write_to`] writes.
    pub(crate) fn octets(&self) -> u64 {
        let body = match self.encoding {
            Encoding::Binary => self.octets.len(),
            Encoding::Base64 => {
                self.octets.len().div_ceil(3) * 4 + self.octets.len().div_ceil(LINE_OCTETS) * 2
            }
        };
        (self.head().len() + 2 + body) as u64 + self.padding
    }

    /// Writes the entity.
    pub(crate) fn write_to(&self, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(self.head().as_bytes())?;
        self.write_padding(out)?;
        out.write_all(b"\r\n")?;
        match self.encoding {
            Encoding::Binary => out.write_all(self.octets),
            Encoding::Base64 => write_base64(self.octets, out),
        }
    }

    fn head(&self) -> String {
        let encoding = match self.encoding {
            Encoding::Base64 => "base64",
            Encoding::Binary => "binary",
        };
        let content_type = self.kind.content_type();
        format!(
            "MIME-Version: 1.0\r\n\
             {content_type}\r\n\
             Content-Transfer-Encoding: {encoding}\r\n\
             Content-Disposition: attachment; filename=\"smime.p7m\"\r\n"
        )
    }

    fn write_padding(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut left = self.padding;
        while left > 0 {
            let line = if left <= PADDING_LINE_MAX {
                left
            } else {
                PADDING_LINE_MAX.min(left - PADDING_LINE_MIN)
            };
            let fill = usize::try_from(line - PADDING_LINE_MIN).expect("a line is short") + 1;
            out.write_all(format!("Padding: {}\r\n", "x".repeat(fill)).as_bytes())?;
            left -= line;
        }
        Ok(())
    }
}

fn write_base64(octets: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let mut lines = String::with_capacity(LINES_AT_ONCE * 78);
    for block in octets.chunks(LINE_OCTETS * LINES_AT_ONCE) {
        lines.clear();
        for line in block.chunks(LINE_OCTETS) {
            STANDARD.encode_string(line, &mut lines);
            lines.push_str("\r\n");
        }
        out.write_all(lines.as_bytes())?;
    }
    Ok(())
}

/// What an entity of this kind holds that [`Wrapped::write_to`] wrote. Fields that we do not write are
/// refused: nothing here is signed, so nothing here may mean anything. [LET-040]
pub(crate) fn unwrap(entity: &[u8], kind: Kind) -> Result<Vec<u8>, FormatError> {
    if entity.len() > PART_OCTETS_MAX {
        return refuse("larger than a letter may be");
    }
    let mut encoding = None;
    let mut rest = entity;
    loop {
        let searched = &rest[..rest.len().min(FIELD_OCTETS_MAX)];
        let end = searched.windows(2).position(|pair| pair == b"\r\n");
        let (line, after) =
            rest.split_at(end.ok_or_else(|| malformed("no end of the header section"))?);
        rest = &after[2..];
        match line {
            b"" => break,
            b"Content-Transfer-Encoding: base64" => encoding = Some(Encoding::Base64),
            b"Content-Transfer-Encoding: binary" => encoding = Some(Encoding::Binary),
            b"MIME-Version: 1.0" | DISPOSITION => {}
            _ if line == kind.content_type().as_bytes() => {}
            _ if is_padding(line) => {}
            // RFC 3274 is refused by its name. [LET-041]
            _ if is_compressed(line) => return refuse("compressed-data is not read"),
            _ => return refuse("a header field that does not belong here"),
        }
    }
    match encoding.ok_or_else(|| malformed("no transfer encoding"))? {
        Encoding::Binary => Ok(rest.to_vec()),
        Encoding::Base64 => {
            let mut text = rest.to_vec();
            text.retain(|octet| !matches!(octet, b'\r' | b'\n'));
            STANDARD.decode(text).map_err(|_| malformed("not base64"))
        }
    }
}

/// Whether an entity says that it is of this kind; whether it is, [`unwrap`] finds.
pub(crate) fn says(entity: &[u8], kind: Kind) -> bool {
    let begin = format!("MIME-Version: 1.0\r\n{}\r\n", kind.content_type());
    entity.starts_with(begin.as_bytes())
}

fn is_compressed(line: &[u8]) -> bool {
    let line = String::from_utf8_lossy(line).to_ascii_lowercase();
    line.strip_prefix("content-type:").is_some_and(|value| {
        matches!(
            super::protected::smime_kind(value),
            Err(super::protected::HeaderError::Compressed)
        )
    })
}

fn is_padding(line: &[u8]) -> bool {
    line.strip_prefix(b"Padding: ").is_some_and(|fill| fill.iter().all(|octet| *octet == b'x'))
}

fn malformed(detail: &'static str) -> FormatError {
    FormatError::new("signed entity", detail)
}

fn refuse<T>(detail: &'static str) -> Result<T, FormatError> {
    Err(malformed(detail))
}

const SIGNED_DATA: &str =
    "Content-Type: application/pkcs7-mime; smime-type=signed-data; name=\"smime.p7m\"";
const AUTH_ENVELOPED_DATA: &str =
    "Content-Type: application/pkcs7-mime; smime-type=authEnveloped-data; name=\"smime.p7m\"";
const DISPOSITION: &[u8] = b"Content-Disposition: attachment; filename=\"smime.p7m\"";
/// Octets of the shortest padding line, `Padding: x` and its end.
const PADDING_LINE_MIN: u64 = 12;
/// Octets of the longest: 76 characters (RFC 2045 §6.8 knows no longer lines) and its end.
const PADDING_LINE_MAX: u64 = 78;
/// Octets of one field; ours are shorter.
const FIELD_OCTETS_MAX: usize = 128;
/// Octets in one line of base64.
const LINE_OCTETS: usize = 57;
const LINES_AT_ONCE: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(signed_data: &[u8], encoding: Encoding, octets_min: u64) -> Vec<u8> {
        let wrapped = Wrapped::new(signed_data, encoding, octets_min);
        let mut out = Vec::new();
        wrapped.write_to(&mut out).unwrap();
        assert_eq!(out.len() as u64, wrapped.octets());
        out
    }

    #[test]
    fn let_040_only_our_own_header_fields_are_read() {
        let entity = written(b"signed", Encoding::Base64, 4096);
        let text = String::from_utf8(entity).unwrap();
        assert_eq!(unwrap(text.as_bytes(), Kind::SignedData).unwrap(), b"signed");
        for wrong in [
            text.replacen("MIME-Version: 1.0", "Subject: You won", 1),
            text.replacen("Padding: x", "Padding: y", 1),
            text.replacen("signed-data", "enveloped-data", 1),
            text.replacen("base64", "quoted-printable", 1),
            text.replace("\r\n\r\n", "\r\n"),
        ] {
            assert!(unwrap(wrong.as_bytes(), Kind::SignedData).is_err(), "{wrong:.80}");
        }
    }

    proptest! {
        #[test]
        fn every_length_is_padded_and_read_back(octets in 0usize..6000, binary: bool) {
            let signed_data = vec![0x30; octets];
            let encoding = if binary { Encoding::Binary } else { Encoding::Base64 };
            let entity = written(&signed_data, encoding, 4096);
            prop_assert_eq!(padme(entity.len() as u64), entity.len() as u64);
            prop_assert!(entity.len() >= 4096);
            prop_assert_eq!(unwrap(&entity, Kind::SignedData).unwrap(), signed_data);
        }
    }
}
