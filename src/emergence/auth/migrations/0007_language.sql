-- In which language somebody is written to; null: nobody chose.
ALTER TABLE users ADD COLUMN language text CHECK (language IN ('fr', 'en'));
