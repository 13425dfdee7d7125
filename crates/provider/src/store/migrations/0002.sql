-- Sealpost provider, schema 2.

-- The root, or the one certificate, of an external time-stamping authority, as the sealed discovery
-- document of the provider of a domain has named it. It counts for the time in that provider's
-- evidence and for nothing else. What was named once stays, since evidence may be under way that was
-- stamped before the provider took another authority; at most eight of one domain do.
CREATE TABLE time_root (
    number          INTEGER PRIMARY KEY,
    domain          TEXT    NOT NULL,
    der             BLOB    NOT NULL,
    UNIQUE (domain, der)
) STRICT;
