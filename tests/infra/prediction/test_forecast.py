"""What is predicted follows the week, growth, a burst and people's clocks; a flat or shifted one would not."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from prediction.forecast import Method, predicted
from prediction.history import HOUR, WEEK, Unusable

NOW = datetime(2027, 3, 1, tzinfo=UTC)  # a Monday
PARIS = ZoneInfo("Europe/Paris")


def past(weeks: int, of: Callable[[datetime], float], now: datetime = NOW) -> dict[datetime, float]:
    first = now - weeks * WEEK
    return {first + number * HOUR: of(first + number * HOUR) for number in range(weeks * 168)}


def working_day(at: datetime) -> float:
    return 4000.0 if at.weekday() < 5 and 8 <= at.hour < 18 else 200.0


def test_the_same_hour_of_the_week_comes_again() -> None:
    for ahead, expected in enumerate(predicted(past(6, working_day), NOW, 168, Method())):
        assert expected == pytest.approx(working_day(NOW + ahead * HOUR))


def test_people_keep_their_hours_when_the_clocks_change() -> None:
    monday = datetime(2027, 3, 29, tzinfo=UTC)  # the day after
    hours = past(6, lambda at: working_day(at.astimezone(PARIS)), monday)
    at_work = monday.replace(hour=6)  # 8 o'clock in Paris, where it was 7 a week before

    known = {at: value for at, value in hours.items() if at < at_work}
    known |= {monday + number * HOUR: 200.0 for number in range(6)}

    assert predicted(known, at_work, 1, Method(zone=PARIS)) == [pytest.approx(4000, rel=0.02)]
    assert predicted(known, at_work, 1, Method())[0] < 300, "by UTC it would come an hour late"


def test_an_hour_that_comes_twice_is_predicted_twice() -> None:
    sunday = datetime(2026, 10, 25, tzinfo=UTC)  # 1 UTC is 2 o'clock in Paris, the second time

    assert len(predicted(past(6, working_day, sunday), sunday, 24, Method(zone=PARIS))) == 24


def test_growth_goes_on() -> None:
    grown = past(6, lambda at: 1000 * 1.1 ** ((at - NOW) / WEEK))

    assert predicted(grown, NOW, 1, Method())[0] == pytest.approx(1000, rel=0.06)
    assert predicted(past(6, lambda _: 1000.0), NOW, 1, Method())[0] == pytest.approx(1000)


def test_a_burst_is_followed_and_a_lull_is_not() -> None:
    hours = past(6, lambda _: 1000.0)

    burst = predicted(hours | {NOW - HOUR: 2000.0}, NOW, 7, Method(quantile=0.5))
    lull = predicted(hours | {NOW - HOUR: 10.0}, NOW, 1, Method(quantile=0.5))

    assert burst[0] > 1900 and 1400 < burst[6] < 1600
    assert lull[0] == pytest.approx(1000, rel=0.02)


def test_gaps_are_no_zeros() -> None:
    hours = past(6, lambda _: 1000.0)
    gone = [NOW - 2 * WEEK + number * HOUR for number in range(100)]

    with_gap = {at: value for at, value in hours.items() if at not in gone}

    assert predicted(with_gap, NOW, 24, Method()) == predicted(hours, NOW, 24, Method())


def test_an_hour_that_no_week_has_is_told() -> None:
    hours = {at: value for at, value in past(6, working_day).items() if at.hour != 3}

    with pytest.raises(Unusable, match="no earlier week of the history has a Monday, 03:00"):
        predicted(hours, NOW, 24, Method())


def test_a_higher_quantile_is_more() -> None:
    hours = past(6, lambda at: 1000.0 + 100 * (int((NOW - at) / WEEK) % 3))
    low, high = (predicted(hours, NOW, 1, Method(quantile))[0] for quantile in (0.5, 1.0))

    assert low < high
