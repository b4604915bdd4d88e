"""Calls a provider with bounded retries, a deadline and a circuit breaker; use this, not `stream`."""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from emergence.chat.models.circuit_breaker import CircuitBreaker
from emergence.chat.models.errors import (
    ModelCut,
    ModelError,
    ModelOverloaded,
    ModelRateLimited,
    ModelTimeout,
    ModelUnavailable,
)
from emergence.chat.models.provider import ModelCall, ModelEvent, ModelProvider, TextDelta
from emergence.kernel.clock import Clock

_log = structlog.get_logger(__name__)

# A timeout is not among them: the same call would wait, and be billed, a second time.
_WORTH_REPEATING = (ModelRateLimited, ModelOverloaded, ModelUnavailable, ModelCut)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently a call is repeated before its first text.

    The wait is full jitter, at most `cap`, doubling from `first_wait` (AWS Architecture Blog,
    "Exponential Backoff And Jitter", 2015). A provider's Retry-After replaces it; one longer than
    `patience` is not waited for.
    """

    attempts: int = 3
    first_wait: timedelta = timedelta(milliseconds=500)
    cap: timedelta = timedelta(seconds=8)
    patience: timedelta = timedelta(seconds=20)

    def wait_s(self, attempt: int, retry_after_s: float | None, jitter: float) -> float | None:
        """Return the seconds to wait after `attempt` (from 1), or None to give up; `jitter` is 0 to 1."""
        if attempt >= self.attempts:
            return None
        if retry_after_s is not None:
            return retry_after_s if retry_after_s <= self.patience.total_seconds() else None
        ceiling_s: float = self.first_wait.total_seconds() * 2.0 ** (attempt - 1)
        return jitter * min(self.cap.total_seconds(), ceiling_s)


@dataclass(frozen=True, slots=True)
class Care:
    """The parts of one provider's careful calls; keep one as long as its provider."""

    clock: Clock
    breaker: CircuitBreaker
    retries: RetryPolicy = field(default_factory=RetryPolicy)
    jitter: Callable[[], float] = random.random


async def call_with_care(provider: ModelProvider, call: ModelCall, care: Care) -> AsyncGenerator[ModelEvent, None]:
    """Yield one answer's events; a text once yielded is never taken back or followed by another attempt.

    Close it (`aclosing`) or cancel the reader to stop the provider. Deadlines start when the
    provider is prepared; the whole one covers the waits between attempts. Raises ModelError; retried inside are
    only HTTP 429 and 5xx, connection errors and streams that broke off before the first text.
    """
    await provider.prepare()
    whole_ends = asyncio.get_running_loop().time() + call.deadline.total_seconds()
    attempt = 0
    while True:
        care.breaker.admit(provider.name)
        attempt += 1
        progress = _Progress()
        failure: ModelError | None = None
        try:
            async with aclosing(_attempt(provider, call, care, progress, whole_ends)) as events:
                async for event in events:
                    yield event
        except ModelError as error:
            failure = error
        if failure is None:
            return
        await _wait_or_raise(failure, care, attempt, progress, whole_ends)


@dataclass(slots=True)
class _Progress:
    has_text: bool = False


async def _attempt(
    provider: ModelProvider, call: ModelCall, care: Care, progress: _Progress, whole_ends: float
) -> AsyncGenerator[ModelEvent, None]:
    """Yield one attempt's events and tell the breaker, once, what they say of the provider's health."""
    is_judged = False
    try:
        async with aclosing(_in_time(provider, call, whole_ends)) as events:
            async for event in events:
                if not is_judged:
                    care.breaker.succeeded()
                    is_judged = True
                progress.has_text = progress.has_text or isinstance(event, TextDelta)
                yield event
    except ModelError as error:
        if not is_judged:
            _judge(error, care.breaker)
            is_judged = True
        raise
    finally:
        if not is_judged:
            care.breaker.given_up()


def _judge(error: ModelError, breaker: CircuitBreaker) -> None:
    if isinstance(error, ModelUnavailable | ModelOverloaded | ModelTimeout | ModelCut):
        breaker.failed()
    else:
        breaker.succeeded()  # it answered, if only to refuse


async def _in_time(provider: ModelProvider, call: ModelCall, whole_ends: float) -> AsyncGenerator[ModelEvent, None]:
    """Yield the provider's events; raise ModelTimeout when the first text or the end comes too late."""
    loop = asyncio.get_running_loop()
    has_text = False
    limit = min(whole_ends, loop.time() + call.first_token_deadline.total_seconds())
    async with aclosing(provider.stream(call)) as events:
        while True:
            try:
                # Around each step, never across a yield: the alarm must not go off in the reader's own code.
                async with asyncio.timeout_at(limit):
                    event = await anext(events)
            except StopAsyncIteration:
                return
            except TimeoutError:
                raise ModelTimeout(provider.name, stage="whole" if limit >= whole_ends else "first_token") from None
            if not has_text and isinstance(event, TextDelta):
                has_text, limit = True, whole_ends
            yield event


async def _wait_or_raise(failure: ModelError, care: Care, attempt: int, progress: _Progress, whole_ends: float) -> None:
    if progress.has_text or not isinstance(failure, _WORTH_REPEATING):
        raise failure
    wait_s = care.retries.wait_s(attempt, failure.retry_after_s, care.jitter())
    if wait_s is None or asyncio.get_running_loop().time() + wait_s >= whole_ends:
        raise failure
    _log.info("model_call_repeated", provider=failure.provider, code=failure.code, attempt=attempt, wait_s=wait_s)
    await care.clock.sleep(timedelta(seconds=wait_s))
