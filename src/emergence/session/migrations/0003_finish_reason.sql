-- Why the model stopped: `done`, `max_tokens` or `refusal`; null for runs that ended otherwise or before this column.
ALTER TABLE runs ADD COLUMN finish_reason text;
