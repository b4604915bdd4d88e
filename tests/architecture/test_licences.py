"""Nothing that a user installs asks for more than naming its authors."""

import re
from importlib.metadata import PackageNotFoundError, metadata

import pytest

from tests.architecture.locks import pins

COPYLEFT = re.compile(r"\bA?GPL|GNU (Affero )?General Public", re.IGNORECASE)
LESSER = re.compile(r"LGPL|Lesser", re.IGNORECASE)


def licence_of(name: str) -> str:
    """Return all that an installed package says of its licence, or nothing where this platform has none of it."""
    try:
        described = metadata(name)
    except PackageNotFoundError:
        return ""
    classifiers = [line for line in described.get_all("Classifier") or [] if line.startswith("License")]
    expressions = described.get_all("License-Expression") or described.get_all("License") or [""]
    return " | ".join([expressions[0].partition("\n")[0], *classifiers])


def is_copyleft(licence: str) -> bool:
    """Return whether only a licence that spreads to the whole program is offered."""
    offers = re.split(r"\bOR\b", licence)
    return all(COPYLEFT.search(offer) and not LESSER.search(offer) for offer in offers)


def test_nothing_that_users_install_is_under_a_copyleft_licence() -> None:
    found = {name: licence_of(name) for name, pin in pins("up").items() if not pin.is_never_installed}

    assert {name: licence for name, licence in found.items() if is_copyleft(licence)} == {}


@pytest.mark.parametrize(
    ("licence", "expected"),
    [
        ("AGPL-3.0-only", True),
        ("GNU General Public License v3", True),
        ("MIT OR GPL-2.0-only", False),
        ("LGPL-3.0", False),
        ("Apache-2.0", False),
    ],
)
def test_copyleft_is_told_from_the_rest(licence: str, expected: bool) -> None:
    assert is_copyleft(licence) is expected
