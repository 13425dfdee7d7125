-- Sealpost provider, schema 5.

-- A certificate for new keys of somebody who has a mailbox, until the owner says that the new keys
-- are in use: it authenticates, and the directory does not show it.
ALTER TABLE certificate ADD COLUMN pending INTEGER NOT NULL DEFAULT 0 CHECK (pending IN (0, 1));

-- How many registrations and renewals of an account are remembered.
CREATE INDEX registration_of_account ON registration (account);
