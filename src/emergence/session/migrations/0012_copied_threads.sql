-- A copy of a conversation that somebody shared begins with what others said: messages from before its `created_at`.
ALTER TABLE threads ADD COLUMN copied boolean NOT NULL DEFAULT false;
