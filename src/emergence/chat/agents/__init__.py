"""Who answers: Anima, Neo and Nexus, their words about themselves and their versioned prompts."""
