"""`emergence bench soak`: many sockets that talk for minutes, and whether the memory of the session service grows.

The slope is a straight line through the resident memory of the last four fifths: at first caches fill.
"""

import argparse
import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import aiohttp

from bench.instruments.live import LiveSocket, Someone, Stand, http_client, stand
from bench.instruments.programs import Program
from bench.instruments.report import Figure, NotMeasured, progress, run_and_publish

SLOPE_MB_PER_MINUTE = 1.0
TOKENS, RATE = 20, 20.0
WARMING_SHARE = 0.2
SOCKETS_PER_PERSON = 4
REOPENED_EVERY = 5  # one socket in so many is closed after a reply, and another one opened


@dataclass(frozen=True, slots=True)
class Load:
    """How many sockets, for how long, and how often each person asks."""

    sockets: int
    seconds: float
    pause_s: float


@dataclass(frozen=True, slots=True)
class Sample:
    """Resident memory at a moment."""

    at_s: float
    resident: int


async def measured(load: Load) -> list[Figure]:
    """Return every figure. Raises NotMeasured."""
    async with stand(TOKENS, RATE) as at, http_client() as http:
        progress(f"{load.sockets} sockets for {load.seconds:g} s")
        people = [Talker(http, at, load) for _ in range(max(1, load.sockets // SOCKETS_PER_PERSON))]
        await asyncio.gather(*(person.open() for person in people))
        delays_s = [load.pause_s * place / len(people) for place in range(len(people))]
        talking = [asyncio.create_task(each.talk(delay_s)) for each, delay_s in zip(people, delays_s, strict=True)]
        (program,) = at.programs
        cpu_s = program.cpu_s()
        try:
            samples = await _sampled(program, load, talking)
        finally:
            for task in talking:
                task.cancel()
            await asyncio.gather(*talking, return_exceptions=True)
        cpu_s = program.cpu_s() - cpu_s
        replies, frames = sum(person.replies for person in people), sum(person.frames for person in people)
    steady = [sample for sample in samples if sample.at_s >= load.seconds * WARMING_SHARE]
    return [
        Figure("resident_slope", slope_mb_per_minute(steady), "MB/min", SLOPE_MB_PER_MINUTE, note=_told(load)),
        Figure("resident_first", steady[0].resident / 1e6, "MB", note="after the first fifth"),
        Figure("resident_last", steady[-1].resident / 1e6, "MB"),
        Figure("replies", replies, "replies", note="all of them ended as done"),
        Figure("frames", frames, "frames"),
        Figure("cpu_share", 100 * cpu_s / load.seconds, "%", note="of one core, session's process"),
    ]


async def _sampled(program: Program, load: Load, talking: Sequence["asyncio.Task[None]"]) -> list[Sample]:
    """Look at the memory until the time is over. Raises NotMeasured when somebody cannot talk any more."""
    samples: list[Sample] = []
    began = time.perf_counter()
    while (now_s := time.perf_counter() - began) < load.seconds:
        samples.append(Sample(now_s, program.memory().resident))
        for ended in [task for task in talking if task.done()]:
            ended.result()
        await asyncio.sleep(min(5.0, load.seconds / 20))
    return samples


def slope_mb_per_minute(samples: Sequence[Sample]) -> float:
    """Return the slope of the least-squares line. Raises NotMeasured."""
    if len(samples) < 3:
        raise NotMeasured("too short for a slope")
    middle_s = sum(sample.at_s for sample in samples) / len(samples)
    middle = sum(sample.resident for sample in samples) / len(samples)
    over = sum((sample.at_s - middle_s) * (sample.resident - middle) for sample in samples)
    under = sum((sample.at_s - middle_s) ** 2 for sample in samples)
    return over / under * 60 / 1e6


class Talker:
    """A person with a few sockets, who asks, hears the answer on all of them, and now and then opens another one."""

    def __init__(self, http: aiohttp.ClientSession, at: Stand, load: Load) -> None:
        self.replies = 0
        self._someone = Someone(http, at)
        self._address = at.instances[0]
        self._pause_s = load.pause_s
        self._count = min(SOCKETS_PER_PERSON, load.sockets)
        self._sockets: list[LiveSocket] = []
        self._closed_frames = 0

    @property
    def frames(self) -> int:
        """What was heard on all sockets so far."""
        return self._closed_frames + sum(socket.frames for socket in self._sockets)

    async def open(self) -> None:
        """Open all sockets."""
        for _ in range(self._count):
            self._sockets.append(await self._someone.socket(self._address))

    async def talk(self, delay_s: float) -> None:
        """Ask and listen until cancelled. Raises NotMeasured when an answer is not whole."""
        await asyncio.sleep(delay_s)
        while True:
            await self._sockets[0].say("Go on")
            ends = await asyncio.gather(*(socket.until("run.ended") for socket in self._sockets))
            if {data["reason"] for data, _ in ends} != {"done"}:
                raise NotMeasured(f"a reply ended as {ends[0][0]['reason']}")
            self.replies += 1
            if self.replies % REOPENED_EVERY == 0:
                last = self._sockets.pop()
                self._closed_frames += last.frames
                await last.socket.close()
                self._sockets.insert(0, await self._someone.socket(self._address))
            await asyncio.gather(*(self._listen(socket) for socket in self._sockets))

    async def _listen(self, socket: LiveSocket) -> None:
        """Answer pings while nothing is asked."""
        try:
            async with asyncio.timeout(self._pause_s):
                while True:
                    await socket.next()
        except TimeoutError:
            return


def _told(load: Load) -> str:
    return f"{load.sockets} sockets, {load.seconds:g} s, of which the first fifth is left out"


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="emergence bench soak", description="Does memory grow while people talk?")
    parser.add_argument("--sockets", type=int, default=200, help="open sockets (200)")
    parser.add_argument("--seconds", type=float, default=600, help="how long (600)")
    parser.add_argument("--pause", type=float, default=5, help="seconds between an answer and the next question (5)")
    given = parser.parse_args()
    load = Load(given.sockets, given.seconds, given.pause)
    return run_and_publish("soak", measured(load))


if __name__ == "__main__":
    raise SystemExit(main())
