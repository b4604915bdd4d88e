"""The database dies while services publish: what was acknowledged arrives, once and in order."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator, Iterator
from functools import partial
from pathlib import Path

import pytest

from emergence.kernel.events import outbox
from emergence.kernel.storage.database import Database, DatabaseUnavailable
from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres, RunningPostgres
from emergence.kernel.storage.migrate import EVENTS_PACKAGE, apply_packages
from tests.kernel.events.bus_place import KINDS, BusPlace
from tests.kernel.events.conftest import place_of
from tests.kernel.events.shop import ItemSold, office_subscriber, running, seen, shop_relay, until

PUBLISHERS = 4


@pytest.fixture
def own_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="emergence-crash-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # as root the server runs under another account, which must pass through
        yield Path(folder)


@pytest.fixture
async def own_server(own_folder: Path) -> AsyncIterator[RunningPostgres]:
    async with EmbeddedPostgres(own_folder / "postgres") as server:
        yield server


class Publisher:
    """Publishes one number after the other and remembers which ones were acknowledged."""

    def __init__(self, shop: Database, item: str) -> None:
        self.shop = shop
        self.item = item
        self.tried = 0
        self.acknowledged: list[int] = []

    async def run(self) -> None:
        while True:
            self.tried += 1
            try:
                async with self.shop.transaction() as tx:
                    await outbox.publish(tx, ItemSold(item=self.item, number=self.tried))
                self.acknowledged.append(self.tried)
                await asyncio.sleep(0.01)  # a rate that a busy machine still drains
            except DatabaseUnavailable:
                await asyncio.sleep(0.05)


@pytest.mark.parametrize("kind", KINDS)
async def test_killing_the_database_while_publishing_loses_and_doubles_nothing(
    kind: str, own_server: RunningPostgres, request: pytest.FixtureRequest
) -> None:
    url = own_server.url
    place = BusPlace("postgres", url) if kind == "postgres" else place_of(kind, request)
    shop, office, bus = Database(url, "shop"), Database(url, "office"), place.bus()
    for database in (shop, office):
        await apply_packages(database, [EVENTS_PACKAGE])
    await office.execute("CREATE TABLE seen (place bigserial, subject text, number int)")
    publishers = [Publisher(shop, f"item-{number}") for number in range(PUBLISHERS)]

    async with running(shop_relay(shop, bus), office_subscriber(office, bus)):
        publishing = [asyncio.create_task(publisher.run()) for publisher in publishers]
        for _ in range(2):
            await asyncio.sleep(0.5)
            before = [len(publisher.acknowledged) for publisher in publishers]
            os.kill(own_server.pid, signal.SIGKILL)
            await until(partial(goes_on, publishers, before), within_s=30)
        for task in publishing:
            task.cancel()
        endings = await asyncio.gather(*publishing, return_exceptions=True)
        await until(lambda: is_empty(shop), within_s=30)
        await until(lambda: has_all(office, publishers), within_s=30)

    assert all(isinstance(ending, asyncio.CancelledError) for ending in endings)
    arrived = await seen(office)
    for publisher in publishers:
        numbers = [number for item, number in arrived if item == publisher.item]
        assert set(publisher.acknowledged) <= set(numbers)
        assert numbers == sorted(set(numbers))  # once each, in order; one that was not acknowledged may be there
        assert set(numbers) <= set(range(1, publisher.tried + 1))
    for part in (shop, office, bus):
        await part.close()


async def goes_on(publishers: list[Publisher], before: list[int]) -> bool:
    return all(len(publisher.acknowledged) > count + 5 for publisher, count in zip(publishers, before, strict=True))


async def is_empty(shop: Database) -> bool:
    return (await outbox.state(shop)).depth == 0


async def has_all(office: Database, publishers: list[Publisher]) -> bool:
    there = set(await seen(office))
    return all((each.item, number) in there for each in publishers for number in each.acknowledged)
