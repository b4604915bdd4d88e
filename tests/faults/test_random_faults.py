"""Any history of commands and faults, on real processes, ends as a model of the protocol says."""

import asyncio
import signal
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.faults.buses import ON_BOTH
from tests.faults.cluster import INSTANCES, Cluster
from tests.faults.device import Device, Json, Person
from tests.faults.protocol_model import ProtocolModel
from tests.faults.verify import Stored, assert_kept
from tests.scripted_models.script import Answer, words
from tests.thorough import IS_THOROUGH, examples

pytestmark = ON_BOTH

# Making a failing history shorter takes many minutes of real processes: `--hypothesis-seed` and patience, elsewhere.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate, *([Phase.shrink] if IS_THOROUGH else [])]
HISTORIES = examples(3, thorough=60)
ANSWER = Answer(tokens=words(45), rate=30)
DEVICES = st.integers(0, len(INSTANCES) - 1)
PICK = st.integers(0, 7)

Step = tuple[str, int, int]  # what, by which device or to which instance, and on which of the things there are
COMMANDS = st.tuples(
    st.sampled_from(["send", "send", "answer", "stop", "steer", "regenerate", "repeat"]), DEVICES, PICK
)
FAULTS = st.tuples(
    st.sampled_from(["cut", "leave", "kill", "term", "spoil_bus", "cut_bus", "mend_bus", "crash_database", "wait"]),
    DEVICES,
    PICK,
)
HISTORY = st.lists(COMMANDS | FAULTS, min_size=6, max_size=16)


@dataclass
class History:
    """One person's three devices, the faults around them, and what the model knows of it."""

    cluster: Cluster
    devices: list[Device]
    model: ProtocolModel
    asking: list["asyncio.Task[Json]"] = field(default_factory=list)
    acks: list[Json] = field(default_factory=list)
    number: int = 0

    async def take(self, step: Step) -> None:
        what, place, pick = step
        await getattr(self, f"_{what}")(place, pick)
        await asyncio.sleep(0.15)

    async def end(self) -> Stored:
        """Mend everything, let every command be answered, and compare with the model."""
        await self.cluster.start()
        for device in self.devices:
            device.comes_back()
        await asyncio.gather(*self.asking)
        stored = await assert_kept(self.cluster, self.devices)
        self.model.check(self.cluster, stored, self.devices)
        return stored

    def _begin(self, work: Coroutine[Any, Any, Json]) -> None:
        """Say something without waiting: the answer may come only when everything is mended."""

        async def noted() -> Json:
            answer = await work
            if answer["type"] == "ack" and answer.get("reply"):
                self.acks.append(answer)
            return answer

        self.asking.append(asyncio.create_task(noted()))

    async def _send(self, place: int, _: int) -> None:
        self.number += 1
        self._begin(self.devices[place].send(f"{self.devices[0].person.email} says {self.number}"))

    async def _answer(self, place: int, pick: int) -> None:
        if self.acks:
            self.number += 1
            thread = self.acks[pick % len(self.acks)]["thread"]
            self._begin(self.devices[place].send(f"{self.devices[0].person.email} says {self.number}", thread))

    async def _stop(self, place: int, pick: int) -> None:
        if self.acks:
            run = self.acks[pick % len(self.acks)]["run"]
            self.model.stops.add(run)
            self._begin(self.devices[place].ask("run.stop", run=run))

    async def _steer(self, place: int, pick: int) -> None:
        if self.acks:
            self.number += 1
            run = self.acks[pick % len(self.acks)]["run"]
            self.model.stops.add(run)
            text = f"{self.devices[0].person.email} says {self.number}"
            self._begin(self.devices[place].ask("run.steer", run=run, text=text))

    async def _regenerate(self, place: int, pick: int) -> None:
        if self.acks:
            reply = self.acks[pick % len(self.acks)]["reply"]
            self._begin(self.devices[place].ask("message.regenerate", message=reply, agent=None))

    async def _repeat(self, place: int, pick: int) -> None:
        if said := [said for device in self.devices for said in device.said]:
            self._begin(self.devices[place].say_again(said[pick % len(said)]))

    async def _cut(self, place: int, _: int) -> None:
        self.devices[place].cut()

    async def _leave(self, place: int, pick: int) -> None:
        self.devices[place].leaves(after=pick + 1)

    async def _kill(self, place: int, _: int) -> None:
        name = INSTANCES[place]
        if name in self.cluster.running():
            self.model.instances_ended += 1
            self.cluster.programs[name].kill()

    async def _term(self, place: int, _: int) -> None:
        name = INSTANCES[place]
        if name in self.cluster.running():
            self.model.instances_ended += 1
            self.cluster.ask_to_stop(name)

    async def _spoil_bus(self, _: int, pick: int) -> None:
        self.cluster.bus.luck.share = pick / 21  # all of it suffers at the highest

    async def _cut_bus(self, _: int, __: int) -> None:
        if not self.cluster.bus.is_cut:
            self.cluster.cut_bus()

    async def _mend_bus(self, _: int, __: int) -> None:
        self.cluster.mend_bus()

    async def _crash_database(self, _: int, pick: int) -> None:
        if await self.cluster.is_database_there():
            await self.cluster.end_database(signal.SIGKILL if pick % 2 else signal.SIGINT)

    async def _wait(self, _: int, pick: int) -> None:
        await asyncio.sleep(pick / 4)


@settings(
    max_examples=HISTORIES,
    deadline=None,
    phases=PHASES,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(history=HISTORY)
async def test_any_history_of_commands_and_faults_ends_as_promised(cluster: Cluster, history: list[Step]) -> None:
    await cluster.start()
    cluster.models.script.otherwise = ANSWER
    person = Person(cluster)
    async with AsyncExitStack() as stack:
        devices = []
        for place in range(len(INSTANCES)):
            order = INSTANCES[place:] + INSTANCES[:place]
            devices.append(await stack.enter_async_context(person.device(*order)))
        run = History(cluster, devices, ProtocolModel("".join(ANSWER.tokens)))
        stack.push_async_callback(_give_up, run)
        for step in history:
            await run.take(step)
        await run.end()


async def _give_up(run: History) -> None:
    for asking in run.asking:
        asking.cancel()
    await asyncio.gather(*run.asking, return_exceptions=True)
