-- A copy of a conversation that somebody shared begins with what others said: messages from before its `created_at`.
ALTER TABLE threads ADD COLUMN copied boolean NOT NULL DEFAULT false;

-- What an agent was shown of other threads: where it was said and why it fits, nothing of what it says.
ALTER TABLE runs ADD COLUMN recalled jsonb;
