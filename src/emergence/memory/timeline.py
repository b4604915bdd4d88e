"""Answer a question for a time by what was said then, in the order of time: a day, a month, the last time."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import zip_longest
from uuid import UUID

from emergence.memory.parts import Memory
from emergence.memory.question.only_asks import only_asks
from emergence.memory.question.temporal import LONG_AGO, Temporal
from emergence.memory.recall import Recalled, Why, recall, tokens_of, within_budget
from emergence.memory.store.spans import Span
from emergence.memory.store.turns import SaidTurn, turns_within

ENDS = 3  # turns that show the first time, or the last
LEAST_SHARE_OF_BEST = 0.5  # what fits half as well as the best was about something else
BESIDE = timedelta(days=60)  # so far "before my trip" and "after the wedding" reach


async def timeline(
    memory: Memory,
    user_id: UUID,
    asked: Temporal,
    *,
    limit: int,
    token_budget: int,
    now: datetime,
    exclude_thread: UUID | None,
    vector_within_s: float,
) -> list[Recalled]:
    """Return turns in the order in which they were said; none where there is nothing to show.

    Of a subject also what was said at any time, where that is asked for too or nothing was said at its time.
    Raises DatabaseUnavailable.
    """

    async def fitting(query: str, spans: Sequence[Span] | None) -> list[Recalled]:
        found = await recall(
            memory,
            user_id,
            query,
            limit=limit,
            token_budget=token_budget,
            now=now,
            exclude_thread=exclude_thread,
            within=spans,
            vector_within_s=vector_within_s,
        )
        least = LEAST_SHARE_OF_BEST * max((each.score for each in found), default=0.0)
        return [each for each in found if each.is_evidence and each.score >= least]

    async def said_within(spans: Sequence[Span]) -> list[Recalled]:
        if asked.topic:
            return await fitting(asked.topic, spans)
        async with memory.rows.of(user_id) as tx:
            is_after = asked.kind == "after"
            said = await turns_within(tx, user_id, spans, exclude_thread, limit, is_oldest_first=is_after)
        return [_of_that_time(turn) for turn in within_budget(said, token_budget)]

    match asked.kind:
        case "span":
            found = await said_within(asked.spans)
            if not found and asked.wider != asked.spans:
                found = await said_within(asked.wider)
        case "before" | "after":
            anchors = await fitting(asked.anchor, None)
            found = await said_within([_beside(asked, anchors[0].said_at, now)]) if anchors else []
        case "when" | "first" | "last":
            found = await fitting(asked.topic, None)
    of_that_time = {each.message_id for each in found}
    if asked.kind == "span" and asked.topic and (asked.is_of_now_too or not found):
        at_any_time = [
            each
            for each in await fitting(asked.topic, None)
            if not (each.message_id in of_that_time or only_asks(each.body))
        ]
        found = _in_turn(found, at_any_time, token_budget)[:limit]
    found = sorted(found, key=_said_at)
    if asked.kind == "first":
        found = found[:ENDS]
    elif asked.kind == "last":
        found = found[-ENDS:]
    return [replace(each, why=replace(each.why, is_of_that_time=each.message_id in of_that_time)) for each in found]


def _in_turn(then: Sequence[Recalled], at_any_time: Sequence[Recalled], token_budget: int) -> list[Recalled]:
    """Return of both in turn what fits into the budget."""
    fitting = []
    for each in (each for pair in zip_longest(then, at_any_time) for each in pair if each is not None):
        if (tokens := tokens_of(each.body)) <= token_budget:
            token_budget -= tokens
            fitting.append(each)
    return fitting


def _beside(asked: Temporal, anchor: datetime, now: datetime) -> Span:
    """Return the time before the day on which something was talked about, or after it."""
    day = anchor.astimezone(now.tzinfo).replace(hour=0, minute=0, second=0, microsecond=0)
    if asked.kind == "before":
        return Span(max(day - BESIDE, LONG_AGO), day)
    return Span(day + timedelta(days=1), day + BESIDE)


def _said_at(turn: Recalled) -> tuple[datetime, UUID]:
    return turn.said_at, turn.message_id


def _of_that_time(turn: SaidTurn) -> Recalled:
    return Recalled(
        message_id=turn.message_id,
        thread_id=turn.thread_id,
        said_at=turn.said_at,
        role=turn.role,
        speaker=turn.speaker,
        body=turn.body,
        score=1.0,
        is_evidence=True,
        why=Why(terms=(), dates=(), similarity=None, is_neighbour=False),
    )
