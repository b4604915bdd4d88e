"""What agents remember of a person across threads: turns as they were said, found by words and by meaning."""
