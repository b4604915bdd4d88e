-- A key of memory itself, sealed by a secret that is in no database: forgotten words are hashed with it, too.
CREATE TABLE kept_keys (
    name text PRIMARY KEY,
    sealed bytea NOT NULL
);

-- Whether a person's tombstones of words are made with that key as well; the former ones are made anew in their next
-- night, or with the next word of theirs.
ALTER TABLE tombstone_keys ADD COLUMN is_peppered boolean NOT NULL DEFAULT false;
