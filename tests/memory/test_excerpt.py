"""The part of a long text that an agent is shown."""

import pytest

from emergence.memory.excerpt import EXCERPT, LONGEST, excerpt_of
from emergence.memory.store.forms import AskedTerm, Form

FILLER = "The weather was fine and nothing else happened. "


def term(*words: str) -> AskedTerm:
    return AskedTerm(words[0], words[0], tuple(map(Form, words)))


def test_what_is_not_long_stays_whole() -> None:
    body = FILLER * (LONGEST // len(FILLER))

    assert excerpt_of(body, [term("weather")]) == body


def test_of_a_long_one_the_sentences_that_say_it_are_shown_with_what_stands_around() -> None:
    body = FILLER * 50 + "The secret ingredient is yuzu-kosho paste. " + "Then we went home again. " * 50

    shown = excerpt_of(body, [term("secret"), term("ingredients", "ingrédients")])

    assert "The secret ingredient is yuzu-kosho paste." in shown
    assert shown.startswith("…The weather") and shown.endswith("again.…")
    assert shown.strip("…") in body
    assert len(shown) <= EXCERPT + 2


def test_where_no_word_of_the_question_stands_in_it_its_beginning_is_shown() -> None:
    shown = excerpt_of(FILLER * 50, [term("elephant")])

    assert shown.startswith("The weather") and shown.endswith("happened.…")


@pytest.mark.parametrize(
    "body", ["x" * 20_000, "à" * 3_000, "\n" * 2_000, "👍" * 2_000, "word " * 4_000, "a.b" * 2_000]
)
def test_whatever_it_is_made_of_something_of_it_is_shown(body: str) -> None:
    shown = excerpt_of(body, [term("word")])

    assert len(shown) <= EXCERPT + 2
    assert shown.strip("…") in body


def test_accents_and_endings_do_not_matter() -> None:
    body = FILLER * 40 + "Mes vélos préférés sont à la cave. " + FILLER * 40

    assert "vélos préférés" in excerpt_of(body, [term("vélo"), term("prefere")])
