"""`emergence bench session`: what sockets cost, what the product adds between a model's token and a client, resuming.

Clients, model, database, auth with chat, and each instance of session are processes of their own. A bare server that
echoes is measured in the same run: what it needs, no service on it can go below.
"""

import argparse
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import aiohttp

from bench.instruments.live import (
    LiveSocket,
    Someone,
    Stand,
    http_client,
    in_groups,
    open_live,
    stand,
)
from bench.instruments.programs import Program, free_port
from bench.instruments.readers import DirectReader
from bench.instruments.report import Figure, NotMeasured, progress, run_and_publish
from bench.instruments.timed_model import ages_ms

HELD_MB = 300.0
ADDED_P50_MS, ADDED_P99_MS = 10.0, 60.0
RESUME_MS = 300.0
RATE = 20
AT_ONCE = 20  # handshakes at the same time
ECHOES = 2_000


@dataclass(frozen=True, slots=True)
class Rounds:
    """How much of each thing is done."""

    sockets: Sequence[int]
    replies: int
    tokens: int
    fan_out: int
    rounds: int


async def measured(rounds: Rounds) -> list[Figure]:
    """Return every figure. Raises NotMeasured."""
    figures = await _echo(rounds)
    async with stand(rounds.tokens, RATE) as at, http_client() as http:
        figures += await _replies(http, at, rounds, "")
        figures += await _resumes(http, at, rounds)
        figures += await _fan_out(http, at, rounds, "")
    async with stand(rounds.tokens, RATE) as at, http_client() as http:
        figures += await _idle(http, at, rounds)
    async with stand(rounds.tokens, RATE, instances=2) as at, http_client() as http:
        figures += await _replies(http, at, rounds, "two_")
        figures += await _fan_out(http, at, rounds, "two_")
    return figures


async def _echo(rounds: Rounds) -> list[Figure]:
    progress("the bare server")
    port = free_port()
    with Program(["bench.instruments.echo_server", str(port)]) as program:
        program.until_ready(port)
        async with http_client() as http:
            empty, url, count = program.memory().resident, f"http://127.0.0.1:{port}/", rounds.sockets[0]
            began = time.perf_counter()
            sockets = await in_groups([http.ws_connect(url, compress=0) for _ in range(count)], AT_ONCE)
            took_s = time.perf_counter() - began
            full = program.memory().resident
            cpu_s, trips = program.cpu_s(), []
            for number in range(ECHOES):
                socket, sent_ns = sockets[number % count], time.monotonic_ns()
                await socket.send_str("x" * 200)
                await socket.receive()
                trips.append((time.monotonic_ns() - sent_ns) / 1e6)
            cpu_s = program.cpu_s() - cpu_s
            for socket in sockets:
                await socket.close()
    return [
        Figure("echo_connects", count / took_s, "per s", note="the bare server: handshakes alone"),
        Figure("echo_kb_per_socket", (full - empty) / count / 1000, "kB", note=f"resident, {count} sockets"),
        Figure("echo_round_trip_p50", median(trips), "ms", note="200 characters there and back"),
        Figure("echo_round_trip_p99", _percentile(trips, 99), "ms"),
        Figure("echo_cpu_per_1000", 1000 * cpu_s / ECHOES, "cpu-s", note="a thousand frames in and out"),
    ]


async def _idle(http: aiohttp.ClientSession, at: Stand, rounds: Rounds) -> list[Figure]:
    (program,), (address,) = at.programs, at.instances
    warm = await Someone(http, at).socket(address)
    empty = program.memory().resident
    figures = [Figure("resident_without_sockets", empty / 1e6, "MB")]
    people = [Someone(http, at) for _ in range(40)]
    held: list[LiveSocket] = [warm]
    connecting_s, cpu_before = 0.0, program.cpu_s()
    for target in rounds.sockets:
        progress(f"{target} idle sockets")
        while len(held) < target:
            batch = min(target - len(held), 10 * AT_ONCE)
            tickets = await in_groups([people[n % len(people)].ticket() for n in range(batch)], 1)
            began = time.perf_counter()
            held += await in_groups([open_live(http, address, ticket) for ticket in tickets], AT_ONCE)
            connecting_s += time.perf_counter() - began
        resident = program.memory().resident
        figures += [
            Figure(f"resident_{target}", resident / 1e6, "MB", HELD_MB if target == 5_000 else None),
            Figure(f"kb_per_socket_{target}", (resident - empty) / target / 1000, "kB"),
        ]
    opened = len(held) - 1
    figures += [
        Figure("connects", opened / connecting_s, "per s", note="handshake, ticket, hello, welcome; ticket in hand"),
        Figure("connect_cpu", 1000 * (program.cpu_s() - cpu_before) / opened, "cpu-ms", note="session's process"),
    ]
    for socket in held:
        await socket.socket.close()
    return figures


