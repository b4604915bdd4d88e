-- Which account each person of the former system has here, known by a keyed hash of the address there. A row outlives
-- its person: `user_id` is null then, so that importing the same file again brings nobody back who was erased.
CREATE TABLE legacy_people (
    source bytea PRIMARY KEY,
    user_id uuid REFERENCES users (id),
    imported_at timestamptz NOT NULL
);
CREATE INDEX legacy_people_of_user ON legacy_people (user_id);

-- What the former system wrote down of accounts. Nothing vouches for these rows: they are no part of the chain.
CREATE TABLE legacy_audit_log (
    source bytea PRIMARY KEY,
    at timestamptz,
    type text NOT NULL,
    actor uuid REFERENCES users (id),
    actor_name text,
    subject uuid REFERENCES users (id),
    data text
);
CREATE INDEX legacy_audit_log_by_subject ON legacy_audit_log (subject);
CREATE INDEX legacy_audit_log_by_actor ON legacy_audit_log (actor);
CREATE INDEX legacy_audit_log_by_time ON legacy_audit_log (at DESC NULLS LAST, source);
