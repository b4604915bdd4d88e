-- The answer that was given with it; of what was noted before, its thread alone is known.
ALTER TABLE uses ADD COLUMN message_id uuid;

-- What was pinned of a thread that is deleted, so that it is pinned again when the thread is restored: not the words,
-- which session has until it erases the thread, but what they have in common with the same ones.
CREATE TABLE kept_pins (
    user_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    same uuid NOT NULL,
    PRIMARY KEY (user_id, thread_id, same)
);
ALTER TABLE kept_pins ENABLE ROW LEVEL SECURITY;
ALTER TABLE kept_pins FORCE ROW LEVEL SECURITY;
CREATE POLICY own_kept_pins ON kept_pins USING (user_id = nullif(current_setting('app.user_id', true), '')::uuid);
