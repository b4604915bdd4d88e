"""Handlers run once per event, in order per subject, past what cannot be handled."""

import asyncio
from datetime import timedelta

import pytest

from emergence.kernel.events import held, outbox
from emergence.kernel.events.bus.bus import Bus, Envelope
from emergence.kernel.events.inbox import RETENTION
from emergence.kernel.events.subscriber import RetryPlan, Subscriber
from emergence.kernel.ids import new_id
from emergence.kernel.metrics import registry
from emergence.kernel.storage.database import Database, Transaction
from tests.kernel.events.shop import (
    ItemSold,
    ShopClosed,
    note_sale,
    office_subscriber,
    running,
    seen,
    sell,
    shop_relay,
    until,
    until_seen,
)


class BrokenFor:
    """A handler that fails for one number, so many times, after having written."""

    def __init__(self, number: int, times: int) -> None:
        self.number = number
        self.times = times

    async def __call__(self, tx: Transaction, event: ItemSold) -> None:
        await note_sale(tx, event)
        if event.number == self.number and self.times > 0:
            self.times -= 1
            raise ValueError("cannot deal with this")


async def parked_numbers(office: Database) -> list[int]:
    rows = await office.fetch("SELECT payload FROM parked_events")
    return [ItemSold.model_validate_json(row["payload"]).number for row in rows]


async def test_a_handler_sees_the_event_that_was_published(shop: Database, office: Database, bus: Bus) -> None:
    received: list[ItemSold] = []

    async def receive(tx: Transaction, event: ItemSold) -> None:
        received.append(event)
        await note_sale(tx, event)

    async with running(shop_relay(shop, bus), office_subscriber(office, bus, receive)):
        await sell(shop, ("pen", 7))
        await until_seen(office, 1, within_s=3)

    assert received == [ItemSold(item="pen", number=7)]


async def test_an_event_delivered_twice_is_handled_once(shop: Database, office: Database, bus: Bus) -> None:
    await sell(shop, ("pen", 1))
    [envelope] = await outbox.oldest_unsent(shop, 1)

    await bus.append([envelope, envelope])
    await bus.append([envelope])
    async with running(shop_relay(shop, bus), office_subscriber(office, bus)):
        await sell(shop, ("pen", 2))
        await until_seen(office, 2)

    assert await seen(office) == [("pen", 1), ("pen", 2)]


async def test_two_copies_at_the_same_moment_are_handled_once(shop: Database, office: Database, bus: Bus) -> None:
    await sell(shop, *(("pen", number) for number in range(20)))
    envelopes = await outbox.oldest_unsent(shop, 100)
    await bus.append(envelopes)
    office_again = Database(office.url, "office")

    # Two names for the lock, one for the inbox: as when a worker that lost its lock has not noticed yet.
    first, second = office_subscriber(office, bus), office_subscriber(office_again, bus)
    async with bus.subscription("lock-one") as one, bus.subscription("lock-two") as two:
        await asyncio.gather(first.take_batch(one, timedelta(1)), second.take_batch(two, timedelta(1)))

    assert await seen(office) == [("pen", number) for number in range(20)]
    await office_again.close()


async def test_a_failed_try_leaves_no_trace_and_the_next_one_counts(shop: Database, office: Database, bus: Bus) -> None:
    async with running(shop_relay(shop, bus), office_subscriber(office, bus, BrokenFor(1, times=2))):
        await sell(shop, ("pen", 1), ("pen", 2), ("pen", 3))
        arrived = await until_seen(office, 3)

    assert arrived == [("pen", 1), ("pen", 2), ("pen", 3)]
    assert await parked_numbers(office) == []


async def test_a_poison_event_blocks_only_its_subject_and_is_parked_at_last(
    shop: Database, office: Database, bus: Bus
) -> None:
    async with running(shop_relay(shop, bus), office_subscriber(office, bus, BrokenFor(1, times=1000))):
        await sell(shop, ("pen", 1), ("pen", 2), ("ink", 3), ("pen", 4))
        arrived = await until_seen(office, 3)
        await sell(shop, ("pen", 5))
        await until_seen(office, 4)

    assert arrived == [("ink", 3), ("pen", 2), ("pen", 4)]
    assert await seen(office) == [("ink", 3), ("pen", 2), ("pen", 4), ("pen", 5)]
    assert await parked_numbers(office) == [1]
    labels = {"subscriber": "office", "event": "shop.item_sold.v1"}
    assert (registry.get_sample_value("events_parked_total", labels) or 0) >= 1
    assert (registry.get_sample_value("event_lag_seconds_count", labels) or 0) >= 4


async def test_a_parked_event_stays_parked_when_it_comes_again_and_can_be_released(
    shop: Database, office: Database, bus: Bus
) -> None:
    broken = BrokenFor(1, times=3)
    await sell(shop, ("pen", 1))
    [envelope] = await outbox.oldest_unsent(shop, 1)

    async def is_parked() -> bool:
        return await parked_numbers(office) == [1]

    async with running(shop_relay(shop, bus), office_subscriber(office, bus, broken)):
        await until(is_parked)
        await bus.append([envelope])
        await sell(shop, ("pen", 2))
        assert await until_seen(office, 1) == [("pen", 2)]
        async with office.transaction() as tx:
            assert await held.release(tx, "office", envelope.id)
        await sell(shop, ("pen", 3))
        await until_seen(office, 3)

    assert sorted(await seen(office)) == [("pen", 1), ("pen", 2), ("pen", 3)]
    assert await parked_numbers(office) == []


