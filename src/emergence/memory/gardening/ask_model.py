"""Have a model read what a person said in a thread, through chat and under the budget; nothing it says is believed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from pydantic import ValidationError

from emergence.contracts.consolidation import (
    STATEMENT_MAX_CHARACTERS,
    STATEMENTS_MAX,
    Consolidate,
    Consolidated,
    FoundInThread,
    NoConsolidationModel,
    Statement,
    ToConsolidate,
)
from emergence.kernel.errors import DeadlineExceeded, ServiceError, Unavailable
from emergence.memory import figures
from emergence.memory.harvest.harvest_turn import SaidTurn
from emergence.memory.harvest.own_words import own_text
from emergence.memory.parts import Memory
from emergence.memory.store import spending
from emergence.memory.store.consolidations import Done, Due
from emergence.memory.store.spending import Budget, Spent

log = structlog.get_logger(__name__)

MOST_CHARACTERS = 12_000  # of a thread, the last ones: about 4,000 tokens
MOST_FAILURES = 5  # each may have cost something; then the thread does without
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=6)
WAIT_IN_OUTAGE = timedelta(minutes=5)
_FENCE = re.compile(r"\A\s*```(?:json)?\s*(.*?)\s*```\s*\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a model is shown of a turn: the person's own words."""

    turn: SaidTurn
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """What a model found, with what it was shown; `reserved` is still to be settled."""

    found: FoundInThread
    shown: Sequence[Shown]
    reserved: UUID
    spent: Spent


@dataclass(frozen=True, slots=True)
class Without:
    """No model reads it now. `again_at`: one may later; `is_failure` counts towards giving up."""

    again_at: datetime | None = None
    is_failure: bool = False
    waits: bool = False  # nothing else is done before that


async def ask_model(memory: Memory, due: Due, said: Sequence[SaidTurn]) -> Read | Without:
    """Return what a model read in a thread, or how to go on without. Raises DatabaseUnavailable."""
    shown = shown_of(said)
    if memory.settings.memory_consolidation_model == "none" or not shown or due.tries >= MOST_FAILURES:
        return Without()
    statements = [Statement(said_at=each.turn.said_at, text=each.text) for each in shown]
    now = memory.clock.now()
    try:
        estimate = await memory.consolidation.estimate(ToConsolidate(statements=statements))
        reserved = await spending.reserve(memory.database, due, estimate.model, estimate.cost_usd, _budget(memory), now)
        if reserved is None or estimate.cost_usd is None:
            figures.consolidations.labels("model", "over_budget").inc()
            log.info("consolidated_without_model", reason="over_budget", cost_usd=str(estimate.cost_usd))
            return Without(again_at=_tomorrow(now), is_failure=True)
    except NoConsolidationModel:
        return Without()
    except ServiceError as failed:
        return _in_outage(memory, failed)
    asked = Consolidate(
        run_id=reserved,
        user_id=due.user_id,
        thread_id=due.thread_id,
        most_usd=estimate.cost_usd,
        statements=statements,
    )
    try:
        answer = await memory.consolidation.consolidate(asked)
    except (Unavailable, DeadlineExceeded, NoConsolidationModel) as failed:
        # Whether it was called is not known: what was reserved counts.
        await spending.settle(memory.database, due, reserved, "failed", Spent(), Done(), memory.clock.now())
        return _in_outage(memory, failed)
    return await _judged(memory, due, shown, reserved, answer)


def shown_of(said: Sequence[SaidTurn]) -> list[Shown]:
    """Return the last turns that hold words of the person's own, oldest first, as many as a model is shown."""
    shown: list[Shown] = []
    room = MOST_CHARACTERS
    for turn in reversed(said):
        text = own_text(turn.body)[:STATEMENT_MAX_CHARACTERS]
        room -= len(text)
        if len(shown) >= STATEMENTS_MAX or room < 0:
            break
        if text:
            shown.append(Shown(turn, text))
    return shown[::-1]


async def _judged(
    memory: Memory, due: Due, shown: Sequence[Shown], reserved: UUID, answer: Consolidated
) -> Read | Without:
    spent = Spent(answer.usage.input_tokens, answer.usage.output_tokens, answer.usage.cost_usd)
    figures.consolidation_tokens.labels("input").inc(spent.input_tokens)
    figures.consolidation_tokens.labels("output").inc(spent.output_tokens)
    if answer.problem is None:
        try:
            found = FoundInThread.model_validate_json(_FENCE.sub(r"\1", answer.text))
            return Read(found, shown, reserved, spent)
        except ValidationError as invalid:
            log.info("consolidation_not_understood", model=answer.model, errors=invalid.error_count())
    await spending.settle(memory.database, due, reserved, "failed", spent, Done(), memory.clock.now())
    figures.consolidations.labels("model", "failed").inc()
    wait = min(FIRST_WAIT * (1 << due.tries), LONGEST_WAIT)
    log.info("consolidation_failed", code=answer.problem or "not_understood", wait_s=wait.total_seconds())
    return Without(again_at=memory.clock.now() + wait, is_failure=True, waits=True)


def _in_outage(memory: Memory, failed: ServiceError) -> Without:
    figures.consolidations.labels("model", "unavailable").inc()
    log.info("consolidation_waits", code=failed.code)
    return Without(again_at=memory.clock.now() + WAIT_IN_OUTAGE, waits=True)


def _budget(memory: Memory) -> Budget:
    daily = memory.settings.memory_consolidation_daily_usd
    person = memory.settings.memory_consolidation_person_daily_usd
    return Budget(daily, daily if person is None else person)


def _tomorrow(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1, minutes=5)
