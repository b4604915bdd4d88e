"""The language of the shell."""

from collections.abc import Mapping

from emergence.contracts.chat import Language


def system_language(environ: Mapping[str, str]) -> Language:
    """Return French where the shell is French, else English."""
    chosen = environ.get("LC_ALL") or environ.get("LC_MESSAGES") or environ.get("LANG") or ""
    return "fr" if chosen.lower().startswith("fr") else "en"
