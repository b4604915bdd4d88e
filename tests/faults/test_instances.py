"""Instances die, stop and are replaced while people talk: replies end once, and everybody is soon on another one."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from time import monotonic

from tests.faults.buses import ON_BOTH, ON_POSTGRES
from tests.faults.cluster import INSTANCES, Cluster
from tests.faults.device import Person
from tests.faults.load import Load
from tests.faults.verify import asked_of_model, assert_kept
from tests.scripted_models.script import Answer, words

LONG = Answer(tokens=words(300), rate=25)  # twelve seconds
BRIEF = Answer(tokens=words(30), rate=20)
WHOLE = "".join(LONG.tokens)
BACK_WITHIN_S = 30.0  # the promise is five; the machine may be busy with other things
Measured = Callable[[str, float], None]


@ON_BOTH
async def test_an_instance_killed_in_the_middle_of_a_reply_leaves_its_text_and_another_one_ends_it(
    cluster: Cluster, ada: Person, measured: Measured
) -> None:
    cluster.models.script.then(LONG)
    async with ada.device("a", "b") as tab, ada.device("b") as phone:
        ack = await tab.send("Tell me a long story")
        queued = await tab.send("And then?", ack["thread"])
        shown = await tab.shown(ack["reply"], 60)
        cluster.programs["a"].kill()
        killed_s = monotonic()

        back_s = await tab.back_since(killed_s, "a")
        again = await phone.say_again(tab.said[0])
        await phone.until(lambda: ack["run"] in phone.screen.ended, "the end of the reply")
        ended_s = monotonic() - killed_s
        retried = await tab.ask("message.regenerate", message=ack["reply"], agent=None)
        stored = await assert_kept(cluster, [tab, phone])

    assert again["run"] == ack["run"]
    assert stored.runs[ack["run"]]["outcome"] == "interrupted"
    assert stored.text(ack["reply"]).startswith(shown)
    assert WHOLE.startswith(stored.text(ack["reply"]))
    assert stored.runs[queued["run"]]["outcome"] == stored.runs[retried["run"]]["outcome"] == "done"
    assert asked_of_model(cluster, "And then?") == 1
    assert asked_of_model(cluster, "Tell me a long story") == 2, "once, and once more on request"
    measured("back after kill -9 of the instance", back_s)
    measured("interrupted after kill -9", ended_s)
    assert back_s < BACK_WITHIN_S
    assert ended_s < BACK_WITHIN_S


@ON_POSTGRES
async def test_sigterm_under_load_moves_everybody_and_loses_no_run(cluster: Cluster, measured: Measured) -> None:
    cluster.models.script.otherwise = BRIEF
    async with AsyncExitStack() as stack:
        cluster.models.script.then(LONG)
        bob = await stack.enter_async_context(Person(cluster).device("a", "c"))
        long = await bob.send("Tell me a long story")
        await bob.shown(long["reply"], 30)
        loads = [await Load.start(stack, Person(cluster), ("a", "b")) for _ in range(3)]
        await asyncio.gather(*(load.goes_on() for load in loads))
        asked_s = monotonic()
        cluster.programs["a"].ask_to_stop()
        assert await cluster.programs["a"].ended() == 0
        gone_s = monotonic()
        devices = [bob, *(device for load in loads for device in load.devices)]
        back_s = [await device.back_since(asked_s, "a") for device in devices]
        await asyncio.gather(*(load.stop() for load in loads))
        stored = [await assert_kept(cluster, load.devices) for load in loads]
        bobs = await assert_kept(cluster, [bob])

    measured("drain under load", gone_s - asked_s)
    measured("back after SIGTERM", max(back_s))
    assert max(back_s) < BACK_WITHIN_S
    assert bobs.runs[long["run"]]["outcome"] == "interrupted"
    assert WHOLE.startswith(bobs.text(long["reply"]))
    for load, kept in zip(loads, stored, strict=True):
        assert {run["outcome"] for run in kept.runs.values()} == {"done"}, "short replies end within the drain"
        load.assert_asked_once()


@ON_POSTGRES
async def test_a_rolling_restart_under_load_is_noticed_by_nobody(cluster: Cluster, measured: Measured) -> None:
    cluster.models.script.otherwise = BRIEF
    async with AsyncExitStack() as stack:
        loads = [await Load.start(stack, Person(cluster), INSTANCES) for _ in range(2)]
        await asyncio.gather(*(load.goes_on() for load in loads))
        for name in INSTANCES:
            await cluster.replace(name)
            await asyncio.gather(*(load.goes_on() for load in loads))
        await asyncio.gather(*(load.stop() for load in loads))
        stored = [await assert_kept(cluster, load.devices) for load in loads]

    away_s = [away_s for load in loads for device in load.devices for away_s in device.away_s]
    assert len(away_s) >= len(INSTANCES), "each instance held somebody"
    measured("longest without a socket in a rolling restart", max(away_s))
    assert max(away_s) < BACK_WITHIN_S
    for load, kept in zip(loads, stored, strict=True):
        assert len(kept.runs) >= len(INSTANCES), "people went on talking"
        assert {run["outcome"] for run in kept.runs.values()} == {"done"}
        load.assert_asked_once()
