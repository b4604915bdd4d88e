"""Turn a question into what the ranking asks for: terms with every form of them, times, and whose words are meant."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from emergence.memory.question.dates import named_times, names_of
from emergence.memory.question.lexicon import forms_of
from emergence.memory.question.words import QUESTION_MAX_CHARACTERS, STOP_WORDS, folded, language_of, words_of
from emergence.memory.store.forms import AskedTerm, Form

MOST_TERMS = 32  # what follows hardly changes the ranking
LONGEST_WORD = 100  # characters: what is longer is no word, and PostgreSQL refuses it from 2,047 bytes on

_AGENT_SAID = re.compile(
    r"\b(?:(?:did|have|had) you (?:say|said|tell|told|suggest\w*|recommend\w*|advise\w*|propose\w*|explain\w*)"
    r"|you (?:said|told|suggested|recommended|advised|proposed|explained)"
    r"|(?:tu|vous) (?:m |me |nous )?(?:as|avez|avais|aviez) (?:dit|conseille|suggere|propose|recommande|explique)"
    r"|(?:m |me |nous )?(?:as tu|avez vous) (?:dit|conseille|suggere|propose|recommande|explique))\b"
)
_USER_SAID = re.compile(
    r"\b(?:(?:did|have|had) i (?:say|said|tell|told|mention\w*|talk\w*|write|written)|i (?:said|told|mentioned)"
    r"|(?:ai je|j ai|j avais|je t ai|je vous ai) (?:dit|parle|raconte|mentionne|ecrit))\b"
)


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked for; `role` says whose words are asked for, where the question does."""

    terms: tuple[AskedTerm, ...]
    role: Literal["user", "agent"] | None


def read_question(text: str, now: datetime) -> Question:
    """Read a question of either language; `now` is what "yesterday" counts from, in its zone.

    Takes some milliseconds the first time.
    """
    text = text[:QUESTION_MAX_CHARACTERS]
    words = words_of(text)
    language = language_of(words)
    times, rest = named_times(text, now)
    plain_rest, said = set(rest.split()), set(map(folded, words))
    dated = {time.shown: time for time in times}
    terms: dict[str, AskedTerm] = {
        time.shown: AskedTerm(time.shown, "", tuple(map(Form, _names_in(time.shown))), time.spans)
        for time in times
        if time.shown not in plain_rest or time.shown not in said
    }
    for word in words:
        plain = folded(word)
        time = dated.get(plain)
        says_nothing = plain in STOP_WORDS and time is None
        if says_nothing or plain not in plain_rest or plain in terms or len(plain) > LONGEST_WORD:
            continue
        is_kept = time is not None or plain.isdigit()
        forms = tuple(map(Form, (word, *names_of(plain)))) if is_kept else forms_of(word, language)
        name = "" if time or plain.isdigit() else plain
        terms[plain] = AskedTerm(word, name, forms, time.spans if time else ())
    return Question(tuple(terms.values())[:MOST_TERMS], _role(" ".join(words_of(folded(text)))))


def _names_in(time: str) -> tuple[str, ...]:
    """Return the months and days of the week in “early March”, in both languages."""
    return tuple(name for word in time.split() for name in names_of(word))


def _role(plain: str) -> Literal["user", "agent"] | None:
    if _AGENT_SAID.search(plain):
        return "agent"
    return "user" if _USER_SAID.search(plain) else None
