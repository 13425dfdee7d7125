//! Every bound of the provider: the number, its unit and the reason.
//!
//! Nothing here is a setting. What an operator may choose has its default and its range in
//! [`crate::config`]; what protects the provider itself is fixed here.

use std::time::Duration;

// --- store -----------------------------------------------------------------------------------

/// Operations waiting for the writer. Beyond it the answer is `busy`: a longer queue only makes
/// every answer late (128 writers had five times the p99 of 32 in our measurements).
pub const WRITE_QUEUE_MAX: usize = 128;

/// Operations in one COMMIT. Equal to the queue, so that one sync can empty it.
pub const WRITE_BATCH_MAX: usize = 128;

/// Read-only database connections. Reads are short; more connections than twice the processors
/// of a small server only cost memory (about 1 MiB of page cache each).
pub const READERS_MAX: usize = 4;

/// Page cache of one database connection in KiB (SQLite takes a negative number as KiB).
pub const PAGE_CACHE_KIBIBYTES: i64 = 2 * 1024;

/// Pages in the write-ahead log before the writer copies them into the database: 16 MiB of
/// 4 KiB pages, so that a checkpoint (two more syncs) is shared by hundreds of letters.
pub const WAL_CHECKPOINT_PAGES: i64 = 4096;

/// How long another process (`invite`, `revoke`) may hold the database's write lock.
pub const DATABASE_LOCK_WAIT: Duration = Duration::from_secs(5);

/// Prepared statements kept per connection: more than the statements of the whole program.
pub const STATEMENTS_CACHED_MAX: usize = 128;

// --- ciphertext ------------------------------------------------------------------------------

/// Ciphertext up to this many octets lies in the database, in the transaction that records it:
/// one sync instead of three. Larger bodies would be written two to three times over.
/// docs/decisions/0003-small-bodies-inline.md
pub const INLINE_OCTETS_MAX: u64 = 64 * 1024;

/// Buffer between the network and the file of one incoming body, octets. One blocking write per
/// 256 KiB keeps the thread pool out of the profile; memory per upload stays a quarter MiB.
pub const INTAKE_BUFFER_OCTETS: usize = 256 * 1024;

/// Piece in which a stored body is read, octets.
pub const READ_PIECE_OCTETS: usize = 64 * 1024;

/// The largest `letter_octets_max` an operator may set: OpenSSL readers cannot open 2 GiB.
pub const LETTER_OCTETS_CEILING: u64 = 2 * 1024 * 1024 * 1024 - 1;

/// The smallest `letter_octets_max`: below it a signed one-page PDF does not fit.
pub const LETTER_OCTETS_FLOOR: u64 = 64 * 1024;

/// The largest `objects_octets_max`: as many objects as a list may name, each as large as it may be.
pub const OBJECTS_OCTETS_CEILING: u64 =
    sealpost_erds::limits::OBJECTS_MAX as u64 * sealpost_erds::limits::OBJECT_OCTETS_MAX;

/// How long an object waits for its letter: a week, so that whoever was cut off on a Friday goes on
/// after the weekend.
pub const UPLOAD_MEMORY_SECONDS: i64 = 7 * 24 * 3600;

/// Letters of the largest size whose objects one account may have sent before them: the one that it
/// sends, and one that it never finished.
pub const UPLOADS_OF_ACCOUNT_LETTERS: u64 = 2;

/// The same of another provider, which relays several at once.
pub const UPLOADS_OF_PROVIDER_LETTERS: u64 = 16;

/// Octets of a question which objects are missing: 64 characters and three around them for each.
pub const OBJECTS_JSON_OCTETS_MAX: usize = sealpost_erds::limits::OBJECTS_MAX * 72 + 1024;

// --- connections -----------------------------------------------------------------------------

/// Open connections. At about 50 KiB each this is 100 MiB; the next one waits in the kernel.
pub const CONNECTIONS_MAX: usize = 2048;

/// Those of callers without a certificate that counts here. They wait for each other; accounts and
/// other providers always have three quarters of all connections.
pub const CONNECTIONS_OF_STRANGERS_MAX: usize = 512;

