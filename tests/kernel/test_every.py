"""Now and then, by a clock that is held."""

from datetime import timedelta

from emergence.kernel.every import Every
from tests.frozen_clock import FrozenClock


def test_it_is_time_at_once_and_then_once_in_each_interval() -> None:
    clock = FrozenClock()
    every = Every(clock, timedelta(seconds=2))

    due = [every.is_due()]
    for _ in range(5):
        clock.advance(timedelta(seconds=1))
        due.append(every.is_due())

    assert due == [True, False, True, False, True, False]
