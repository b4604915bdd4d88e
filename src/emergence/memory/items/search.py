"""Search what is remembered by words and by meaning, as a person looks for it."""

from uuid import UUID

from emergence.contracts.memory.items import Found, ItemKind
from emergence.memory.items.look import turns_with_news
from emergence.memory.known import fits
from emergence.memory.parts import Memory
from emergence.memory.recall import Recalled, found_turn, rank, understand
from emergence.memory.store import items
from emergence.memory.store.edited_sources import with_edits
from emergence.memory.store.recall_items import ranked_items


async def search_memory(memory: Memory, user_id: UUID, words: str, kind: ItemKind | None, limit: int) -> Found:
    """Return items and turns that fit, the best first; items also by a part of a word. Raises DatabaseUnavailable.

    Turns come with what is so since, former words of edited messages too. With `kind` items of that one alone, and no
    turns: they are of none.
    """
    asked = await understand(memory, user_id, words, memory.clock.now())
    async with memory.rows.of(user_id) as tx:
        ranked = await ranked_items(
            tx, user_id, asked.terms, asked.likeness, shown=[], here=None, limit=limit, kind=kind
        )
        fitting = [each for each in ranked if fits(each)]
        holding = await items.ids_containing(tx, user_id, words, kind, limit)
        exact = list(dict.fromkeys([*(each.id for each in fitting if each.found), *holding]))
        alike = [each.id for each in fitting if each.id not in exact]
        found = await with_edits(tx, user_id, await items.items_named(tx, user_id, [*exact, *alike][:limit]))
    if kind is not None:
        return Found(items=found, turns=[], similar=alike)
    said = [found_turn(turn) for turn in await rank(memory, user_id, asked, limit=limit)]
    evident = [turn for turn in said if turn.is_evidence and not turn.why.is_neighbour]
    evident.sort(key=_is_only_alike)
    async with memory.rows.of(user_id) as tx:
        said_since = await turns_with_news(tx, user_id, [each.message_id for each in evident])
    kept = {turn.message: turn for turn in said_since}
    return Found(
        items=found,
        turns=[kept[each.message_id] for each in evident if each.message_id in kept],
        similar=[*alike, *(turn.message_id for turn in evident if _is_only_alike(turn))],
    )


def _is_only_alike(turn: Recalled) -> bool:
    return not (turn.why.terms or turn.why.dates)
