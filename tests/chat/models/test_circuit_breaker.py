"""A provider that keeps failing is left alone for a while, then tried with one call."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emergence.chat.models.call_with_care import Care, RetryPolicy, call_with_care
from emergence.chat.models.circuit_breaker import CircuitBreaker
from emergence.chat.models.errors import ModelUnavailable
from tests.chat.models.conversation import CALL, hear, line_to
from tests.chat.models.held_clock import HeldClock
from tests.scripted_models.script import Answer, Refuse

PAUSE = timedelta(seconds=30)


async def test_after_failures_in_a_row_calls_fail_without_reaching_the_provider() -> None:
    clock = HeldClock()
    care = Care(clock, CircuitBreaker(clock, threshold=3, pause=PAUSE), RetryPolicy(attempts=1))
    async with line_to("openai", *[Refuse(500)] * 3, Answer()) as line:
        for _ in range(3):
            await hear(call_with_care(line.provider, CALL, care))
        refused = await hear(call_with_care(line.provider, CALL, care))
        reached = len(line.server.exchanges)
        clock.pass_time(PAUSE)
        answered = await hear(call_with_care(line.provider, CALL, care))

    assert refused.error is not None
    assert (refused.error.code, refused.error.retry_after_s) == ("model_unavailable", 30)
    assert reached == 3
    assert answered.error is None


async def test_a_rejected_key_does_not_open_the_circuit() -> None:
    clock = HeldClock()
    breaker = CircuitBreaker(clock, threshold=1)
    async with line_to("openai", Refuse(401)) as line:
        await hear(call_with_care(line.provider, CALL, Care(clock, breaker)))

    breaker.admit("openai")


def test_only_one_call_tries_a_half_open_circuit() -> None:
    clock = HeldClock()
    breaker = CircuitBreaker(clock, threshold=1, pause=PAUSE)
    breaker.failed()
    clock.pass_time(PAUSE)

    breaker.admit("openai")
    with pytest.raises(ModelUnavailable):
        breaker.admit("openai")
    breaker.given_up()
    breaker.admit("openai")


def test_a_failed_try_opens_the_circuit_for_another_pause() -> None:
    clock = HeldClock()
    breaker = CircuitBreaker(clock, threshold=3, pause=PAUSE)
    for _ in range(3):
        breaker.failed()
    clock.pass_time(PAUSE)
    breaker.admit("openai")

    breaker.failed()

    with pytest.raises(ModelUnavailable):
        breaker.admit("openai")


@given(st.lists(st.sampled_from(["ok", "fail", "give up", "wait"]), max_size=40))
def test_the_circuit_never_stays_shut_for_ever(steps: list[str]) -> None:
    clock = HeldClock()
    breaker = CircuitBreaker(clock, threshold=2, pause=PAUSE)
    for step in steps:
        if step == "wait":
            clock.pass_time(PAUSE)
            continue
        try:
            breaker.admit("openai")
        except ModelUnavailable:
            continue
        {"ok": breaker.succeeded, "fail": breaker.failed, "give up": breaker.given_up}[step]()

    clock.pass_time(PAUSE)
    breaker.admit("openai")
