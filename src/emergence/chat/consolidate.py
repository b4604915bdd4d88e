"""Have a model read what a person said in a thread: at a price that is known before, and counted like a run's."""

import math
import secrets
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Literal

import structlog

from emergence.chat import store
from emergence.chat.models.call_with_care import call_with_care
from emergence.chat.models.catalogue import capabilities_of, output_limit
from emergence.chat.models.errors import ModelError
from emergence.chat.models.estimate import estimated_input_tokens, estimated_usage
from emergence.chat.models.prices import PricedModel, price_of
from emergence.chat.models.provider import ModelCall, ModelEnded, ModelTurn, TextDelta, UsageReport
from emergence.chat.parts import Chat
from emergence.chat.prepare_call import ESTIMATE_MARGIN
from emergence.chat.providers import Configured
from emergence.chat.quote_memories import visible
from emergence.contracts.chat import ReplyUsage, RunFinished
from emergence.contracts.consolidation import (
    Consolidate,
    Consolidated,
    ConsolidationEstimate,
    NoConsolidationModel,
    Statement,
    ToConsolidate,
)
from emergence.kernel.events import outbox
from emergence.kernel.storage.outlast_outage import outlast_outage

log = structlog.get_logger(__name__)

AGENT = "memory"  # whose run it is, where money is counted
MOST_OUTPUT_TOKENS = 2_000  # twenty items and a summary, with some thought
OUTAGE_AT_END = timedelta(minutes=5)
OVER_PRICE = "over_price"
DID_NOT_END = "did_not_end"


@dataclass(slots=True)
class _Run:
    """One call, as far as it came."""

    asked: Consolidate
    configured: Configured
    call: ModelCall
    started_at: datetime
    text: str = ""
    usage: UsageReport | None = None
    has_started: bool = False
    outcome: Literal["done", "stopped", "error"] = "stopped"
    problem: str | None = None


async def estimate_consolidation(chat: Chat, asked: ToConsolidate) -> ConsolidationEstimate:
    """Return what it would use at most. Raises NoConsolidationModel, DatabaseUnavailable."""
    configured = await _chosen(chat)
    return await _estimate(chat, configured, _call(chat, configured, asked.statements))


async def consolidate(chat: Chat, asked: Consolidate) -> Consolidated:
    """Call the model once, and record what it used whatever happens.

    Raises NoConsolidationModel, DatabaseUnavailable. What fails at the provider is a `problem`.
    """
    configured = await _chosen(chat)
    call = _call(chat, configured, asked.statements)
    price = (await _estimate(chat, configured, call)).cost_usd
    run = _Run(asked, configured, call, chat.clock.now())
    if price is None or price > asked.most_usd:
        run.problem = OVER_PRICE
        return _told(run, ReplyUsage(input_tokens=0, output_tokens=0, cost_usd=Decimal(0)))
    try:
        await _read(chat, run)
    finally:
        usage = await _usage(chat, run)
        await chat.background.finish(_record(chat, run, usage))
    return _told(run, usage)


async def _chosen(chat: Chat) -> Configured:
    """Return the provider that agents try first; the demonstration model is never asked."""
    for configured in await chat.providers.chain():
        if configured.name != "builtin":
            return configured
    raise NoConsolidationModel()


def _call(chat: Chat, configured: Configured, statements: Sequence[Statement]) -> ModelCall:
    model = configured.model or ""
    capabilities = capabilities_of(configured.name, model)
    wanted = min(output_limit(configured.name, model, MOST_OUTPUT_TOKENS), capabilities.context_tokens // 2)
    return ModelCall(
        model=model,
        system=_instructions(),
        turns=(ModelTurn("user", _shown(statements)),),
        max_output_tokens=wanted,
        temperature=0.0 if capabilities.sampling else None,
        deadline=chat.settings.chat_reply_deadline_s,
        first_token_deadline=chat.settings.chat_first_token_deadline_s,
    )


@cache
def _instructions() -> str:
    return files("emergence.chat").joinpath("consolidation_prompt.txt").read_text(encoding="utf-8")


def _shown(statements: Sequence[Statement]) -> str:
    """Return the statements between marks that are new each time: no statement can end them."""
    mark = f"<<<{secrets.token_hex(8)}>>>"
    lines = [
        f"[{number}] {each.said_at:%Y-%m-%d}: {visible(each.text)}" for number, each in enumerate(statements, start=1)
    ]
    return "\n".join([mark, *lines, mark])


async def _estimate(chat: Chat, configured: Configured, call: ModelCall) -> ConsolidationEstimate:
    # Careful on both sides: what tokenisers count more than we guess, and an answer of full length.
    most = UsageReport(math.ceil(estimated_input_tokens(call) / ESTIMATE_MARGIN), call.max_output_tokens)
    price = await price_of(_priced(configured), most, chat.clock.now())
    return ConsolidationEstimate(
        provider=configured.name,
        model=configured.model or "",
        input_tokens=most.input_tokens,
        output_tokens=most.output_tokens,
        cost_usd=price.usd if price else None,
    )


def _priced(configured: Configured) -> PricedModel:
    return PricedModel(configured.name, configured.model or "", configured.access.base_url)


async def _read(chat: Chat, run: _Run) -> None:
    try:
        opened = chat.providers.opened(run.configured)
        async with aclosing(call_with_care(opened.provider, run.call, opened.care)) as events:
            async for event in events:
                run.has_started = True
                match event:
                    case TextDelta(text):
                        run.text += text
                    case UsageReport():
                        run.usage = event
                    case ModelEnded(reason):
                        run.problem = None if reason == "end" else DID_NOT_END
                        run.outcome = "done"
    except ModelError as error:
        run.outcome, run.problem = "error", error.code
        log.info("not_consolidated", provider=run.configured.name, code=error.code)


async def _usage(chat: Chat, run: _Run) -> ReplyUsage:
    if not (run.has_started or run.usage):
        return ReplyUsage(input_tokens=0, output_tokens=0, cost_usd=Decimal(0))
    used = run.usage or estimated_usage(run.call, run.text)
    price = await price_of(_priced(run.configured), used, chat.clock.now())
    return ReplyUsage(
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
        cached_input_tokens=used.cached_input_tokens,
        estimated=used.estimated,
        cost_usd=price.usd if price else None,
        price_source=price.source if price else None,
    )


async def _record(chat: Chat, run: _Run, usage: ReplyUsage) -> None:
    """Count it as a run, in one transaction with its event; a second time changes nothing."""
    event = RunFinished(
        run_id=run.asked.run_id,
        user_id=run.asked.user_id,
        thread_id=run.asked.thread_id,
        agent=AGENT,
        provider=run.configured.name,
        model=run.configured.model,
        outcome=run.outcome,
        finished_at=chat.clock.now(),
        **usage.model_dump(exclude={"type", "price_source"}),
    )

    async def attempt() -> None:
        async with chat.database.transaction() as tx:
            if await store.record_run(tx, store.PricedRun(event, run.problem, usage.price_source, run.started_at)):
                await outbox.publish(tx, event)

    await outlast_outage(chat.clock, OUTAGE_AT_END, attempt)


def _told(run: _Run, usage: ReplyUsage) -> Consolidated:
    return Consolidated(
        provider=run.configured.name,
        model=run.configured.model or "",
        text=run.text,
        problem=run.problem,
        usage=usage,
    )
