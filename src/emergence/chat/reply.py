"""One run: choose a model, stream its words, and record what it used whatever happens."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

import structlog

from emergence.chat import store
from emergence.chat.agents.agents import ShippedAgent, agent_named
from emergence.chat.models.call_with_care import call_with_care
from emergence.chat.models.errors import (
    ModelError,
    ModelOverloaded,
    ModelQuotaExhausted,
    ModelRateLimited,
    ModelTimeout,
    ModelUnavailable,
)
from emergence.chat.models.estimate import estimated_usage
from emergence.chat.models.prices import PricedModel, price_of
from emergence.chat.models.provider import ModelCall, ModelEnded, TextDelta, UsageReport
from emergence.chat.note_uses import note_uses
from emergence.chat.parts import Chat
from emergence.chat.prepare_call import memories_for, prepare_call
from emergence.chat.providers import Configured
from emergence.chat.recall_for import recall_for
from emergence.contracts.chat import (
    FinishReason,
    ReplyEnded,
    ReplyFailed,
    ReplyPiece,
    ReplyRecalled,
    ReplyRequest,
    ReplyStarted,
    ReplyText,
    ReplyUsage,
    RunFinished,
)
from emergence.contracts.memory.recollection import Recollection
from emergence.kernel.events import outbox
from emergence.kernel.storage.outlast_outage import outlast_outage

log = structlog.get_logger(__name__)

# Another provider may help with these; a bad key or a refused request is the person's to see.
WORTH_ANOTHER_PROVIDER = (ModelUnavailable, ModelOverloaded, ModelRateLimited, ModelQuotaExhausted, ModelTimeout)
# A database that is away must not break a reply off, nor let what it cost be forgotten.
OUTAGE_AT_START = timedelta(seconds=60)
OUTAGE_AT_END = timedelta(minutes=5)
RECORD_PATIENCE_S = 60.0  # then the end is told although its record is still being tried; below a caller's patience
END_REASONS: dict[Literal["end", "max_tokens", "refusal"], FinishReason] = {
    "end": "done",
    "max_tokens": "max_tokens",
    "refusal": "refusal",
}
NO_MODEL = ReplyFailed(
    code="no_model",
    message="No language model is available here.",
    retryable=False,
    hint="An administrator can add a key or the address of an Ollama server in the settings.",
)


@dataclass(slots=True)
class _Attempt:
    """What is known so far of the provider being asked; `sent` is kept to estimate what was not reported."""

    configured: Configured
    call: ModelCall
    memories: Recollection
    text: list[str] = field(default_factory=list)
    usage: UsageReport | None = None
    has_started: bool = False


@dataclass(slots=True)
class _Run:
    request: ReplyRequest
    started_at: datetime
    attempt: _Attempt | None = None
    outcome: Literal["done", "stopped", "error"] = "stopped"  # until something else happens
    problem_code: str | None = None
    is_recorded: bool = False


async def reply(chat: Chat, request: ReplyRequest) -> AsyncGenerator[ReplyPiece, None]:
    """Yield one reply; closing the generator stops the model and records the run as stopped.

    Raises UnknownAgent at the first step; later failures are a `ReplyFailed` piece.
    """
    agent = agent_named(request.agent)
    run = _Run(request, chat.clock.now())
    try:
        async with aclosing(_pieces(chat, agent, run)) as pieces:
            async for piece in pieces:
                yield piece
    finally:
        if not run.is_recorded:
            await chat.background.finish(_record(chat, run, None))
        if run.attempt is not None and run.attempt.has_started:
            chat.background.start(note_uses(chat, request, run.attempt.memories))


async def _pieces(chat: Chat, agent: ShippedAgent, run: _Run) -> AsyncGenerator[ReplyPiece, None]:
    failure: ModelError | None = None
    chain, memories = await _prepared(chat, run.request)
    for configured in chain:
        shown = memories_for(memories, configured)
        call = prepare_call(run.request, agent, configured, chat.settings, shown)
        run.attempt = _Attempt(configured, call, shown)
        try:
            async with aclosing(_attempt(chat, run.attempt)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, ReplyEnded):
                        yield await _finish(chat, run, "done")
                    yield piece
            return
        except ModelError as error:
            failure = error
        if run.attempt.text or not isinstance(failure, WORTH_ANOTHER_PROVIDER):
            break
        log.warning("provider_passed_over", provider=configured.name, code=failure.code)
    run.problem_code = failure.code if failure else NO_MODEL.code
    usage = await _finish(chat, run, "error")
    if run.attempt is not None and run.attempt.has_started:
        yield usage
    yield _as_piece(failure, run.attempt) if failure and run.attempt else NO_MODEL


async def _prepared(chat: Chat, request: ReplyRequest) -> tuple[Sequence[Configured], Recollection]:
    """Return whom to ask and what fits the question, both looked for at the same time."""
    recalling = asyncio.create_task(recall_for(chat, request))
    try:
        return await outlast_outage(chat.clock, OUTAGE_AT_START, chat.providers.chain), await recalling
    finally:
        recalling.cancel()


async def _attempt(chat: Chat, attempt: _Attempt) -> AsyncGenerator[ReplyPiece, None]:
    opened = chat.providers.opened(attempt.configured)
    async with aclosing(call_with_care(opened.provider, attempt.call, opened.care)) as events:
        async for event in events:
            if not attempt.has_started:
                attempt.has_started = True
                yield _started(attempt.configured)
                if (shown := attempt.memories).turns or shown.items:
                    yield ReplyRecalled(
                        items=[turn.item() for turn in shown.turns], known=[item.known() for item in shown.items]
                    )
            match event:
                case TextDelta(text):
                    attempt.text.append(text)
                    yield ReplyText(text=text)
                case UsageReport():
                    attempt.usage = event
                case ModelEnded(reason):
                    yield ReplyEnded(reason=END_REASONS[reason])


def _started(configured: Configured) -> ReplyStarted:
    return ReplyStarted(
        provider=configured.name, model=configured.model or "", demonstration=configured.name == "builtin"
    )


async def _finish(chat: Chat, run: _Run, outcome: Literal["done", "error"]) -> ReplyUsage:
    """Record the run and return its usage, so that money is counted before anybody hears of the end."""
    run.outcome = outcome
    usage = await _usage(chat, run)
    try:
        async with asyncio.timeout(RECORD_PATIENCE_S):
            await chat.background.finish(_record(chat, run, usage))
    except TimeoutError:
        log.warning("run_recorded_late", run_id=str(run.request.run_id))
    return usage


async def _usage(chat: Chat, run: _Run) -> ReplyUsage:
    attempt = run.attempt
    if attempt is None or not (attempt.has_started or attempt.usage):
        return ReplyUsage(input_tokens=0, output_tokens=0)
    usage = attempt.usage or estimated_usage(attempt.call, "".join(attempt.text))
    configured = attempt.configured
    model = PricedModel(configured.name, configured.model or "", configured.access.base_url)
    price = await price_of(model, usage, chat.clock.now())
    return ReplyUsage(
        input_tokens=usage.input_tokens,
        output_tokens=usage.output_tokens,
        cached_input_tokens=usage.cached_input_tokens,
        estimated=usage.estimated,
        cost_usd=price.usd if price else None,
        price_source=price.source if price else None,
    )


async def _record(chat: Chat, run: _Run, known_usage: ReplyUsage | None) -> None:
    """Keep what the run used and tell the others, in one transaction; a second time changes nothing.

    An outage of the database is waited out. Raises DatabaseUnavailable when it lasts too long.
    """
    run.is_recorded = True
    usage = known_usage or await _usage(chat, run)
    configured = run.attempt.configured if run.attempt else None
    event = RunFinished(
        run_id=run.request.run_id,
        user_id=run.request.user_id,
        thread_id=run.request.thread_id,
        agent=run.request.agent,
        provider=configured.name if configured else None,
        model=configured.model if configured else None,
        outcome=run.outcome,
        finished_at=chat.clock.now(),
        **usage.model_dump(exclude={"type", "price_source"}),
    )
    priced = store.PricedRun(event, run.problem_code, usage.price_source, run.started_at)

    async def attempt() -> None:
        async with chat.database.transaction() as tx:
            if await store.record_run(tx, priced):
                await outbox.publish(tx, event)

    await outlast_outage(chat.clock, OUTAGE_AT_END, attempt)


def _as_piece(failure: ModelError, attempt: _Attempt) -> ReplyFailed:
    return ReplyFailed(
        provider=attempt.configured.name,
        model=attempt.configured.model,
        code=failure.code,
        message=failure.sentence,
        retryable=failure.retryable,
        hint=failure.detail,
    )
