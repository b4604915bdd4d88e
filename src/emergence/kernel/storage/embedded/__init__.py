"""The embedded engines: a real PostgreSQL that `emergence up` starts, watches and stops."""
