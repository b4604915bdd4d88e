"""The language of a browser is one of ours or none."""

import pytest

from emergence.kernel.wire.languages import accepted_language


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("de,en-GB;q=0.7,fr;q=0.9", "fr"),
        ("EN", "en"),
        ("de-DE,es", None),
        ("fr;q=0", None),
        ("fr;q=nonsense,en;q=0.1", "en"),
        ("*", None),
        ("", None),
        (",;=,fr;q=1e400", "fr"),
        ("de," * 5000 + "fr", None),
    ],
)
def test_the_language_is_the_first_of_ours_that_the_browser_asks_for(header: str, language: str | None) -> None:
    assert accepted_language(header) == language
