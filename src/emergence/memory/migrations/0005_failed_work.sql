-- No text and no single piece of work stops the work for everybody else.

-- As before, but no text of a vector is read again: a word of nothing but marks is empty once it is folded, and a long
-- one may become too long; both are left out, where they made the whole text fail.
CREATE OR REPLACE FUNCTION lexemes(said text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
DECLARE
    spaced text := translate(said, E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~’‘“”«»…–—', repeat(' ', 41));
    bare text;
BEGIN
    FOR attempt IN 0..1 LOOP
        BEGIN
            bare := folded(spaced);
            RETURN strip(
                array_to_tsvector(ARRAY(
                    SELECT word FROM unnest(tsvector_to_array(to_tsvector('french', spaced))) AS lexeme, folded(lexeme) AS word
                    WHERE octet_length(word) BETWEEN 1 AND 2046
                )) || to_tsvector('french', bare) || to_tsvector('english', bare)
            );
        EXCEPTION WHEN program_limit_exceeded THEN
            spaced := left(spaced, 50000); -- a vector holds 1 MB of different words
        END;
    END LOOP;
    RETURN '';
END
$$;

-- How often a piece of work failed by itself; an outage of a neighbour is no failure of its own.
ALTER TABLE thread_reads ADD COLUMN failures integer NOT NULL DEFAULT 0;
ALTER TABLE pending_vectors ADD COLUMN failures integer NOT NULL DEFAULT 0;
ALTER TABLE consolidations_due ADD COLUMN failures integer NOT NULL DEFAULT 0;
