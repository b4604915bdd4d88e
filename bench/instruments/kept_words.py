"""Compares what clients were promised and shown with what the database holds: what was accepted may not be lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import asyncpg
import msgspec

from bench.instruments.streaming_clients import Asked, StreamingClient


@dataclass(frozen=True, slots=True)
class Stored:
    """Texts by message, and how each run ended (None: it has not)."""

    texts: Mapping[str, str]
    outcomes: Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class Lost:
    """How many questions are not stored as they were acknowledged, and how many answers are not as they were shown."""

    questions: int
    answers: int
    endless: int

    @property
    def is_nothing(self) -> bool:
        """Return whether everything is there."""
        return self == Lost(0, 0, 0)


async def read_stored(database: str) -> Stored:
    """Return everything that session holds."""
    connection = await asyncpg.connect(database)
    try:
        messages = await connection.fetch("SELECT id::text, parts::text FROM session.messages")
        runs = await connection.fetch("SELECT id::text, outcome FROM session.runs")
    finally:
        await connection.close()
    texts = {row["id"]: "".join(part["text"] for part in msgspec.json.decode(row["parts"])) for row in messages}
    return Stored(texts, {row["id"]: row["outcome"] for row in runs})


def lost_of(stored: Stored, clients: Sequence[StreamingClient]) -> Lost:
    """Count what is missing, over all clients."""
    asked = [(client, each) for client in clients for each in client.asked]
    return Lost(
        sum(stored.texts.get(each.ack["message"]) != each.text for _, each in asked),
        sum(not _is_kept(stored, client, each) for client, each in asked),
        sum(stored.outcomes.get(each.ack["run"]) is None for _, each in asked),
    )


def _is_kept(stored: Stored, client: StreamingClient, asked: Asked) -> bool:
    """Return whether an answer begins with what was shown before, and is shown now as it is stored."""
    text = stored.texts.get(asked.ack["reply"])
    return text is not None and text.startswith(asked.shown) and client.screen.text(asked.ack["reply"]) == text
