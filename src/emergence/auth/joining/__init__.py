"""How people get an account who have none: registering, invitations, the allowlist."""
