"""Whatever the order of publishing, rolling back, crashing and failing: each event once, in order per subject."""

import asyncio
from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emergence.kernel.events import outbox
from emergence.kernel.events.bus.postgres import PostgresBus
from emergence.kernel.events.relay import Relay
from emergence.kernel.events.subscriber import Subscriber
from emergence.kernel.storage.database import Database, Transaction
from emergence.kernel.storage.migrate import EVENTS_PACKAGE, apply_packages
from tests.kernel.events.bus_place import BusPlace
from tests.kernel.events.shop import QUICK, ItemSold, note_sale, office_subscriber, running, seen, shop_relay, until

SUBJECTS = ("pen", "ink", "pad")
STEPS = st.one_of(
    st.tuples(st.just("publish"), st.lists(st.sampled_from(SUBJECTS), min_size=1, max_size=3)),
    st.tuples(st.just("roll back"), st.lists(st.sampled_from(SUBJECTS), min_size=1, max_size=2)),
    st.tuples(st.just("relay"), st.just([])),
    st.tuples(st.just("relay, killed before the delete"), st.just([])),
    st.tuples(st.just("fail next"), st.lists(st.sampled_from(SUBJECTS), min_size=1, max_size=1)),
    st.tuples(st.just("receive"), st.just([])),
)


class Scenario:
    """A shop, a bus and an office, driven one step at a time."""

    def __init__(self, url: str, place: BusPlace) -> None:
        self.place = place
        self.shop, self.office, self.bus = Database(url, "shop"), Database(url, "office"), place.bus()
        self.relay: Relay = shop_relay(self.shop, self.bus)
        self.subscriber: Subscriber = office_subscriber(self.office, self.bus, self.note_or_fail, poll=QUICK)
        self.published: list[tuple[str, int]] = []
        self.failing: set[str] = set()
        self.number = 0

    async def prepare(self) -> None:
        for database in (self.shop, self.office):
            await apply_packages(database, [EVENTS_PACKAGE])
        await self.office.execute("CREATE TABLE IF NOT EXISTS seen (place bigserial, subject text, number int)")
        await self.shop.execute("TRUNCATE outbox")
        await self.office.execute("TRUNCATE inbox, held_events, parked_events, seen")
        if isinstance(self.bus, PostgresBus):
            await self.bus.prepare()
            await self.office.execute("TRUNCATE bus.events, bus.cursors")

    async def note_or_fail(self, tx: Transaction, event: ItemSold) -> None:
        await note_sale(tx, event)
        if event.item in self.failing:
            self.failing.remove(event.item)
            raise ValueError

    async def step(self, what: str, subjects: list[str]) -> None:
        if what == "fail next":
            self.failing.update(subjects)
        elif what == "relay":
            await self.relay.move_batch()
        elif what == "relay, killed before the delete":
            if batch := await outbox.oldest_unsent(self.shop, 100):
                await self.bus.append(batch)
        elif what == "receive":
            async with self.bus.subscription("office") as subscription:
                await self.subscriber.take_batch(subscription, self.place.time_to_arrive)
        else:
            await self.publish(subjects, is_rolled_back=what == "roll back")

    async def publish(self, subjects: list[str], *, is_rolled_back: bool) -> None:
        said = []
        with suppress(ZeroDivisionError):
            async with self.shop.transaction() as tx:
                for subject in subjects:
                    self.number += 1
                    await outbox.publish(tx, ItemSold(item=subject, number=self.number))
                    said.append((subject, self.number))
                if is_rolled_back:
                    raise ZeroDivisionError
            self.published += said

    async def finish(self) -> list[tuple[str, int]]:
        async with running(self.relay, self.subscriber):
            await until(self.is_done)
        return await seen(self.office)

    async def is_done(self) -> bool:
        return len(await seen(self.office)) >= len(self.published) and (await outbox.state(self.shop)).depth == 0

    async def close(self) -> None:
        for part in (self.shop, self.office, self.bus):
            await part.close()


async def play(url: str, place: BusPlace, steps: list[tuple[str, list[str]]]) -> None:
    scenario = Scenario(url, place)
    try:
        await scenario.prepare()
        for what, subjects in steps:
            await scenario.step(what, subjects)
        arrived = await scenario.finish()
        for subject in SUBJECTS:
            assert [each for each in arrived if each[0] == subject] == [
                each for each in scenario.published if each[0] == subject
            ]
    finally:
        await scenario.close()


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=15))
def test_each_event_arrives_once_in_the_order_of_its_subject(
    database_url: str, bus_place: BusPlace, steps: list[tuple[str, list[str]]]
) -> None:
    place = bus_place if bus_place.kind == "postgres" else bus_place.another()
    asyncio.run(play(database_url, place, steps))