/// Concurrent requests in one HTTP/2 connection. A relay peer multiplexes all its letters.
pub const STREAMS_MAX: u32 = 128;

/// The same of a stranger, who asks for a few documents, one after the other.
pub const STREAMS_OF_STRANGERS_MAX: u32 = 16;

/// Requests of accounts that are worked on at the same time, uploads and downloads among them. Each
/// holds at most a few hundred KiB; the next one is told `busy`.
pub const REQUESTS_OF_ACCOUNTS_MAX: usize = 384;

/// The same of other providers: sixteen letters at once from each of eight.
pub const REQUESTS_OF_PROVIDERS_MAX: usize = 128;

/// The same of everybody else. Strangers who send slowly wait for each other and for nobody else.
pub const REQUESTS_OF_STRANGERS_MAX: usize = 64;

/// A request without ciphertext, from its first to its last octet and until its answer.
pub const REQUEST_PATIENCE: Duration = Duration::from_secs(60);

/// An upload: 64 MiB at 20 KiB/s.
pub const UPLOAD_PATIENCE: Duration = Duration::from_secs(3600);

/// A question of the operator.
pub const OPERATION_PATIENCE: Duration = Duration::from_secs(10);

/// What one look at the provider's readiness found counts for everybody this long: a load balancer
/// asks every few seconds, and a look costs two syncs.
pub const READINESS_SHARED: Duration = Duration::from_secs(1);

/// Memory that all messages on their way in share, KiB: heads, and parts up to 64 KiB, which stay
/// in memory until they are recorded. 256 MiB are 1000 usual letters at once.
pub const INTAKE_MEMORY_KIBIBYTES: usize = 256 * 1024;

/// Octets of a sealed directory query: 512, the encapsulated key (32) and the tag (16), with some
/// room for a longer key.
pub const SEALED_QUERY_OCTETS_MAX: usize = 4 * 1024;

/// Octets of one time-stamp query: a digest, a nonce and a policy. The same bound as in `cms`.
pub const TIME_STAMP_QUERY_OCTETS_MAX: usize = 4 * 1024;

/// Encryption certificates of one account that are looked at for the directory. An account has one of
/// each suite; more can count only where somebody was given new ones before the old ones ended.
pub const ENCRYPTION_CERTIFICATES_MAX: u32 = 16;

/// Octets of a JSON body without attachments, such as a registration: five requests of 8 KiB and
/// a signed statement, in base64.
pub const JSON_OCTETS_MAX: usize =
    (5 * 8 * 1024 + sealpost_erds::limits::REGISTRATION_OCTETS_MAX) / 3 * 4 + 64 * 1024;

/// Octets of a decision in JSON: the signed decision and what goes to the sender (the same once
/// more, sealed), in base64.
pub const DECISION_JSON_OCTETS_MAX: usize =
    (sealpost_erds::limits::DECISION_OCTETS_MAX + DECISION_ATTACHMENT_OCTETS_MAX) / 3 * 4
        + 64 * 1024;

/// Octets of receipts in JSON: the largest batch there is, in base64, with a reply path and names of
/// members for each.
pub const RECEIPTS_OCTETS_MAX: usize =
    RECEIPTS_BATCH_OCTETS_MAX.div_ceil(3) * 4 + RECEIPTS_BATCH_MAX * 4096;

/// Header octets of one request: callers send a media type, a length and what their library adds.
pub const HEADER_OCTETS_MAX: usize = 16 * 1024;

/// Header fields of one request.
pub const HEADERS_MAX: usize = 64;

/// A TLS handshake must be over by then; a slower peer holds a slot for nothing.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// The first request of a connection must have come by then. A caller connects in order to ask.
pub const FIRST_REQUEST_TIMEOUT: Duration = Duration::from_secs(15);

/// A connection without a request in flight ends after this: longer than usual clients keep one
/// (90 seconds), so that mostly they and not we end it.
pub const CONNECTION_IDLE_MAX: Duration = Duration::from_secs(120);

