"""What was brought up unasked rests for a fortnight, however it was put since."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from emergence.contracts.memory.items import ChangeItem
from emergence.contracts.memory.recall import RecallReason, RecallRequest
from emergence.contracts.memory.recollection import NoteUses, Used
from emergence.memory.answer_recall import answer_recall
from emergence.memory.items.write import change_item
from emergence.memory.note_uses import note_uses
from tests.frozen_clock import FrozenClock
from tests.memory.kept_items import know
from tests.memory.served_memory import ServedMemory
from tests.session.neighbours import Person

NOW = datetime(2026, 11, 28, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize("is_changed_first", [True, False])
async def test_a_hint_that_is_changed_rests_as_long(
    served: ServedMemory, ada: Person, *, is_changed_first: bool
) -> None:
    clock = FrozenClock(NOW)
    memory = replace(served.parts, clock=clock)
    item, _ = await know(memory, ada, "Karim cannot eat nuts", importance=0.9, about=["Karim"])
    brought_up = NoteUses(
        user_id=ada.user_id, run_id=uuid4(), thread_id=uuid4(), used=[Used(id=item, why=RecallReason(hint="related"))]
    )

    async def hinted() -> list[str]:
        query = "Help me plan a long dinner with many courses and wine for Karim next Friday evening"
        asked = RecallRequest(user_id=ada.user_id, query=query, limit=8, token_budget=600, patience_s=20, hints=True)
        return [each.text for each in (await answer_recall(memory, asked)).items]

    assert await hinted() == ["Karim cannot eat nuts"]
    if not is_changed_first:
        await note_uses(memory, brought_up)
    second = await change_item(memory, ada.user_id, item, ChangeItem(text="Karim must not eat nuts"))
    await change_item(memory, ada.user_id, second.id, ChangeItem(text="Karim never eats nuts"))
    if is_changed_first:
        await note_uses(memory, brought_up)

    assert await hinted() == []
    clock.advance(14 * DAY + timedelta(hours=1))
    assert await hinted() == ["Karim never eats nuts"]
