//! Bounds of everything the command line reads and waits for. Unit last, reason beside it.

use std::time::Duration;

/// Octets; who types more than a word did not mean yes.
pub(crate) const ANSWER_OCTETS_MAX: u64 = 64;

/// Seconds; an hour. Who waits longer asks again.
pub(crate) const SYNC_WAIT_SECONDS_MAX: u64 = 3600;

/// Between two questions to the provider: soon enough for people, seldom enough for providers.
pub(crate) const PAUSE: Duration = Duration::from_secs(2);

/// Octets; an invitation is a short line, with room for line breaks around it.
pub(crate) const INVITATION_OCTETS_MAX: u64 = 8 * 1024;

/// Octets; one certificate as PEM.
pub(crate) const ROOT_OCTETS_MAX: u64 = 64 * 1024;

/// Octets of a file with certificates: some dozens of them.
pub(crate) const CERTIFICATES_OCTETS_MAX: u64 = 256 * 1024;

/// Octets; a passphrase of 256 characters of any script fits.
pub(crate) const LINE_OCTETS_MAX: usize = 2048;

/// Digits; fewer name too many letters.
pub(crate) const DIGITS_MIN: usize = 4;

/// Digits; a whole identifier of 16 octets.
pub(crate) const DIGITS_MAX: usize = 32;