async def test_a_payload_that_does_not_fit_is_parked_like_any_failure(
    shop: Database, office: Database, bus: Bus
) -> None:
    await sell(shop, ("pen", 1))
    [good] = await outbox.oldest_unsent(shop, 1)
    bad = Envelope(new_id(), good.name, good.subject, "shop", good.published_at, '{"item": "pen"}')
    await bus.append([bad])

    async with running(shop_relay(shop, bus), office_subscriber(office, bus)):
        await until_seen(office, 1)

    row = await office.fetchrow("SELECT event_id, tries, reason FROM parked_events")
    assert row is not None
    assert tuple(row) == (bad.id, 3, "ValidationError")


async def test_events_without_a_handler_are_passed_over(shop: Database, office: Database, bus: Bus) -> None:
    async with shop.transaction() as tx:
        await outbox.publish(tx, ShopClosed())
        await outbox.publish(tx, ItemSold(item="pen", number=1))

    async with running(shop_relay(shop, bus), office_subscriber(office, bus)):
        arrived = await until_seen(office, 1)

    assert arrived == [("pen", 1)]
    assert await office.fetch("SELECT FROM held_events") == []


async def test_of_two_subscribers_of_one_name_one_works_and_the_other_takes_over(
    shop: Database, office: Database, bus: Bus
) -> None:
    workers: list[str] = []

    def worker(name: str) -> Subscriber:
        async def handle(tx: Transaction, event: ItemSold) -> None:
            workers.append(name)
            await note_sale(tx, event)

        return office_subscriber(office, bus, handle)

    async with running(shop_relay(shop, bus)):
        async with running(worker("first")):
            await sell(shop, ("pen", 1))
            await until_seen(office, 1)
            async with running(worker("second")):
                await sell(shop, *(("pen", number) for number in range(2, 50)))
                await until_seen(office, 49)
            assert set(workers) == {"first"}
        async with running(worker("second")):
            await sell(shop, ("pen", 50))
            await until_seen(office, 50)

    assert workers[-1] == "second"
    assert await seen(office) == [("pen", number) for number in range(1, 51)]


async def test_each_subscriber_gets_every_event(shop: Database, office: Database, bus: Bus) -> None:
    received: list[int] = []

    async def receive(_: Transaction, event: ItemSold) -> None:
        received.append(event.number)

    async def has_everything() -> bool:
        return len(received) >= 10

    archive = Subscriber(office, bus, subscriber="archive", handlers={ItemSold: receive})
    async with running(shop_relay(shop, bus), office_subscriber(office, bus), archive):
        await sell(shop, *(("pen", number) for number in range(10)))
        await until_seen(office, 10)
        await until(has_everything)

    assert received == list(range(10))


async def test_many_publishers_at_once_keep_the_order_of_each_subject(
    shop: Database, office: Database, bus: Bus
) -> None:
    await shop.execute("CREATE TABLE stock AS SELECT 'item-' || i AS item, 0 AS number FROM generate_series(0, 4) AS i")

    async def sell_next(item: str) -> None:
        async with shop.transaction() as tx:
            number = await tx.fetchval("UPDATE stock SET number = number + 1 WHERE item = $1 RETURNING number", item)
            await outbox.publish(tx, ItemSold(item=item, number=number))

    async with running(shop_relay(shop, bus), office_subscriber(office, bus)):
        await asyncio.gather(*(sell_next(f"item-{turn % 5}") for turn in range(200)))
        arrived = await until_seen(office, 200)

    for item in range(5):
        assert [number for subject, number in arrived if subject == f"item-{item}"] == list(range(1, 41))


async def test_a_handler_that_calls_into_another_transaction_is_told_so(
    shop: Database, office: Database, bus: Bus
) -> None:
    async def leave_transaction(_: Transaction, event: ItemSold) -> None:
        await office.execute("INSERT INTO seen (subject, number) VALUES ($1, $2)", event.item, event.number)

    async def is_parked() -> bool:
        return await parked_numbers(office) == [1]

    async with running(shop_relay(shop, bus), office_subscriber(office, bus, leave_transaction)):
        await sell(shop, ("pen", 1))
        await until(is_parked)

    assert await seen(office) == []


async def test_old_inbox_rows_are_forgotten(shop: Database, office: Database, bus: Bus) -> None:
    old, new = new_id(), new_id()
    await office.execute(
        "INSERT INTO inbox VALUES ('office', $1, now() - $3::interval), ('office', $2, now())",
        old,
        new,
        RETENTION + timedelta(days=1),
    )

    async with running(shop_relay(shop, bus), office_subscriber(office, bus)):
        await sell(shop, ("pen", 1))
        await until_seen(office, 1)

    kept = {row["event_id"] for row in await office.fetch("SELECT event_id FROM inbox")}
    assert new in kept
    assert old not in kept


@pytest.mark.parametrize(("tries", "seconds"), [(1, 0.5), (2, 1), (5, 8), (10, 256), (11, 300), (5000, 300)])
def test_waits_double_up_to_the_longest(tries: int, seconds: float) -> None:
    assert RetryPlan().wait_after(tries) == timedelta(seconds=seconds)
