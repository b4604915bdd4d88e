"""Conversations of our own, in two languages, with marked evidence: what is found may get better, never worse."""

from statistics import fmean

import pytest

from bench.instruments.ranking_figures import Judged
from bench.instruments.recall_sets import read_collections
from bench.instruments.remembered import embed, remembering, take_in
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


async def judged(database_url: str, model: str) -> list[Judged]:
    async with remembering(database_url, [COLLECTION], model, lambda _: KeptVectors()) as memory:
        await take_in(memory, COLLECTION)
        await embed(memory)
        return await ask_all(memory, COLLECTION)


@pytest.mark.skipif(vectors_unavailable_reason() is not None, reason="no vector can be compared on this machine")
async def test_words_and_meaning_together_find_what_they_did(database_url: str) -> None:
    outcome = await judged(database_url, MODEL)
    found = figures(outcome)
    across = figures([each for each in outcome if each.category in ("fr-en", "en-fr")])

    assert found["recall at 5"] >= 92, found
    assert found["recall at 10"] >= 98, found
    assert found["reciprocal rank"] >= 81, found
    assert found["within 500 tokens"] >= 97, found
    assert across["recall at 5"] >= 82, across
    assert across["reciprocal rank"] >= 73, across


async def test_words_alone_find_what_they_did(database_url: str) -> None:
    found = figures(await judged(database_url, "none"))

    assert found["recall at 5"] >= 86, found
    assert found["recall at 10"] >= 91, found
    assert found["reciprocal rank"] >= 74, found
