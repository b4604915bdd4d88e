CREATE TABLE users (
    id uuid PRIMARY KEY,
    display_name text NOT NULL,
    role text NOT NULL CHECK (role IN ('admin', 'member', 'guest')),
    status text NOT NULL DEFAULT 'active',
    created_at timestamptz NOT NULL,
    deleted_at timestamptz
);

CREATE TABLE user_emails (
    user_id uuid NOT NULL REFERENCES users (id),
    email_norm text NOT NULL UNIQUE,
    email text NOT NULL,
    verified_at timestamptz,
    is_primary boolean NOT NULL DEFAULT false,
    PRIMARY KEY (user_id, email_norm)
);

CREATE UNIQUE INDEX user_emails_one_primary ON user_emails (user_id) WHERE is_primary;

CREATE TABLE password_credentials (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    phc text NOT NULL,
    changed_at timestamptz NOT NULL,
    must_change boolean NOT NULL DEFAULT false
);

-- A row is a login session and its family of refresh tokens: salt and gen are all that is stored of them.
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES users (id),
    salt bytea NOT NULL,
    gen bigint NOT NULL DEFAULT 0,
    sv integer NOT NULL DEFAULT 1,
    rotated_at timestamptz NOT NULL,
    replays integer NOT NULL DEFAULT 0,
    acr text NOT NULL,
    amr text[] NOT NULL,
    auth_time timestamptz NOT NULL,
    device_id uuid,
    ua text,
    ip_prefix text,
    created_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    idle_exp timestamptz NOT NULL,
    abs_exp timestamptz NOT NULL,
    revoked_at timestamptz,
    revoke_reason text,
    impersonator_id uuid REFERENCES users (id)
);

CREATE INDEX sessions_by_user ON sessions (user_id, created_at);

CREATE TABLE ws_tickets (
    hash bytea PRIMARY KEY,
    session_id uuid NOT NULL REFERENCES sessions (id),
    origin text,
    aud text NOT NULL,
    created_at timestamptz NOT NULL,
    exp timestamptz NOT NULL,
    consumed_at timestamptz
);

CREATE INDEX ws_tickets_by_end ON ws_tickets (exp);
CREATE INDEX ws_tickets_by_session ON ws_tickets (session_id);

CREATE TABLE signing_keys (
    kid text PRIMARY KEY,
    alg text NOT NULL,
    public jsonb NOT NULL,
    private_enc bytea,
    state text NOT NULL CHECK (state IN ('next', 'active', 'retired')),
    not_before timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    retired_at timestamptz
);

CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (alg) WHERE state = 'active';

-- tat: theoretical arrival time of the generic cell rate algorithm; spent: attempts in a row, which make waits grow.
CREATE TABLE rate_buckets (
    key text PRIMARY KEY,
    tat timestamptz NOT NULL,
    spent integer NOT NULL
);

CREATE INDEX rate_buckets_by_tat ON rate_buckets (tat);

-- One row: who owns this deployment. Locking it makes claims queue; the id makes set-up codes of two databases differ.
CREATE TABLE deployment (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    owner_id uuid REFERENCES users (id),
    claimed_at timestamptz
);

INSERT INTO deployment DEFAULT VALUES;
