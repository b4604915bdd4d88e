-- One clock per login session: `active_at` is when its person last did something, `expires_at` the deadline that
-- they were warned of. `end_reason` is `inactivity`, or null for sessions that ended otherwise.
ALTER TABLE live_sessions
    ADD COLUMN active_at timestamptz NOT NULL DEFAULT now(),
    ADD COLUMN expires_at timestamptz,
    ADD COLUMN end_reason text;
