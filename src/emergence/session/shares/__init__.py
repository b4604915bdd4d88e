"""Conversations that anybody with a link may read."""
