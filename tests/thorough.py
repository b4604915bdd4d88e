"""How many random examples a test tries: enough for each change, and what the design asks for in `make thorough`."""

import os

IS_THOROUGH = os.environ.get("EMERGENCE_THOROUGH") == "1"


def examples(usual: int, *, thorough: int) -> int:
    """Return how many examples to try in this run."""
    return thorough if IS_THOROUGH else usual
