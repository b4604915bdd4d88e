"""Two services on one database, and a bus between them."""

from collections.abc import AsyncIterator

import pytest

from emergence.kernel.events.bus.bus import Bus
from emergence.kernel.events.bus.postgres import PostgresBus
from emergence.kernel.storage.database import Database
from emergence.kernel.storage.migrate import EVENTS_PACKAGE, apply_packages
from tests.kernel.events.bus_place import KINDS, BusPlace


def place_of(kind: str, request: pytest.FixtureRequest) -> BusPlace:
    """Return an empty place for a bus of this kind."""
    url = request.getfixturevalue({"nats": "nats_url", "pubsub": "pubsub_url"}.get(kind, "database_url"))
    return BusPlace(kind, url, request.getfixturevalue("pubsub_emulator") if kind == "pubsub" else None)


@pytest.fixture(params=KINDS)
def bus_place(request: pytest.FixtureRequest) -> BusPlace:
    """Each kind of bus in turn; the server of one is started for its own tests alone."""
    return place_of(request.param, request)


@pytest.fixture
async def bus(bus_place: BusPlace) -> AsyncIterator[Bus]:
    bus = bus_place.bus()
    yield bus
    await bus.close()


@pytest.fixture
async def postgres_bus(database_url: str) -> AsyncIterator[PostgresBus]:
    bus = PostgresBus(database_url)
    yield bus
    await bus.close()


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Database]:
    """The database of the service that publishes."""
    database = Database(database_url, "shop")
    await apply_packages(database, [EVENTS_PACKAGE])
    yield database
    await database.close()


@pytest.fixture
async def office(database_url: str) -> AsyncIterator[Database]:
    """The database of the service that reacts; handlers write into `office.seen`."""
    database = Database(database_url, "office")
    await apply_packages(database, [EVENTS_PACKAGE])
    await database.execute(
        "CREATE TABLE seen (place bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, subject text, number int)"
    )
    yield database
    await database.close()
