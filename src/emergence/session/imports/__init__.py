"""Conversations that come in as files."""
