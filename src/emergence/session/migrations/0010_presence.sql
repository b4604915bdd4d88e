-- Whether a live session is connected: `closed_at` is when its last socket went, null while it has one. Without it, a
-- session of an instance that died, or of the previous version, counts as gone once nobody has seen it for a while.
-- `is_hidden` ones belong to an administrator who looks at the person's conversations.
ALTER TABLE live_sessions ADD COLUMN closed_at timestamptz, ADD COLUMN is_hidden boolean NOT NULL DEFAULT false;
