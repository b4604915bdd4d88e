-- What the former system spent. They are no runs: nothing is known of a thread, and prices were computed there.
-- Without `user_id` a cost is nobody's own, but the deployment's.
CREATE TABLE legacy_costs (
    source bytea PRIMARY KEY,
    user_id uuid,
    at timestamptz,
    agent text,
    model text,
    input_tokens bigint,
    output_tokens bigint,
    cost_usd numeric,
    feature text
);
CREATE INDEX legacy_costs_of_user ON legacy_costs (user_id, at);
