-- Where the person's days begin, as their client told it with the message; null: nobody did.
ALTER TABLE runs ADD COLUMN time_zone text;

-- What memory knew that an agent was shown: which items and why, nothing of what they say.
ALTER TABLE runs ADD COLUMN known jsonb;
