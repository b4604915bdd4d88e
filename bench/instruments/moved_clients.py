"""Clients that hear answers while their instance is replaced or killed: who is back when, and what is lost."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass

import aiohttp

from bench.instruments.engine import running_postgres
from bench.instruments.ground import Ground, Running, probe, started
from bench.instruments.kept_words import Lost, Stored, lost_of, read_stored
from bench.instruments.live import Around, Someone, Stand, http_client, surroundings
from bench.instruments.programs import free_port
from bench.instruments.report import Figure, NotMeasured, progress
from bench.instruments.streaming_clients import StreamingClient
from localrun.front import Front

TOKENS, RATE = 25, 5.0
BACK_WITHIN_S = 5.0
PATIENCE_S = 120.0
AT_ONCE = 20
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
    """What was seen; times are seconds after `broken_s` or without a socket."""

    clients: int
    back_s: Sequence[float]  # from the moment of the fault to the welcome that came after it
    away_s: Sequence[float]
    lost: Lost
    outcomes: Sequence[str | None]


async def rolling(ground: Ground, count: int) -> list[Figure]:
    """Replace an instance as a deployment does: start another, send who comes there, SIGTERM the first."""
    progress(f"a rolling deployment under {count} streaming clients, {ground.runs}")
    load = os.getloadavg()[0]
    figures = figures_of("rolling", await _moved(ground, count, _replace), load)
    progress("the same with clients that do not resume")
    return [*figures, noticed("rolling", await _moved(ground, FORGETFUL, _replace, forgets=True))]


async def killed(ground: Ground, count: int) -> list[Figure]:
    """Kill the instance that holds everybody; another one runs, and what stands before them notices."""
    progress(f"kill -9 under {count} streaming clients, {ground.runs}")
    load = os.getloadavg()[0]
    figures = figures_of("killed", await _moved(ground, count, _kill), load)
    progress("the same with clients that do not resume")
    return [*figures, noticed("killed", await _moved(ground, FORGETFUL, _kill, forgets=True))]


def figures_of(name: str, moved: Moved, load: float) -> list[Figure]:
    """Return the figures; a client that never came back counts as away for as long as was waited."""
    done = sum(outcome == "done" for outcome in moved.outcomes)
    last_s = max(moved.back_s, default=PATIENCE_S)
    is_kill = name == "killed"
    return [
        Figure(f"{name}_away_max", max(moved.away_s, default=PATIENCE_S), "s", BACK_WITHIN_S, note="without a socket"),
        Figure(f"{name}_back_last", last_s, "s", BACK_WITHIN_S if is_kill else None, note="after the signal"),
        Figure(f"{name}_back", len(moved.back_s), "clients", moved.clients, ">="),
        Figure(f"{name}_lost_questions", moved.lost.questions, "", 0, note="acknowledged, and not stored so"),
        Figure(
            f"{name}_lost_answers", moved.lost.answers, "", 0, note="not stored as they were shown, or not shown so"
        ),
        Figure(f"{name}_endless", moved.lost.endless, "", 0, note="answers without an end"),
        Figure(f"{name}_done", done, "answers", note=f"of {len(moved.outcomes)}; the others keep their beginning"),
        Figure(f"{name}_load", load, "load"),
    ]


def noticed(name: str, moved: Moved) -> Figure:
    """Return whether clients that do not resume are found to have lost something."""
    told = f"{moved.lost.answers} of {len(moved.outcomes)} answers of clients that do not resume"
    return Figure(f"{name}_forgetful_noticed", moved.lost.answers > 0, "", 1, ">=", note=told)


async def _replace(moving: Moving, first: Running) -> float:
    second = await moving.started()
    moving.send_to(second)
    await _all_stream(moving)
    return _break(moving, first, signal.SIGTERM)


async def _kill(moving: Moving, first: Running) -> float:
    second = await moving.started()
    await _all_stream(moving)
    broken_s = _break(moving, first, signal.SIGKILL)
    while first.is_alive:  # noqa: ASYNC110 - another process sets no event
        await asyncio.sleep(NOTICED_EVERY_S)
    moving.send_to(second)
    return broken_s


def _break(moving: Moving, instance: Running, number: signal.Signals) -> float:
    for client in moving.clients:
        client.note_shown()
    broken_s = time.perf_counter()
    instance.send(number)
    return broken_s


async def _all_stream(moving: Moving) -> None:
    asked = await asyncio.gather(*(each.ask(f"Go on, {n}") for n, each in enumerate(moving.clients)))
    await asyncio.gather(*(each.until_shown(one) for each, one in zip(moving.clients, asked, strict=True)))


Break = Callable[[Moving, Running], Awaitable[float]]


async def _moved(ground: Ground, count: int, break_it: Break, *, forgets: bool = False) -> Moved:
    async with running_postgres() as database, AsyncExitStack() as stack:
        moving, first = await stack.enter_async_context(_clients(ground, database, count, forgets=forgets))
        try:
            async with asyncio.timeout(PATIENCE_S):
                broken_s = await break_it(moving, first)
                await asyncio.gather(*(each.until_ended(each.asked[-1]) for each in moving.clients))
                again = await asyncio.gather(*(each.ask(f"And then, {n}?") for n, each in enumerate(moving.clients)))
                await asyncio.gather(*(each.until_ended(one) for each, one in zip(moving.clients, again, strict=True)))
        except TimeoutError:
            progress("not everybody heard an end")
        stored: Stored = await read_stored(database)
        away = [gone for each in moving.clients for gone in each.away if gone.lost_s >= broken_s]
        back_s = [gone.back_s for each in moving.clients for gone in each.away[-1:] if gone.back_s is not None]
        return Moved(
            count,
            [each - broken_s for each in back_s if each >= broken_s],
            [(gone.back_s or time.perf_counter()) - gone.lost_s for gone in away],
            lost_of(stored, moving.clients),
            list(stored.outcomes.values()),
        )


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
