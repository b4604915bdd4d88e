-- What can be searched: a row for each title and for each message that is final. Triggers write it, so that what the
-- previous version stores is found too. What was there before is filled in by the service, in small steps.

-- Words as they are compared: without accents and ligatures. Needs no extension; Python's `folded` is its twin.
CREATE FUNCTION folded(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN
    normalize(
        regexp_replace(
            normalize(
                replace(replace(replace(replace(replace(words, 'œ', 'oe'), 'Œ', 'OE'), 'æ', 'ae'), 'Æ', 'AE'), 'ß', 'ss'),
                NFD
            ),
            '[\u0300-\u036f]', '', 'g'
        ),
        NFC
    );

-- Nobody knows the language of a text: it is read as French (with its accents, as the endings are told by them, and
-- without), as English and as it stands. All four number the words alike, so that they share one vector; as text they
-- are joined without being renumbered. Punctuation parts words: an address, a path and an identifier are phrases.
CREATE FUNCTION searchable(said text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
DECLARE
    spaced text := translate(said, E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~’‘“”«»…–—', repeat(' ', 41));
    bare text;
BEGIN
    FOR attempt IN 0..1 LOOP
        BEGIN
            bare := folded(spaced);
            RETURN (
                folded(to_tsvector('french', spaced)::text)
                || ' ' || to_tsvector('french', bare)::text
                || ' ' || to_tsvector('english', bare)::text
                || ' ' || to_tsvector('simple', bare)::text
            )::tsvector;
        EXCEPTION WHEN program_limit_exceeded THEN
            spaced := left(spaced, 50000); -- a vector holds 1 MB of different words; an answer must end whatever it says
        END;
    END LOOP;
    RETURN '';
END
$$;

-- `words` begins with whose it is: so the index finds one person's rows without a look at everybody's.
CREATE TABLE search_texts (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    thread_id uuid NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    kind text NOT NULL CHECK (kind IN ('title', 'message')),
    words tsvector NOT NULL
);
CREATE INDEX search_texts_words ON search_texts USING gin (words);
CREATE INDEX search_texts_of_thread ON search_texts (thread_id);
CREATE INDEX search_texts_of_user ON search_texts (user_id);

CREATE FUNCTION message_words(user_id uuid, parts jsonb) RETURNS tsvector LANGUAGE sql STABLE SET search_path FROM CURRENT RETURN (
    SELECT array_to_tsvector(ARRAY['user:' || user_id]) || searchable(coalesce(string_agg(part ->> 'text', E'\n\n'), ''))
    FROM jsonb_array_elements(parts) AS part WHERE coalesce(part ->> 'kind', 'text') = 'text'
);
CREATE FUNCTION title_words(user_id uuid, title text) RETURNS tsvector LANGUAGE sql STABLE SET search_path FROM CURRENT RETURN
    array_to_tsvector(ARRAY['user:' || user_id]) || setweight(searchable(title), 'A');

CREATE FUNCTION note_message_words() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO search_texts (id, user_id, thread_id, kind, words)
    VALUES (NEW.id, NEW.user_id, NEW.thread_id, 'message', message_words(NEW.user_id, NEW.parts))
    ON CONFLICT (id) DO UPDATE SET words = excluded.words;
    RETURN NULL;
END
$$;
CREATE TRIGGER search_new_message AFTER INSERT ON messages FOR EACH ROW
    WHEN (NEW.status NOT IN ('queued', 'streaming') AND NEW.parts <> '[]'::jsonb) EXECUTE FUNCTION note_message_words();
CREATE TRIGGER search_final_message AFTER UPDATE OF status, parts ON messages FOR EACH ROW
    WHEN (NEW.status NOT IN ('queued', 'streaming') AND NEW.parts <> '[]'::jsonb) EXECUTE FUNCTION note_message_words();

CREATE FUNCTION note_title_words() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO search_texts (id, user_id, thread_id, kind, words)
    VALUES (NEW.id, NEW.user_id, NEW.id, 'title', title_words(NEW.user_id, NEW.title))
    ON CONFLICT (id) DO UPDATE SET words = excluded.words;
    RETURN NULL;
END
$$;
CREATE TRIGGER search_new_title AFTER INSERT ON threads FOR EACH ROW EXECUTE FUNCTION note_title_words();
CREATE TRIGGER search_title AFTER UPDATE OF title ON threads FOR EACH ROW
    WHEN (NEW.title IS DISTINCT FROM OLD.title) EXECUTE FUNCTION note_title_words();

-- How far the rows from before these triggers have been filled in; a row goes when its table is done.
CREATE TABLE search_filling (
    kind text PRIMARY KEY CHECK (kind IN ('title', 'message')),
    after uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'
);
INSERT INTO search_filling (kind) VALUES ('title'), ('message');
