"""Conversations of our own, in two languages, with marked evidence: what is found may get better, never worse."""

from statistics import fmean

import pytest

from bench.instruments.ranking_figures import Judged
from bench.instruments.recall_sets import read_collections
from bench.instruments.remembered import embed, remembering, take_in
from bench.instruments.shown_to_agents import Shown, figures_of_shown, shown_to_agents
from bench.memory import ask_all
from emergence.kernel.embeddings.availability import vectors_unavailable_reason
from tests.memory.kept_vectors import CONVERSATIONS, MODEL, KeptVectors

[COLLECTION] = read_collections(CONVERSATIONS, None)


def figures(judged: list[Judged]) -> dict[str, float]:
    return {
        "recall at 5": 100 * fmean(each.recall_at(5) for each in judged),
        "recall at 10": 100 * fmean(each.recall_at(10) for each in judged),
        "reciprocal rank": 100 * fmean(each.reciprocal_rank() for each in judged),
        "within 500 tokens": 100 * fmean(each.in_budget[0] for each in judged),
    }


def shown_figures(shown: list[Shown]) -> dict[str, float]:
    return {figure.name: figure.value for figure in figures_of_shown("plain", shown)}


async def judged(database_url: str, model: str) -> tuple[list[Judged], list[Shown]]:
    async with remembering(database_url, [COLLECTION], model, lambda _: KeptVectors()) as memory:
        await take_in(memory, COLLECTION)
        await embed(memory)
        return await ask_all(memory, COLLECTION), await shown_to_agents(memory, COLLECTION)


def test_the_set_has_what_people_ask_of_a_memory() -> None:
    asked = [*COLLECTION.queries, *COLLECTION.unanswered]

    assert len(asked) >= 150
    assert len({item.session for item in COLLECTION.items}) >= 30
    assert {query.category for query in asked} == {
        "en", "fr", "fr-en", "en-fr", "date", "multi", "update", "preference", "temporal", "never", "polite",
    }  # fmt: skip


@pytest.mark.skipif(vectors_unavailable_reason() is not None, reason="no vector can be compared on this machine")
async def test_words_and_meaning_together_find_what_they_did(database_url: str) -> None:
    outcome, shown = await judged(database_url, MODEL)
    found = figures(outcome)
    across = figures([each for each in outcome if each.category in ("fr-en", "en-fr")])
    told = shown_figures(shown)

    assert found["recall at 5"] >= 90, found
    assert found["recall at 10"] >= 95, found
    assert found["reciprocal rank"] >= 77, found
    assert found["within 500 tokens"] >= 97, found
    assert across["recall at 5"] >= 75, across
    assert across["reciprocal rank"] >= 63, across
    assert told["plain_shown"] >= 90, told
    assert told["plain_shown_temporal"] >= 95, told
    assert told["plain_timelines"] == 100, told
    assert told["plain_silent"] >= 60, told


async def test_words_alone_find_what_they_did(database_url: str) -> None:
    outcome, shown = await judged(database_url, "none")
    found, told = figures(outcome), shown_figures(shown)

    assert found["recall at 5"] >= 83, found
    assert found["recall at 10"] >= 91, found
    assert found["reciprocal rank"] >= 71, found
    assert told["plain_shown_temporal"] >= 92, told
    assert told["plain_timelines"] == 100, told
