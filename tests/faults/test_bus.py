"""The bus between instances loses, doubles and reorders notes, or is away: it is a hint, and nothing depends on it."""

import asyncio
import random
from collections.abc import Callable
from contextlib import AsyncExitStack
from time import monotonic

import pytest

from tests.faults.buses import ON_BOTH
from tests.faults.cluster import INSTANCES, Cluster
from tests.faults.device import Person
from tests.faults.faulty_line import Luck
from tests.faults.load import Load
from tests.faults.verify import assert_kept
from tests.scripted_models.script import Answer, words
from tests.thorough import IS_THOROUGH

pytestmark = ON_BOTH

STEADY = Answer(tokens=words(60), rate=20)
AWAY_S = 30.0 if IS_THOROUGH else 8.0
BACK_WITHIN_S = 30.0
NOTES_HEARD = "session_notes_heard_total"
Measured = Callable[[str, float], None]


async def until_heard(cluster: Cluster, name: str) -> None:
    """Wait until an instance hears notes of others again."""
    before = await cluster.figure(name, NOTES_HEARD)
    await cluster.until(lambda: _is_above(cluster, name, before), f"a note at {name}")


async def _is_above(cluster: Cluster, name: str, before: float) -> bool:
    return await cluster.figure(name, NOTES_HEARD) > before


@pytest.mark.parametrize("seed", range(5 if IS_THOROUGH else 1))
async def test_a_tenth_of_all_notes_lost_a_tenth_doubled_a_tenth_reordered(cluster: Cluster, seed: int) -> None:
    cluster.models.script.otherwise = STEADY
    cluster.bus.luck = Luck(0.1, random.Random(seed))
    async with AsyncExitStack() as stack:
        loads = [await Load.start(stack, Person(cluster), INSTANCES) for _ in range(3)]
        await asyncio.sleep(8)
        await asyncio.gather(*(load.stop() for load in loads))
        stored = [await assert_kept(cluster, load.devices) for load in loads]

    assert all(cluster.bus.luck.happened[kind] >= 5 for kind in ("dropped", "doubled", "reordered"))
    for load, kept in zip(loads, stored, strict=True):
        assert {run["outcome"] for run in kept.runs.values()} == {"done"}
        assert [len(device.welcomed) for device in load.devices] == [1, 1], "nobody had to come back"
        load.assert_asked_once()


async def test_while_the_bus_is_away_everything_goes_on_and_is_live_again_afterwards(
    cluster: Cluster, ada: Person, measured: Measured
) -> None:
    cluster.models.script.otherwise = STEADY
    async with AsyncExitStack() as stack:
        load = await Load.start(stack, Person(cluster), ("a", "b"))
        here = await stack.enter_async_context(ada.device("a"))
        there = await stack.enter_async_context(ada.device("b"))
        cluster.cut_bus()
        ack = await here.send("While the bus is away")
        await there.until(lambda: ack["run"] in there.screen.ended, "the end of the answer, by the database")
        stopped = await here.send("To be stopped from elsewhere")
        await there.shown(stopped["reply"], 1)
        await there.ask("run.stop", run=stopped["run"])
        await asyncio.sleep(AWAY_S)
        cluster.mend_bus()
        mended_s = monotonic()
        await asyncio.gather(*(until_heard(cluster, name) for name in INSTANCES))
        back_s = monotonic() - mended_s
        await load.stop()
        stored = await assert_kept(cluster, [here, there])
        others = await assert_kept(cluster, load.devices)

    measured(f"live again after {AWAY_S:g} s without a bus", back_s)
    assert back_s < BACK_WITHIN_S
    assert stored.runs[ack["run"]]["outcome"] == "done"
    assert stored.runs[stopped["run"]]["outcome"] in ("stopped", "done")
    assert {run["outcome"] for run in others.runs.values()} == {"done"}
    assert [len(device.welcomed) for device in (here, there, *load.devices)] == [1, 1, 1, 1]
    load.assert_asked_once()
