"""What `emergence …` does: one file a command."""
