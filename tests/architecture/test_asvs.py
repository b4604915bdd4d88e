"""The page about OWASP ASVS 5.0.0 answers every requirement of its four chapters once, with a test or a reason."""

import re

from tests.architecture.sources import ROOT
from tests.architecture.test_named_in_docs import TEST, lost_tests

PAGE = ROOT / "docs" / "asvs.md"
# How many requirements each section of release 5.0.0 has, in the standard's order.
SECTIONS = {
    "V6": (3, 12, 8, 6, 8, 4, 2, 4),
    "V7": (3, 4, 2, 5, 3, 2),
    "V9": (3, 4),
    "V10": (2, 3, 5, 16, 5, 2, 3),
}
ROW = re.compile(r"^\| (V[\d.]+) \| ([123]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", flags=re.MULTILINE)
REASONS = ("deviation: ", "missing: ", "not applicable")


def expected() -> list[str]:
    """Return the numbers of all requirements of the four chapters."""
    return [
        f"{chapter}.{section}.{number}"
        for chapter, sizes in SECTIONS.items()
        for section, size in enumerate(sizes, start=1)
        for number in range(1, size + 1)
    ]


def test_every_requirement_is_answered_once() -> None:
    assert [number for number, *_ in ROW.findall(PAGE.read_text())] == expected()


def test_each_answer_names_a_test_or_says_why_there_is_none() -> None:
    rows = ROW.findall(PAGE.read_text())

    assert [number for number, *_, shown in rows if not TEST.search(shown) and not shown.startswith(REASONS)] == []
    assert lost_tests(" ".join(shown for *_, shown in rows)) == []


def test_what_does_not_apply_says_why() -> None:
    silent = [
        n
        for n, _, _, how, shown in ROW.findall(PAGE.read_text())
        if shown == "not applicable" and "does not apply: " not in how
    ]

    assert silent == []
