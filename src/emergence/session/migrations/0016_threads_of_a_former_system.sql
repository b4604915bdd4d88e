-- Which conversation of the former system became which thread. A row outlives its thread, so that importing the same
-- file again does not bring back what somebody erased; it goes with its person.
CREATE TABLE legacy_threads (
    user_id uuid NOT NULL,
    source bytea NOT NULL,
    thread_id uuid NOT NULL,
    PRIMARY KEY (user_id, source)
);
