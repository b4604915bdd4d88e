-- A written fact that takes the place of another written one is no version of it: who forgets it has the former one back.
-- only adds: NULL is a link of a former program, of which what both were taken from tells.
ALTER TABLE links ADD COLUMN is_version boolean;
