"""Answer an agent that asks what was said: only what has evidence, nothing for the sake of an answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

import structlog

from emergence.contracts.memory.recall import RecalledTurn, RecallReason, RecallRequest
from emergence.contracts.memory.recollection import KnownText, Recollection
from emergence.contracts.memory.turns import KeptTurn
from emergence.contracts.time_zones import zone_named
from emergence.memory import figures
from emergence.memory.harvest.harvest_turn import SaidTurn, harvest_turn
from emergence.memory.harvest.own_words import passes_on
from emergence.memory.known import Personal, known_for, read_personal
from emergence.memory.parts import Memory
from emergence.memory.question.asked_in import asked_in
from emergence.memory.question.only_asks import asks_for_questions, only_asks
from emergence.memory.question.temporal import Temporal, read_temporal
from emergence.memory.question.words import STOP_WORDS, folded, words_of
from emergence.memory.recall import (
    Recalled,
    Understood,
    found_turn,
    rank_last_words,
    tokens_of,
    understand,
    within_budget,
)
from emergence.memory.store.forget_items import messages_quoted_by
from emergence.memory.store.keep_items import DECIDED_BY_THE_PERSON
from emergence.memory.store.outdated import News, news_of
from emergence.memory.store.recall import RankedTurn
from emergence.memory.store.turns import from_files, read_turns
from emergence.memory.timeline import timeline

log = structlog.get_logger(__name__)

# What is far behind the best one is there because something had to be second.
LEAST_SHARE_OF_BEST = 0.4
_ASSENT = """
ok okay yes no yeah yep nope very well good great fine sure right alright perfect thanks thank understood noted see
hello hi bye oui non merci bien d accord entendu compris parfait super vois note bonjour salut genial ca marche va
"""
SAYS_NOTHING = STOP_WORDS | frozenset(_ASSENT.split())
RANKED_FOR_ONE = 3  # turns that are ranked for each that is shown: those that only ask take nobody's place
SHARE_FOR_VECTOR = 0.6  # of the time that the asker waits: the rest is for ranking, by words alone if need be
SHARE_FOR_RANKING = 0.9  # of that time: then the profile goes without quotes, rather than nothing at all


async def answer_recall(memory: Memory, asked: RecallRequest) -> Recollection:
    """Return what fits: items, and turns, best first or along the time that was asked for.

    Nothing for a person who wants nothing remembered. Raises DatabaseUnavailable.
    """
    started_s = perf_counter()
    now = memory.clock.now().astimezone(zone_named(asked.time_zone))
    first, *others = asked_in(asked.query)
    personal, understood, temporal = await asyncio.gather(
        read_personal(memory, asked),
        understand(memory, asked.user_id, first, now, asked.patience_s * SHARE_FOR_VECTOR),
        memory.questions.read(read_temporal, asked.query, now),
    )
    if not personal.choices.remembers:
        return Recollection()
    look = _Look(memory, asked, personal, now, started_s)
    answer = await look.over_time(understood, temporal) if temporal else await look.for_what_fits(understood)
    for text in others:
        if answer.is_found or look.left_s <= 0:
            break
        answer = await look.for_what_fits(await understand(memory, asked.user_id, text, now, look.left_s))
    told = await _with_news(memory, asked, answer.turns, answer.token_budget)
    items = await _without_told_hint(memory, asked, answer.items, told)
    figures.recall_seconds.observe(perf_counter() - started_s)
    figures.recalls.labels("timeline" if answer.is_timeline else "found" if told or items else "nothing").inc()
    for hint in (item.why.hint for item in items):
        if hint is not None:
            figures.hints.labels(hint).inc()
    return Recollection(turns=told, items=items)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What was found: what is known, turns, and how many tokens are left for these."""

    items: Sequence[KnownText]
    turns: Sequence[Recalled]
    token_budget: int
    is_timeline: bool = False

    @property
    def is_found(self) -> bool:
        """Whether anything answers the question: who somebody is, and a hint, are told whatever is asked."""
        return bool(self.turns) or any(item.why.always is None and item.why.hint is None for item in self.items)


@dataclass(frozen=True, slots=True)
class _Look:
    """One look for an answer: who asks, when, and since when."""

    memory: Memory
    asked: RecallRequest
    personal: Personal
    now: datetime
    started_s: float

    @property
    def left_s(self) -> float:
        """How long ranking may still take."""
        return self.asked.patience_s * SHARE_FOR_RANKING - (perf_counter() - self.started_s)

    async def for_what_fits(self, understood: Understood) -> _Answer:
        """Return what fits best."""
        items, turns = await asyncio.gather(
            known_for(self.memory, self.asked, self.personal, understood, self.now),
            _ranked_in_time(self.memory, self.asked, understood, self.left_s),
        )
        return self._fitting(items, turns)

    async def over_time(self, understood: Understood, temporal: Temporal) -> _Answer:
        """Return what was said at the time that is asked for; else what fits best, where a subject is named."""
        items = await known_for(self.memory, self.asked, self.personal, understood, self.now)
        budget = self._budget(items)
        if found := await _over_time(self.memory, self.asked, temporal, budget, self.now):
            return _Answer(items, found, budget, is_timeline=True)
        if not temporal.names_a_subject:  # nothing was said then, and that is all
            return _Answer(items, [], budget)
        return self._fitting(items, await _ranked_in_time(self.memory, self.asked, understood, self.left_s))

    def _fitting(self, items: Sequence[KnownText], turns: Sequence[RankedTurn]) -> _Answer:
        budget = self._budget(items)
        found = [found_turn(turn) for turn in within_budget(turns, budget)]
        return _Answer(items, _fitting(found, self.asked.query), budget)

    def _budget(self, items: Sequence[KnownText]) -> int:
        return self.asked.token_budget - sum(tokens_of(item.text) for item in items)


