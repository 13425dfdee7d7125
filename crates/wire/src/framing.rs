//! A JSON head and the ciphertexts that it describes, in one message: submissions and dispatches.
//!
//! ```text
//! framed = "SPF1" || u32be(length of head) || head (JSON) || part || part || ...
//! ```
//!
//! The head names the length and the digest of every part, so the parts need no lengths of their
//! own and can be streamed to disk while they are hashed.

use std::fmt;

/// The first four octets.
pub const MAGIC: [u8; 4] = *b"SPF1";
/// Octets before the head.
pub const PREAMBLE_OCTETS: usize = 8;
/// The largest head of any message: a dispatch that carries evidence and names its objects.
pub const HEAD_OCTETS_MAX: usize = 4 * 1024 * 1024;

/// Why octets are no framed message. The one who sent them is at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum FramingError {
    /// The head is longer than [`HEAD_OCTETS_MAX`].
    HeadTooLong {
        /// How long it claims to be.
        octets: u64,
    },
    /// The first octets are not [`MAGIC`].
    NotFramed,
    /// The message ends before all parts are there.
    TooShort,
    /// Octets follow the last part.
    TooLong,
}

impl FramingError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::HeadTooLong { .. } => "head-too-long",
            Self::NotFramed => "not-framed",
            Self::TooShort => "message-too-short",
            Self::TooLong => "message-too-long",
        }
    }
}

impl fmt::Display for FramingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HeadTooLong { octets } => {
                write!(f, "the head claims {octets} octets where {HEAD_OCTETS_MAX} are allowed")
            }
            Self::NotFramed => f.write_str("the message does not begin as a framed message does"),
            Self::TooShort => f.write_str("the message ends before all its parts are there"),
            Self::TooLong => f.write_str("octets follow the last part"),
        }
    }
}

impl std::error::Error for FramingError {}

/// What stands before the head.
pub fn preamble(head: &[u8]) -> [u8; PREAMBLE_OCTETS] {
    let length =
        u32::try_from(head.len()).expect("heads are bounded far below 4 GiB").to_be_bytes();
    let mut preamble = [0; PREAMBLE_OCTETS];
    preamble[..4].copy_from_slice(&MAGIC);
    preamble[4..].copy_from_slice(&length);
    preamble
}

/// The length of the head, from the first eight octets. [FRM-001] [FRM-002]
pub fn head_octets(preamble: &[u8; PREAMBLE_OCTETS]) -> Result<usize, FramingError> {
    let [magic @ .., _, _, _, _] = preamble;
    if *magic != MAGIC {
        return Err(FramingError::NotFramed);
    }
    let octets = u32::from_be_bytes([preamble[4], preamble[5], preamble[6], preamble[7]]);
    match usize::try_from(octets) {
        Ok(length) if length <= HEAD_OCTETS_MAX => Ok(length),
        _ => Err(FramingError::HeadTooLong { octets: u64::from(octets) }),
    }
}

/// A whole message in memory, for small letters.
pub fn frame(head: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let octets = PREAMBLE_OCTETS + head.len() + parts.iter().map(|part| part.len()).sum::<usize>();
    let mut message = Vec::with_capacity(octets);
    message.extend_from_slice(&preamble(head));
    message.extend_from_slice(head);
    for part in parts {
        message.extend_from_slice(part);
    }
    message
}

/// The head of a whole message in memory, and what follows it.
pub fn split_head(message: &[u8]) -> Result<(&[u8], &[u8]), FramingError> {
    let (preamble, rest) =
        message.split_first_chunk::<PREAMBLE_OCTETS>().ok_or(FramingError::TooShort)?;
    rest.split_at_checked(head_octets(preamble)?).ok_or(FramingError::TooShort)
}

/// The parts of a whole message in memory, by the lengths that its head names. [FRM-003] [FRM-004]
pub fn split_parts(
    mut rest: &[u8],
    lengths: impl IntoIterator<Item = u64>,
) -> Result<Vec<&[u8]>, FramingError> {
    let mut parts = Vec::new();
    for length in lengths {
        let length = usize::try_from(length).map_err(|_| FramingError::TooShort)?;
        let (part, after) = rest.split_at_checked(length).ok_or(FramingError::TooShort)?;
        parts.push(part);
        rest = after;
    }
    if rest.is_empty() { Ok(parts) } else { Err(FramingError::TooLong) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn head_and_parts_come_back_as_they_were_framed() {
        let message = frame(b"{}", &[b"one", b"", b"three"]);
        let (head, rest) = split_head(&message).unwrap();
        assert_eq!(head, b"{}");
        assert_eq!(split_parts(rest, [3, 0, 5]).unwrap(), [b"one".as_slice(), b"", b"three"]);
    }

    #[test]
    fn frm_001_other_octets_are_not_taken_for_a_message() {
        assert_eq!(split_head(b"GET / HTTP/1.1"), Err(FramingError::NotFramed));
    }

    #[test]
    fn frm_002_a_head_cannot_claim_more_than_its_bound() {
        let message = [MAGIC, u32::MAX.to_be_bytes()].concat();
        assert_eq!(
            split_head(&message),
            Err(FramingError::HeadTooLong { octets: u64::from(u32::MAX) })
        );
    }

    #[test]
    fn frm_003_a_truncated_message_is_refused() {
        let message = frame(b"{}", &[b"three"]);
        let (_, rest) = split_head(&message[..message.len() - 1]).unwrap();
        assert_eq!(split_parts(rest, [5]), Err(FramingError::TooShort));
    }

    #[test]
    fn frm_004_octets_after_the_last_part_are_refused() {
        assert_eq!(split_parts(b"three!", [5]), Err(FramingError::TooLong));
    }
}
