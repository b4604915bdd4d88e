-- Accounts at OpenID providers that sign somebody in; known by issuer and subject, never by an address.
CREATE TABLE identities (
    id uuid PRIMARY KEY,
    iss text NOT NULL,
    sub text NOT NULL,
    user_id uuid NOT NULL REFERENCES users (id),
    email_at_link text,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    UNIQUE (iss, sub)
);

CREATE INDEX identities_by_user ON identities (user_id);

-- Which login sessions a provider's word opened, so that signing out there can end them here.
CREATE TABLE identity_sessions (
    session_id uuid PRIMARY KEY REFERENCES sessions (id) ON DELETE CASCADE,
    identity_id uuid NOT NULL REFERENCES identities (id) ON DELETE CASCADE,
    sid text
);

CREATE INDEX identity_sessions_by_identity ON identity_sessions (identity_id);

-- Sign-ins that are under way at a provider: hashes of what the browser and the address line hold.
-- `session_id` is set where somebody who is signed in links an account.
CREATE TABLE oidc_states (
    hash bytea PRIMARY KEY,
    browser_hash bytea NOT NULL,
    provider text NOT NULL,
    session_id uuid REFERENCES sessions (id) ON DELETE CASCADE,
    next text,
    created_at timestamptz NOT NULL,
    exp timestamptz NOT NULL,
    consumed_at timestamptz
);

CREATE INDEX oidc_states_by_end ON oidc_states (exp);
CREATE INDEX oidc_states_by_session ON oidc_states (session_id);