/// Whoever was told that the connection ends has this long to hear of it.
pub const CLOSING_TIMEOUT: Duration = Duration::from_secs(10);

/// The head of an HTTP/1 request must have arrived by then.
pub const HEADER_TIMEOUT: Duration = Duration::from_secs(15);

/// Longest silence in the middle of a request body.
pub const BODY_SILENCE_MAX: Duration = Duration::from_secs(30);

/// Longest time that a reader may take for one piece of an answer …
pub const ANSWER_SILENCE_MAX: Duration = Duration::from_secs(30);

/// … of this many octets, one frame of HTTP/2 by default …
pub const ANSWER_PIECE_OCTETS: usize = 16 * 1024;

/// … and for the whole answer: 64 MiB at 20 KiB/s, as for an upload.
pub const ANSWER_PATIENCE: Duration = UPLOAD_PATIENCE;

/// An idle HTTP/2 peer is asked for a sign of life this often …
pub const PING_INTERVAL: Duration = Duration::from_secs(60);

/// … and must answer within this.
pub const PING_TIMEOUT: Duration = Duration::from_secs(20);

/// After SIGTERM requests in flight have this long to finish: shorter than the 90 seconds after
/// which common service supervisors kill.
pub const DRAIN_TIMEOUT: Duration = Duration::from_secs(30);

/// After the requests, the workers have this long to notice that they are to stop. Together with
/// the requests and the emptying of the log it stays below the 45 seconds that operators are told.
pub const WORKERS_STOP_TIMEOUT: Duration = Duration::from_secs(5);

/// Certificates a client may send: leaf, issuing certificate, one cross certificate, root.
pub const CLIENT_CERTIFICATES_MAX: usize = 4;

/// One certificate, octets. The same bound as in the `cms` room.
pub const CERTIFICATE_OCTETS_MAX: usize = 16 * 1024;

/// A connection attempt to another provider.
pub const PEER_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Longest silence of another provider in the middle of an answer.
pub const PEER_SILENCE_MAX: Duration = Duration::from_secs(60);

/// How long another provider may take to give its revocation list.
pub const REVOCATION_LIST_PATIENCE: Duration = Duration::from_secs(5);

/// Octets of another provider's revocation list: about 25 000 entries, the same bound as in the
/// `cms` room.
pub const REVOCATION_LIST_OCTETS_MAX: usize = 1024 * 1024;

// --- configuration ---------------------------------------------------------------------------

/// Octets of the configuration file: a thousand peers fit.
pub const CONFIG_OCTETS_MAX: u64 = 256 * 1024;

/// Peers in the configuration.
pub const PEERS_MAX: usize = 1000;

/// Octets of one key or certificate file.
pub const KEY_FILE_OCTETS_MAX: u64 = 64 * 1024;

/// Characters of a person's or an organisation's name in a certificate (RFC 5280 ub-common-name
/// and ub-organization-name).
pub const NAME_CHARACTERS_MAX: usize = 64;

// --- certificates ----------------------------------------------------------------------------

const DAY: i64 = 24 * 3600;

/// The root: evidence must be provable for decades, and changing the root means every peer has
/// to be told by hand.
pub const ROOT_VALIDITY_SECONDS: i64 = 25 * 366 * DAY;

/// The electronic seal: three years is the usual cryptoperiod of a seal (ETSI TS 119 312).
pub const SEAL_VALIDITY_SECONDS: i64 = 3 * 365 * DAY;

/// The time-stamping certificate outlives the seal by years, so that a token still proves the
/// time of the last evidence after the seal's certificate has ended.
pub const TIME_STAMPING_VALIDITY_SECONDS: i64 = 10 * 365 * DAY;

/// TLS between agents and providers: 398 days, the upper bound browsers use; `quickstart` renews
/// it with the same key once the file is moved away.
pub const TLS_VALIDITY_SECONDS: i64 = 398 * DAY;

/// Days before the end of an own certificate from which on the log warns daily: four weeks, so that
/// a holiday passes.
pub const CERTIFICATE_WARNING_DAYS: i64 = 28;

