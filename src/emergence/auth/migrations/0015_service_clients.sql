-- Services on other machines that may ask for tokens; each proves itself by a secret, of which a hash is kept, or by a key of its own.
CREATE TABLE service_clients (
    name text PRIMARY KEY,
    secret_hash bytea,
    jwks text,
    audiences text[] NOT NULL,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    last_used_at timestamptz,
    CHECK ((secret_hash IS NULL) <> (jwks IS NULL))
);

-- Assertions of clients that were used: each counts once. `hash` is of client and jti.
CREATE TABLE jti_seen (
    hash bytea PRIMARY KEY,
    exp timestamptz NOT NULL
);

CREATE INDEX jti_seen_by_end ON jti_seen (exp);
