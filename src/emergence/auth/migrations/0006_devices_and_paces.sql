-- Browsers that somebody signed in with: each holds a random value of which only the hash is kept. The value changes now
-- and then; the one before stays good until the next change, because an answer may be lost on its way.
CREATE TABLE devices (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    hash bytea NOT NULL,
    previous_hash bytea,
    first_ip_prefix text,
    trusted_at timestamptz NOT NULL,
    rotated_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    UNIQUE (user_id, hash)
);

CREATE INDEX devices_by_hash ON devices (hash);
CREATE INDEX devices_by_previous_hash ON devices (previous_hash);
CREATE INDEX devices_by_last_seen ON devices (last_seen_at);

-- How fast a login session refreshes and asks for tickets, beside the row that both touch anyway.
ALTER TABLE sessions ADD COLUMN refresh_tat timestamptz;
ALTER TABLE sessions ADD COLUMN ticket_tat timestamptz;

-- Proofs of work that were used: each counts once.
CREATE TABLE spent_proofs (
    hash bytea PRIMARY KEY,
    exp timestamptz NOT NULL
);

CREATE INDEX spent_proofs_by_end ON spent_proofs (exp);
