-- What happened to accounts, in a chain: each row's mac covers the row and the mac before it.
-- Rows name people by a reference of their own; erasing somebody deletes the reference and leaves the chain whole.
CREATE TABLE audit_references (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    reference uuid NOT NULL UNIQUE DEFAULT gen_random_uuid()
);

CREATE TABLE audit_log (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    type text NOT NULL,
    actor uuid,
    subject uuid,
    session_id uuid,
    ip_prefix text,
    ua text,
    outcome text NOT NULL CHECK (outcome IN ('success', 'failure')),
    data text NOT NULL,
    request_id text,
    prev_mac bytea NOT NULL,
    mac bytea NOT NULL
);

CREATE INDEX audit_log_by_subject ON audit_log (subject, seq DESC);
CREATE INDEX audit_log_by_actor ON audit_log (actor, seq DESC);

-- The whole address is kept apart, because it is deleted after 90 days.
CREATE TABLE audit_addresses (
    seq bigint PRIMARY KEY,
    at timestamptz NOT NULL,
    ip inet NOT NULL
);

CREATE INDEX audit_addresses_by_age ON audit_addresses (at);

-- One row: the end of the chain. Locking it makes writers queue.
CREATE TABLE audit_head (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    seq bigint NOT NULL DEFAULT 0,
    mac bytea NOT NULL DEFAULT ''
);

INSERT INTO audit_head DEFAULT VALUES;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only added to' USING ERRCODE = 'insufficient_privilege';
END
$$;

CREATE TRIGGER audit_log_is_kept BEFORE UPDATE OR DELETE ON audit_log
FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER audit_log_is_not_emptied BEFORE TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
