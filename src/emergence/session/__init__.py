"""Threads, messages and runs, and the live protocol `emergence.v1` that carries them to every device."""
