"""A reader that goes away ends the provider's work, not only its own waiting."""

import asyncio
from contextlib import aclosing

import pytest

from emergence.chat.models.call_with_care import Care, call_with_care
from emergence.chat.models.circuit_breaker import CircuitBreaker
from emergence.chat.models.provider import TextDelta
from emergence.kernel.clock import SystemClock
from tests.chat.models.conversation import CALL, Line, hear, line_to
from tests.scripted_models.script import Answer, words

pytestmark = pytest.mark.parametrize("kind", ["anthropic", "openai"])

LONG = Answer(tokens=words(2000), rate=100)


async def test_closing_the_stream_is_seen_by_the_server_within_a_second(kind: str) -> None:
    async with line_to(kind, LONG) as line:
        async with aclosing(line.provider.stream(CALL)) as events:
            async for event in events:
                if isinstance(event, TextDelta):
                    break

        await assert_left_within_a_second(line)


async def test_cancelling_the_reader_is_seen_by_the_server_within_a_second(kind: str) -> None:
    async with line_to(kind, LONG) as line:
        care = Care(SystemClock(), CircuitBreaker(SystemClock()))
        first = asyncio.Event()

        async def read() -> None:
            async with aclosing(call_with_care(line.provider, CALL, care)) as events:
                async for _ in events:
                    first.set()

        reader = asyncio.create_task(read())
        await asyncio.wait_for(first.wait(), 10)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader

        await assert_left_within_a_second(line)


async def test_cancelling_before_the_first_token_reaches_the_server_too(kind: str) -> None:
    async with line_to(kind, Answer(tokens=(), ending="silence")) as line:
        reader = asyncio.create_task(hear(line.provider.stream(CALL)))
        await asyncio.wait_for(line.server.asked.wait(), 10)
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader

        await assert_left_within_a_second(line)


async def test_the_provider_can_be_used_after_a_cancelled_call(kind: str) -> None:
    async with line_to(kind, LONG, Answer()) as line:
        async with aclosing(line.provider.stream(CALL)) as events:
            await anext(events)

        heard = await hear(line.provider.stream(CALL))

    assert heard.text == "Paris is the capital of France."


async def assert_left_within_a_second(line: Line) -> None:
    (exchange,) = line.server.exchanges
    await asyncio.wait_for(exchange.finished.wait(), 1)
    assert exchange.disconnected_early
    assert exchange.tokens_sent < 200
