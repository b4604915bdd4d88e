-- Addresses whose owners may make an account by themselves, with the role that they then have.
CREATE TABLE allowlist (
    email_norm text PRIMARY KEY,
    email text NOT NULL,
    role text NOT NULL CHECK (role IN ('admin', 'member', 'guest')),
    note text NOT NULL,
    created_by uuid REFERENCES users (id),
    created_at timestamptz NOT NULL
);

CREATE INDEX allowlist_by_author ON allowlist (created_by);

-- Who was invited, by whom; `hash` is what is kept of the link. Without `mailed_at` it was handed over, and proves no address.
CREATE TABLE invitations (
    id uuid PRIMARY KEY,
    email_norm text NOT NULL,
    email text NOT NULL,
    role text NOT NULL CHECK (role IN ('admin', 'member', 'guest')),
    note text NOT NULL,
    language text NOT NULL,
    hash bytea NOT NULL UNIQUE,
    created_by uuid REFERENCES users (id),
    created_at timestamptz NOT NULL,
    exp timestamptz NOT NULL,
    mailed_at timestamptz,
    accepted_at timestamptz,
    revoked_at timestamptz
);

CREATE UNIQUE INDEX invitations_one_open ON invitations (email_norm) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX invitations_by_author ON invitations (created_by);
CREATE INDEX invitations_by_end ON invitations (exp);

-- Accounts that were asked for, until their address is proved. `sealed` holds address, name and the password's hash.
CREATE TABLE registrations (
    hash bytea PRIMARY KEY,
    address_hash bytea NOT NULL,
    sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    exp timestamptz NOT NULL
);

CREATE INDEX registrations_by_address ON registrations (address_hash);
CREATE INDEX registrations_by_end ON registrations (exp);
