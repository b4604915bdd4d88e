-- Conversations, the runs that fill them, and the durable log that live clients resume from.

CREATE TABLE threads (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    title text NOT NULL,
    agent text NOT NULL,
    turns bigint NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL
);
CREATE INDEX threads_latest ON threads (user_id, updated_at DESC, id DESC);

-- A question is slot 0 of its turn, its answers are slots 1, 2, …: an answer that was asked for again
-- stays beside its question. A message of which a run is not over is stored without its text.
CREATE TABLE messages (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    thread_id uuid NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    turn bigint NOT NULL,
    slot bigint NOT NULL,
    role text NOT NULL CHECK (role IN ('user', 'agent')),
    agent text,
    status text NOT NULL,
    parts jsonb NOT NULL,
    reply_to uuid,
    superseded_by uuid,
    created_at timestamptz NOT NULL,
    UNIQUE (thread_id, turn, slot)
);

-- `owner` is the instance that carries the run out; past `lease_until` it counts as dead.
-- Runs of one thread go one after the other, in the order of `queue_position`.
CREATE TABLE runs (
    id uuid PRIMARY KEY,
    queue_position bigint GENERATED ALWAYS AS IDENTITY,
    user_id uuid NOT NULL,
    thread_id uuid NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    message_id uuid NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    turn bigint NOT NULL,
    agent text NOT NULL,
    language text NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'running', 'ended')),
    outcome text,
    owner text NOT NULL,
    lease_until timestamptz NOT NULL,
    stop_requested_at timestamptz,
    provider text,
    model text,
    demonstration boolean NOT NULL DEFAULT false,
    usage jsonb,
    problem jsonb,
    queued_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    log_pruned boolean NOT NULL DEFAULT false,
    CHECK ((state = 'ended') = (outcome IS NOT NULL))
);
CREATE INDEX runs_of_message ON runs (message_id);
CREATE INDEX runs_of_thread ON runs (thread_id, queue_position) WHERE state <> 'ended';
CREATE INDEX runs_of_user ON runs (user_id) WHERE state <> 'ended';
CREATE INDEX runs_by_lease ON runs (lease_until) WHERE state <> 'ended';
CREATE INDEX runs_to_prune ON runs (ended_at) WHERE state = 'ended' AND NOT log_pruned;

-- For `thread:` and `user:` topics `last_seq` is the counter, raised under its row lock. A run's topic
-- is numbered by the run's owner in memory; its row holds the number from the start and the end only.
CREATE TABLE topics (
    topic text PRIMARY KEY,
    user_id uuid NOT NULL,
    last_seq bigint NOT NULL,
    pruned_to bigint NOT NULL DEFAULT 0
);

CREATE INDEX topics_by_length ON topics ((last_seq - pruned_to)) WHERE topic NOT LIKE 'run:%';

CREATE TABLE frames (
    topic text NOT NULL,
    seq bigint NOT NULL,
    user_id uuid NOT NULL,
    type text NOT NULL,
    frame text NOT NULL,
    PRIMARY KEY (topic, seq)
);

CREATE TABLE commands (
    user_id uuid NOT NULL,
    cid uuid NOT NULL,
    digest bytea NOT NULL,
    result jsonb NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (user_id, cid)
);
CREATE INDEX commands_by_age ON commands (received_at);

CREATE TABLE live_sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    login_session_id uuid NOT NULL,
    client text NOT NULL,
    instance text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz
);
CREATE INDEX live_sessions_of_user ON live_sessions (user_id);
CREATE INDEX live_sessions_by_login ON live_sessions (login_session_id) WHERE ended_at IS NULL;

-- A ticket may have been used up just before its login session was revoked: who opens a socket looks here.
CREATE TABLE revoked_login_sessions (
    login_session_id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    revoked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX revoked_login_sessions_by_age ON revoked_login_sessions (revoked_at);
