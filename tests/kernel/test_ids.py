"""Ids are UUIDv7 and sort by the time they were made."""

from datetime import UTC, datetime, timedelta

from emergence.kernel.ids import made_at, new_id


def test_ids_sort_in_the_order_in_which_they_were_made() -> None:
    made = [new_id() for _ in range(10_000)]

    assert made == sorted(made)
    assert len(set(made)) == len(made)
    assert {identifier.version for identifier in made} == {7}


def test_an_id_tells_when_it_was_made() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)

    assert before <= made_at(new_id()) <= datetime.now(UTC) + timedelta(milliseconds=1)
