-- What authenticators know a person by (WebAuthn §5.4.3): random, so that it tells nothing about them.
CREATE TABLE webauthn_users (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    handle bytea NOT NULL UNIQUE
);

-- `counter_back_at`: when a use came with a counter that had been passed before, as that of a copy would be.
CREATE TABLE webauthn_credentials (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    cred_id bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    transports text[] NOT NULL,
    aaguid uuid NOT NULL,
    is_synced boolean NOT NULL,
    is_backed_up boolean NOT NULL,
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    counter_back_at timestamptz
);

CREATE INDEX webauthn_credentials_by_user ON webauthn_credentials (user_id, created_at);

-- One ceremony each: only a hash of the challenge is kept, and of what began it (a browser, a first step, a session).
CREATE TABLE webauthn_challenges (
    hash bytea PRIMARY KEY,
    purpose text NOT NULL CHECK (purpose IN ('register', 'login', 'second_factor', 'step_up')),
    user_id uuid REFERENCES users (id),
    bound_to bytea NOT NULL,
    created_at timestamptz NOT NULL,
    exp timestamptz NOT NULL,
    consumed_at timestamptz
);

CREATE INDEX webauthn_challenges_by_end ON webauthn_challenges (exp);
CREATE INDEX webauthn_challenges_by_user ON webauthn_challenges (user_id);
