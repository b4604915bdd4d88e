-- From which of the administrator's sessions an impersonation was begun: it ends with that one.
ALTER TABLE sessions ADD COLUMN impersonator_session_id uuid;

CREATE INDEX sessions_by_impersonator ON sessions (impersonator_session_id) WHERE impersonator_session_id IS NOT NULL;

-- The log is searched by kind of event and by time.
CREATE INDEX audit_log_by_type ON audit_log (type text_pattern_ops, seq DESC);
CREATE INDEX audit_log_by_time ON audit_log (at);
