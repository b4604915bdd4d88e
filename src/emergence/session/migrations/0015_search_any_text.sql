-- As before, but for words of nothing but marks, which are empty once they are folded, and for long ones that folding
-- makes too long: they are left out, where they made the whole text fail.
CREATE FUNCTION unaccented(words tsvector) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT RETURN (
    SELECT string_agg(
        format('''%s'':%s', replace(replace(word, '\', '\\'), '''', ''''''), array_to_string(positions, ',')), ' '
    )
    FROM unnest(words), folded(lexeme) AS word WHERE octet_length(word) BETWEEN 1 AND 2046
);

CREATE OR REPLACE FUNCTION searchable(said text) RETURNS tsvector
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET search_path FROM CURRENT AS $$
DECLARE
    spaced text := translate(said, E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~’‘“”«»…–—', repeat(' ', 41));
    bare text;
BEGIN
    FOR attempt IN 0..1 LOOP
        BEGIN
            bare := folded(spaced);
            RETURN concat_ws(
                ' ',
                unaccented(to_tsvector('french', spaced)),
                to_tsvector('french', bare),
                to_tsvector('english', bare),
                to_tsvector('simple', bare)
            )::tsvector;
        EXCEPTION WHEN program_limit_exceeded THEN
            spaced := left(spaced, 50000); -- a vector holds 1 MB of different words; an answer must end whatever it says
        END;
    END LOOP;
    RETURN '';
END
$$;
