"""The drill of a failover says what is lost; the whole of it, with real servers, is in `make thorough`."""

import asyncio

import pytest

from bench.failover import Written, compared, measured
from tests.thorough import IS_THOROUGH


def test_what_was_confirmed_and_is_not_there_is_lost() -> None:
    written = Written({1: 10.0, 2: 10.5, 3: 11.0, 4: 12.5})

    whole, broken = compared(written, {1, 2, 3, 4, -1, 99}, 2.0), compared(written, {1, 2}, 2.0)

    assert (whole.confirmed, whole.lost, whole.lost_s) == (4, 0, 0.0)
    assert (broken.lost, broken.lost_s, broken.back_s) == (2, 1.5, 2.0)


@pytest.mark.skipif(not IS_THOROUGH, reason="six servers of PostgreSQL take `make thorough`")
def test_nothing_is_lost_but_what_the_lag_told() -> None:
    figures = {figure.name: figure for figure in asyncio.run(measured(1.0, 2))}

    assert [name for name, figure in figures.items() if figure.met is False] == []
    assert figures["behind_rpo_rows"].value > 0
