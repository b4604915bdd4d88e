CREATE TABLE totp_credentials (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    seed_enc bytea NOT NULL,
    last_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    confirmed_at timestamptz
);

-- `place` is the letter that a code begins with, so that one hash is checked and not ten.
CREATE TABLE recovery_codes (
    user_id uuid NOT NULL REFERENCES users (id),
    place text NOT NULL,
    hash text NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (user_id, place)
);

-- Links and steps that work once: only a hash of what was handed out is kept.
CREATE TABLE one_time_tokens (
    hash bytea PRIMARY KEY,
    purpose text NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id),
    data jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL,
    exp timestamptz NOT NULL,
    consumed_at timestamptz,
    tries integer NOT NULL DEFAULT 0
);

CREATE INDEX one_time_tokens_by_end ON one_time_tokens (exp);
CREATE INDEX one_time_tokens_by_user ON one_time_tokens (user_id, purpose);
