"""From the outbox to the bus: at least once, in order, by one relay at a time."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from emergence.kernel.errors import Unavailable
from emergence.kernel.events import outbox
from emergence.kernel.events.bus.bus import Bus, Envelope
from emergence.kernel.events.bus.postgres import PostgresBus
from emergence.kernel.metrics import registry
from emergence.kernel.storage.database import Database
from tests.kernel.events.bus_place import BusPlace, BusWithoutAnswer, everything_on
from tests.kernel.events.shop import (
    QUICK,
    ItemSold,
    office_subscriber,
    running,
    seen,
    sell,
    shop_relay,
    until,
    until_seen,
)


class BusThatRefuses(BusWithoutAnswer):
    """Refuses the first appends."""

    refusals = 3

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        if self.refusals:
            self.refusals -= 1
            raise Unavailable
        await self.inner.append(envelopes)


async def on_bus(bus: Bus) -> list[int]:
    return [ItemSold.model_validate_json(envelope.payload).number for envelope in await everything_on(bus)]


async def is_empty(shop: Database) -> bool:
    return (await outbox.state(shop)).depth == 0


async def test_what_is_published_reaches_the_bus_in_order_and_leaves_the_outbox(shop: Database, bus: Bus) -> None:
    await sell(shop, *(("pen", number) for number in range(450)))

    async with running(shop_relay(shop, bus)):
        await until(lambda: is_empty(shop))

    assert await on_bus(bus) == list(range(450))


async def test_a_notification_wakes_the_relay_long_before_its_poll(shop: Database, bus: Bus) -> None:
    async with running(shop_relay(shop, bus, poll=timedelta(minutes=5))):
        for number in range(5):
            await asyncio.sleep(0.1)
            await sell(shop, ("pen", number))
            await until(lambda: is_empty(shop), within_s=2)


async def test_without_notifications_the_poll_still_delivers(
    shop: Database, office: Database, postgres_bus: PostgresBus, database_url: str
) -> None:
    await postgres_bus.prepare()
    await shop.execute("ALTER TABLE outbox DISABLE TRIGGER outbox_wake")
    administrator = Database(database_url, "bus")
    await administrator.execute("ALTER TABLE events DISABLE TRIGGER events_wake")

    async with running(shop_relay(shop, postgres_bus, poll=QUICK), office_subscriber(office, postgres_bus, poll=QUICK)):
        await asyncio.sleep(0.2)
        await sell(shop, ("pen", 1))
        arrived = await until_seen(office, 1)

    assert arrived == [("pen", 1)]
    await administrator.close()


async def test_a_relay_killed_between_append_and_delete_doubles_events_on_the_bus_and_handlers_run_once(
    shop: Database, office: Database, bus: Bus, bus_place: BusPlace
) -> None:
    await sell(shop, ("pen", 1), ("pen", 2))
    half_way = BusWithoutAnswer(bus)

    async def is_appended() -> bool:
        return half_way.is_appended

    async with running(shop_relay(shop, half_way)):
        await until(is_appended)
    async with running(shop_relay(shop, bus), office_subscriber(office, bus)):
        await sell(shop, ("pen", 3))
        await until_seen(office, 3)
        await asyncio.sleep(0.1)

    assert await on_bus(bus) == ([1, 2, 3] if bus_place.drops_doubles else [1, 2, 1, 2, 3])
    assert await seen(office) == [("pen", 1), ("pen", 2), ("pen", 3)]


async def test_a_bus_that_refuses_delays_and_loses_nothing(shop: Database, bus: Bus) -> None:
    refusing = BusThatRefuses(bus)
    await sell(shop, ("pen", 1), ("pen", 2))

    async with running(shop_relay(shop, refusing)):
        await until(lambda: is_empty(shop))

    assert await on_bus(bus) == [1, 2]


async def test_of_two_relays_one_works_and_the_other_takes_over(shop: Database, bus: Bus) -> None:
    async with running(shop_relay(shop, bus)):
        await sell(shop, ("pen", 1))
        await until(lambda: is_empty(shop))
        async with running(shop_relay(shop, bus)):
            await sell(shop, *(("pen", number) for number in range(2, 300)))
            await until(lambda: is_empty(shop))
            watchers = await shop.fetch(
                "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND database ="
                " (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            assert len(watchers) == 1
            await shop.execute("SELECT pg_terminate_backend($1)", watchers[0]["pid"])
            await sell(shop, ("pen", 300))
            await until(lambda: is_empty(shop))

    assert await on_bus(bus) == list(range(1, 301))


async def test_a_bus_in_another_database_works_the_same(shop: Database, office: Database, postgres_url: str) -> None:
    elsewhere = PostgresBus(postgres_url)

    async with running(shop_relay(shop, elsewhere), office_subscriber(office, elsewhere)):
        await sell(shop, ("pen", 1))
        arrived = await until_seen(office, 1)

    assert arrived == [("pen", 1)]
    await elsewhere.close()


async def test_the_depth_of_the_outbox_is_a_figure(shop: Database, bus: Bus) -> None:
    silent = BusWithoutAnswer(bus)
    await sell(shop, ("pen", 1), ("pen", 2))

    async def is_measured() -> bool:
        return registry.get_sample_value("outbox_depth", {"service": "shop"}) == 2

    async with running(shop_relay(shop, silent)):
        await until(is_measured)

    age = registry.get_sample_value("outbox_oldest_seconds", {"service": "shop"})
    assert age is not None
    assert age > 0


async def test_stopping_a_relay_is_a_normal_end(shop: Database, bus: Bus) -> None:
    task = asyncio.create_task(shop_relay(shop, bus).run())
    await asyncio.sleep(0.1)

    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
