"""What every bus promises: at least once, in order, until it is acknowledged, to one process at a time."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from emergence.kernel.errors import Unavailable
from emergence.kernel.events.bus.bus import Bus, Delivery, Envelope
from emergence.kernel.events.bus.retention import Retention
from tests.kernel.events.bus_place import (
    SOON,
    WITH_TURNS,
    BusPlace,
    by_subject,
    envelope,
    everything_on,
    first_batch,
)

MOMENT = timedelta(seconds=1)
with_turns = pytest.mark.parametrize("bus_place", WITH_TURNS, indirect=True)


def envelopes_of(batch: Sequence[Delivery]) -> list[Envelope]:
    return [delivery.envelope for delivery in batch]


async def test_what_is_appended_is_read_unchanged_and_in_order(bus: Bus) -> None:
    sent = [envelope(f"item:{number % 3}", number=number) for number in range(20)]

    await bus.append(sent[:10])
    await bus.append(sent[10:])

    assert by_subject(await everything_on(bus)) == by_subject(sent)


async def test_only_what_was_acknowledged_is_not_read_again(bus: Bus) -> None:
    sent = [envelope() for _ in range(3)]
    await bus.append(sent)

    async with bus.subscription("office") as subscription:
        first = await first_batch(subscription)
        again = await subscription.next_batch(SOON)
        await subscription.acknowledge(first[1])
    async with bus.subscription("office") as subscription:
        rest = envelopes_of(await first_batch(subscription))

    assert first == again
    assert rest == sent[2:]


async def test_an_old_acknowledgement_does_not_move_the_cursor_back(bus: Bus) -> None:
    await bus.append([envelope() for _ in range(3)])

    async with bus.subscription("office") as subscription:
        batch = await first_batch(subscription)
        await subscription.acknowledge(batch[2])
        await subscription.acknowledge(batch[0])

        assert list(await subscription.next_batch(SOON)) == []


async def test_waiting_ends_when_something_is_appended(bus: Bus) -> None:
    async with bus.subscription("office") as subscription:
        waiting = asyncio.create_task(subscription.next_batch(timedelta(minutes=5)))
        await asyncio.sleep(0.1)
        await bus.append([envelope()])

        async with asyncio.timeout(10):
            assert len(await waiting) == 1


async def test_text_of_all_kinds_arrives_unchanged(bus: Bus) -> None:
    sent = envelope('user: é😀 > * "quoted"\ttab')

    await bus.append([sent])

    assert await everything_on(bus) == [sent]


async def test_more_than_one_batch_comes_in_order_each_once(bus: Bus) -> None:
    sent = [envelope(number=number) for number in range(250)]
    await bus.append(sent)

    assert await everything_on(bus) == sent


async def test_many_writers_at_once_keep_the_order_of_each_subject(bus_place: BusPlace) -> None:
    buses = [bus_place.bus() for _ in range(4)]
    sent = [[envelope(f"item:{writer}", number=number) for number in range(40)] for writer in range(4)]

    async def write(writer: int) -> None:
        for start in range(0, 40, 5):
            await buses[writer].append(sent[writer][start : start + 5])

    await asyncio.gather(*(write(writer) for writer in range(4)))

    arrived = await everything_on(buses[0])
    for writer in range(4):
        assert [each for each in arrived if each.subject == f"item:{writer}"] == sent[writer]
    for each in buses:
        await each.close()


async def test_a_new_subscriber_begins_with_the_oldest_event_that_is_kept(bus: Bus) -> None:
    sent = [envelope() for _ in range(3)]
    await bus.append(sent)

    assert await everything_on(bus) == await everything_on(bus) == sent


async def test_one_process_at_a_time_has_the_events_of_a_subject_and_the_next_goes_on(bus_place: BusPlace) -> None:
    first, second = bus_place.bus(), bus_place.bus()
    sent = [envelope() for _ in range(2)]
    await first.append(sent)
    working: list[str] = []

    async def work(name: str, bus: Bus) -> Delivery:
        async with bus.subscription("office") as subscription:
            batch = await first_batch(subscription)
            working.append(name)
            await asyncio.sleep(1.5)
            await subscription.acknowledge(batch[0])
            working.append(name)
        await bus.close()  # its process ends
        return batch[0]

    one = asyncio.create_task(work("one", first))
    while not working:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    two = asyncio.create_task(work("two", second))

    assert [(await one).envelope, (await two).envelope] == sent
    assert working == ["one", "one", "two", "two"]


async def test_waiting_for_a_subscription_ends_when_it_is_cancelled_and_leaves_the_turn(bus: Bus) -> None:
    async with bus.subscription("office"):
        waiting = asyncio.create_task(bus.subscription("office").__aenter__())
        await asyncio.sleep(0.2)
        waiting.cancel()
        assert (await asyncio.gather(waiting, return_exceptions=True))[0].__class__ is asyncio.CancelledError

    async with asyncio.timeout(5), bus.subscription("office") as subscription:
        assert list(await subscription.next_batch(SOON)) == []


@with_turns
async def test_what_everybody_has_is_dropped_after_a_while_and_no_more(bus_place: BusPlace) -> None:
    bus = bus_place.bus(Retention(at_least=MOMENT))
    sent = [envelope(number=number) for number in range(4)]
    await bus.append(sent[:3])
    await asyncio.sleep(1.2)
    await bus.append(sent[3:])
    for subscriber, count in (("office", 4), ("archive", 2)):
        async with bus.subscription(subscriber) as subscription:
            await subscription.acknowledge((await subscription.next_batch(SOON))[count - 1])

    await bus.prune()
    await bus.prune()

    assert await everything_on(bus) == sent[2:]
    await bus.close()


@with_turns
async def test_without_a_subscriber_nothing_young_is_dropped(bus_place: BusPlace) -> None:
    bus = bus_place.bus(Retention(at_least=timedelta()))
    sent = [envelope()]
    await bus.append(sent)

    await bus.prune()

    assert await everything_on(bus) == sent
    await bus.close()


@with_turns
async def test_events_that_became_too_old_are_gone_and_whoever_misses_them_is_named_in_an_error(
    bus_place: BusPlace,
) -> None:
    bus = bus_place.bus(Retention(at_least=MOMENT / 2, at_most=MOMENT))
    async with bus.subscription("office"):
        pass
    await bus.append([envelope() for _ in range(3)])
    await asyncio.sleep(1.8)
    await bus.append(young := [envelope()])

    with capture_logs() as logs:
        await bus.prune()
        await bus.prune()

    assert [(line["log_level"], line["count"]) for line in logs if line["event"] == "unread_events_dropped"] == [
        ("error", 3)
    ]
    async with bus.subscription("office") as subscription:
        assert envelopes_of(await subscription.next_batch(SOON)) == young
    await bus.close()


async def test_a_bus_that_is_away_says_so_within_seconds(bus_place: BusPlace, free_port: int) -> None:
    away = bus_place.away(free_port).bus()

    async with asyncio.timeout(10):
        with pytest.raises(Unavailable):
            await away.append([envelope()])
        if bus_place.kind in WITH_TURNS:
            with pytest.raises(Unavailable):
                await away.prune()
        with pytest.raises(Unavailable):
            async with away.subscription("office") as subscription:
                await subscription.next_batch(timedelta(minutes=5))
    await away.close()
