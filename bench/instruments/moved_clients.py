"""Clients that hear answers while their instance is replaced or killed: who is back when, and what is lost."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field

import aiohttp

from bench.instruments.engine import running_postgres
from bench.instruments.ground import Ground, Running, probe, started
from bench.instruments.kept_words import Heard, Lost, lost_of, read_stored
from bench.instruments.live import Around, Someone, Stand, http_client, surroundings
from bench.instruments.programs import free_port
from bench.instruments.report import Figure, NotMeasured, progress
from bench.instruments.streaming_clients import Asked, StreamingClient
from blueprint.images.start import ENDED_WITHIN_S
from localrun.front import Front

TOKENS, RATE = 25, 5.0
BACK_WITHIN_S = 5.0
PATIENCE_S = 120.0
FORGETFUL_S = 20.0  # the bad variant waits for some things in vain
IN_FLIGHT_S = 0.00025  # a client, between its second question and the signal: some are acknowledged, some are not
FORGETFUL = 20  # so many clients of the bad variant
NOTICED_EVERY_S = 0.05


@dataclass
class Moving:
    """What stands: clients before a front, and the instances behind it."""

    clients: list[StreamingClient]
    front: Front
    around: Around
    ground: Ground
    stack: ExitStack
    asking: list["asyncio.Task[Asked]"] = field(default_factory=list)
    in_flight: int = 0
    gone_s: float = PATIENCE_S

    async def started(self) -> Running:
        """Start another instance of session and wait until it has. Raises NotMeasured."""
        session = self.stack.enter_context(started(self.ground, "session", free_port(), self.around.environ))
        await asyncio.to_thread(session.until_answers, probe("session"))
        return session

    def send_to(self, session: Running) -> None:
        """Let new connections go there."""
        self.front.send_to({"session": 100}, {"session": session.port})


@dataclass(frozen=True, slots=True)
class Moved:
    """What was seen, of so many clients; `cut` is what the same clients would have lost of what was never written."""

    clients: int
    back_s: Sequence[float]  # from the signal to the welcome that came after it
    away_s: Sequence[float]  # without a socket
    lost: Lost
    cut: Lost
    outcomes: Sequence[str | None]
    in_flight: int = 0  # questions that were asked and not acknowledged at the signal
    gone_s: float = PATIENCE_S  # from the signal to the end of the instance


async def rolling(ground: Ground, count: int) -> list[Figure]:
    """Replace an instance as a deployment does: start another, send who comes there, SIGTERM the first."""
    return await _both("rolling", ground, count, _replace)


async def killed(ground: Ground, count: int) -> list[Figure]:
    """Kill the instance that holds everybody; another one runs, and what stands before them notices."""
    return await _both("killed", ground, count, _kill)


async def _both(name: str, ground: Ground, count: int, break_it: "Break") -> list[Figure]:
    """Do it with clients that resume, and with some that do not: those must be found to have lost something."""
    progress(f"{name}: {count} streaming clients, {ground.runs}")
    load = os.getloadavg()[0]
    moved = await _moved(ground, count, break_it)
    progress(f"{name}: {FORGETFUL} clients that do not resume")
    forgetful = await _moved(ground, FORGETFUL, break_it, forgets=True)
    return [*figures_of(name, moved, load), *noticed(name, moved, forgetful)]


def figures_of(name: str, moved: Moved, load: float) -> list[Figure]:
    """Return the figures; a client that never came back counts as away for as long as was waited."""
    done, lost = sum(outcome == "done" for outcome in moved.outcomes), moved.lost
    last_s = max(moved.back_s, default=PATIENCE_S)
    is_kill = name == "killed"
    return [
        Figure(f"{name}_away_max", max(moved.away_s, default=PATIENCE_S), "s", BACK_WITHIN_S, note="without a socket"),
        Figure(f"{name}_back_last", last_s, "s", BACK_WITHIN_S if is_kill else None, note="after the signal"),
        Figure(f"{name}_gone", moved.gone_s, "s", ENDED_WITHIN_S, note="the instance; Cloud Run kills it then"),
        Figure(f"{name}_back", len(moved.back_s), "clients", moved.clients, ">="),
        Figure(f"{name}_unanswered", lost.unanswered, "", 0, note="asked, and never acknowledged"),
        Figure(f"{name}_lost_questions", lost.questions, "", 0, note="acknowledged, and not stored so"),
        Figure(f"{name}_doubled", lost.doubled, "", 0, note="stored more than once"),
        Figure(f"{name}_lost_answers", lost.answers, "", 0, note="not stored as shown, or not shown as stored"),
        Figure(f"{name}_endless", lost.endless, "", 0, note="answers without an end"),
        Figure(f"{name}_done", done, "answers", note=f"of {len(moved.outcomes)}; the others keep their beginning"),
        Figure(f"{name}_in_flight", moved.in_flight, "questions", note="asked, and not acknowledged at the signal"),
        Figure(f"{name}_load", load, "load"),
    ]


def noticed(name: str, moved: Moved, forgetful: Moved) -> list[Figure]:
    """Return whether what is wrong on purpose is found to be."""
    lost = forgetful.lost
    told = f"{FORGETFUL} clients: {lost.unanswered} questions and {lost.answers} answers"
    cut = f"{moved.cut.answers} of {len(moved.outcomes)} answers"
    return [
        Figure(f"{name}_forgetful_noticed", lost.unanswered + lost.answers > 0, "", 1, ">=", note=told),
        Figure(f"{name}_unwritten_noticed", moved.cut.answers > 0, "", 1, ">=", note=f"{cut} without their end"),
    ]


async def _replace(moving: Moving, first: Running) -> float:
    second = await moving.started()
    moving.send_to(second)
    broken_s = await _break(moving, first, signal.SIGTERM)
    moving.gone_s = await _gone_s(first) - broken_s
    return broken_s


async def _kill(moving: Moving, first: Running) -> float:
    second = await moving.started()
    broken_s = await _break(moving, first, signal.SIGKILL)
    moving.gone_s = await _gone_s(first) - broken_s
    moving.send_to(second)
    return broken_s


async def _gone_s(instance: Running) -> float:
    """Wait for the end of an instance and return when it came."""
    while instance.is_alive:  # noqa: ASYNC110 - another process sets no event
        await asyncio.sleep(NOTICED_EVERY_S)
    return time.perf_counter()


async def _break(moving: Moving, instance: Running, number: signal.Signals) -> float:
    """Send the signal while everybody hears an answer and has asked something more."""
    asked = await asyncio.gather(*(each.ask(f"Go on, {n}") for n, each in enumerate(moving.clients)))
    await asyncio.gather(*(each.until_shown(one) for each, one in zip(moving.clients, asked, strict=True)))
    moving.asking += [asyncio.create_task(each.ask(f"And then, {n}?")) for n, each in enumerate(moving.clients)]
    await asyncio.sleep(IN_FLIGHT_S * len(moving.clients))
    for client in moving.clients:
        client.note_shown()
    moving.in_flight = sum(not task.done() for task in moving.asking)
    broken_s = time.perf_counter()
    instance.send(number)
    return broken_s


Break = Callable[[Moving, Running], Awaitable[float]]


async def _moved(ground: Ground, count: int, break_it: Break, *, forgets: bool = False) -> Moved:
    async with running_postgres() as database, _clients(ground, database, count, forgets=forgets) as (moving, first):
        try:
            async with asyncio.timeout(PATIENCE_S):
                broken_s = await break_it(moving, first)
        except TimeoutError:
            raise NotMeasured("not every client heard the beginning of an answer") from None
        await _heard_out(moving, FORGETFUL_S if forgets else PATIENCE_S)
        stored = await read_stored(database)
        heard = [Heard(each.screen, each.asked) for each in moving.clients]
        away = [gone for each in moving.clients for gone in each.away if gone.lost_s >= broken_s]
        back_s = [gone.back_s for each in moving.clients for gone in each.away[-1:] if gone.back_s is not None]
        return Moved(
            count,
            [each - broken_s for each in back_s if each >= broken_s],
            [(gone.back_s or time.perf_counter()) - gone.lost_s for gone in away],
            lost_of(stored, heard),
            lost_of(stored.cut(), heard),
            list(stored.outcomes.values()),
            moving.in_flight,
            moving.gone_s,
        )


async def _heard_out(moving: Moving, within_s: float) -> None:
    """Wait until everybody has heard the end of everything; who waits in vain is told by what is counted then."""
    try:
        async with asyncio.timeout(within_s):
            await asyncio.gather(*moving.asking)
            for client in moving.clients:
                for asked in client.asked:
                    await client.until_ended(asked)
    except TimeoutError:
        progress("not everybody heard an end")


@asynccontextmanager
async def _clients(
    ground: Ground, database: str, count: int, *, forgets: bool
) -> AsyncIterator[tuple[Moving, Running]]:
    """Open sockets of so many people on one instance behind a front."""
    with surroundings(database, TOKENS, RATE) as around, ExitStack() as stack:
        front = Front()
        stack.callback(front.close)
        async with http_client() as http:
            clients = [_client(http, around, front, forgets=forgets) for _ in range(count)]
            moving = Moving(clients, front, around, ground, stack)
            first = await moving.started()
            moving.send_to(first)
            living = [asyncio.create_task(each.live()) for each in clients]
            try:
                await _until_welcomed(clients)
                yield moving, first
            finally:
                for task in living:
                    task.cancel()
                await asyncio.gather(*living, return_exceptions=True)


def _client(http: aiohttp.ClientSession, around: Around, front: Front, *, forgets: bool) -> StreamingClient:
    at = Stand(around.front, [front.url], (), around.model)
    return StreamingClient(http, Someone(http, at), front.url, forgets=forgets)


async def _until_welcomed(clients: Sequence[StreamingClient]) -> None:
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not all(each.welcomes for each in clients):  # noqa: ASYNC110 - seldom enough
                await asyncio.sleep(0.1)
    except TimeoutError:
        raise NotMeasured("not every client got a socket") from None
