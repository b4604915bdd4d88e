"""What is different on Pub/Sub: who makes what, what it does not keep, and messages that hold no event."""

import asyncio
from base64 import b64encode
from datetime import timedelta
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from emergence.kernel.errors import Unavailable
from emergence.kernel.events import outbox
from emergence.kernel.events.bus.pubsub import EVENT_MAX_BYTES, PubsubBus
from emergence.kernel.events.pubsub_address import GoogleHosts, pubsub_address
from emergence.kernel.storage.database import Database
from tests.kernel.events.bus_place import LONG_ENOUGH, SOON, envelope, first_batch
from tests.kernel.events.shop import QUICK, office_subscriber, running, sell, shop_relay, until, until_seen
from tests.pubsub_emulator import PubsubEmulator

MOMENT = timedelta(seconds=1)


@pytest.fixture
def hosts(pubsub_emulator: PubsubEmulator) -> GoogleHosts:
    return pubsub_emulator.hosts


async def test_without_its_topic_nothing_is_published_and_migrating_makes_all_that_is_missing(
    pubsub_emulator: PubsubEmulator,
) -> None:
    bus = PubsubBus("pubsub://test-project/test-empty", hosts=pubsub_emulator.hosts)
    with pytest.raises(Unavailable, match="emergence migrate"):
        await bus.append([envelope()])
    with pytest.raises(Unavailable, match="emergence migrate"):
        await bus.check()

    await bus.prepare(["office"])
    await bus.prepare(["office", "archive"])
    await bus.check()

    made = pubsub_emulator.call("GET", "projects/test-project/subscriptions/test-empty-events-office", {})
    assert made["enableMessageOrdering"] is True
    assert made["expirationPolicy"] == {}, "one that nobody uses for a month stays"
    assert made["deadLetterPolicy"] == {
        "deadLetterTopic": "projects/test-project/topics/test-empty-dead-letters",
        "maxDeliveryAttempts": 100,
    }
    assert pubsub_emulator.call("GET", pubsub_address("pubsub://test-project/test-empty").kept_dead_letters, {})
    await bus.append([envelope()])
    await bus.close()


async def test_events_wait_in_the_outbox_while_pubsub_is_away_and_it_may_forget_everything(
    shop: Database, office: Database, pubsub_emulator: PubsubEmulator, pubsub_url: str
) -> None:
    bus = PubsubBus(pubsub_url, hosts=pubsub_emulator.hosts)
    async with running(shop_relay(shop, bus, poll=QUICK), office_subscriber(office, bus, poll=QUICK)):
        await sell(shop, ("pen", 1))
        await until_seen(office, 1)

        await asyncio.to_thread(pubsub_emulator.end)
        await sell(shop, ("pen", 2), ("ink", 3))
        await asyncio.sleep(0.5)
        waiting = await outbox.state(shop)
        await asyncio.to_thread(pubsub_emulator.start)
        arrived = await until_seen(office, 3, within_s=30)

        async def is_empty() -> bool:
            return (await outbox.state(shop)).depth == 0

        await until(is_empty)

    assert waiting.depth == 2
    assert sorted(arrived) == [("ink", 3), ("pen", 1), ("pen", 2)]
    await bus.close()


async def test_a_message_that_holds_no_event_is_set_aside_and_the_next_ones_come(
    pubsub_emulator: PubsubEmulator, pubsub_url: str
) -> None:
    places = pubsub_address(pubsub_url)
    bus = PubsubBus(pubsub_url, hosts=pubsub_emulator.hosts)
    await bus.prepare(["office"])
    hostile = [b"{}", b"\xff\xfe", b'{"id": "no uuid"}', b"[" * 1_000]
    for data in hostile:
        message = {"data": b64encode(data).decode(), "orderingKey": "item:pen", "attributes": {"from": "elsewhere"}}
        pubsub_emulator.call("POST", f"{places.topic}:publish", {"messages": [message]})
    await bus.append([good := envelope("item:pen")])

    with capture_logs() as logs:
        async with bus.subscription("office") as subscription:
            (arrived,) = await first_batch(subscription)
            await subscription.acknowledge(arrived)
            assert list(await subscription.next_batch(LONG_ENOUGH)) == [], "none of them comes again"
    kept = pubsub_emulator.call("POST", f"{places.kept_dead_letters}:pull", {"maxMessages": 10})["receivedMessages"]

    assert arrived.envelope == good
    assert [line["subscriber"] for line in logs if line["event"] == "event_malformed"] == ["office"] * len(hostile)
    assert sorted(each["message"]["data"] for each in kept) == sorted(b64encode(data).decode() for data in hostile)
    assert {(each["message"]["attributes"]["from"], each["message"]["attributes"]["reason"]) for each in kept} == {
        ("elsewhere", "malformed")
    }
    await bus.close()


