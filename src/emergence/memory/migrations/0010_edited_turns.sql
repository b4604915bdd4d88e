-- Which message a turn was said in the place of: what it takes the place of is no longer what the person means.
ALTER TABLE turns ADD COLUMN edits uuid;
CREATE INDEX turns_editing ON turns (user_id, edits) WHERE edits IS NOT NULL;
