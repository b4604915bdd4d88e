"""Answer an agent that asks what was said: only what has evidence, nothing for the sake of an answer."""

import asyncio
from datetime import datetime
from time import perf_counter

from emergence.contracts.memory.recall import RecalledTurn, RecallReason, RecallRequest, Recollection
from emergence.contracts.time_zones import zone_named
from emergence.memory import figures
from emergence.memory.parts import Memory
from emergence.memory.question.temporal import read_temporal
from emergence.memory.question.words import folded
from emergence.memory.recall import Recalled, recall
from emergence.memory.timeline import timeline

# What is far behind the best one is there because something had to be second.
LEAST_SHARE_OF_BEST = 0.4
SHARE_FOR_VECTOR = 0.6  # of the time that the asker waits: the rest is for ranking, by words alone if need be


async def answer_recall(memory: Memory, asked: RecallRequest) -> Recollection:
    """Return the turns that fit, best first, or along the time that was asked for. Raises DatabaseUnavailable."""
    started_s = perf_counter()
    found = await _over_time(memory, asked) or await _fitting(memory, asked)
    figures.recall_seconds.observe(perf_counter() - started_s)
    figures.recalls.labels("found" if found else "nothing").inc()
    return Recollection(turns=[_shown(each) for each in found])


async def _over_time(memory: Memory, asked: RecallRequest) -> list[Recalled]:
    now = _now(memory, asked)
    temporal = await asyncio.to_thread(read_temporal, asked.query, now)
    if temporal is None:
        return []
    found = await timeline(
        memory,
        asked.user_id,
        temporal,
        limit=asked.limit,
        token_budget=asked.token_budget,
        now=now,
        exclude_thread=asked.exclude_thread,
        vector_within_s=asked.patience_s * SHARE_FOR_VECTOR,
    )
    return [each for each in found if _says_more(each, asked.query)]


async def _fitting(memory: Memory, asked: RecallRequest) -> list[Recalled]:
    found = await recall(
        memory,
        asked.user_id,
        asked.query,
        limit=asked.limit,
        token_budget=asked.token_budget,
        now=_now(memory, asked),
        exclude_thread=asked.exclude_thread,
        vector_within_s=asked.patience_s * SHARE_FOR_VECTOR,
    )
    telling = [each for each in found if _says_more(each, asked.query)]
    least = LEAST_SHARE_OF_BEST * max((each.score for each in telling), default=0.0)
    is_answered = any(each.is_evidence for each in telling)
    return [each for each in telling if is_answered and each.score >= least]


def _now(memory: Memory, asked: RecallRequest) -> datetime:
    return memory.clock.now().astimezone(zone_named(asked.time_zone))


def _says_more(found: Recalled, query: str) -> bool:
    """Return whether a turn is more than the question itself, said before: « merci ! » finds every other one."""
    return folded(found.body).strip(" ?!.…") != folded(query).strip(" ?!.…")


def _shown(found: Recalled) -> RecalledTurn:
    why = found.why
    return RecalledTurn(
        message=found.message_id,
        thread=found.thread_id,
        role="user" if found.role == "user" else "agent",
        speaker=found.speaker,
        said_at=found.said_at,
        text=found.body,
        why=RecallReason(
            words=list(why.terms),
            dates=list(why.dates),
            meaning=why.similarity is not None and not (why.terms or why.dates),
            beside=why.is_neighbour,
            timeline=why.is_of_that_time,
        ),
    )
