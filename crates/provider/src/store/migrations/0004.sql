-- Sealpost provider, schema 4.

-- Ciphertexts that travel beside a letter, one by one. Until the letter that names them is here they
-- are whose who sent them: an account of ours, or another provider.
CREATE TABLE upload (
    id              INTEGER PRIMARY KEY AUTOINCREMENT,
    account         INTEGER REFERENCES account (id),
    domain          TEXT,
    digest          BLOB    NOT NULL REFERENCES blob (digest),
    forget_after    INTEGER NOT NULL,
    CHECK ((account IS NULL) <> (domain IS NULL))
) STRICT;
CREATE UNIQUE INDEX upload_of_account ON upload (account, digest) WHERE account IS NOT NULL;
CREATE UNIQUE INDEX upload_of_domain ON upload (domain, digest) WHERE domain IS NOT NULL;
CREATE INDEX upload_of_blob ON upload (digest);
CREATE INDEX upload_to_forget ON upload (forget_after);

-- The same once their letter is in the mailbox.
CREATE TABLE letter_object (
    letter          INTEGER NOT NULL REFERENCES letter (id) ON DELETE CASCADE,
    ordinal         INTEGER NOT NULL,
    digest          BLOB    NOT NULL REFERENCES blob (digest),
    PRIMARY KEY (letter, ordinal)
) STRICT;
CREATE INDEX letter_object_of_blob ON letter_object (digest);
