"""Emergence: a self-hosted, multi-user, multi-agent AI conversation platform."""

from importlib.metadata import version

__version__ = version("emergence")
