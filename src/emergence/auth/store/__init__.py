"""All SQL of the auth service, one noun a file."""
