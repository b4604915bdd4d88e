"""One pass over what excludes each other says the same as comparing each with each."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emergence.memory.store.rivals import ONE_AT_A_TIME, Rival, is_about, losers

Losers = Callable[[Sequence[Rival]], Iterator[tuple[Rival, Rival]]]
FIRST = datetime(2026, 1, 5, tzinfo=UTC)
MOMENTS = st.integers(0, 6).map(lambda days: FIRST + timedelta(days=days))
WISHES = ["likes:a", "likes:b", "prefers:a", "prefers:a>", "prefers:a>b", "prefers:b>a", "prefers:b", "prefers:c>a"]
ODD_WISHES = ["likes:", "prefers:", "prefers:>a", "a"]


def pairs_of_all(rivals: Sequence[Rival]) -> Iterator[tuple[Rival, Rival]]:
    """Compare each with each: what `losers` must say, in n² steps."""
    for rival in rivals:
        later = [other for other in rivals if ends(other, rival)]
        if later:
            yield rival, min(later, key=lambda other: (max(other.since, rival.said_at), other.id))


def ends(other: Rival, rival: Rival) -> bool:
    if other.ends and rival.ends:
        return False
    if other.ends:
        is_later = other.said_at >= rival.said_at if other.says else other.said_at > rival.said_at
        return is_later and is_about(other, rival)
    if rival.ends:
        return other.said_at > rival.said_at and rival.says != "" and is_about(rival, other)
    excludes = not rival.key or rival.key in ONE_AT_A_TIME
    differs = (other.says, other.strength > 0) != (rival.says, rival.strength > 0)
    return excludes and differs and compete(other, rival) and (other.said_at, other.id) > (rival.said_at, rival.id)


def compete(one: Rival, other: Rival) -> bool:
    if one.wish == other.wish:
        return True
    (best, than), (other_best, other_than) = preferred(one), preferred(other)
    if "" in (best, other_best):
        disliked = [each.wish.removeprefix("likes:") for each in (one, other) if each.strength < 0]
        return (best or other_best) in disliked
    return (best == other_than and than in ("", other_best)) or (other_best == than and other_than in ("", best))


def preferred(wish: Rival) -> tuple[str, str]:
    best, _, than = wish.wish.removeprefix("prefers:").partition(">")
    return (best, than) if wish.wish.startswith("prefers:") else ("", "")


def rivals_of(**parts: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Rival]]:
    """Return histories in which everything that is not given is as of a fact that is no end."""
    plain = {"key": st.just("lives_in"), "strength": st.just(1.0), "ends": st.just(False), "wish": st.just("")}
    says = {"id": st.integers(1, 99).map(lambda n: UUID(int=n)), "says": st.sampled_from(["x", "y", "z"])}
    times = {"since": MOMENTS, "said_at": MOMENTS}
    return st.lists(st.builds(Rival, **plain | says | times | parts), max_size=12, unique_by=lambda rival: rival.id)


HISTORIES = [
    rivals_of(
        key=st.just(""),
        wish=st.sampled_from(["likes:nuts", "likes:meat", "diet"]),
        says=st.sampled_from(["nuts", "nuts and meat", "meat", "vegan"]),
        strength=st.sampled_from([1.0, -1.0]),
        ends=st.booleans(),
    ),
    rivals_of(),
    rivals_of(ends=st.booleans(), says=st.sampled_from(["x", "y", ""])),
    rivals_of(key=st.just("cat"), ends=st.booleans()),
    rivals_of(key=st.just(""), wish=st.just("likes:a"), strength=st.sampled_from([1.0, -1.0])),
    rivals_of(key=st.just(""), wish=st.sampled_from(WISHES), strength=st.sampled_from([1.0, -1.0])),
    rivals_of(key=st.just(""), wish=st.sampled_from(WISHES + ODD_WISHES), strength=st.sampled_from([1.0, -1.0])),
]


def agree(one: Losers, histories: st.SearchStrategy[list[Rival]]) -> None:
    @settings(max_examples=60, deadline=None, derandomize=True, database=None)
    @given(histories)
    def check(rivals: list[Rival]) -> None:
        assert dict(one(rivals)) == dict(pairs_of_all(rivals))

    check()


@pytest.mark.parametrize("histories", HISTORIES)
def test_one_pass_says_the_same_as_comparing_each_with_each(histories: st.SearchStrategy[list[Rival]]) -> None:
    agree(losers, histories)


def test_a_pass_that_looks_at_the_next_one_alone_would_be_noticed() -> None:
    def next_alone(rivals: Sequence[Rival]) -> Iterator[tuple[Rival, Rival]]:
        by_time = sorted(rivals, key=lambda rival: (rival.said_at, rival.id))
        yield from ((one, other) for one, other in pairwise(by_time) if one.says != other.says)

    with pytest.raises(AssertionError):
        agree(next_alone, HISTORIES[1])
