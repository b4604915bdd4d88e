"""Brings the SQLite database of the former system over: reads it, and hands each service what is its own."""
