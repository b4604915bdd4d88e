-- The feed of revocations took its place; no released version has used this table.
-- squawk-ignore ban-drop-table
DROP TABLE revoked_sessions;
