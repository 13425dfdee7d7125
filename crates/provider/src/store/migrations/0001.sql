-- Sealpost provider, schema 1.
-- Every column is listed in docs/knowledge-budget.toml with the reason why a provider may hold it.
-- Times are unix seconds; *_day are days since 1970-01-01; ids of letters and dispatches are 16
-- octets, digests 32 octets (SHA-256).

-- People who have, or are invited to have, a mailbox here --------------------------------------

CREATE TABLE account (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    address         TEXT    NOT NULL UNIQUE,
    name            TEXT    NOT NULL,
    organisation    TEXT,
    -- How surely the person was identified; every evidence about them says it (EN 319 522-2 I10, I12).
    assurance       TEXT    NOT NULL CHECK (assurance IN ('low', 'substantial', 'high')),
    created_day     INTEGER NOT NULL,
    blocked_at      INTEGER
) STRICT;

CREATE TABLE invitation (
    token_hash      BLOB    NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    address         TEXT    NOT NULL,
    name            TEXT    NOT NULL,
    organisation    TEXT,
    assurance       TEXT    NOT NULL CHECK (assurance IN ('low', 'substantial', 'high')),
    expires_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX invitation_of_address ON invitation (address);

-- SHA-256 of the invitation's token or of the challenge that opened or renewed an account: neither
-- works twice, but the same three requests get the same certificates again.
CREATE TABLE registration (
    proof_hash      BLOB    NOT NULL PRIMARY KEY CHECK (length(proof_hash) = 32),
    account         INTEGER NOT NULL REFERENCES account (id),
    requests_hash   BLOB    NOT NULL CHECK (length(requests_hash) = 32),
    forget_after    INTEGER NOT NULL
) STRICT;
CREATE INDEX registration_to_forget ON registration (forget_after);

CREATE TABLE certificate (
    serial          BLOB    NOT NULL PRIMARY KEY,
    account         INTEGER NOT NULL REFERENCES account (id),
    purpose         TEXT    NOT NULL CHECK (purpose IN ('signature', 'authentication', 'encryption')),
    der             BLOB    NOT NULL,
    not_after       INTEGER NOT NULL,
    revoked_at      INTEGER,
    revoked_reason  INTEGER CHECK ((revoked_reason IS NULL) = (revoked_at IS NULL))
) STRICT;
CREATE INDEX certificate_of_account ON certificate (account, purpose);
CREATE INDEX certificate_revoked ON certificate (revoked_at) WHERE revoked_at IS NOT NULL;

-- The current certificate revocation list: one row (RFC 5280 §5).
CREATE TABLE revocation_list (
    number          INTEGER NOT NULL PRIMARY KEY,
    this_update     INTEGER NOT NULL,
    next_update     INTEGER NOT NULL,
    der             BLOB    NOT NULL
) STRICT;

-- Ciphertext ----------------------------------------------------------------------------------

-- Octets up to 64 KiB lie here, larger ones in blobs/<first octet>/<digest>.
CREATE TABLE blob (
    digest          BLOB    NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    octets          INTEGER NOT NULL CHECK (octets >= 0),
    refs            INTEGER NOT NULL CHECK (refs > 0),
    inline          BLOB    CHECK (inline IS NULL OR length(inline) = octets)
) STRICT;

-- The sender's side -----------------------------------------------------------------------------

CREATE TABLE submission (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    account         INTEGER NOT NULL REFERENCES account (id),
    letter_id       BLOB    NOT NULL CHECK (length(letter_id) = 16),
    head_digest     BLOB    NOT NULL CHECK (length(head_digest) = 32),
    outcome         TEXT    NOT NULL CHECK (outcome IN ('accepted', 'rejected')),
    -- NULL while a dispatch is under way.
    purge_after     INTEGER,
    UNIQUE (account, letter_id)
) STRICT;
CREATE INDEX submission_to_purge ON submission (purge_after) WHERE purge_after IS NOT NULL;

-- A letter on its way to one recipient's provider; gone when that provider has answered. The head
-- is kept verbatim: its digest is what the other provider knows a repetition by.
CREATE TABLE dispatch_out (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    dispatch_id     BLOB    NOT NULL UNIQUE CHECK (length(dispatch_id) = 16),
    submission      INTEGER NOT NULL REFERENCES submission (id),
    domain          TEXT    NOT NULL,
    head            BLOB    NOT NULL,
    tries           INTEGER NOT NULL DEFAULT 0,
    next_try_at     INTEGER NOT NULL,
    give_up_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX dispatch_out_due ON dispatch_out (domain, next_try_at);
CREATE INDEX dispatch_out_of_submission ON dispatch_out (submission);

CREATE TABLE dispatch_out_part (
    dispatch_out    INTEGER NOT NULL REFERENCES dispatch_out (id) ON DELETE CASCADE,
    ordinal         INTEGER NOT NULL,
    digest          BLOB    NOT NULL REFERENCES blob (digest),
    PRIMARY KEY (dispatch_out, ordinal)
) STRICT;
CREATE INDEX dispatch_out_part_of_blob ON dispatch_out_part (digest);

-- The recipient's side --------------------------------------------------------------------------

-- What was answered to a dispatch, so that a repetition gets the same answer.
CREATE TABLE dispatch_in (
    dispatch_id     BLOB    NOT NULL PRIMARY KEY CHECK (length(dispatch_id) = 16),
    origin_domain   TEXT    NOT NULL,
    head_digest     BLOB    NOT NULL CHECK (length(head_digest) = 32),
    outcome         TEXT    NOT NULL CHECK (outcome IN ('accepted', 'rejected')),
    evidence        BLOB    NOT NULL,
    purge_after     INTEGER NOT NULL
) STRICT;
CREATE INDEX dispatch_in_to_purge ON dispatch_in (purge_after);

CREATE TABLE letter (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    dispatch_id     BLOB    NOT NULL UNIQUE CHECK (length(dispatch_id) = 16),
    account         INTEGER NOT NULL REFERENCES account (id),
    state           TEXT    NOT NULL
                    CHECK (state IN ('awaiting', 'consigned', 'handed-over', 'refused', 'expired')),
    -- These three are gone the moment the letter reaches an end. The slip stays as sealed as it
    -- came: address salt, carrier key and release share are in here and nowhere else.
    metadata        BLOB,
    slip            BLOB,
    submission_evidence BLOB,
    -- While the recipient may decide.
    deadline        INTEGER,
    -- SHA-256 of the recipient's signed decision.
    decision_digest BLOB    CHECK (decision_digest IS NULL OR length(decision_digest) = 32),
    -- NULL until the letter has reached an end.
    purge_after     INTEGER,
    CHECK ((state = 'awaiting') = (deadline IS NOT NULL)),
    CHECK ((state IN ('awaiting', 'consigned')) = (purge_after IS NULL)),
    CHECK ((metadata IS NULL) = (purge_after IS NOT NULL)),
    CHECK ((slip IS NULL) = (purge_after IS NOT NULL)),
    CHECK ((submission_evidence IS NULL) = (purge_after IS NOT NULL))
) STRICT;
CREATE INDEX letter_open ON letter (account, state, id) WHERE state IN ('awaiting', 'consigned');
CREATE INDEX letter_by_deadline ON letter (deadline) WHERE deadline IS NOT NULL;
CREATE INDEX letter_to_purge ON letter (purge_after) WHERE purge_after IS NOT NULL;

CREATE TABLE letter_part (
    letter          INTEGER NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
    name            TEXT    NOT NULL CHECK (name IN ('enveloped', 'body')),
    digest          BLOB    NOT NULL REFERENCES blob (digest),
    PRIMARY KEY (letter, name)
) STRICT;
CREATE INDEX letter_part_of_blob ON letter_part (digest);

-- Evidence on its way back to a sender's provider, by a path only that provider can open.
CREATE TABLE receipt_out (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    domain          TEXT    NOT NULL,
    dispatch_id     BLOB    NOT NULL CHECK (length(dispatch_id) = 16),
    reply_path      BLOB    NOT NULL,
    evidence        BLOB    NOT NULL,
    attachment      BLOB,
    tries           INTEGER NOT NULL DEFAULT 0,
    next_try_at     INTEGER NOT NULL,
    give_up_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX receipt_out_due ON receipt_out (domain, next_try_at);
CREATE INDEX receipt_out_ending ON receipt_out (give_up_at);

-- SHA-256 of receipts that were taken, so that a repetition is not put into the mailbox again.
CREATE TABLE receipt_in (
    digest          BLOB    NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
    purge_after     INTEGER NOT NULL
) STRICT;
CREATE INDEX receipt_in_to_purge ON receipt_in (purge_after);

-- Both sides --------------------------------------------------------------------------------------

-- Evidence for an account. It waits in the mailbox until the agent has acknowledged it, and it
-- answers a repeated request until the submission or the letter it belongs to is purged.
CREATE TABLE evidence (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    account         INTEGER NOT NULL REFERENCES account (id),
    dispatch_id     BLOB    NOT NULL CHECK (length(dispatch_id) = 16),
    event           TEXT    NOT NULL,
    evidence        BLOB    NOT NULL,
    attachment      BLOB,
    waits           INTEGER NOT NULL CHECK (waits IN (0, 1)),
    submission      INTEGER REFERENCES submission (id),
    letter          INTEGER REFERENCES letter (id),
    arrived_day     INTEGER NOT NULL
) STRICT;
CREATE INDEX evidence_waiting ON evidence (account, id) WHERE waits = 1;
CREATE INDEX evidence_of_submission ON evidence (submission) WHERE submission IS NOT NULL;
CREATE INDEX evidence_of_letter ON evidence (letter) WHERE letter IS NOT NULL;
CREATE INDEX evidence_by_age ON evidence (arrived_day);
