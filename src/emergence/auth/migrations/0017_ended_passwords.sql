-- The hash of a password that was ended because a stranger may know it: it signs nobody in, and is not chosen again.
CREATE TABLE ended_passwords (
    user_id uuid PRIMARY KEY REFERENCES users (id),
    phc text NOT NULL,
    ended_at timestamptz NOT NULL
);

-- Since when codes are good, as far as that is known: taking a change of address back removes those that are younger.
ALTER TABLE recovery_codes ADD COLUMN created_at timestamptz;