async def test_what_takes_longer_than_its_deadline_is_not_given_to_another_process(
    pubsub_emulator: PubsubEmulator, pubsub_url: str
) -> None:
    one, other = (PubsubBus(pubsub_url, hosts=pubsub_emulator.hosts) for _ in range(2))
    await one.prepare([])
    short = {"topic": pubsub_address(pubsub_url).topic, "enableMessageOrdering": True, "ackDeadlineSeconds": 10}
    pubsub_emulator.call("PUT", pubsub_address(pubsub_url).subscription_of("office"), short)
    await one.append([sent := envelope()])

    async with one.subscription("office") as here:
        batch = await first_batch(here)
        async with other.subscription("office") as there:
            assert list(await there.next_batch(timedelta(seconds=16))) == []
            await one.close()  # as a process that ends: what it did not acknowledge goes to the next one at once
            assert [each.envelope for each in await first_batch(there)] == [each.envelope for each in batch] == [sent]
    await other.close()


async def test_a_subscription_that_was_deleted_is_made_again(pubsub_emulator: PubsubEmulator, pubsub_url: str) -> None:
    bus = PubsubBus(pubsub_url, hosts=pubsub_emulator.hosts)
    await bus.prepare(["office"])
    await bus.append([envelope()])
    async with bus.subscription("office") as subscription:
        batch = await first_batch(subscription)
        pubsub_emulator.call("DELETE", pubsub_address(pubsub_url).subscription_of("office"), {})
        with pytest.raises(Unavailable):
            await subscription.acknowledge(batch[0])

        await subscription.next_batch(SOON)
        await asyncio.sleep(0.5)
        await bus.append([envelope(number=2)])
        await first_batch(subscription)
    await bus.close()


async def test_an_event_that_no_push_could_carry_is_named_and_none_of_its_batch_is_sent(
    hosts: GoogleHosts, pubsub_url: str
) -> None:
    bus = PubsubBus(pubsub_url, hosts=hosts)
    long = envelope(name="shop.novel_sold.v1")
    object.__setattr__(long, "payload", '"' + "x" * EVENT_MAX_BYTES + '"')

    with pytest.raises(ValueError, match=r"shop\.novel_sold\.v1 has \d+ bytes"):
        await bus.append([envelope(), long])

    async with bus.subscription("office") as subscription:
        assert list(await subscription.next_batch(MOMENT)) == []
    await bus.close()


async def test_more_than_one_request_holds_arrives_in_order(hosts: GoogleHosts, pubsub_url: str) -> None:
    bus = PubsubBus(pubsub_url, hosts=hosts)
    sent = [envelope(number=number) for number in range(14)]
    for each in sent:
        object.__setattr__(each, "payload", '"' + "x" * 600_000 + '"')

    await bus.append(sent)

    arrived: list[UUID] = []
    async with bus.subscription("office") as subscription:
        while len(arrived) < len(sent):
            batch = await first_batch(subscription)
            await subscription.acknowledge(batch[-1])
            arrived += [each.envelope.id for each in batch]
    assert arrived == [each.id for each in sent]
    await bus.close()


async def test_a_service_to_which_events_are_pushed_pulls_nothing(hosts: GoogleHosts, pubsub_url: str) -> None:
    bus, pushed = PubsubBus(pubsub_url, hosts=hosts), PubsubBus(pubsub_url, hosts=hosts, is_pushed=True)
    await bus.prepare(["office"])
    await bus.append([envelope()])

    async with pushed.subscription("office") as subscription:
        assert list(await subscription.next_batch(LONG_ENOUGH)) == []
    async with bus.subscription("office") as subscription:
        assert len(await first_batch(subscription)) == 1
    await bus.close()
    await pushed.close()
