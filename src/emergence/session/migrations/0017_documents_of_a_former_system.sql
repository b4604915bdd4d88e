-- What the former system knew of people's documents, until this one keeps documents: their files stay where they are.
CREATE TABLE legacy_documents (
    user_id uuid NOT NULL,
    source bytea NOT NULL,
    former_id text NOT NULL,
    filename text,
    file_path text,
    status text,
    characters bigint,
    chunks bigint,
    problem text,
    uploaded_at timestamptz,
    PRIMARY KEY (user_id, source)
);

-- In which conversations they were used; erased with the conversation.
CREATE TABLE legacy_thread_documents (
    user_id uuid NOT NULL,
    thread_id uuid NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
    source bytea NOT NULL,
    weight double precision,
    last_used_at timestamptz,
    PRIMARY KEY (thread_id, source),
    FOREIGN KEY (user_id, source) REFERENCES legacy_documents (user_id, source) ON DELETE CASCADE
);
CREATE INDEX legacy_thread_documents_of_document ON legacy_thread_documents (user_id, source);
