-- Sealpost provider, schema 3.

-- The newest revocation list of the external time-stamping authority (RFC 5280 §5): one row, so that
-- a start does not depend on the authority's web server.
CREATE TABLE time_stamp_list (
    only            INTEGER PRIMARY KEY CHECK (only = 1),
    der             BLOB    NOT NULL
) STRICT;
