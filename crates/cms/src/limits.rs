//! Bounds on everything this room reads. Each has a unit and a reason; nothing is read past them.

/// Octets of one certificate. Real ones stay below 4 KiB, post-quantum ones below 12 KiB.
pub const CERTIFICATE_OCTETS_MAX: usize = 16 * 1024;

/// Octets of one PEM text with certificates: [`CERTIFICATES_MAX`] of them at 3 KiB each in base64,
/// which real ones do not exceed.
pub const PEM_OCTETS_MAX: usize = 1024 * 1024;

/// Certificates in one PEM text or one message: signer, time-stamp authority and their
/// intermediates need about ten; a list of trust anchors may hold a nation's authorities.
pub const CERTIFICATES_MAX: usize = 256;

/// Octets of one certificate revocation list: about 25 000 entries.
pub const CRL_OCTETS_MAX: usize = 1024 * 1024;

/// Revocation lists considered for one path: a few issuers with a few editions each.
pub const CRLS_MAX: usize = 64;

/// Octets of one certificate request (RFC 2986): with an ML-DSA key, a name and a signature it has
/// less than 6 KiB.
pub const CERTIFICATE_REQUEST_OCTETS_MAX: usize = 8 * 1024;

/// Chains and lists that a set of trust anchors remembers to be signed as they should: those of some
/// hundred accounts, at 32 octets each.
pub const PROVEN_MAX: usize = 1024;

/// Certificates in one path, leaf and trust anchor included. Public hierarchies use four.
pub const PATH_DEPTH_MAX: usize = 6;

/// Candidate paths tried for one leaf, so that cross-certified pools cannot make the search
/// exponential. One is the rule; cross-signed authorities give two to four.
pub const PATH_CANDIDATES_MAX: usize = 32;

/// Extensions in one certificate or revocation list. Real ones hold about ten.
pub const EXTENSIONS_MAX: usize = 32;

/// Octets of one text in a name that we issue (RFC 5280 Appendix A.1, ub-common-name counts
/// 64 characters; UTF-8 needs up to four octets each).
pub const NAME_OCTETS_MAX: usize = 256;

/// Characters of one text in a name that we issue (RFC 5280 Appendix A.1, ub-common-name).
pub const NAME_CHARACTERS_MAX: usize = 64;

/// Octets of an electronic mail address (RFC 5321 §4.5.3.1.3 less the two brackets).
pub const ADDRESS_OCTETS_MAX: usize = 254;

/// Bits of an RSA modulus that we open old letters with. New ones need what the policy says.
pub const RSA_BITS_MIN: usize = 2048;

/// Bits of an RSA modulus that we sign with.
pub const RSA_SIGNING_BITS_MIN: usize = 3072;

/// Bits of an RSA modulus that we seal for.
pub const RSA_SEALING_BITS_MIN: usize = 3072;

/// Octets of a key that PKCS#1 v1.5 transports: no cipher here has a longer one.
pub const TRANSPORTED_KEY_OCTETS_MAX: usize = 64;

/// Bits of an RSA modulus that we verify with: more is a way to make us compute.
pub const RSA_BITS_MAX: usize = 8192;

/// Octets of one DER message held in memory. Larger content travels outside of it, by digest.
pub const MESSAGE_OCTETS_MAX: usize = 64 * 1024 * 1024;

/// Elements inside elements of one CMS message. A name in a certificate in a token in a SignedData
/// lies about 20 deep.
pub const NESTING_DEPTH_MAX: usize = 32;

/// Signers of one message: a key and its successor, or an old kind of key beside a new one.
pub const SIGNERS_MAX: usize = 2;

/// Attributes of one signature, signed or unsigned. Ours have six.
pub const ATTRIBUTES_MAX: usize = 64;

/// Octets of one SMIMECapabilities. Real ones have less than 200.
pub const CAPABILITIES_OCTETS_MAX: usize = 4 * 1024;

/// Capabilities in one. Real ones hold about ten.
pub const CAPABILITIES_MAX: usize = 64;

/// Octets of one time-stamp request or reply: a token with its chain and revocation lists.
pub const TIME_STAMP_OCTETS_MAX: usize = 2 * 1024 * 1024;

/// Octets of one time-stamp request: a digest, a nonce and a policy.
pub const TIME_STAMP_REQUEST_OCTETS_MAX: usize = 4 * 1024;

