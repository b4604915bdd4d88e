-- What is said again adds a source to its item, and so says how often it was said: no link supports another item.
-- only adds: no program ever wrote that kind
ALTER TABLE links ADD CONSTRAINT links_support_nothing CHECK (kind <> 'supports') NOT VALID;
