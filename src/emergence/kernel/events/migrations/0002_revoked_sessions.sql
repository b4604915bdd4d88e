-- Login sessions that were ended while access tokens made for them may still be alive.
CREATE TABLE revoked_sessions (
    session_id uuid PRIMARY KEY,
    revoked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX revoked_sessions_by_age ON revoked_sessions (revoked_at);
