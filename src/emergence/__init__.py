"""Emergence: a self-hosted, multi-user, multi-agent AI conversation platform."""

__version__ = "0.1.0"  # the build reads it here: asking the installed package would cost every start 0.1 s
