-- Keys that administrators typed in, sealed; and what every run used.

CREATE TABLE provider_keys (
    provider text PRIMARY KEY,
    api_key_sealed bytea,
    base_url text,
    model text,
    updated_by uuid NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE runs (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL,
    thread_id uuid NOT NULL,
    agent text NOT NULL,
    provider text,
    model text,
    outcome text NOT NULL,
    problem_code text,
    input_tokens bigint NOT NULL,
    output_tokens bigint NOT NULL,
    cached_input_tokens bigint NOT NULL,
    estimated boolean NOT NULL,
    cost_usd numeric,
    price_source text,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL
);

CREATE INDEX runs_by_user ON runs (user_id, finished_at);
