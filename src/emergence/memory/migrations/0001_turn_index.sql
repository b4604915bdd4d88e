-- What was said, as memory finds it again: a projection of the session's messages, fed by events, owned here.
-- One row a turn and one row a (turn, model), so that a new model's vectors can grow while the old one answers.
-- Everything is looked at one user at a time: hash partitions keep a user's rows together, row-level security is the
-- second lock, and the setting that opens it (`app.user_id`) is unset unless a transaction names its user.

-- In `public`, where managed servers put it too: every use is written with the schema, as the search path has none of it.
CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA public;

-- Words as they are compared: without accents and ligatures. Python's `kernel/…/folded` is its twin.
CREATE FUNCTION folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    lower(normalize(
        regexp_replace(
            normalize(
                replace(replace(replace(replace(replace(words, 'œ', 'oe'), 'Œ', 'OE'), 'æ', 'ae'), 'Æ', 'AE'), 'ß', 'ss'),
                NFD
            ),
            '[\u0300-\u036f]', '', 'g'
        ),
        NFC
    ));

-- The lexemes of a text read as French (with its accents and without) and as English: nobody knows its language.
-- Punctuation parts words. Positions are dropped: a turn is short, and whether a word is there is what counts.
CREATE FUNCTION lexemes(said text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
DECLARE
    spaced text := translate(said, E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~’‘“”«»…–—', repeat(' ', 41));
    bare text;
BEGIN
    FOR attempt IN 0..1 LOOP
        BEGIN
            bare := folded(spaced);
            RETURN strip(
                folded(strip(to_tsvector('french', spaced))::text)::tsvector
                || to_tsvector('french', bare) || to_tsvector('english', bare)
            );
        EXCEPTION WHEN program_limit_exceeded THEN
            spaced := left(spaced, 50000); -- a vector holds 1 MB of different words
        END;
    END LOOP;
    RETURN '';
END
$$;

-- When a turn was said, as words that mean the same in every language: `on:2026`, `on:m11`, `on:d28`, `on:w6` (ISO).
CREATE FUNCTION date_lexemes(said_at timestamptz) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    array_to_tsvector(ARRAY[
        'on:' || to_char(said_at AT TIME ZONE 'UTC', 'YYYY'),
        'on:m' || to_char(said_at AT TIME ZONE 'UTC', 'MM'),
        'on:d' || to_char(said_at AT TIME ZONE 'UTC', 'DD'),
        'on:w' || to_char(said_at AT TIME ZONE 'UTC', 'ID')
    ]);

CREATE FUNCTION turn_terms(body text, said_at timestamptz) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT
    RETURN lexemes(body) || date_lexemes(said_at);

-- `position` orders the turns of a thread; `speaker` is the name that people use for who spoke (a user's own name, an
-- agent's, or that of somebody quoted from an imported conversation); `terms` is written as `turn_terms(body, said_at)`;
-- `asks` spares the ranking a look at the end of every text.
CREATE TABLE turns (
    user_id uuid NOT NULL,
    message_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    position integer NOT NULL,
    role text NOT NULL CHECK (role IN ('user', 'agent')),
    speaker text NOT NULL,
    said_at timestamptz NOT NULL,
    body text NOT NULL,
    terms tsvector NOT NULL,
    asks boolean NOT NULL GENERATED ALWAYS AS (right(body, 1) = '?') STORED,
    PRIMARY KEY (user_id, message_id)
) PARTITION BY HASH (user_id);
CREATE INDEX turns_of_thread ON turns (user_id, thread_id, position);
CREATE INDEX turns_of_speaker ON turns (user_id, speaker);

CREATE TABLE turn_vectors (
    user_id uuid NOT NULL,
    message_id uuid NOT NULL,
    model text NOT NULL,
    vector public.halfvec NOT NULL,
    PRIMARY KEY (user_id, model, message_id),
    FOREIGN KEY (user_id, message_id) REFERENCES turns (user_id, message_id) ON DELETE CASCADE
) PARTITION BY HASH (user_id);

DO $$
BEGIN
    FOR part IN 0..63 LOOP
        EXECUTE format('CREATE TABLE turns_%s PARTITION OF turns FOR VALUES WITH (MODULUS 64, REMAINDER %s)', part, part);
        EXECUTE format(
            'CREATE TABLE turn_vectors_%s PARTITION OF turn_vectors FOR VALUES WITH (MODULUS 64, REMAINDER %s)', part, part
        );
    END LOOP;
END
$$;

ALTER TABLE turns ENABLE ROW LEVEL SECURITY;
ALTER TABLE turns FORCE ROW LEVEL SECURITY;
CREATE POLICY own_turns ON turns USING (user_id = nullif(current_setting('app.user_id', true), '')::uuid);
ALTER TABLE turn_vectors ENABLE ROW LEVEL SECURITY;
ALTER TABLE turn_vectors FORCE ROW LEVEL SECURITY;
CREATE POLICY own_vectors ON turn_vectors USING (user_id = nullif(current_setting('app.user_id', true), '')::uuid);
