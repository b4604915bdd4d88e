"""What whoever views the account of somebody sees of their conversations: everything but what memory told agents."""

import json
from typing import Any

from emergence.contracts.session.threads import Message, MessagePage

_RECALLED = "memory.recalled"
_OF_A_RUN: dict[str, list[object]] = {"recalled": [], "known": []}


def page_without_memories(page: MessagePage) -> MessagePage:
    """Return the page as a viewer sees it."""
    return page.model_copy(update={"messages": [_without(message) for message in page.messages]})


def frame_without_memories(encoded: str) -> str:
    """Return a frame as a viewer sees it; its place in the topic stays."""
    if _RECALLED not in encoded and not any(f'"{name}":[{{' in encoded for name in _OF_A_RUN):
        return encoded
    frame = json.loads(encoded)
    if frame["type"] == _RECALLED:
        frame["data"] |= {"items": [], "known": []}
    else:
        _empty(frame["data"])
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


def _without(message: Message) -> Message:
    if message.run is None:
        return message
    return message.model_copy(update={"run": message.run.model_copy(update=_OF_A_RUN)})


def _empty(data: Any) -> None:
    """Empty what runs hold, wherever they stand in what a frame says: texts are strings, and never looked into."""
    if isinstance(data, dict):
        data |= {name: [] for name in _OF_A_RUN if name in data}
        for value in data.values():
            _empty(value)
    elif isinstance(data, list):
        for value in data:
            _empty(value)
