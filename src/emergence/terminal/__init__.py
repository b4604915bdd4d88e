"""Talking with a server from a shell: one more client of the public interface."""
