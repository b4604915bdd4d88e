"""Sockets become instances within what manifest, memory and database allow."""

from dataclasses import replace
from decimal import Decimal

import pytest

from blueprint.capacity import capacity
from prediction.instances import Capacity, Chosen, chosen, wanted

ROOMY = Capacity(least=0, most=9, most_by_connections=9, concurrency=1000, memory_mib=512, instance_month=Decimal(1))


@pytest.mark.parametrize(("sockets", "expected"), [(0, 0), (1, 1), (800, 1), (801, 2), (1600, 2), (7200, 9)])
def test_a_quarter_of_head_room_is_added(sockets: float, expected: int) -> None:
    assert wanted(sockets, ROOMY) == expected


def test_memory_may_hold_fewer_than_the_concurrency() -> None:
    assert ROOMY.sockets_each == 1000
    assert replace(ROOMY, memory_mib=150).sockets_each == 529
    assert replace(ROOMY, memory_mib=64).sockets_each == 1, "never none, or nothing could be divided by it"


def test_no_more_than_the_maximum_or_the_connections_and_no_less_than_the_manifest() -> None:
    assert chosen(9000, ROOMY) == Chosen(12, 9, "maxScale 9")
    assert chosen(9000, replace(ROOMY, most_by_connections=5)) == Chosen(12, 5, "the database's connections")
    assert chosen(100, replace(ROOMY, least=2)) == Chosen(1, 2, None)
    assert chosen(100, replace(ROOMY, least=2, most_by_connections=0)).instances == 0


def test_the_numbers_are_those_of_manifest_profile_and_rates() -> None:
    told = capacity("session", "default", "prod")

    assert (told["least"], told["most"], told["concurrency"], told["memory_mib"]) == (0, 4, 1000, 512)
    assert told["instance_month"] == "49.25"
    # 160 connections less 4 × 9 of auth and 4 × 17 of main; an instance of session holds 10
    assert told["most_by_connections"] == 5
