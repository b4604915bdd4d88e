"""Publishing is part of the writer's transaction, in the order of commits."""

import asyncio
import random

import pytest

from emergence.kernel.events import outbox
from emergence.kernel.storage.database import Database
from tests.kernel.events.shop import ItemSold, sell


async def test_a_committed_event_waits_for_the_relay_with_everything_it_says(shop: Database) -> None:
    async with shop.transaction() as tx:
        event_id = await outbox.publish(tx, ItemSold(item="pen", number=3))

    [envelope] = await outbox.oldest_unsent(shop, 10)

    assert (envelope.id, envelope.name, envelope.subject) == (event_id, "shop.item_sold.v1", "item:pen")
    assert envelope.publisher == "shop"
    assert envelope.published_at.tzinfo is not None
    assert ItemSold.model_validate_json(envelope.payload) == ItemSold(item="pen", number=3)


async def test_a_transaction_that_rolls_back_publishes_nothing(shop: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with shop.transaction() as tx:
            await outbox.publish(tx, ItemSold(item="pen", number=1))
            raise ZeroDivisionError

    assert await outbox.oldest_unsent(shop, 10) == []


async def test_publishing_outside_a_transaction_is_refused(shop: Database) -> None:
    async with shop.connection() as connection:
        with pytest.raises(RuntimeError, match="inside the transaction"):
            await outbox.publish(connection, ItemSold(item="pen", number=1))

    assert await outbox.oldest_unsent(shop, 10) == []


async def test_text_that_databases_find_difficult_arrives_unchanged(shop: Database) -> None:
    event = ItemSold(item="pen", number=1, note='nul \x00, quote ", smile \U0001f600, backslash \\u0000')

    async with shop.transaction() as tx:
        await outbox.publish(tx, event)

    [envelope] = await outbox.oldest_unsent(shop, 10)
    assert ItemSold.model_validate_json(envelope.payload) == event


async def test_events_keep_the_order_in_which_their_transactions_commit(shop: Database) -> None:
    committed: list[int] = []

    async def sell_slowly(number: int) -> None:
        async with shop.transaction() as tx:
            await outbox.publish(tx, ItemSold(item="pen", number=number))
            await asyncio.sleep(random.uniform(0, 0.05))
            # The last statement takes the row that all of them need: who gets it commits next.
            await tx.execute("UPDATE counter SET number = number + 1")
            committed.append(number)

    await shop.execute("CREATE TABLE counter AS SELECT 0 AS number")
    await asyncio.gather(*(sell_slowly(number) for number in range(40)))

    unsent = [ItemSold.model_validate_json(each.payload).number for each in await outbox.oldest_unsent(shop, 100)]
    assert unsent == committed
    assert sorted(unsent) == list(range(40))


async def test_events_of_one_transaction_keep_the_order_of_the_calls(shop: Database) -> None:
    await sell(shop, *((f"item-{number % 3}", number) for number in range(30)))

    unsent = [ItemSold.model_validate_json(each.payload).number for each in await outbox.oldest_unsent(shop, 100)]
    assert unsent == list(range(30))


async def test_the_outbox_tells_how_much_waits(shop: Database) -> None:
    before = await outbox.state(shop)
    await sell(shop, ("pen", 1), ("pen", 2))
    during = await outbox.state(shop)
    await outbox.forget(shop, await outbox.oldest_unsent(shop, 10))

    assert (before.depth, before.oldest) == (0, None)
    assert during.depth == 2
    assert during.oldest is not None
    assert (await outbox.state(shop)).depth == 0
