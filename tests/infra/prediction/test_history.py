"""A history is read from three shapes; what is none is refused in one line that says why."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from prediction.history import HOUR, Unusable, read_history, require_enough

NINE = datetime(2027, 1, 15, 9, tzinfo=UTC)


def test_the_most_of_each_hour_is_kept_whatever_zone_it_is_written_in() -> None:
    text = "time,sockets\n2027-01-15T10:05:00+01:00,7\n2027-01-15T09:55:00Z,12\n2027-01-15T10:00:00Z,3\n"

    assert read_history(text) == {NINE: 12.0, NINE + HOUR: 3.0}


def test_json_and_cloud_monitorings_answer_say_the_same() -> None:
    plain = json.dumps([{"time": "2027-01-15T09:59:00Z", "sockets": 12}])
    series = [
        {"points": [{"interval": {"endTime": "2027-01-15T10:00:00Z"}, "value": {"int64Value": "5"}}]},
        {"points": [{"interval": {"endTime": "2027-01-15T10:00:00Z"}, "value": {"doubleValue": 7.0}}]},
    ]

    assert read_history(plain) == read_history(json.dumps({"timeSeries": series})) == {NINE: 12.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("time,sockets\n", "is empty"),
        ("[]", "is empty"),
        ("{}", "is empty"),
        ("day,people\n1,2\n", "must name the columns"),
        ("time,sockets\n2027-01-15T09:00:00,3\n", "no time zone"),
        ("time,sockets\nyesterday,3\n", "no time like"),
        ("time,sockets\n2027-01-15T09:00:00Z,-1\n", "no number of sockets"),
        ("time,sockets\n2027-01-15T09:00:00Z,nan\n", "no number of sockets"),
        ("time,sockets\n2027-01-15T09:00:00Z\n", "no number of sockets"),
        ('[{"time": "2027-01-15T09:00:00Z", "sockets": true}]', "no number of sockets"),
        ('[{"at": 1}]', "must be a list of"),
        ("[3]", "must be a list of"),
        ('{"timeSeries": [{"metric": {}}]}', "not what Cloud Monitoring"),
        ('{"timeSeries": 3}', "not what Cloud Monitoring"),
        ("{", "no JSON"),
    ],
)
def test_what_is_no_history_is_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(Unusable, match=said) as refused:
        read_history(text)

    assert "\n" not in str(refused.value)


def test_less_than_a_week_or_more_holes_than_hours_is_not_enough() -> None:
    week = {NINE + number * HOUR: 1.0 for number in range(168)}
    require_enough(week)
    require_enough({at: value for at, value in week.items() if at.hour % 2} | {max(week): 1.0})

    with pytest.raises(Unusable, match="covers 167 hours"):
        require_enough({NINE + number * HOUR: 1.0 for number in range(167)})
    with pytest.raises(Unusable, match="has 2 of the 337 hours"):
        require_enough({NINE: 1.0, NINE + timedelta(days=14): 1.0})
