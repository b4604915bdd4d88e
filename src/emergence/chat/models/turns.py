"""Shapes a conversation the way every provider accepts it."""

from collections.abc import Iterable

from emergence.chat.models.provider import ModelTurn


def spoken_turns(turns: Iterable[ModelTurn]) -> list[ModelTurn]:
    """Return the turns without empty ones, neighbours of one role joined by a blank line.

    Anthropic refuses empty text, and many local chat templates refuse two turns of one role.
    """
    spoken: list[ModelTurn] = []
    for turn in turns:
        if not turn.text.strip():
            continue
        if spoken and spoken[-1].role == turn.role:
            spoken[-1] = ModelTurn(turn.role, f"{spoken[-1].text}\n\n{turn.text}")
        else:
            spoken.append(turn)
    return spoken
