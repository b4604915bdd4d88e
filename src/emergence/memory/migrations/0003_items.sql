-- What memory made of what was said, and what a person wrote into it: facts, preferences, events, summaries, notes and
-- instructions, each with the words that it was taken from. Whatever is forgotten is deleted; a tombstone stays.

-- A worse origin is never made better: what is drawn from several sources has the worst of theirs. `written` in memory
-- by the person; `said` by them in a conversation; by an `agent`; read in a `document`, on the `web`, by a `tool`.
-- Ordered by trust, so that `max` is the worst.
CREATE TYPE origin AS ENUM ('written', 'said', 'agent', 'document', 'web', 'tool');

-- Null: as the role says (`said` or `agent`). An answer that was written from anything worse has that.
ALTER TABLE turns ADD COLUMN origin origin;

-- The same words, whatever their accents, capitals and blanks, and the marks around them: `same` of two items is equal.
-- Signs within a word or before a number are part of it: C#, -5, 1.5, $500.
CREATE FUNCTION sameness(words text) RETURNS uuid
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT
    RETURN md5(btrim(regexp_replace(
        regexp_replace(
            regexp_replace(translate(folded(words), '’', ''''), '[.,;:!?…"''»”)]+(?=[[:space:]]|$)', '', 'g'),
            '(^|[[:space:]])["''«“‘(]+', '\1', 'g'
        ),
        '[[:space:]]+', ' ', 'g'
    )))::uuid;

CREATE TABLE items (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('fact', 'preference', 'event', 'summary', 'note', 'instruction')),
    body text NOT NULL,
    language text NOT NULL CHECK (language IN ('', 'en', 'fr')),
    terms tsvector NOT NULL,
    importance real NOT NULL CHECK (importance BETWEEN 0 AND 1),
    confidence real NOT NULL CHECK (confidence BETWEEN 0 AND 1),
    pinned boolean NOT NULL DEFAULT false,
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'superseded', 'archived')),
    origin origin NOT NULL,
    happened_at timestamptz,
    recorded_at timestamptz NOT NULL,
    superseded_at timestamptz,
    last_used_at timestamptz,
    uses integer NOT NULL DEFAULT 0,
    same uuid NOT NULL GENERATED ALWAYS AS (sameness(body)) STORED,
    PRIMARY KEY (user_id, id),
    -- Whatever else goes wrong: nobody but the person says what they like and how to answer them.
    CONSTRAINT only_the_person_decides CHECK (kind NOT IN ('preference', 'instruction') OR origin IN ('written', 'said'))
) PARTITION BY HASH (user_id);
CREATE INDEX items_of_person ON items (user_id, state, recorded_at, id);
CREATE INDEX items_alike ON items (user_id, same);

CREATE TABLE item_vectors (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    model text NOT NULL,
    vector public.halfvec NOT NULL,
    PRIMARY KEY (user_id, model, id),
    FOREIGN KEY (user_id, id) REFERENCES items (user_id, id) ON DELETE CASCADE
) PARTITION BY HASH (user_id);

DO $$
BEGIN
    FOR part IN 0..15 LOOP
        EXECUTE format('CREATE TABLE items_%s PARTITION OF items FOR VALUES WITH (MODULUS 16, REMAINDER %s)', part, part);
        EXECUTE format('ALTER TABLE items_%s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
        EXECUTE format(
            'CREATE TABLE item_vectors_%s PARTITION OF item_vectors FOR VALUES WITH (MODULUS 16, REMAINDER %s)', part, part
        );
        EXECUTE format('ALTER TABLE item_vectors_%s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', part);
    END LOOP;
END
$$;

-- What an item was taken from: the very words of a turn, which are checked against it. The turn may go, as its thread
-- may; then its quotes go, and an item with none left goes too, unless the person wrote it.
CREATE TABLE item_sources (
    user_id uuid NOT NULL,
    item_id uuid NOT NULL,
    message_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    quote text NOT NULL,
    said_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, item_id, message_id),
    FOREIGN KEY (user_id, item_id) REFERENCES items (user_id, id) ON DELETE CASCADE
);
CREATE INDEX item_sources_of_message ON item_sources (user_id, message_id);
CREATE INDEX item_sources_of_thread ON item_sources (user_id, thread_id);

-- `valid_from` and `valid_to` say when it was so; `items.recorded_at` and `superseded_at` when memory knew.
CREATE TABLE facts (
    user_id uuid NOT NULL,
    item_id uuid NOT NULL,
    subject text NOT NULL,
    predicate text NOT NULL,
    object text NOT NULL,
    valid_from timestamptz,
    valid_to timestamptz,
    PRIMARY KEY (user_id, item_id),
    FOREIGN KEY (user_id, item_id) REFERENCES items (user_id, id) ON DELETE CASCADE
);
CREATE INDEX facts_about ON facts (user_id, subject, predicate);

CREATE TABLE preferences (
    user_id uuid NOT NULL,
    item_id uuid NOT NULL,
    key text NOT NULL,
    value text NOT NULL,
    scope text NOT NULL,
    strength real NOT NULL CHECK (strength BETWEEN -1 AND 1),
    explicit boolean NOT NULL,
    PRIMARY KEY (user_id, item_id),
    FOREIGN KEY (user_id, item_id) REFERENCES items (user_id, id) ON DELETE CASCADE
);
CREATE INDEX preferences_by_key ON preferences (user_id, key, scope);

-- People, places, organisations and things that are talked about; `name` as it was first said, `folded_name` compares.
CREATE TABLE concepts (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    folded_name text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('person', 'place', 'organisation', 'thing')),
    PRIMARY KEY (user_id, id),
    UNIQUE (user_id, folded_name)
);

CREATE TABLE mentions (
    user_id uuid NOT NULL,
    concept_id uuid NOT NULL,
    item_id uuid NOT NULL,
    PRIMARY KEY (user_id, concept_id, item_id),
    FOREIGN KEY (user_id, concept_id) REFERENCES concepts (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, item_id) REFERENCES items (user_id, id) ON DELETE CASCADE
);
CREATE INDEX mentions_in_item ON mentions (user_id, item_id);

-- `updates` leads from a version, or a fact, to the one that it takes the place of.
CREATE TABLE links (
    user_id uuid NOT NULL,
    from_id uuid NOT NULL,
    to_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('derived_from', 'supports', 'contradicts', 'updates', 'same_as')),
    PRIMARY KEY (user_id, from_id, to_id, kind),
    FOREIGN KEY (user_id, from_id) REFERENCES items (user_id, id) ON DELETE CASCADE,
    FOREIGN KEY (user_id, to_id) REFERENCES items (user_id, id) ON DELETE CASCADE
);
CREATE INDEX links_to ON links (user_id, to_id);

-- Which answers were given with which turns and items, and why: what “used in this answer because” is read from.
CREATE TABLE uses (
    user_id uuid NOT NULL,
    used_id uuid NOT NULL,
    run_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    used_at timestamptz NOT NULL,
    why jsonb NOT NULL,
    PRIMARY KEY (user_id, used_id, run_id)
);
CREATE INDEX uses_in_thread ON uses (user_id, thread_id);

-- What a person chose about their memory; no row: as below. What was said while nothing was to be remembered is
-- `unremembered` for good, however late it is read.
CREATE TABLE choices (
    user_id uuid PRIMARY KEY,
    remembers boolean NOT NULL DEFAULT true,
    hints boolean NOT NULL DEFAULT true,
    unremembered tstzmultirange NOT NULL DEFAULT '{}'
);

-- Hints that were given, so that none comes twice in a fortnight.
CREATE TABLE hints (
    user_id uuid NOT NULL,
    item_id uuid NOT NULL,
    run_id uuid NOT NULL,
    hinted_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, item_id),
    FOREIGN KEY (user_id, item_id) REFERENCES items (user_id, id) ON DELETE CASCADE
);

-- What a person's tombstones of words are hashed with.
CREATE TABLE tombstone_keys (
    user_id uuid PRIMARY KEY,
    key bytea NOT NULL
);

DO $$
DECLARE
    personal text;
BEGIN
    FOREACH personal IN ARRAY ARRAY[
        'items', 'item_vectors', 'item_sources', 'facts', 'preferences', 'concepts', 'mentions', 'links', 'uses', 'choices',
        'hints', 'tombstone_keys'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', personal);
        EXECUTE format(
            'CREATE POLICY own_%s ON %I USING (user_id = nullif(current_setting(''app.user_id'', true), '''')::uuid)',
            personal, personal
        );
    END LOOP;
END
$$;

-- A tombstone of words: `id` is made of a keyed hash of them, so that they are known again and can not be read.
-- It is made wider: what the previous version writes passes it.
-- squawk-ignore ban-drop-constraint
ALTER TABLE tombstones DROP CONSTRAINT tombstones_kind_check;
ALTER TABLE tombstones ADD CONSTRAINT tombstones_kind_check
    CHECK (kind IN ('turn', 'thread', 'item', 'words')) NOT VALID;

-- The tables that follow name things and say nothing of what was said: workers look at everybody's.

-- What the vector is of: a turn or an item.
ALTER TABLE pending_vectors ADD COLUMN kind text NOT NULL DEFAULT 'turn';

-- Threads in which nothing has been said for a while, to be consolidated then; the nil uuid is the person's nightly round.
CREATE TABLE consolidations_due (
    user_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    version bigint NOT NULL DEFAULT 1,
    tries integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, thread_id)
);
CREATE INDEX consolidations_due_at ON consolidations_due (due_at);

-- What consolidation did and cost: `model` null means without one.
CREATE TABLE consolidations (
    user_id uuid NOT NULL,
    id uuid NOT NULL,
    thread_id uuid,
    model text,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    outcome text NOT NULL CHECK (outcome IN ('running', 'done', 'failed', 'over_budget')),
    added integer NOT NULL DEFAULT 0,
    merged integer NOT NULL DEFAULT 0,
    superseded integer NOT NULL DEFAULT 0,
    refused integer NOT NULL DEFAULT 0,
    input_tokens integer NOT NULL DEFAULT 0,
    output_tokens integer NOT NULL DEFAULT 0,
    cost_usd numeric NOT NULL DEFAULT 0,
    PRIMARY KEY (user_id, id)
);
CREATE INDEX consolidations_began ON consolidations (began_at);
CREATE INDEX consolidations_of_person ON consolidations (user_id, began_at);
