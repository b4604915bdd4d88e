-- How many items there are of each state, of everybody together: row-level security lets nobody count that, and the
-- role that must obey it stays as it is. Every statement adds by how much a count changed, as rows of its own, so that
-- nobody waits for anybody; the gardener adds them up. Nothing in it says whose items they are.
CREATE TABLE item_changes (
    state text NOT NULL,
    change bigint NOT NULL
);

CREATE FUNCTION note_item_changes() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO item_changes SELECT state, count(*) FROM latter GROUP BY state;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO item_changes SELECT state, -count(*) FROM former GROUP BY state;
    ELSE
        INSERT INTO item_changes SELECT state, sum(change)
        FROM (SELECT state, -1 AS change FROM former UNION ALL SELECT state, 1 FROM latter) AS changed
        GROUP BY state HAVING sum(change) <> 0;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_added_items AFTER INSERT ON items REFERENCING NEW TABLE AS latter
    FOR EACH STATEMENT EXECUTE FUNCTION note_item_changes();
CREATE TRIGGER note_removed_items AFTER DELETE ON items REFERENCING OLD TABLE AS former
    FOR EACH STATEMENT EXECUTE FUNCTION note_item_changes();
CREATE TRIGGER note_changed_items AFTER UPDATE ON items REFERENCING OLD TABLE AS former NEW TABLE AS latter
    FOR EACH STATEMENT EXECUTE FUNCTION note_item_changes();

-- What is there already: for this statement alone the tables' owner is not held to the policies.
ALTER TABLE items NO FORCE ROW LEVEL SECURITY;
INSERT INTO item_changes SELECT state, count(*) FROM items GROUP BY state;
ALTER TABLE items FORCE ROW LEVEL SECURITY;
