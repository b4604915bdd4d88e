"""The language of the shell."""

from collections.abc import Mapping
from typing import Literal

from emergence.contracts.chat import Language


def system_language(environ: Mapping[str, str]) -> Language:
    """Return French where the shell is French, else English."""
    chosen = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    language: Literal["en", "fr"] = "fr" if chosen.lower().startswith("fr") else "en"
    return language