async def _replies(http: aiohttp.ClientSession, at: Stand, rounds: Rounds, prefix: str) -> list[Figure]:
    """Follow many replies at once; over two instances each person listens on the one that does not write."""
    progress(f"{rounds.replies} replies of {RATE} tokens a second at once, {len(at.instances)} instance(s)")
    _pin(at)
    asking = [await Someone(http, at, f"p{n}").socket(at.instances[0]) for n in range(rounds.replies)]
    hearing = asking
    if len(at.instances) > 1:
        hearing = [await Someone(http, at, f"p{n}").socket(at.instances[1]) for n in range(rounds.replies)]
    await in_groups([_asked_and_heard(asking[0], hearing[0])], 1)  # what a first reply loads is not measured
    before, frames = [program.cpu_s() for program in at.programs], sum(socket.frames for socket in hearing)
    ages = [
        age
        for heard in await in_groups(
            [_asked_and_heard(a, h) for a, h in zip(asking, hearing, strict=True)], rounds.replies
        )
        for age in heard
    ]
    cpu_s = sum(program.cpu_s() - cpu for program, cpu in zip(at.programs, before, strict=True))
    frames = sum(socket.frames for socket in hearing) - frames
    direct = await _direct_ages(at, rounds)
    for socket in {id(socket): socket for socket in (*asking, *hearing)}.values():
        await socket.socket.close()
    p50, p99 = (_percentile(ages, percent) - _percentile(direct, percent) for percent in (50, 99))
    told = f"{rounds.replies} replies of {RATE} tokens a second, through the product less by the package alone"
    return [
        Figure(f"{prefix}added_token_p50", p50, "ms", ADDED_P50_MS, note=told),
        Figure(f"{prefix}added_token_p99", p99, "ms", ADDED_P99_MS, note=told),
        Figure(f"{prefix}token_p50", _percentile(ages, 50), "ms", note="from the model's write to the client"),
        Figure(f"{prefix}token_p99", _percentile(ages, 99), "ms"),
        Figure(f"{prefix}direct_token_p50", _percentile(direct, 50), "ms", note="the package alone, as many at once"),
        Figure(f"{prefix}direct_token_p99", _percentile(direct, 99), "ms"),
        Figure(f"{prefix}cpu_per_1000_frames", 1000 * cpu_s / frames, "cpu-s", note="session's process or processes"),
    ]


async def _asked_and_heard(asking: LiveSocket, hearing: LiveSocket) -> list[float]:
    await asking.say("Go on")
    ages: list[float] = []
    while True:
        frame, heard_ns = await hearing.next()
        if frame["type"] == "message.delta":
            ages += ages_ms(frame["data"]["text"], heard_ns)
        if frame["type"] in ("error", "message.error"):
            raise NotMeasured(f"the product refused: {frame}")
        if frame["type"] == "run.ended":
            return ages


async def _direct_ages(at: Stand, rounds: Rounds) -> list[float]:
    async with DirectReader(at.model, "scripted") as package:
        heard = await in_groups([package.pieces() for _ in range(rounds.replies)], rounds.replies)
    return [age for pieces in heard for text, heard_ns in pieces for age in ages_ms(text, heard_ns)]


async def _resumes(http: aiohttp.ClientSession, at: Stand, rounds: Rounds) -> list[Figure]:
    """Come back to a reply that ended meanwhile, having heard only its beginning."""
    progress("resuming")
    someone, took = Someone(http, at), []
    for _ in range(rounds.rounds):
        async with await someone.socket(at.instances[0]) as socket:
            await socket.say("Go on")
            await socket.until("message.delta")
            resume = [{"topic": topic, "seq": seq} for topic, seq in socket.positions.items()]
            run = next(topic for topic in socket.positions if topic.startswith("run:")).removeprefix("run:")
            await socket.until("run.ended", run=run)
        ticket, began = await someone.ticket(), time.perf_counter()
        async with await open_live(http, at.instances[0], ticket, resume) as again:
            await again.until("run.ended", run=run)
            took.append(1000 * (time.perf_counter() - began))
    told = f"from the dial to the end of a reply of {rounds.tokens} tokens, of which the first was heard"
    return [
        Figure("resume_p50", median(took), "ms", note=told),
        Figure("resume_max", max(took), "ms", RESUME_MS, note=told),
    ]


async def _fan_out(http: aiohttp.ClientSession, at: Stand, rounds: Rounds, prefix: str) -> list[Figure]:
    progress(f"one person's frame to {rounds.fan_out} sockets")
    someone = Someone(http, at)
    sockets = [await someone.socket(at.instances[n % len(at.instances)]) for n in range(rounds.fan_out)]
    spreads, wholes = [], []
    for _ in range(rounds.rounds):
        sent_ns = time.monotonic_ns()
        await sockets[0].say("Hello")
        heard = [ns for _, ns in await in_groups([s.until("message.created") for s in sockets], len(sockets))]
        wholes.append((max(heard) - sent_ns) / 1e6)
        spreads.append((max(heard) - min(heard)) / 1e6)
        await in_groups([socket.until("run.ended") for socket in sockets], len(sockets))
    for socket in sockets:
        await socket.socket.close()
    note = f"{rounds.fan_out} sockets, one client"
    return [
        Figure(f"{prefix}fan_out_p50", median(wholes), "ms", note=f"from message.send to the last of {note}"),
        Figure(f"{prefix}fan_out_spread_p50", median(spreads), "ms", note="from the first of them to the last"),
    ]


def _pin(at: Stand) -> None:
    """Give the instances one core, as the target says, where the system lets us."""
    if hasattr(os, "sched_setaffinity"):
        for program in at.programs:
            os.sched_setaffinity(program.pid, {max(os.sched_getaffinity(0))})


def _percentile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="emergence bench session", description="Sockets, tokens, resuming.")
    parser.add_argument("--sockets", type=int, nargs="+", default=[1_000, 5_000], help="idle sockets (1000 5000)")
    parser.add_argument("--replies", type=int, default=50, help="replies at once (50)")
    parser.add_argument("--tokens", type=int, default=100, help="tokens of each (100)")
    parser.add_argument("--fan-out", type=int, default=200, help="sockets of one person (200)")
    parser.add_argument("--rounds", type=int, default=5, help="resumes, and frames that are fanned out (5)")
    given = parser.parse_args()
    rounds = Rounds(given.sockets, given.replies, given.tokens, given.fan_out, given.rounds)
    return run_and_publish("session", measured(rounds))


if __name__ == "__main__":
    raise SystemExit(main())
