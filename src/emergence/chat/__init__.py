"""Agents answer here: prompts, models, streams and what they cost."""
