-- What ended before its tokens expire; services read it as a feed and keep where they are.
CREATE SEQUENCE revocations_seq AS bigint;

CREATE TABLE revocations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seq bigint UNIQUE,
    kind text NOT NULL CHECK (kind IN ('sid', 'user', 'key', 'all')),
    ref text NOT NULL,
    sv integer NOT NULL,
    at timestamptz NOT NULL,
    reason text NOT NULL
);

CREATE INDEX revocations_by_age ON revocations (at);

-- Numbers are taken at commit, one transaction at a time: taken at insert, a slow transaction would appear before rows
-- that readers have passed, and they would never see it. The outbox does the same for its positions under this very
-- lock, because two locks could be taken in two orders.
CREATE FUNCTION revocations_take_seq() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('outbox:' || TG_TABLE_SCHEMA, 0));
    UPDATE revocations SET seq = nextval('revocations_seq') WHERE id = NEW.id;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER revocations_seq AFTER INSERT ON revocations
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION revocations_take_seq();

CREATE FUNCTION revocations_wake_readers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(TG_TABLE_SCHEMA || '.revocations', '');
    RETURN NULL;
END $$;

CREATE TRIGGER revocations_wake AFTER INSERT ON revocations
FOR EACH STATEMENT EXECUTE FUNCTION revocations_wake_readers();

CREATE UNIQUE INDEX signing_keys_one_next ON signing_keys (alg) WHERE state = 'next';

-- Keys that were made from AUTH_JWT_SECRET once and outlive it, sealed under its successor.
CREATE TABLE kept_keys (
    name text PRIMARY KEY,
    sealed bytea NOT NULL
);
