"""Retries happen only before the first text, wait as told, and end at the deadline."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from emergence.chat.models.call_with_care import Care, RetryPolicy, call_with_care
from emergence.chat.models.circuit_breaker import CircuitBreaker
from emergence.kernel.clock import Clock
from tests.chat.models.conversation import CALL, Heard, Line, hear, line_to
from tests.chat.models.held_clock import HeldClock
from tests.scripted_models.script import Answer, HangUp, Refuse, Step

both_kinds = pytest.mark.parametrize("kind", ["anthropic", "openai"])


def careful(clock: Clock, retries: RetryPolicy | None = None, *, threshold: int = 5) -> Care:
    return Care(clock, CircuitBreaker(clock, threshold=threshold), retries or RetryPolicy(), jitter=lambda: 0.5)


async def ask(line: Line, care: Care) -> Heard:
    return await hear(call_with_care(line.provider, CALL, care))


@both_kinds
@pytest.mark.parametrize(
    "obstacle",
    [Refuse(429), Refuse(500), Refuse(503), Refuse(529), HangUp(), Answer(tokens=(), ending="eof")],
)
async def test_a_passing_fault_before_the_first_text_is_not_noticed(kind: str, obstacle: Step) -> None:
    clock = HeldClock()
    async with line_to(kind, obstacle, Answer()) as line:
        heard = await ask(line, careful(clock))

    assert heard.text == "Paris is the capital of France."
    assert heard.error is None
    assert clock.slept_s == [0.25]
    assert len(line.server.exchanges) == 2


async def test_waits_double_with_full_jitter_and_end_after_three_attempts() -> None:
    clock = HeldClock()
    async with line_to("openai", *[Refuse(500)] * 5) as line:
        heard = await ask(line, careful(clock))

    assert clock.slept_s == [0.25, 0.5]
    assert len(line.server.exchanges) == 3
    assert heard.error is not None
    assert heard.error.code == "model_unavailable"


@both_kinds
@pytest.mark.parametrize("as_date", [False, True])
async def test_retry_after_is_honoured_in_seconds_and_as_a_date(kind: str, as_date: bool) -> None:
    clock = HeldClock()
    value = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True) if as_date else "3"
    call = replace(CALL, deadline=timedelta(seconds=30))
    async with line_to(kind, Refuse(429, headers={"Retry-After": value}), Answer()) as line:
        heard = await hear(call_with_care(line.provider, call, careful(clock)))

    assert heard.error is None
    (waited_s,) = clock.slept_s
    assert 1.5 <= waited_s <= 3


async def test_a_retry_after_beyond_our_patience_is_told_not_waited_for() -> None:
    clock = HeldClock()
    async with line_to("openai", Refuse(429, headers={"Retry-After": "120"})) as line:
        heard = await ask(line, careful(clock))

    assert clock.slept_s == []
    assert heard.error is not None
    assert (heard.error.code, heard.error.retry_after_s) == ("model_rate_limited", 120)


async def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    clock = HeldClock()
    async with line_to("openai", Refuse(429, headers={"Retry-After": "10"})) as line:
        heard = await ask(line, careful(clock))

    assert clock.slept_s == []
    assert heard.error is not None
    assert heard.error.code == "model_rate_limited"


@both_kinds
async def test_nothing_is_repeated_after_the_first_text(kind: str) -> None:
    clock = HeldClock()
    async with line_to(kind, Answer(ending="reset"), Answer()) as line:
        heard = await ask(line, careful(clock))

    assert heard.text == "Paris is the capital of France."
    assert heard.error is not None
    assert heard.error.code == "model_cut"
    assert len(line.server.exchanges) == 1


@pytest.mark.parametrize("status", [400, 401, 402, 404])
async def test_what_cannot_get_better_is_not_repeated(status: int) -> None:
    clock = HeldClock()
    async with line_to("openai", Refuse(status), Answer()) as line:
        heard = await ask(line, careful(clock))

    assert heard.error is not None
    assert not heard.error.retryable
    assert len(line.server.exchanges) == 1


@both_kinds
async def test_a_late_first_token_is_a_timeout_and_is_not_paid_twice(kind: str) -> None:
    call = replace(CALL, first_token_deadline=timedelta(seconds=0.3))
    async with line_to(kind, Answer(first_token_after=timedelta(seconds=5)), Answer()) as line:
        heard = await hear(call_with_care(line.provider, call, careful(HeldClock())))

    assert heard.events == []
    assert heard.error is not None
    assert heard.error.code == "model_timeout"
    assert "did not start" in heard.error.sentence
    assert len(line.server.exchanges) == 1


@both_kinds
async def test_a_slow_first_token_within_its_deadline_is_waited_for(kind: str) -> None:
    async with line_to(kind, Answer(first_token_after=timedelta(seconds=0.5))) as line:
        heard = await ask(line, careful(HeldClock()))

    assert heard.error is None


@both_kinds
async def test_the_whole_deadline_ends_a_long_answer_and_keeps_its_text(kind: str) -> None:
    call = replace(CALL, deadline=timedelta(seconds=0.5), first_token_deadline=timedelta(seconds=0.4))
    async with line_to(kind, Answer(tokens=("tick ",) * 500, rate=50)) as line:
        heard = await hear(call_with_care(line.provider, call, careful(HeldClock())))

    assert heard.text.startswith("tick tick ")
    assert heard.error is not None
    assert "did not finish" in heard.error.sentence
