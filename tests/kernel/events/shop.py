"""A service that publishes and one that reacts, as small as the tests of events need them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import ClassVar

from emergence.kernel.clock import SystemClock
from emergence.kernel.events import outbox
from emergence.kernel.events.bus.bus import Bus
from emergence.kernel.events.event import Event
from emergence.kernel.events.relay import Relay
from emergence.kernel.events.subscriber import RetryPlan, Subscriber
from emergence.kernel.storage.database import Database, Transaction

QUICK = timedelta(milliseconds=50)
QUICK_RETRIES = RetryPlan(tries=3, first_wait=timedelta(milliseconds=20))


class ItemSold(Event):
    name: ClassVar[str] = "shop.item_sold.v1"

    item: str
    number: int
    note: str = ""

    def subject(self) -> str:
        return f"item:{self.item}"


class ShopClosed(Event):
    name: ClassVar[str] = "shop.closed.v1"

    def subject(self) -> str:
        return "shop"


async def sell(shop: Database, *sales: tuple[str, int]) -> None:
    async with shop.transaction() as tx:
        for item, number in sales:
            await outbox.publish(tx, ItemSold(item=item, number=number))


async def note_sale(tx: Transaction, event: ItemSold) -> None:
    await tx.execute("INSERT INTO seen (subject, number) VALUES ($1, $2)", event.item, event.number)


async def seen(office: Database) -> list[tuple[str, int]]:
    return [(row["subject"], row["number"]) for row in await office.fetch("SELECT * FROM seen ORDER BY place")]


def office_subscriber(
    office: Database,
    bus: Bus,
    handler: Callable[[Transaction, ItemSold], Awaitable[None]] = note_sale,
    poll: timedelta = timedelta(seconds=5),
) -> Subscriber:
    return Subscriber(office, bus, "office", {ItemSold: handler}, retries=QUICK_RETRIES, poll=poll)


def shop_relay(shop: Database, bus: Bus, poll: timedelta = timedelta(seconds=5)) -> Relay:
    return Relay(shop, bus, SystemClock(), poll=poll)


@asynccontextmanager
async def running(*parts: Relay | Subscriber) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(part.run()) for part in parts]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(is_so: Callable[[], Awaitable[bool]], within_s: float = 10) -> None:
    async with asyncio.timeout(within_s):
        while not await is_so():  # noqa: ASYNC110 - another process would set no event either
            await asyncio.sleep(0.01)


async def until_seen(office: Database, count: int, within_s: float = 10) -> list[tuple[str, int]]:
    async def are_there() -> bool:
        return len(await seen(office)) >= count

    await until(are_there, within_s)
    return await seen(office)
