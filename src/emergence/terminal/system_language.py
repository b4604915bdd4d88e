"""The language of the shell."""

import os
from typing import Literal

from emergence.contracts.chat import Language


def system_language() -> Language:
    """Return French where the shell is French, else English."""
    chosen = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    language: Literal["en", "fr"] = "fr" if chosen.lower().startswith("fr") else "en"
    return language
