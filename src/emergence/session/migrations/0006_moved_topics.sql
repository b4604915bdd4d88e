-- When a topic was last written to, for instances that were not told: null where only the previous version wrote.
ALTER TABLE topics ADD COLUMN moved_at timestamptz;
CREATE INDEX topics_by_move ON topics (moved_at) WHERE moved_at IS NOT NULL;