/// Certificates of persons: two years. Until then their owner can have new ones for new keys; after
/// that the identity has to be confirmed again.
pub const PERSON_VALIDITY_SECONDS: i64 = 2 * 365 * DAY;

/// Certificates begin an hour before they are issued: a peer whose clock is slow must not refuse
/// a certificate of today.
pub const CERTIFICATE_BACKDATE_SECONDS: i64 = 3600;

/// A revocation list is good for a week: peers that cannot fetch one for a weekend go on working.
pub const CRL_VALIDITY_SECONDS: i64 = 7 * DAY;

/// A new revocation list is issued when the current one is older than a day.
pub const CRL_RENEWAL_SECONDS: i64 = DAY;

/// An invitation is a bearer secret sent by ordinary means: two weeks.
pub const INVITATION_VALIDITY_SECONDS: i64 = 14 * DAY;

/// How long an invitation is remembered after its end, so that whoever comes late is told "expired"
/// and not "unknown": a month.
pub const INVITATION_MEMORY_SECONDS: i64 = 30 * DAY;

/// A registration challenge: long enough to type a PIN, too short to be passed around.
pub const CHALLENGE_VALIDITY_SECONDS: i64 = 10 * 60;

/// How long a registration by certified identity is recognised when it is repeated with the same keys:
/// as long as one by invitation, a month.
pub const REGISTRATION_MEMORY_SECONDS: i64 = 30 * DAY;

/// Registrations and renewals of one account that are remembered: more than anybody needs in
/// a month, few enough that a revocation list of a thousand people stays readable.
pub const RENEWALS_REMEMBERED_MAX: u32 = 16;

/// The clock must not be before this (2026-01-01T00:00:00Z): no release is older.
pub const CLOCK_FLOOR_UNIX: i64 = 1_767_225_600;

// --- letters and evidence --------------------------------------------------------------------

/// Octets of the beginning of a part that say whether it is an envelope: the largest head that
/// the `cms` room reads. Small parts lie within it whole.
pub const ENVELOPED_PREFIX_OCTETS: usize = sealpost_cms::limits::ENVELOPED_HEAD_OCTETS_MAX;

/// Evidence in one page of a mailbox.
pub const MAILBOX_PAGE_MAX: usize = 100;

/// Octets of evidence and what comes with it in one page, so that large ones do not pile up in
/// memory; one always fits.
pub const MAILBOX_PAGE_OCTETS_MAX: usize = 4 * 1024 * 1024;

/// Letters shown in one mailbox page. Each costs one key agreement to show (about 50 µs); who has
/// more undecided letters than this sees the rest after deciding.
pub const MAILBOX_LETTERS_MAX: usize = 1000;

/// Octets of letters shown in one mailbox page: a thousand of usual size. One always fits.
pub const MAILBOX_LETTERS_OCTETS_MAX: usize = 8 * 1024 * 1024;

/// Evidence acknowledged in one request: ten pages.
pub const ACKNOWLEDGED_MAX: usize = 1000;

/// Octets of what accompanies a decision: the decision once more, encrypted for the sender.
pub const DECISION_ATTACHMENT_OCTETS_MAX: usize =
    sealpost_erds::limits::DECISION_OCTETS_MAX + 8 * 1024;

/// Letters on their way to one provider at the same time: enough to hide the distance, few enough
/// to be polite.
pub const DISPATCHES_AT_ONCE_MAX: usize = 16;

/// Letters of one queue that are looked up at once; only their row numbers are held.
pub const DISPATCHES_READY_MAX: usize = 256;

/// Receipts in one message to another provider.
pub const RECEIPTS_BATCH_MAX: usize = 64;

/// Octets of evidence and attachments in one batch of receipts, as they are before base64.
pub const RECEIPTS_BATCH_OCTETS_MAX: usize = 6 * 1024 * 1024;

