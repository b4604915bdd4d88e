-- Vectors are made person by person in turn, what failed before alone and beside.
CREATE INDEX pending_vectors_of_person ON pending_vectors (model, user_id, due_at) WHERE failures = 0;
CREATE INDEX pending_vectors_failed ON pending_vectors (model, due_at) WHERE failures > 0;
-- Gone in a moment; the previous version only takes longer without it.
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX pending_vectors_due;
