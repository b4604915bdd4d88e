-- Files that people bring in. The row is how far one is; `beat_at` is its instance's last sign of life.
CREATE TABLE imports (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    state text NOT NULL CHECK (state IN ('running', 'done', 'failed', 'interrupted')),
    progress jsonb NOT NULL,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    beat_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX imports_one_at_once ON imports (user_id) WHERE state = 'running';
CREATE INDEX imports_of_user ON imports (user_id, started_at DESC);
CREATE INDEX imports_by_age ON imports (started_at);

-- Which conversation of a file became which thread, so that the same file twice makes no second one.
CREATE TABLE import_origins (
    user_id uuid NOT NULL,
    digest bytea NOT NULL,
    thread_id uuid NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, digest)
);
CREATE INDEX import_origins_of_thread ON import_origins (thread_id);

-- A link shows what it showed when it was made: these messages, which never change once they are whole. Of its
-- token only the SHA-256 is kept.
CREATE TABLE shares (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    thread_id uuid NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    token_hash bytea NOT NULL UNIQUE,
    title text NOT NULL,
    author text,
    message_ids uuid[] NOT NULL,
    created_at timestamptz NOT NULL,
    shown_at timestamptz NOT NULL,
    expires_at timestamptz
);
CREATE INDEX shares_of_user ON shares (user_id, created_at DESC);
CREATE INDEX shares_of_thread ON shares (thread_id);
CREATE INDEX shares_by_expiry ON shares (expires_at) WHERE expires_at IS NOT NULL;