async def _ranked_in_time(
    memory: Memory, asked: RecallRequest, understood: Understood, left_s: float
) -> list[RankedTurn]:
    """Return what fits best, or nothing when it is not found in time: the asker would not wait for the rest either."""
    try:
        async with asyncio.timeout(max(left_s, 0)):
            return await _ranked(memory, asked, understood)
    except TimeoutError:
        log.info("recalled_without_quotes", user_id=str(asked.user_id))
        return []


async def _ranked(memory: Memory, asked: RecallRequest, understood: Understood) -> list[RankedTurn]:
    """Return what fits best as it reads now; of what only asks nothing, unless former questions are asked for."""
    ranked = await rank_last_words(
        memory,
        asked.user_id,
        understood,
        limit=asked.limit * RANKED_FOR_ONE,
        exclude_thread=asked.exclude_thread,
    )
    if not asks_for_questions(asked.query):
        ranked = [turn for turn in ranked if not only_asks(turn.body)]
    return ranked[: asked.limit]


async def _with_news(
    memory: Memory, asked: RecallRequest, found: Sequence[Recalled], token_budget: int
) -> list[RecalledTurn]:
    """Return what was found with what is so since, in the same budget; no answer beside what was asked anew."""
    if not found:
        return []
    async with memory.rows.of(asked.user_id) as tx:
        ids = [each.message_id for each in found]
        news = await news_of(tx, asked.user_id, ids)
        said = await read_turns(tx, asked.user_id, [each.message_id for each in found if each.role == "user"])
        brought = await from_files(tx, asked.user_id, [turn.message for turn in said])
    pasted = {turn.message for turn in said if passes_on(turn.text) or (turn.message in brought and _wishes(turn))}
    there = {each.message_id for each in found if not each.why.is_neighbour}
    told = []
    for each in found:
        since = news.get(each.message_id, [])
        tokens = tokens_of(each.body) + sum(tokens_of(later.text) for later in since)
        if tokens <= token_budget and there.isdisjoint(later.message for later in since):
            token_budget -= tokens
            told.append(_shown(each, since, pasted=each.message_id in pasted))
    return told


def _wishes(turn: KeptTurn) -> bool:
    """Return whether words of a file want something, of nobody knows whom."""
    stated = harvest_turn(SaidTurn(turn.message, turn.thread, turn.said_at, turn.text))
    return any(item.kind in DECIDED_BY_THE_PERSON for item in stated)


async def _without_told_hint(
    memory: Memory, asked: RecallRequest, items: Sequence[KnownText], told: Sequence[RecalledTurn]
) -> list[KnownText]:
    """Return the items without a hint whose own words are told anyway: nobody needs to bring it up."""
    hints = [item.item for item in items if item.why.hint]
    if not hints or not told:
        return list(items)
    async with memory.rows.of(asked.user_id) as tx:
        quoted = await messages_quoted_by(tx, asked.user_id, hints)
    return [item for item in items if item.why.hint is None or not set(quoted) & {turn.message for turn in told}]


async def _over_time(
    memory: Memory, asked: RecallRequest, temporal: Temporal, token_budget: int, now: datetime
) -> list[Recalled]:
    found = await timeline(
        memory,
        asked.user_id,
        temporal,
        limit=asked.limit,
        token_budget=token_budget,
        now=now,
        exclude_thread=asked.exclude_thread,
        vector_within_s=asked.patience_s * SHARE_FOR_VECTOR,
    )
    return _telling(found, asked.query)


def _fitting(found: Sequence[Recalled], query: str) -> list[Recalled]:
    telling = _telling(found, query)
    least = LEAST_SHARE_OF_BEST * max((each.score for each in telling), default=0.0)
    is_answered = any(each.is_evidence for each in telling)
    return [each for each in telling if is_answered and each.score >= least]


def _telling(found: Sequence[Recalled], query: str) -> list[Recalled]:
    """Return what says something: neither the question itself, said before, nor mere assent, and nothing twice."""
    seen = {_compared(query)}
    telling = []
    for each in found:
        said = _compared(each.body)
        if said in seen or SAYS_NOTHING.issuperset(words_of(said)):
            continue
        seen.add(said)
        telling.append(each)
    return telling


def _compared(text: str) -> str:
    return folded(text).strip(" ?!.…")


def _shown(found: Recalled, since: Sequence[News], *, pasted: bool) -> RecalledTurn:
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
            meaning=why.similarity is not None and not (why.terms or why.dates or why.is_neighbour),
            beside=why.is_neighbour,
            timeline=why.is_of_that_time,
            pasted=pasted,
        ),
        outdated=since[0].how if since else None,
        since=[each.told() for each in since],
    )
