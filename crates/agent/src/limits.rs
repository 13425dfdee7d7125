//! Bounds of everything the agent stores, reads and waits for. Unit last, reason beside it.

use std::time::Duration;

/// Characters; below this a PIN is tried out by hand.
pub const PIN_CHARACTERS_MIN: usize = 6;

/// Characters; a person types it, and scrypt hashes longer input first anyway.
pub const PIN_CHARACTERS_MAX: usize = 64;

/// Wrong PINs in a row until the keystore wipes itself: enough for a tired owner, far from the
/// million PINs of six digits.
pub const PIN_ATTEMPTS_MAX: u32 = 10;

/// log2 of scrypt's cost N (RFC 7914 §2): 128 MiB and about half a second for every guess.
pub const SCRYPT_LOG_N: u8 = 17;

/// log2 of N; a stored value above it would make the agent take more than a gigabyte.
pub const SCRYPT_LOG_N_MAX: u8 = 20;

/// scrypt's block size (RFC 7914 §2), the value its authors chose.
pub const SCRYPT_R: u32 = 8;

/// scrypt's parallelisation (RFC 7914 §2): one, since memory is what costs the attacker.
pub const SCRYPT_P: u32 = 1;

/// Octets of salt; twice what RFC 8018 §4.1 asks for.
pub const SCRYPT_SALT_OCTETS: usize = 32;

/// Octets; a keystore is below 16 KiB, and below 48 KiB with all that a rotation can leave in it;
/// anything larger is not ours.
pub const KEYSTORE_OCTETS_MAX: u64 = 64 * 1024;

/// Sets of former keys that still open letters. Rotating once a year with letters that take weeks at
/// most, nobody needs two; whoever has this many forgets them first.
pub const FORMER_KEYS_MAX: usize = 4;

/// Days before the end of a certificate from which on its owner is told to rotate: a month, so that
/// a holiday passes. After the end the provider lets him in no more.
pub const RENEWAL_DUE_DAYS: i64 = 30;

/// Octets of records that are moved under a new key in one transaction: small enough to be done
/// before somebody gets impatient, large enough that the disk's flush does not set the speed.
pub const MOVED_OCTETS: usize = 1024 * 1024;

/// Characters; an exported key can be guessed at without any counter, so more than a PIN.
pub const PASSPHRASE_CHARACTERS_MIN: usize = 12;

/// Characters; a person types it.
pub const PASSPHRASE_CHARACTERS_MAX: usize = 256;

/// PBKDF2-HMAC-SHA256 iterations for exported keys: the OWASP figure of 2023. scrypt would be
/// better, but OpenSSL 3.0 refuses it above 32 MiB.
pub const EXPORT_PBKDF2_ITERATIONS: u32 = 600_000;

/// Octets of salt for exported keys (RFC 8018 §4.1 asks for eight).
pub const EXPORT_SALT_OCTETS: usize = 16;

/// Octets; stored records grow in these steps, so that their size tells little.
pub const RECORD_STEP_OCTETS: usize = 256;

/// Octets of one record. The largest is a signed content, which `letter` bounds at 60 MiB and a
/// few certificates and `cms` reads up to this; larger things are bodies in files of their own.
pub const RECORD_OCTETS_MAX: usize = sealpost_cms::limits::MESSAGE_OCTETS_MAX;

/// Octets of a record's name; digests, letter ids and addresses (at most 254) fit.
pub const RECORD_NAME_OCTETS_MAX: usize = 512;

/// Octets of a record's kind; kinds are words of the program.
pub const RECORD_KIND_OCTETS_MAX: usize = 32;

/// Seconds to wait for another command that uses the profile: most have ended by then, and nobody
/// believes that one hangs.
pub const PROFILE_WAIT_SECONDS_MAX: u64 = 10;

/// Pages of a mailbox in one synchronisation; a provider that always has more gets no further.
pub const MAILBOX_PAGES_MAX: usize = 10_000;

/// Octets of a ciphertext that is fetched to be opened: the largest content with its layers around
/// it. It is opened in memory, so that a provider cannot announce any size it likes.
pub const CIPHERTEXT_OCTETS_MAX: u64 = 100 * 1024 * 1024;

/// Octets of a file that are in memory at once while it is uploaded.
pub const PIECE_OCTETS: usize = 64 * 1024;

/// Seconds after which a body that no record names is removed: its letter was never recorded.
pub const ORPHAN_AGE_SECONDS: u64 = 3600;

/// Octets of one encrypted body; more does not travel as a letter.
pub const BODY_OCTETS_MAX: u64 = 1024 * 1024 * 1024;

/// Sealed decisions that are judged again at one synchronisation. There are none but where a
/// provider has just changed its authority for time; whoever sends more wastes his own.
pub(crate) const SEALED_AGAIN_MAX: usize = 64;

/// Octets of a file that is verified: the largest dossier.
pub const FILE_OCTETS_MAX: u64 = sealpost_letter::dossier::DOSSIER_OCTETS_MAX as u64;

/// Octets of one file with trust anchors: ten times what an operating system believes.
pub const ANCHORS_OCTETS_MAX: u64 = 4 * 1024 * 1024;

/// Time to connect; a provider that needs longer is as good as away.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// Time without a single octet arriving, counted from when everything was sent.
pub const READ_TIMEOUT: Duration = Duration::from_secs(120);

/// Octets a second; a slower way takes no letters.
pub const UPLOAD_OCTETS_PER_SECOND_MIN: u64 = 16 * 1024;

/// Octets of an answer that is held in memory; ciphertexts are not.
pub const ANSWER_OCTETS_MAX: usize = 100 * 1024 * 1024;

/// Octets of a stable code or a sub-indication; ours are shorter by half.
pub const CODE_OCTETS_MAX: usize = 64;

/// Octets of a saved file's name before the last dot; file systems take 255 with the ending, and the
/// number of a second copy needs some.
pub const STEM_OCTETS_MAX: usize = 200;

/// Octets of its ending, behind the last dot.
pub const ENDING_OCTETS_MAX: usize = 40;

/// How many names are tried before a file counts as not writable.
pub const NAMES_MAX: u32 = 1000;
