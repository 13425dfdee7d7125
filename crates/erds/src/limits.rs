//! Every bound of this room: value, unit and reason.

use sealpost_cms::limits::CRL_OCTETS_MAX;

/// Octets of an address; RFC 5321 §4.5.3.1.3 bounds a path at 256 including the brackets.
pub const ADDRESS_OCTETS_MAX: usize = 254;
/// Octets of the local part; RFC 5321 §4.5.3.1.1.
pub const LOCAL_PART_OCTETS_MAX: usize = 64;
/// Octets of one label of a domain name; RFC 1035 §2.3.4.
pub const LABEL_OCTETS_MAX: usize = 63;

/// Octets of one evidence payload: the fields are fixed and few, 64 KiB is ten times the largest.
pub const EVIDENCE_OCTETS_MAX: usize = 64 * 1024;
/// Octets of a signed evidence: the payload, and revocation lists of the seal's and of the
/// time-stamping authority's issuer, which are one list twice if the provider stamps by itself.
pub const SIGNED_EVIDENCE_OCTETS_MAX: usize =
    EVIDENCE_OCTETS_MAX + 2 * CRL_OCTETS_MAX + SIGNATURE_ROOM_OCTETS;
/// Octets around what is signed, revocation lists apart: signature, attributes, time-stamp token
/// and the certificates of both chains, of which none exceeds 16 KiB.
const SIGNATURE_ROOM_OCTETS: usize = 128 * 1024;
/// Reasons in one evidence (EN 319 522-2 G04): a rejection may list several, never hundreds.
pub const REASONS_MAX: usize = 16;
/// Recipients named in one evidence (EN 319 522-2 I06): ours names one, foreign ones may name more.
pub const EVIDENCE_RECIPIENTS_MAX: usize = 1000;
/// Digests that describe one party: its identifier and a few identity attributes.
pub const PARTY_DIGESTS_MAX: usize = 8;
/// Characters of one disclosure in base64url.
pub const DISCLOSURE_CHARS_MAX: usize = 2048;
/// Octets of the salt of a disclosure; RFC 9901 §9.3 recommends at least 128 bit.
pub const DISCLOSURE_SALT_OCTETS: usize = 32;

/// Recipients of one submission; a mass letter is many submissions.
pub const CONSIGNMENTS_MAX: usize = 256;
/// Octets of the JSON head of a submission: 256 consignments of about 4 KiB.
pub const SUBMISSION_HEAD_OCTETS_MAX: usize = 2 * 1024 * 1024;
/// Octets of the JSON head of a dispatch, which carries one signed evidence in base64 and the list
/// of objects.
pub const DISPATCH_HEAD_OCTETS_MAX: usize =
    SIGNED_EVIDENCE_OCTETS_MAX / 3 * 4 + 64 * 1024 + OBJECTS_MAX * OBJECT_CHARS_MAX;
/// Octets of one object: a piece of 4 MiB and the envelope around it, with some room.
pub const OBJECT_OCTETS_MAX: u64 = 4 * 1024 * 1024 + 4 * 1024;
/// Objects of one letter: 5 GiB in pieces of 4 MiB are 1280; padding adds at most an eighth.
pub const OBJECTS_MAX: usize = 2048;
/// Characters of one object in a list: its digest, its size, and the names of both.
const OBJECT_CHARS_MAX: usize = 112;

/// Octets of a relay slip before sealing. Every slip has this size, so that its length says
/// nothing about the address inside.
pub const SLIP_OCTETS: usize = 3072;
/// Octets of a reply path before sealing, fixed for the same reason.
pub const REPLY_PATH_OCTETS: usize = 512;
/// Octets of a sealed reply path: the fixed plaintext, the encapsulated key (32) and the tag (16).
pub const SEALED_REPLY_PATH_OCTETS: usize = REPLY_PATH_OCTETS + 48;
/// Octets of a sealed slip.
pub const SEALED_SLIP_OCTETS: usize = SLIP_OCTETS + 48;
/// Octets of a directory query before sealing, fixed for the same reason.
pub const QUERY_OCTETS: usize = 512;
/// Octets of a directory answer before sealing: a few certificates, of which the one of the suite
/// `hybrid-2026` has about 2 KiB, and a short revocation list, in base64.
pub const ANSWER_OCTETS: usize = 32 * 1024;
/// Encryption certificates of one person in a directory answer: one for each suite there is, and
/// some of suites to come.
pub const DIRECTORY_CERTIFICATES_MAX: usize = 4;

