-- Files with everything that is kept of a person. `attempt` numbers the times that it was begun: whoever
-- carries one out and lost its lease writes under an older number, which nobody reads.
CREATE TABLE exports (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    for_administrator boolean NOT NULL,
    state text NOT NULL CHECK (state IN ('waiting', 'running', 'ready', 'failed')),
    requested_at timestamptz NOT NULL,
    next_try_at timestamptz NOT NULL,
    lease_until timestamptz,
    attempt integer NOT NULL DEFAULT 0,
    collecting text,
    rows_collected bigint NOT NULL DEFAULT 0,
    size_bytes bigint NOT NULL DEFAULT 0,
    chunks integer NOT NULL DEFAULT 0,
    finished_at timestamptz,
    expires_at timestamptz
);

CREATE INDEX exports_of_user ON exports (user_id, requested_at);
CREATE INDEX exports_to_collect ON exports (requested_at) WHERE state IN ('waiting', 'running');
CREATE INDEX exports_by_end ON exports (expires_at);

CREATE TABLE export_chunks (
    export_id uuid NOT NULL REFERENCES exports (id) ON DELETE CASCADE,
    attempt integer NOT NULL,
    place integer NOT NULL,
    sealed bytea NOT NULL,
    PRIMARY KEY (export_id, attempt, place)
);

-- Accounts that will be erased unless somebody changes their mind; `is_own`: the person wanted it, and may undo it.
CREATE TABLE account_deletions (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    requested_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    is_own boolean NOT NULL,
    status_before text NOT NULL
);

CREATE INDEX account_deletions_by_end ON account_deletions (due_at);
