"""Conversations with questions and the turns that answer them, read from files of three formats."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from bench.instruments.report import NotMeasured

Kind = Literal["locomo", "afriqa", "plain"]

LOCOMO_TIME = "%I:%M %p on %d %B, %Y"
NO_TIME = datetime(2024, 1, 1, tzinfo=UTC)
_TURN_ID = re.compile(r"D\d+:\d+")


@dataclass(frozen=True, slots=True)
class Item:
    """One turn, or one passage."""

    id: str
    session: str
    position: int
    at: datetime
    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Query:
    """A question, and the items that hold its answer; each of them exists."""

    id: str
    text: str
    relevant: tuple[str, ...]
    category: str


@dataclass(frozen=True, slots=True)
class Collection:
    """What one person's memory holds, and what is asked of it that something answers."""

    name: str
    kind: Kind
    items: Sequence[Item]
    queries: Sequence[Query]
    left_out: int = field(default=0)
    unanswered: Sequence[Query] = ()  # nothing answers them, and nothing should be shown


def read_collections(path: Path, corrections: Path | None) -> list[Collection]:
    """Return what a file holds: LoCoMo (a JSON list), AfriQA (JSON lines with `context`) or our own lines.

    Raises NotMeasured when it is none of them. A question without an item that answers it is left out, and counted.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if text.lstrip().startswith("["):
            corrected = json.loads(corrections.read_text(encoding="utf-8")) if corrections else {}
            return [_locomo(number, each, corrected) for number, each in enumerate(json.loads(text))]
        lines = [(number, json.loads(line)) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
        if lines and "context" in lines[0][1]:
            return [_afriqa(path.name, [line for _, line in lines])]
        return [_plain(path, number, line) for number, line in lines]
    except (OSError, ValueError, KeyError, TypeError) as unreadable:
        raise NotMeasured(f"{path} cannot be read: {type(unreadable).__name__}: {unreadable}") from unreadable


def together(collections: Sequence[Collection]) -> list[Collection]:
    """Return the collections with all passages of AfriQA's files in one: each file alone would be easier."""
    parts = [each for each in collections if each.kind == "afriqa"]
    others = [each for each in collections if each.kind != "afriqa"]
    if len(parts) < 2:
        return list(collections)
    first_of = {item.text: item for part in reversed(parts) for item in part.items}
    queries: list[Query] = []
    for part in parts:
        texts = {item.id: item.text for item in part.items}
        queries += [
            replace(query, relevant=tuple(first_of[texts[id_]].id for id_ in query.relevant)) for query in part.queries
        ]
    left_out = sum(part.left_out for part in parts)
    return [*others, Collection("afriqa", "afriqa", list(first_of.values()), queries, left_out)]


def _collection(name: str, kind: Kind, items: Sequence[Item], queries: Iterator[Query]) -> Collection:
    known = {item.id for item in items}
    asked = list(queries)
    kept = [
        Query(query.id, query.text, relevant, query.category)
        for query in asked
        if (relevant := tuple(item for item in dict.fromkeys(query.relevant) if item in known))
    ]
    return Collection(name, kind, items, kept, len(asked) - len(kept))


def _locomo(number: int, sample: Mapping[str, Any], corrected: Mapping[str, Sequence[str]]) -> Collection:
    conversation = sample["conversation"]
    sessions = sorted(
        (name for name, turns in conversation.items() if isinstance(turns, list)),
        key=lambda name: int(name.split("_")[1]),
    )
    items = [
        Item(turn["dia_id"], session, position, _locomo_time(conversation, session), turn["speaker"], _said(turn))
        for session in sessions
        for position, turn in enumerate(conversation[session])
    ]

    def queries() -> Iterator[Query]:
        for place, each in enumerate(sample["qa"]):
            id_ = f"locomo_{number}_qa{place}"
            evidence = corrected.get(id_, each["evidence"])
            relevant = tuple(turn for part in evidence for turn in _TURN_ID.findall(part))
            yield Query(id_, each["question"], relevant, str(each["category"]))

    return _collection(str(sample.get("sample_id", number)), "locomo", items, queries())


def _locomo_time(conversation: Mapping[str, Any], session: str) -> datetime:
    return datetime.strptime(conversation[f"{session}_date_time"], LOCOMO_TIME).replace(tzinfo=UTC)


def _said(turn: Mapping[str, str]) -> str:
    """Return a turn's text; a photo counts by its description, as somebody who sees it would remember it."""
    caption = turn.get("blip_caption")
    return f"{turn['text']} [image: {caption}]" if caption else turn["text"]


def _afriqa(name: str, lines: Sequence[Mapping[str, Any]]) -> Collection:
    items: dict[str, Item] = {}
    for line in lines:
        if (passage := line["context"]) and passage not in items:
            items[passage] = Item(f"{name}:{len(items)}", f"{name}:{len(items)}", 0, NO_TIME, "", passage)
    queries = (
        Query(f"{name}:{line['id']}", line["question_translated"], _ids(items, line["context"]), "fr") for line in lines
    )
    return _collection(name, "afriqa", list(items.values()), queries)


def _ids(items: Mapping[str, Item], passage: str | None) -> tuple[str, ...]:
    return (items[passage].id,) if passage else ()


def _plain(path: Path, number: int, line: Mapping[str, Any]) -> Collection:
    try:
        return _read_plain(line)
    except KeyError as missing:
        where = f"{path}, line {number}: there is no member {missing}"
        raise NotMeasured(f"{where}; the forms that are read are described in bench/README.md") from missing


def _read_plain(line: Mapping[str, Any]) -> Collection:
    items = [
        Item(
            str(each["id"]),
            str(each["session"]),
            int(each["pos"]),
            _time(each.get("at")),
            str(each.get("speaker") or ""),
            str(each["text"]),
        )
        for each in line["items"]
    ]
    queries = [
        Query(str(each["id"]), each["text"], tuple(map(str, each["relevant"])), str(each.get("category", "all")))
        for each in line["queries"]
    ]
    collection = _collection(str(line["collection"]), "plain", items, (each for each in queries if each.relevant))
    return replace(collection, unanswered=[each for each in queries if not each.relevant])


def _time(written: str | None) -> datetime:
    if not written:
        return NO_TIME
    at = datetime.fromisoformat(written)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
