"""What a new thread is called."""

import pytest

from emergence.session.message_text import TITLE_MAX_CHARACTERS, title_of


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Hello", "Hello"),
        ("  Two\n\nlines  here ", "Two lines here"),
        ("x" * 100, "x" * TITLE_MAX_CHARACTERS + "…"),
        ("word " * 40, "word word word word word word word word word word word word…"),
    ],
)
def test_a_title_is_the_first_words_on_one_line(text: str, title: str) -> None:
    assert title_of(text) == title
