-- A thread is a tree: each message knows which one it follows, and the thread where the branch that is shown ends.
-- The nil UUID is the parent of what begins a thread; null is only what the previous version writes, until the
-- trigger has placed it. `messages.superseded_by` is read by nobody any more: a later version drops it.
ALTER TABLE messages ADD COLUMN parent_id uuid;
ALTER TABLE threads ADD COLUMN leaf_id uuid;

UPDATE messages SET parent_id = coalesce(
    CASE messages.role
        WHEN 'agent' THEN messages.reply_to
        ELSE (
            SELECT earlier.id FROM messages AS earlier
            WHERE earlier.thread_id = messages.thread_id AND earlier.turn < messages.turn
            ORDER BY earlier.turn DESC, earlier.superseded_by IS NULL DESC, earlier.slot DESC LIMIT 1
        )
    END,
    '00000000-0000-0000-0000-000000000000'
);
UPDATE threads SET leaf_id = (
    SELECT id FROM messages WHERE messages.thread_id = threads.id
    ORDER BY turn DESC, superseded_by IS NULL DESC, slot DESC LIMIT 1
);
CREATE INDEX messages_of_parent ON messages (thread_id, parent_id);

-- What the previous version says goes on at the end of the branch that is shown.
CREATE FUNCTION place_message() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    NEW.parent_id := coalesce(
        CASE NEW.role WHEN 'agent' THEN NEW.reply_to ELSE (SELECT leaf_id FROM threads WHERE id = NEW.thread_id) END,
        '00000000-0000-0000-0000-000000000000'
    );
    UPDATE threads SET leaf_id = NEW.id WHERE id = NEW.thread_id;
    RETURN NEW;
END
$$;
CREATE TRIGGER place_message BEFORE INSERT ON messages FOR EACH ROW
    WHEN (NEW.parent_id IS NULL) EXECUTE FUNCTION place_message();
