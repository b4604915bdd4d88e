"""Other forms of a word are the same whoever else reads a question at the moment."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from emergence.memory.question.lexicon import forms_of

WORDS = [
    "running",
    "conversations",
    "liberté",
    "musicienne",
    "a",
    "traditionally",
    "yeux",
    "généralement",
    "went",
    "ski",
]


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads take turns after every few instructions."""
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual_s)


@pytest.mark.usefixtures("hurried")
def test_questions_that_are_read_at_once_do_not_disturb_each_other() -> None:
    alone = [forms_of(word, None) for word in WORDS]

    with ThreadPoolExecutor(8) as threads:
        together = list(threads.map(lambda number: forms_of(WORDS[number % len(WORDS)], None), range(2_000)))

    assert all(together[number] == alone[number % len(WORDS)] for number in range(2_000))
