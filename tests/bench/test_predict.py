"""The backtest of the prediction finds a good one good, and a bad one bad."""

from collections.abc import Sequence

import pytest

from bench.predict import KNOWN_WEEKS, MADE, WEEK_H, by_prediction, fixed_maximum, judged, made_history, reactive


@pytest.fixture(scope="module")
def history() -> list[float]:
    return made_history(MADE[0], KNOWN_WEEKS + 1, seed=3)


def test_a_prediction_is_short_less_often_than_reacting_and_wastes_less_than_a_maximum(history: list[float]) -> None:
    ours = judged(history, by_prediction())

    assert ours.short <= 0.01
    assert ours.short < judged(history, reactive).short
    assert ours.wasted < judged(history, fixed_maximum).wasted / 2


def test_a_clock_that_is_wrong_is_noticed(history: list[float]) -> None:
    assert judged(history, by_prediction(shift_h=12)).short > 0.1


def test_too_few_and_too_many_are_counted_as_such() -> None:
    flat = [1500.0] * ((KNOWN_WEEKS * WEEK_H) + 10)  # two instances

    def keep(number: int) -> "Sequence[float]":
        found = judged(flat, lambda _, __: number)
        return [found.short, found.wasted, found.wasted_hours]

    assert [keep(number) for number in (1, 2, 3)] == [[1.0, 0.0, 0], [0.0, 0.0, 0], [0.0, 0.5, 10]]


def test_a_burst_and_growth_are_in_the_histories_that_say_so() -> None:
    steady, growing, burst = (made_history(made, KNOWN_WEEKS + 2, seed=1) for made in MADE)

    assert max(burst) > 1.5 * max(steady)
    assert sum(growing[-WEEK_H:]) > 1.3 * sum(steady[-WEEK_H:])
