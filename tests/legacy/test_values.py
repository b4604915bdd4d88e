"""Columns of the former system, read as what they mean; what means nothing is None and never a guess."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from emergence.legacy.values import base32_in, count_in, is_true, list_in, moment_in, money_in, text_in, texts_in

NOON = datetime(2024, 3, 4, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["2024-03-04T12:00:00", "2024-03-04 12:00:00", "2024-03-04T12:00:00Z", "2024-03-04T13:00:00+01:00",
                NOON.timestamp()],
)  # fmt: skip
def test_a_time_is_read_in_every_form(written: object) -> None:
    assert moment_in(written) == NOON


@pytest.mark.parametrize(
    "written", [None, "", "yesterday", "0001-01-01T00:00:00+14:00", "1969-12-31T00:00:00", "9999-01-01", 1e300, b"x"]
)
def test_no_time_is_none(written: object) -> None:
    assert moment_in(written) is None


@pytest.mark.parametrize(
    ("value", "amount"),
    [(0.1, "0.1"), (1e-7, "1E-7"), ("0.000123", "0.000123"), (0, "0"), (None, None), ("x", None), (1e300, None)],
)
def test_money_is_what_was_written(value: float | str | None, amount: str | None) -> None:
    assert money_in(value) == (None if amount is None else Decimal(amount))


def test_an_amount_that_is_no_number_is_unknown() -> None:
    assert [money_in(float(odd)) for odd in ("nan", "inf")] == [None, None]
    assert [count_in(odd) for odd in (None, "x", -1, float("inf"), 2**70)] == [None] * 5
    assert [count_in(whole) for whole in (0, "7", 7.0)] == [0, 7, 7]


def test_flags_come_as_numbers_and_as_words() -> None:
    assert [is_true(value) for value in (1, "1", "true", 1.0, "True")] == [True] * 5
    assert [is_true(value) for value in (0, "0", "", None, "false", 2)] == [False] * 6


def test_text_is_storable() -> None:
    assert text_in("a\x00b\ud800") == "a\ufffdb\ufffd"
    nothing: list[object] = [None, "", "  ", {}, []]
    assert list(map(text_in, nothing)) == [None] * 5
    assert text_in(17) == "17"


def test_a_seed_is_read_however_it_was_typed() -> None:
    assert base32_in("jbsw y3dp-ehpk 3pxp") == base32_in("JBSWY3DPEHPK3PXP") == b"Hello!\xde\xad\xbe\xef"
    assert base32_in("JBSWY3DPEHPK3PX1") is None
    assert base32_in("JBSWÉ") is None
    assert base32_in("  ") is None


def test_lists_hold_texts_or_objects_with_one() -> None:
    assert list_in('["a"]') == ["a"]
    assert [list_in(odd) for odd in ("{", "{}", None, 3, "[" * 100_000)] == [None] * 5
    assert texts_in(["a", {"code": "b"}, {"hash": "c"}, {}, 4, None]) == ("a", "b", "c", "4")
