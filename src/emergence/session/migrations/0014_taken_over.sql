-- Where a message is from that was not said here: a file that its owner brought in, or somebody's shared conversation.
-- Null: said here. Only then are its words its owner's; times tell nothing, as files may bring any.
-- `threads.copied` is read no more, and goes once no older version runs.
ALTER TABLE messages ADD COLUMN taken_from text CHECK (taken_from IN ('file', 'share'));

UPDATE messages SET taken_from = 'share'
FROM threads WHERE threads.id = messages.thread_id AND threads.copied AND messages.created_at < threads.created_at;
