"""Somebody who goes on talking, from a tab on one instance and a phone on another, whatever happens."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field

from tests.faults.device import Device, Person
from tests.faults.verify import asked_of_model


@dataclass
class Load:
    """Each device asks the next thing once it has seen the end of its last answer."""

    person: Person
    devices: list[Device]
    questions: list[str] = field(default_factory=list)
    is_over: bool = False
    talking: list["asyncio.Task[None]"] = field(default_factory=list)

    @classmethod
    async def start(cls, stack: AsyncExitStack, person: Person, places: Sequence[str]) -> "Load":
        """Open two devices that prefer different instances, and begin."""
        orders = (places, (*places[1:], places[0]))
        devices = [await stack.enter_async_context(person.device(*order)) for order in orders]
        load = cls(person, devices)
        load.talking = [asyncio.create_task(load._talk(device, place)) for place, device in enumerate(devices)]
        stack.push_async_callback(load._give_up)
        return load

    async def stop(self) -> None:
        """Let the answers that are being written come to their end."""
        self.is_over = True
        await asyncio.gather(*self.talking)

    async def goes_on(self) -> None:
        """Wait until each device has asked something more."""
        asked = [len(device.said) for device in self.devices]
        for device, before in zip(self.devices, asked, strict=True):
            await device.until(lambda device=device, before=before: len(device.said) > before, "another question")

    def assert_asked_once(self) -> None:
        """Nothing that was said was paid for twice."""
        cluster = self.person.cluster
        assert {question: asked_of_model(cluster, question) for question in self.questions} == dict.fromkeys(
            self.questions, 1
        )

    async def _talk(self, device: Device, place: int) -> None:
        thread = None
        while not self.is_over:
            question = f"{self.person.email} asks {place}.{len(self.questions)}"
            self.questions.append(question)
            ack = await device.send(question, thread)
            thread = ack["thread"]
            await device.until(lambda ack=ack: ack["run"] in device.screen.ended, f"the answer to {question}")

    async def _give_up(self) -> None:
        for talking in self.talking:
            talking.cancel()
        await asyncio.gather(*self.talking, return_exceptions=True)
