"""The database is restarted or killed in the middle of replies: what was said is there, once, when it is back."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from time import monotonic

import pytest

from tests.faults.buses import ON_POSTGRES
from tests.faults.cluster import INSTANCES, Cluster
from tests.faults.device import Person
from tests.faults.load import Load
from tests.faults.verify import asked_of_model, assert_kept
from tests.scripted_models.script import Answer, words

pytestmark = ON_POSTGRES

STEADY = Answer(tokens=words(80), rate=20)
BRIEF = Answer(tokens=words(10), rate=20)
WHOLE = "".join(STEADY.tokens)
BACK_WITHIN_S = 40.0  # the promise is five, from the moment in which the database answers
Measured = Callable[[str, float], None]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["restarted", "killed"])
async def test_the_database_ends_in_the_middle_of_replies(
    cluster: Cluster, ada: Person, measured: Measured, number: signal.Signals
) -> None:
    cluster.models.script.otherwise = STEADY
    async with AsyncExitStack() as stack:
        devices = [await stack.enter_async_context(ada.device(place)) for place in INSTANCES]
        load = await Load.start(stack, Person(cluster), INSTANCES)
        acks = [await device.send(f"{device.place} asks {ada.email}") for device in devices]
        for device, ack in zip(devices, acks, strict=True):
            await device.shown(ack["reply"], 20)
        saying = [asyncio.ensure_future(device.send(f"{device.place} meanwhile {ada.email}")) for device in devices]
        await cluster.end_database(number)
        there_s = monotonic()
        late = [await asyncio.wait_for(each, 90) for each in saying]
        answered_s = monotonic() - there_s
        await load.goes_on()
        await load.stop()
        stored = await assert_kept(cluster, devices)
        others = await assert_kept(cluster, load.devices)

    measured(f"answers again after the database was ended by {number.name}", answered_s)
    assert answered_s < BACK_WITHIN_S
    for ack in (*acks, *late):
        assert stored.runs[ack["run"]]["outcome"] == "done"
        assert stored.text(ack["reply"]) == WHOLE
    assert {run["outcome"] for run in others.runs.values()} == {"done"}
    for device in devices:
        assert asked_of_model(cluster, f"{device.place} asks {ada.email}") == 1
        assert asked_of_model(cluster, f"{device.place} meanwhile {ada.email}") == 1
    load.assert_asked_once()


async def test_an_instance_and_the_database_die_together(cluster: Cluster, ada: Person, measured: Measured) -> None:
    cluster.models.script.otherwise = STEADY
    async with ada.device("a", "b") as tab, ada.device("b", "c") as phone:
        ack = await tab.send(f"tab asks {ada.email}")
        other = await phone.send(f"phone asks {ada.email}")
        shown = await tab.shown(ack["reply"], 20)
        cluster.programs["a"].kill()
        await cluster.end_database(signal.SIGKILL)
        there_s = monotonic()
        await phone.until(lambda: ack["run"] in phone.screen.ended, "the end of the reply")
        ended_s = monotonic() - there_s
        stored = await assert_kept(cluster, [tab, phone])

    measured("interrupted after instance and database were killed", ended_s)
    assert ended_s < BACK_WITHIN_S
    assert stored.runs[ack["run"]]["outcome"] == "interrupted"
    assert stored.text(ack["reply"]).startswith(shown)
    assert (stored.runs[other["run"]]["outcome"], stored.text(other["reply"])) == ("done", WHOLE)


async def test_replies_that_begin_and_end_around_an_outage_are_whole_and_counted(cluster: Cluster, ada: Person) -> None:
    cluster.models.script.otherwise = BRIEF
    async with ada.device("a") as device:
        asking = []
        for number in range(14):
            asking.append(asyncio.ensure_future(device.send(f"{number} asks {ada.email}")))
            await asyncio.sleep(0.08)
        ending = asyncio.ensure_future(cluster.end_database(signal.SIGKILL))
        acks = await asyncio.gather(*asking)
        await ending
        stored = await assert_kept(cluster, [device])

    assert {run["outcome"] for run in stored.runs.values()} == {"done"}
    assert stored.bills.keys() == {ack["run"] for ack in acks}
    assert all(asked_of_model(cluster, f"{number} asks {ada.email}") == 1 for number in range(14))


async def test_an_outage_as_long_as_a_lease_makes_nobody_take_a_living_instance_for_dead(
    cluster: Cluster, ada: Person
) -> None:
    """Twice in a row: the keeper's pause before the second start is longer, as long as the rest of a lease."""
    cluster.models.script.otherwise = Answer(tokens=words(300), rate=20)
    async with ada.device("a") as device, ada.device("b") as other:
        acks = [await device.send(f"{number} asks {ada.email}") for number in range(3)]
        await device.shown(acks[-1]["reply"], 10)
        for _ in range(3):
            await cluster.end_database(signal.SIGKILL)
        stored = await assert_kept(cluster, [device, other])

    assert {run["outcome"] for run in stored.runs.values()} == {"done"}
