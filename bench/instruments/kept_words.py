"""Compares what clients were promised and shown with what the database holds: what was accepted may not be lost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import asyncpg
import msgspec

from bench.instruments.streaming_clients import Asked
from tests.session.live_client import Screen


@dataclass(frozen=True, slots=True)
class Heard:
    """What a client asked, and what it shows."""

    screen: Screen
    asked: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class Stored:
    """Texts by message, how often each question is there, and how each run ended (None: it has not)."""

    texts: Mapping[str, str]
    questions: Mapping[str, int]
    outcomes: Mapping[str, str | None]

    def cut(self) -> "Stored":
        """Return what would be stored if texts were shown before they are written: the end of each is missing."""
        return replace(self, texts={message: text[:-1] for message, text in self.texts.items()})


@dataclass(frozen=True, slots=True)
class Lost:
    """How much is not as it was promised; all numbers are of questions and their answers."""

    unanswered: int = 0  # asked, and never acknowledged
    questions: int = 0  # acknowledged, and not stored so
    doubled: int = 0  # stored more than once
    answers: int = 0  # not stored as they were shown, or not shown as they are stored
    endless: int = 0  # answers without an end


async def read_stored(database: str) -> Stored:
    """Return everything that session holds."""
    connection = await asyncpg.connect(database)
    try:
        messages = await connection.fetch("SELECT id::text, role, parts::text FROM session.messages")
        runs = await connection.fetch("SELECT id::text, outcome FROM session.runs")
    finally:
        await connection.close()
    texts = {row["id"]: "".join(part["text"] for part in msgspec.json.decode(row["parts"])) for row in messages}
    questions = Counter(texts[row["id"]] for row in messages if row["role"] == "user")
    return Stored(texts, questions, {row["id"]: row["outcome"] for row in runs})


def lost_of(stored: Stored, clients: Sequence[Heard]) -> Lost:
    """Count what is missing, over all clients."""
    asked = [(client.screen, each) for client in clients for each in client.asked]
    promised = [(screen, each) for screen, each in asked if each.ack]
    return Lost(
        unanswered=len(asked) - len(promised),
        questions=sum(stored.texts.get(each.ack["message"]) != each.text for _, each in promised),
        doubled=sum(stored.questions.get(each.text, 0) > 1 for _, each in asked),
        answers=sum(not _is_kept(stored, screen, each) for screen, each in promised),
        endless=sum(stored.outcomes.get(each.ack["run"]) is None for _, each in promised),
    )


def _is_kept(stored: Stored, screen: Screen, asked: Asked) -> bool:
    """Return whether an answer begins with what was shown before, and is shown now as it is stored."""
    text = stored.texts.get(asked.ack["reply"])
    return text is not None and text.startswith(asked.shown) and screen.text(asked.ack["reply"]) == text
