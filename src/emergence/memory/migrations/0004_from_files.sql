-- Whether a turn came in with a file: whose words those are nobody knows, so that they say nothing of what somebody wants.
ALTER TABLE turns ADD COLUMN from_file boolean NOT NULL DEFAULT false;
