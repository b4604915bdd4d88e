"""Conversations as files to keep."""
