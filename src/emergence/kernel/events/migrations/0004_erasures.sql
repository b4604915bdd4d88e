-- People whose rows this service has to erase; the row goes when nothing can come any more.
CREATE TABLE erasures (
    user_id uuid PRIMARY KEY,
    next_at timestamptz NOT NULL,
    is_last boolean NOT NULL DEFAULT false
);
