-- What a person has is exported and erased by these.
CREATE INDEX topics_of_user ON topics (user_id);
