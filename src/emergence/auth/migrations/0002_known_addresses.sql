-- From where an account was signed in to with its password: hash of both, see emergence.auth.known_addresses.
CREATE TABLE known_addresses (
    hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    last_seen_at timestamptz NOT NULL
);

CREATE INDEX known_addresses_by_user ON known_addresses (user_id);
CREATE INDEX known_addresses_by_last_seen ON known_addresses (last_seen_at);