/// Archive time-stamps around one signature: renewed every five years they reach past a century.
pub const ARCHIVE_TIME_STAMPS_MAX: usize = 24;

/// Revocation lists in an archived signature and all its tokens: each renewal adds a few.
pub const ARCHIVED_CRLS_MAX: usize = 256;

/// Seconds by which a time-stamp may be ahead of our own clock.
pub const CLOCK_TOLERANCE_SECONDS: i64 = 300;

/// Octets of a serial number (RFC 5280 §4.1.2.2 allows 20) or a nonce in a time-stamp.
pub const TIME_STAMP_INTEGER_OCTETS_MAX: usize = 33;

/// Recipients of one enveloped message. A letter has one; a shared body has as many as there are
/// key-encryption keys.
pub const RECIPIENTS_MAX: usize = 1000;

/// Iterations of PBKDF2 between a password and a key of ours: half a second of a machine of today.
pub const PASSWORD_ITERATIONS: u32 = 600_000;

/// Iterations that we read at least: below, a password of a person is guessed within a day.
pub const PASSWORD_ITERATIONS_MIN: u32 = 100_000;

/// Iterations that we read at most: a few seconds for each try.
pub const PASSWORD_ITERATIONS_MAX: u32 = 5_000_000;

/// Octets of the salt between a password and a key. Others write 8 to 32.
pub const PASSWORD_SALT_OCTETS_MAX: usize = 256;

/// Recipients with passwords in one message: nothing tells them apart, so each is tried.
pub const PASSWORD_RECIPIENTS_MAX: usize = 4;

/// Octets before the ciphertext of an enveloped message. Intake holds that much in memory before
/// it knows what arrives; [`RECIPIENTS_MAX`] recipients of 70 octets fit.
pub const ENVELOPED_HEAD_OCTETS_MAX: usize = 128 * 1024;

/// Octets of plaintext in one enveloped message. GCM ends at 2^36 - 32 (SP 800-38D §5.2.1.1); a
/// letter with all its documents ends at 5 GiB, and base64 makes four thirds of that.
pub const ENVELOPED_PLAINTEXT_OCTETS_MAX: u64 = 8 * 1024 * 1024 * 1024;

/// Octets of one part of a streamed message that is not its content: recipients, certificates,
/// revocation lists, signers.
pub const STREAM_PART_OCTETS_MAX: usize = 4 * 1024 * 1024;

/// Octets of a PKCS#12 file: a dozen keys with certificates of 12 KiB each.
pub const PKCS12_OCTETS_MAX: usize = 1024 * 1024;

/// Octets of a password in UTF-8.
pub const PKCS12_PASSWORD_OCTETS_MAX: usize = 1024;

/// Private keys in one PKCS#12 file: a person has three, and three for each change of certificates.
pub const PKCS12_KEYS_MAX: usize = 32;

/// Parts of one PKCS#12 file that are encrypted on their own. Other programs write two.
pub const PKCS12_SAFES_MAX: usize = 16;

/// Iterations of a password in a file of ours: what OWASP's cheat sheet of 2023 recommends for
/// PBKDF2-HMAC-SHA256, about a quarter of a second.
pub const PKCS12_ITERATIONS_MIN: u32 = 600_000;

/// Iterations of a password that we compute for one file in all, about five seconds: the file decides,
/// and anybody may have made it.
pub const PKCS12_ITERATIONS_MAX: u32 = 12_000_000;

/// Octets of one request for receipts: a thousand addresses.
pub const RECEIPT_REQUEST_OCTETS_MAX: usize = 512 * 1024;

/// Octets of one receipt: an identifier and a signature, of which post-quantum ones have 5 KiB.
pub const RECEIPT_OCTETS_MAX: usize = 16 * 1024;

/// Octets of the identifier that ties receipts to a message. Ours has 44.
pub const CONTENT_IDENTIFIER_OCTETS_MAX: usize = 1024;

/// Addresses that receipts may be sent to (RFC 2634 §2.7, ub-receiptsTo).
pub const RECEIPTS_TO_MAX: usize = 16;

/// Octets of one small object sealed with HPKE or at rest: slips, queries, keys.
pub const SMALL_OBJECT_OCTETS_MAX: usize = 1024 * 1024;

/// The size a caller expects of one SignedData.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Octets of the whole message.
    pub octets_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { octets_max: MESSAGE_OCTETS_MAX }
    }
}