/// Octets of a signed acceptance or refusal: a few fields, and revocation lists as in evidence. A
/// bound below a list that the recipient's own provider may issue would take the decision from
/// all of its people once the list has grown.
pub const DECISION_OCTETS_MAX: usize = 2 * CRL_OCTETS_MAX + SIGNATURE_ROOM_OCTETS;
/// Octets of a signed discovery document: a few certificates, and the revocation list of the seal's
/// issuer.
pub const DISCOVERY_OCTETS_MAX: usize = CRL_OCTETS_MAX + SIGNATURE_ROOM_OCTETS;
/// Octets of the text of a policy update: twice [`POLICY_ENDS_MAX`] ends of 128 octets, and more.
pub const POLICY_UPDATE_OCTETS_MAX: usize = 32 * 1024;
/// Octets of a signed policy update: the text, and the revocation list of the seal's issuer.
pub const POLICY_OCTETS_MAX: usize =
    POLICY_UPDATE_OCTETS_MAX + CRL_OCTETS_MAX + SIGNATURE_ROOM_OCTETS;
/// Algorithms, and suites, that one policy update ends: the release knows about twenty.
pub const POLICY_ENDS_MAX: usize = 64;
/// Characters of a name in a policy update.
pub const POLICY_NAME_CHARS_MAX: usize = 64;
/// Octets of a signed registration statement: a few fields, and the revocation list of the signer's
/// issuer.
pub const REGISTRATION_OCTETS_MAX: usize = CRL_OCTETS_MAX + SIGNATURE_ROOM_OCTETS;

/// Seconds by which an evidence's claimed event time may differ from its proven time. Issuing is a
/// matter of milliseconds; a minute allows for a slow time-stamping authority and no more.
pub const EVENT_TIME_DRIFT_SECONDS_MAX: i64 = 60;

/// Transaction numbers that a module may have sent without an acknowledgement; to catch up with
/// them costs the provider a tenth of a second.
pub const TAN_OUTBOX_MAX: usize = 64;
/// Numbers that either end remembers beyond that, to answer repetitions and to see copies.
pub const TAN_HISTORY_MAX: usize = 64;
/// Fates in one statement: what was taken and what was burned.
pub const TAN_FATES_MAX: usize = 2 * TAN_HISTORY_MAX;
/// Counters above the base that the window variant takes: the bits of its bitmap.
pub const TAN_WINDOW: u64 = 64;
/// Seconds after which a skipped counter of the window variant is burned: a day.
pub const TAN_BURN_SECONDS: i64 = 86_400;
/// Numbers that one key makes. The proof of the scheme loses a bit with every doubling; 2²⁰ leave
/// 108 of 128 bit.
pub const TAN_USES_MAX: u64 = 1 << 20;
/// The highest of the 256 counts that are tried for a hash with Jacobi symbol +1. Each fails with
/// one half; all fail in no lifetime of the universe.
pub const TAN_HASH_TRIES_MAX: u8 = 255;
/// Bridging numbers that are followed at once: half a second. Whoever has more calls again.
pub const TAN_BRIDGING_MAX: usize = 256;
/// Octets of a stored state: 128 entries of at most 5.3 KiB in base64, and what surrounds them.
pub const TAN_STATE_OCTETS_MAX: usize = 1024 * 1024;
/// Octets of a registration: a key of 2.5 KiB and an anchor of 0.5 KiB in base64, names, digests.
pub const TAN_REGISTRATION_OCTETS_MAX: usize = 8 * 1024;
/// Octets of a statement: one entry and 128 fates of about 120 octets.
pub const TAN_STATEMENT_OCTETS_MAX: usize = 32 * 1024;