/// Octets of an answer to a dispatch: one signed evidence in base64.
pub const RELAY_ANSWER_OCTETS_MAX: usize =
    sealpost_erds::limits::SIGNED_EVIDENCE_OCTETS_MAX / 3 * 4 + 4096;

/// Requests to an external time-stamping authority at the same time, for one submission.
pub const TIME_STAMPS_AT_ONCE_MAX: usize = 8;

/// Letters that expire in one go.
pub const EXPIRIES_AT_ONCE_MAX: usize = 64;

/// Rows of one kind that one transaction deletes: a few milliseconds of the writer.
pub const PURGE_ROWS_MAX: usize = 200;

/// How often deadlines are looked at.
pub const EXPIRY_INTERVAL: Duration = Duration::from_secs(1);

/// The longest time between two purges.
pub const PURGE_INTERVAL_MAX: Duration = Duration::from_secs(60);

/// Between two emptyings of the write-ahead log, each of which costs two syncs and stops the
/// writer for the copying.
pub const ERASE_INTERVAL: Duration = Duration::from_secs(5);

/// A queue without work looks again after this, whatever the bells say: a clock that was set, a
/// row that another process wrote.
pub const QUEUE_LOOK_INTERVAL: Duration = Duration::from_secs(60);

/// The discovery document counts for a day …
pub const DISCOVERY_VALIDITY_SECONDS: i64 = DAY;

/// … and is made anew after an hour, so that those who keep one see a change soon.
pub const DISCOVERY_RENEWAL: Duration = Duration::from_secs(3600);

/// The sealed update of the algorithm policy counts for a week: long enough for a provider that is
/// down over some days, short enough that a withheld one is noticed.
pub const POLICY_VALIDITY_SECONDS: i64 = 7 * DAY;

/// Another provider's discovery document is asked for again after this.
pub const PEER_DISCOVERY_KEPT: Duration = Duration::from_secs(300);

/// Another provider is waited for this long when its evidence cannot be judged without its discovery
/// document: it is waiting itself, for our answer.
pub const DISCOVERY_PATIENCE: Duration = Duration::from_secs(10);

/// Time-stamping roots that are kept of one provider: it changes its authority once in years.
pub const TIME_ROOTS_MAX: usize = 8;

/// Octets of the revocation list of an external time-stamping authority, about 1700 entries: it goes
/// into every evidence and into every token that our people ask for.
pub const TIME_LIST_OCTETS_MAX: usize = 64 * 1024;

/// That list is asked for again when half of its life is over, but not more often than this …
pub const TIME_LIST_RENEWAL_MIN: Duration = Duration::from_secs(60);

/// … and not less often than this: a revocation between two regular lists should not go unheard.
pub const TIME_LIST_RENEWAL_MAX: Duration = Duration::from_secs(3600);

/// The first pause after it could not be had …
pub const TIME_LIST_RETRY_MIN: Duration = Duration::from_secs(15);

/// … and the longest one.
pub const TIME_LIST_RETRY_MAX: Duration = Duration::from_secs(15 * 60);

// Each certificate ends well before the one that issued it, each list before the next is due.
const _: () = {
    assert!(SEAL_VALIDITY_SECONDS * 2 < TIME_STAMPING_VALIDITY_SECONDS);
    assert!(TIME_STAMPING_VALIDITY_SECONDS * 2 < ROOT_VALIDITY_SECONDS);
    assert!(TLS_VALIDITY_SECONDS * 2 < ROOT_VALIDITY_SECONDS);
    assert!(PERSON_VALIDITY_SECONDS * 2 < ROOT_VALIDITY_SECONDS);
    assert!(CRL_RENEWAL_SECONDS * 2 < CRL_VALIDITY_SECONDS);
};

// The largest receipt there is fits into a message of its own.
const _: () = assert!(
    sealpost_erds::limits::SIGNED_EVIDENCE_OCTETS_MAX + DECISION_ATTACHMENT_OCTETS_MAX
        <= RECEIPTS_BATCH_OCTETS_MAX
);

// One batch can empty the queue.
const _: () = assert!(WRITE_BATCH_MAX >= WRITE_QUEUE_MAX);
