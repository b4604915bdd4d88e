-- What this service published and has not yet handed to the bus.
CREATE SEQUENCE outbox_position AS bigint;

CREATE TABLE outbox (
    id uuid PRIMARY KEY,
    position bigint UNIQUE,
    name text NOT NULL,
    subject text NOT NULL,
    payload json NOT NULL,
    published_at timestamptz NOT NULL DEFAULT now()
);

-- Positions are taken at commit, one transaction at a time, so that they follow the order of commits: taken at insert,
-- a slow transaction would appear before events that others have already seen. Nothing else is locked after this lock.
CREATE FUNCTION outbox_take_position() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('outbox:' || TG_TABLE_SCHEMA, 0));
    UPDATE outbox SET position = nextval('outbox_position') WHERE id = NEW.id;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER outbox_position AFTER INSERT ON outbox
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION outbox_take_position();

CREATE FUNCTION outbox_wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(TG_TABLE_SCHEMA || '.outbox', '');
    RETURN NULL;
END $$;

CREATE TRIGGER outbox_wake AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION outbox_wake_relay();

-- Events that this service has dealt with: a second delivery does nothing.
CREATE TABLE inbox (
    subscriber text NOT NULL,
    event_id uuid NOT NULL,
    handled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subscriber, event_id)
);

CREATE INDEX inbox_by_age ON inbox (handled_at);

-- Events whose handler failed, and later events of the same subjects, in the order in which they arrived.
CREATE TABLE held_events (
    subscriber text NOT NULL,
    event_id uuid NOT NULL,
    turn bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    subject text NOT NULL,
    publisher text NOT NULL,
    payload json NOT NULL,
    published_at timestamptz NOT NULL,
    tries integer NOT NULL,
    next_try_at timestamptz NOT NULL,
    reason text,
    PRIMARY KEY (subscriber, event_id)
);

CREATE INDEX held_events_by_subject ON held_events (subscriber, subject, turn);

-- Events that were given up; they wait for a person.
CREATE TABLE parked_events (
    subscriber text NOT NULL,
    event_id uuid NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    publisher text NOT NULL,
    payload json NOT NULL,
    published_at timestamptz NOT NULL,
    tries integer NOT NULL,
    reason text,
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (subscriber, event_id)
);
