"""Exports: everything that is kept of a person, collected from every service into one file."""
