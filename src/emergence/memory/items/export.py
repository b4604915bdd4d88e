"""Take everything along that is remembered, as JSON for programs or as Markdown for people; read page by page."""

from collections.abc import AsyncIterator
from typing import Literal
from uuid import UUID

from pydantic import BaseModel

from emergence.contracts.auth.visible_text import visible_part
from emergence.contracts.memory.items import Item, ItemSource
from emergence.contracts.memory.turns import KeptTurn
from emergence.kernel.plain_markdown import escaped
from emergence.kernel.wire.languages import Language
from emergence.memory.parts import Memory
from emergence.memory.store.choices import read_choices
from emergence.memory.store.edited_sources import with_edits
from emergence.memory.store.items import ItemPosition, read_items
from emergence.memory.store.turns import TurnPosition, page_of_turns

Format = Literal["json", "markdown"]
AT_ONCE = 200

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "What is remembered",
        "fact": "Facts", "preference": "Preferences", "event": "Events", "summary": "Summaries", "note": "Notes",
        "instruction": "Instructions", "said": "What was said", "superseded": "no longer so", "archived": "set aside",
        "you": "You", "nothing": "Nothing.", "edited": "put later as",
    },
    "fr": {
        "title": "Ce qui est retenu",
        "fact": "Faits", "preference": "Préférences", "event": "Événements", "summary": "Résumés", "note": "Notes",
        "instruction": "Consignes", "said": "Ce qui a été dit", "superseded": "plus d’actualité",
        "archived": "mis de côté", "you": "Vous", "nothing": "Rien.", "edited": "dit plus tard",
    },
}  # fmt: skip
_KINDS = ("instruction", "preference", "fact", "event", "note", "summary")


async def export_json(memory: Memory, user_id: UUID) -> AsyncIterator[str]:
    """Yield one JSON object: `choices`, `items` and `turns`. Raises DatabaseUnavailable."""
    async with memory.rows.of(user_id) as tx:
        choices = await read_choices(tx, user_id)
    yield f'{{"choices": {choices.model_dump_json()}, "items": ['
    async for part in _joined(_items(memory, user_id)):
        yield part
    yield '], "turns": ['
    async for part in _joined(_turns(memory, user_id)):
        yield part
    yield "]}\n"


async def export_markdown(memory: Memory, user_id: UUID, language: Language) -> AsyncIterator[str]:
    """Yield a document that people read: items by kind with their quotes, then what was said, newest first."""
    words = _WORDS[language]
    yield f"# {words['title']}\n"
    for kind in _KINDS:
        heading = f"\n## {words[kind]}\n\n"
        async for item in _items(memory, user_id):
            if item.kind == kind:
                yield heading + _lines_of(item, words)
                heading = ""
    yield f"\n## {words['said']}\n\n"
    is_empty = True
    async for turn in _turns(memory, user_id):
        is_empty = False
        yield f"- {turn.said_at:%Y-%m-%d %H:%M} · {_in_line(turn.speaker) or words['you']} : {_in_line(turn.text)}\n"
    if is_empty:
        yield f"{words['nothing']}\n"


def _lines_of(item: Item, words: dict[str, str]) -> str:
    state = "" if item.state == "active" else f" ({words[item.state]})"
    return f"- {_in_line(item.text)}{state}\n" + "".join(_quote(source, words) for source in item.sources)


def _quote(source: ItemSource, words: dict[str, str]) -> str:
    now = f" ({words['edited']} : “{_in_line(source.since.text)}”)" if source.since else ""
    return f"  - {source.said_at:%Y-%m-%d} : “{_in_line(source.quote)}”{now}\n"


def _in_line(text: str) -> str:
    """Return a text as Markdown that shows it in one line, and loads nothing."""
    return escaped(" ".join(visible_part(text).split()))


async def _joined(rows: AsyncIterator[BaseModel]) -> AsyncIterator[str]:
    separator = ""
    async for row in rows:
        yield separator + row.model_dump_json()
        separator = ",\n"


async def _items(memory: Memory, user_id: UUID) -> AsyncIterator[Item]:
    after: ItemPosition | None = None
    while True:
        async with memory.rows.of(user_id) as tx:
            page = await read_items(tx, user_id, kind=None, state=None, after=after, limit=AT_ONCE)
            page = await with_edits(tx, user_id, page)
        for item in page:
            yield item
        if len(page) < AT_ONCE:
            return
        after = ItemPosition(page[-1].pinned, page[-1].recorded_at, page[-1].id)


async def _turns(memory: Memory, user_id: UUID) -> AsyncIterator[KeptTurn]:
    after: TurnPosition | None = None
    while True:
        async with memory.rows.of(user_id) as tx:
            page = await page_of_turns(tx, user_id, after, AT_ONCE)
        for turn in page:
            yield turn
        if len(page) < AT_ONCE:
            return
        after = TurnPosition(page[-1].said_at, page[-1].message)
