"""In which language people are written to who told none."""

from emergence.contracts.auth.values import Language

DEFAULT_LANGUAGE: Language = "en"
