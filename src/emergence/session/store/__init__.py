"""All the SQL of the session service; every query on personal data takes the user's id."""
