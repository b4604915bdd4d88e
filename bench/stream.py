"""`emergence bench stream`: what the whole product adds to a model's stream, in time, frames, bytes and CPU.

The model is a scripted server that speaks OpenAI's protocol, reached through the real package; the
reader is the terminal's own client. Provider, product and reader are three processes on loopback.
"""

import argparse
import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.instruments.engine import running_postgres, scratch_folder
from bench.instruments.programs import Program, free_port
from bench.instruments.readers import DirectReader, ProductReader, Reception, open_product_reader
from bench.instruments.report import Figure, progress, run_and_publish

ADDED_FIRST_TOKEN_MS = 10.0
RECALL_MS = 50.0
WITHOUT_RECALL: Mapping[str, str] = {"CHAT_RECALL_TOKENS": "0"}
AS_SHIPPED: Mapping[str, str] = {}
REPLY_FRAMES = 90
REPLY_KB = 40.0

WARM_UP_ROUNDS = 10
SHORT_TOKENS = 8  # at the same rate: the first token must not share its moment with the rest
LONG_TOKENS = 300
RATE = 100
MODEL = "scripted"


@dataclass(frozen=True, slots=True)
class Rounds:
    """How often each thing is done."""

    first_tokens: int
    replies: int


async def measured(rounds: Rounds) -> list[Figure]:
    """Return every figure. Raises NotMeasured."""
    async with running_postgres() as database:
        with scratch_folder() as folder:
            stand = _Stand(database, folder)
            return [*await _first_tokens(stand, rounds), *await _replies(stand, rounds)]


@dataclass(frozen=True, slots=True)
class _Stand:
    database: str
    folder: Path

    @contextmanager
    def provider(self, tokens: int, rate: float) -> Iterator[str]:
        """Run a scripted model server; yield its address."""
        words = ["tests.scripted_models.openai_server", "--tokens", str(tokens), "--rate", str(rate)]
        with Program(words) as server:
            _, address = server.until_said("http://")
            yield address

    @contextmanager
    def product(
        self, provider: str, more: Mapping[str, str] = AS_SHIPPED
    ) -> Iterator[tuple[Program, Mapping[str, str]]]:
        """Run everything in one process in front of `provider`; yield it and the environment to reach it by."""
        environ = {
            "DATABASE_URL": self.database,
            "EMERGENCE_DATA_DIR": str(self.folder / "data"),
            "OPENAI_COMPATIBLE_BASE_URL": provider,
            "OPENAI_COMPATIBLE_MODEL": MODEL,
            **more,
        }
        port = free_port()
        with Program(["emergence", "up", "--port", str(port)], environ) as product:
            product.until_ready(port)
            yield product, environ


async def _first_tokens(stand: _Stand, rounds: Rounds) -> list[Figure]:
    """Measure the product without memory and with it: what recall adds is what both differ by."""
    progress("time to the first token")
    direct_ms, through_ms = await _first_tokens_of(stand, rounds, WITHOUT_RECALL)
    progress("time to the first token, with what memory recalls")
    recalling_direct_ms, recalling_ms = await _first_tokens_of(stand, rounds, AS_SHIPPED)
    added = median(through_ms) - median(direct_ms)
    recall = median(recalling_ms) - median(recalling_direct_ms) - added
    return [
        Figure("added_first_token_p50", added, "ms", ADDED_FIRST_TOKEN_MS, note="through the product less directly"),
        Figure("recall_first_token_p50", recall, "ms", RECALL_MS, note="what asking memory adds to that"),
        Figure("first_token_p50", median(through_ms), "ms", note="from message.send to the first message.delta"),
        Figure("first_token_p95", _percentile(through_ms, 95), "ms"),
        Figure("first_token_direct_p50", median(direct_ms), "ms", note="the same package and server, nothing between"),
        Figure("first_token_direct_p95", _percentile(direct_ms, 95), "ms"),
    ]


async def _first_tokens_of(stand: _Stand, rounds: Rounds, more: Mapping[str, str]) -> tuple[list[float], list[float]]:
    """Ask directly and through the product in turns, so that a busy moment falls on both; return milliseconds."""
    direct: list[float] = []
    through: list[float] = []
    with stand.provider(SHORT_TOKENS, RATE) as address, stand.product(address, more) as (_, environ):
        async with DirectReader(address, MODEL) as package, open_product_reader(environ) as product:
            for _ in range(WARM_UP_ROUNDS + rounds.first_tokens):
                direct.append((await package.read()).first_token_s)
                through.append((await product.read()).first_token_s)
    return [1000 * seconds for seconds in direct[WARM_UP_ROUNDS:]], [1000 * s for s in through[WARM_UP_ROUNDS:]]


async def _replies(stand: _Stand, rounds: Rounds) -> list[Figure]:
    progress(f"replies of {LONG_TOKENS} tokens at {RATE} a second")
    with stand.provider(LONG_TOKENS, RATE) as address, stand.product(address) as (program, environ):
        async with DirectReader(address, MODEL) as package, open_product_reader(environ) as product:
            for reader in (package, product):
                await reader.read()
            alone = [(await package.read()) for _ in range(rounds.replies)]
            idle_cpu_s = await _idle_cpu_s(program, alone[0].whole_s)
            replies = [await _costed(program, product) for _ in range(rounds.replies)]
    frames, size = median(r.frames for r, _ in replies), median(r.bytes for r, _ in replies)
    cpu_s, direct_cpu_s = median(cpu for _, cpu in replies), median(reply.reader_cpu_s for reply in alone)
    return [
        Figure("reply_frames", frames, "frames", REPLY_FRAMES, note="everything from the ack to the end of the run"),
        Figure("reply_bytes", size / 1000, "kB", REPLY_KB, note="payloads of those frames"),
        Figure("reply_cpu", cpu_s, "cpu-s", note="the product's process, of which idle_cpu would be used anyway"),
        Figure("idle_cpu", idle_cpu_s, "cpu-s", note="the same process in as long a time with nothing to do"),
        Figure("direct_cpu", direct_cpu_s, "cpu-s", note="the package alone reading the same reply"),
        Figure("reply_cpu_ratio", cpu_s / direct_cpu_s, "×", note="reply_cpu over direct_cpu"),
        Figure("reply_wall", median(r.whole_s for r, _ in replies), "s", note="2.99 s is the provider's own time"),
    ]


async def _costed(program: Program, product: ProductReader) -> tuple[Reception, float]:
    before = program.cpu_s()
    reception = await product.read()
    return reception, program.cpu_s() - before


async def _idle_cpu_s(program: Program, seconds: float) -> float:
    before = program.cpu_s()
    await asyncio.sleep(seconds)
    return program.cpu_s() - before


def _percentile(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="emergence bench stream", description="What the product adds to a stream.")
    parser.add_argument("--first-tokens", type=int, default=100, help="first tokens timed, each way (100)")
    parser.add_argument("--replies", type=int, default=5, help="whole replies, each way (5)")
    given = parser.parse_args()
    rounds = Rounds(given.first_tokens, given.replies)
    return run_and_publish("stream", measured(rounds))


if __name__ == "__main__":
    raise SystemExit(main())
