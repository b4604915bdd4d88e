-- Every event of every service, in one order, until all subscribers have it.
CREATE TABLE events (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id uuid NOT NULL,
    name text NOT NULL,
    subject text NOT NULL,
    publisher text NOT NULL,
    payload json NOT NULL,
    published_at timestamptz NOT NULL,
    appended_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX events_by_age ON events (appended_at);

-- How far each subscriber has read.
CREATE TABLE cursors (
    subscriber text PRIMARY KEY,
    position bigint NOT NULL,
    moved_at timestamptz NOT NULL DEFAULT now()
);

CREATE FUNCTION events_wake_subscribers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify(TG_TABLE_SCHEMA || '.events', '');
    RETURN NULL;
END $$;

CREATE TRIGGER events_wake AFTER INSERT ON events FOR EACH STATEMENT EXECUTE FUNCTION events_wake_subscribers();
