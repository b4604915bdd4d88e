"""What a message asks is looked for before what it says besides."""

import pytest

from emergence.memory.question.asked_in import asked_in

WHOLE = [
    "Where is my vault?",
    "Hi! Could you please tell me where my vault is?",
    "Bonjour ! Merci d'avance. Où est mon coffre ?",
    "My vault is behind the picture.",
    "I wonder. You know?",
]


@pytest.mark.parametrize("message", WHOLE)
def test_a_message_that_says_nothing_else_is_looked_for_as_it_is(message: str) -> None:
    assert asked_in(message) == (message,)


@pytest.mark.parametrize(
    ("message", "asking"),
    [
        ("I just got home from work and cooked some soup. Where is my vault?", "Where is my vault?"),
        ("v1.2 is out. What did I say about Node.js? I forgot.", "What did I say about Node.js?"),
        ("Il pleut.\nOù est ma chaudière ?", "Où est ma chaudière ?"),
    ],
)
def test_the_question_goes_first(message: str, asking: str) -> None:
    assert asked_in(message) == (asking, message)


@pytest.mark.parametrize(
    ("message", "asking"),
    [
        ("My sister Odile came. What is her phone number?", "What is her phone number?"),
        ("J'ai vu Odile. Quel est son numéro ?", "Quel est son numéro ?"),
    ],
)
def test_a_question_that_points_back_goes_last(message: str, asking: str) -> None:
    assert asked_in(message) == (message, asking)
