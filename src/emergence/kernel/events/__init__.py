"""Facts in the past tense: published in the writer's transaction, handled once by each service."""
