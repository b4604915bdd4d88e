-- How turns come in, how their vectors follow, and what never comes back.

-- Whoever names a partition finds nothing: policies are those of the table that is named, and these have none.
DO $$
BEGIN
    FOR part IN 0..63 LOOP
        EXECUTE format('ALTER TABLE turns_%s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE turn_vectors_%s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
    END LOOP;
END
$$;

-- What a person had forgotten, and threads that were erased: whatever says so later, none of it is kept again.
CREATE TABLE tombstones (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('turn', 'thread')),
    forgotten_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, id)
);
ALTER TABLE tombstones ENABLE ROW LEVEL SECURITY;
ALTER TABLE tombstones FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tombstones ON tombstones USING (user_id = nullif(current_setting('app.user_id', true), '')::uuid);

-- The tables that follow name things and say nothing of what was said: workers look at everybody's.

-- What is to be read from session: these messages of a thread, or all of it. Who reads notes `version`, and writes what
-- was read only while it is the same.
CREATE TABLE thread_reads (
    user_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    message_ids uuid[] NOT NULL,
    is_whole boolean NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    tries integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, thread_id)
);
CREATE INDEX thread_reads_due ON thread_reads (due_at);

CREATE FUNCTION wake_readers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('memory.reads', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER wake_readers AFTER INSERT OR UPDATE OF version ON thread_reads
    FOR EACH STATEMENT EXECUTE FUNCTION wake_readers();

-- Turns that wait for their vector of a model.
CREATE TABLE pending_vectors (
    user_id uuid NOT NULL,
    message_id uuid NOT NULL,
    model text NOT NULL,
    tries integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, message_id, model)
);
CREATE INDEX pending_vectors_due ON pending_vectors (model, due_at);

CREATE FUNCTION wake_embedders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('memory.vectors', '');
    RETURN NULL;
END
$$;
CREATE TRIGGER wake_embedders AFTER INSERT ON pending_vectors FOR EACH STATEMENT EXECUTE FUNCTION wake_embedders();

-- Everybody of whom there are turns, and the model whose vectors answer for them; null: words alone do.
CREATE TABLE people (
    user_id uuid PRIMARY KEY,
    model text
);
CREATE INDEX people_by_model ON people (model);

-- How far what was said before anybody listened has been looked through.
CREATE TABLE filling (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    after uuid
);
INSERT INTO filling DEFAULT VALUES;
