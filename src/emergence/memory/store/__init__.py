"""All the SQL of the memory service; every query on personal data takes the user's id."""
