"""What nobody uses is removed; what is used from outside is named here, with its reason."""

import pytest
from vulture import Vulture

from tests.architecture.sources import PRODUCT, place

# Fields of messages and rows are used by name on the other side of a border, so only these kinds are judged.
JUDGED = frozenset({"class", "function", "import", "method", "property", "unreachable_code"})
ROUTERS = [
    "@app.*",
    "@router.*",
    "@public.*",
    "@account.*",
    "@personal.*",
    "@passkeys.*",
    "@admin.*",
    "@internal.*",
    "@tokens.*",
    "@well_known.*",
    "@document.*",
    "@router.*",
]
VALIDATORS = ["@model_validator", "@field_validator", "@field_serializer"]
USED_FROM_OUTSIDE = {
    "__init_subclass__": "Python calls it",
    "capture_signals": "uvicorn calls it",
    "footer": "fpdf2 calls it at the end of a page",
    "on_start": "OpenTelemetry calls it",
    "read_due": "measurements of memory and tests read to the end with it, without a loop that runs for ever",
    "REPLACED": "a close code of the protocol, kept so that its number is not given away",
}


def unused() -> dict[str, str]:
    """Return what nothing in the product refers to: name to place."""
    look = Vulture(ignore_decorators=[*ROUTERS, *VALIDATORS])
    look.scavenge([str(PRODUCT)], exclude=["*/client/*"])
    return {
        item.name: f"{place(item.filename)}:{item.first_lineno}: {item.typ} {item.name}"
        for item in look.get_unused_code(min_confidence=60)
        if item.typ in JUDGED or item.name.isupper()
    }


@pytest.fixture(scope="module")
def found() -> dict[str, str]:
    return unused()


def test_nothing_is_dead(found: dict[str, str]) -> None:
    dead = [place for name, place in found.items() if name not in USED_FROM_OUTSIDE]

    assert dead == [], "remove it, or say in USED_FROM_OUTSIDE who uses it"


def test_no_exception_outlives_its_reason(found: dict[str, str]) -> None:
    assert set(USED_FROM_OUTSIDE) - set(found) == set()
