"""What may be spent is reserved before it is, once, by whichever instance comes first."""

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest

from emergence.memory.parts import Memory
from emergence.memory.store import spending
from emergence.memory.store.consolidations import Done, Due
from emergence.memory.store.spending import Budget, Spent

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
CENT = Decimal("0.01")


@pytest.fixture(autouse=True)
async def _nothing_is_spent(memory: Memory) -> None:
    await memory.database.execute("DELETE FROM consolidations")


def somebody() -> Due:
    return Due(uuid4(), uuid4(), 1, 0)


async def test_of_many_at_once_as_many_pass_as_there_is_money_for(memory: Memory) -> None:
    budget = Budget(3 * CENT, 3 * CENT)

    reserved = await asyncio.gather(
        *(spending.reserve(memory.database, somebody(), "m", CENT, budget, NOON) for _ in range(24))
    )

    assert sum(each is not None for each in reserved) == 3
    assert await spending.spent_today(memory.database, NOON) == 3 * CENT


async def test_a_person_has_a_cap_of_their_own(memory: Memory) -> None:
    budget, ada = Budget(10 * CENT, 2 * CENT), somebody()

    own = await asyncio.gather(*(spending.reserve(memory.database, ada, "m", CENT, budget, NOON) for _ in range(8)))
    other = await spending.reserve(memory.database, somebody(), "m", CENT, budget, NOON)

    assert sum(each is not None for each in own) == 2
    assert other is not None


async def test_what_a_call_did_not_need_is_free_again_and_a_new_day_begins_anew(memory: Memory) -> None:
    budget, due = Budget(CENT, CENT), somebody()
    first = await spending.reserve(memory.database, due, "m", CENT, budget, NOON)
    assert first is not None
    assert await spending.reserve(memory.database, due, "m", CENT, budget, NOON) is None

    await spending.settle(memory.database, due, first, "done", Spent(10, 10, CENT / 10), Done(), NOON)
    await spending.settle(memory.database, due, first, "failed", Spent(10, 10, CENT), Done(), NOON)  # too late

    assert await spending.spent_today(memory.database, NOON) == CENT / 10
    assert await spending.reserve(memory.database, due, "m", CENT / 2, budget, NOON) is not None
    assert await spending.reserve(memory.database, due, "m", CENT, budget, NOON + timedelta(hours=12)) is not None


async def test_what_has_no_price_is_never_called(memory: Memory) -> None:
    assert await spending.reserve(memory.database, somebody(), "m", None, Budget(CENT, CENT), NOON) is None


async def test_a_cost_that_nobody_knows_counts_as_what_was_reserved(memory: Memory) -> None:
    due = somebody()
    reserved = await spending.reserve(memory.database, due, "m", CENT, Budget(CENT, CENT), NOON)
    assert reserved is not None

    await spending.settle(memory.database, due, reserved, "failed", Spent(), Done(), NOON)

    assert await spending.spent_today(memory.database, NOON) == CENT
