"""People and records of the former system, brought over by `emergence import-legacy`."""
