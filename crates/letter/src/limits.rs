//! Every bound of this room: value, unit and reason.

use sealpost_erds::limits::CONSIGNMENTS_MAX;

/// Recipients of one draft, blind copies included; a mass letter is many drafts.
pub const RECIPIENTS_MAX: usize = CONSIGNMENTS_MAX;
/// Octets of a subject. RFC 5322 §2.1.1 bounds a line at 998; people read one line of a screen.
pub const SUBJECT_OCTETS_MAX: usize = 512;
/// Octets of a person's name as it stands in a certificate (64 characters of UTF-8).
pub const NAME_OCTETS_MAX: usize = 256;
/// Octets of the sender's own reference.
pub const REFERENCE_OCTETS_MAX: usize = 256;
/// Octets of the text of a letter: two thousand pages. What is longer is a document.
pub const TEXT_OCTETS_MAX: usize = 4 * 1024 * 1024;
/// Attachments of one letter.
pub const ATTACHMENTS_MAX: usize = 128;
/// Octets of a file from which on it travels beside the letter, in pieces: what is smaller is in the
/// letter itself, for every mail program to read.
pub const CHUNKED_FROM_OCTETS: u64 = 8 * 1024 * 1024;
/// Octets of a piece of a large attachment: enough that a thousand make 5 GiB, few enough that two
/// copies of one are a quarter of the 32 MiB that an agent may take for it.
pub const CHUNK_OCTETS: usize = 4 * 1024 * 1024;
/// Octets of one large attachment.
pub const ATTACHMENT_OCTETS_MAX: u64 = 5 * 1024 * 1024 * 1024;
/// Octets of the list of large attachments: 2048 digests in hexadecimal, and 128 names and types.
pub const CHUNKED_MANIFEST_OCTETS_MAX: usize = 512 * 1024;
/// Octets of a file name; what file systems store at most.
pub const FILE_NAME_OCTETS_MAX: usize = 255;
/// Octets of a media type; RFC 6838 §4.2 bounds each half at 127.
pub const MEDIA_TYPE_OCTETS_MAX: usize = 255;
/// Octets of one content, encoded. With certificates and revocation lists around it, it stays
/// below the 64 MiB that one message may occupy in memory.
pub const CONTENT_OCTETS_MAX: usize = 60 * 1024 * 1024;
/// Octets of all contents made from one draft: every blind copy is a content of its own.
pub const COMPOSED_OCTETS_MAX: usize = 256 * 1024 * 1024;
/// Octets of one part that travels: a content in base64 (37 % more) and its padding (at most 12 %
/// for small, 3 % for large ones).
pub const PART_OCTETS_MAX: usize = 96 * 1024 * 1024;
/// Octets of a signed notice: a page of text, a manifest, certificates and revocation lists.
pub const NOTICE_OCTETS_MAX: usize = 4 * 1024 * 1024;
/// Octets of the manifest of a notice: a few fields and up to 256 addresses.
pub const MANIFEST_OCTETS_MAX: usize = 256 * 1024;
/// Octets of the list of parties: up to 256 recipients with their disclosures.
pub const PARTIES_OCTETS_MAX: usize = 1024 * 1024;
/// Octets of the header section of a content; up to 256 addresses stand in it.
pub const HEADER_OCTETS_MAX: usize = 256 * 1024;
/// Header fields of one content or part; ours have at most ten.
pub const HEADER_FIELDS_MAX: usize = 64;
/// Header fields of a mail of others: a dozen of its own, each recorded once more under protection, and
/// whatever a dozen servers on the way added.
pub const MAIL_FIELDS_MAX: usize = 512;
/// Octets of one header field of a mail that is written: RFC 5322 §2.1.1 bounds a line at 998, and
/// a record of it has to fit as well.
pub const MAIL_FIELD_OCTETS_MAX: usize = 16 * 1024;
/// Octets of the smallest plaintext of a letter: all short letters look alike.
pub const LETTER_OCTETS_MIN: u64 = 4 * 1024;
/// Octets of the smallest plaintext of a notice: what the sender lets be seen before acceptance
/// must not show in its length. With two signatures it has 20 KiB.
pub const NOTICE_PLAINTEXT_OCTETS_MIN: u64 = 32 * 1024;
/// Octets of one object that a recipient sends back to the sender, such as a signed acceptance.
pub const REPLY_OCTETS_MAX: usize = sealpost_erds::limits::DECISION_OCTETS_MAX;
