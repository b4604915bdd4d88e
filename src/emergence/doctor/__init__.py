"""Looks at this machine and its configuration, and says how to mend what it finds."""
