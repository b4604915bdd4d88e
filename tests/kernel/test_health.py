"""Readiness asks everything at once and waits for nothing long."""

import asyncio
import time

from emergence.kernel.health import SERVICE_DEADLINE_S, Dependency, Readiness, readiness


async def never() -> bool:
    await asyncio.Event().wait()
    return True


async def fails() -> bool:
    raise ConnectionError("a check that does not keep its promise")


async def answers() -> bool:
    return True


async def test_dependencies_that_hang_are_down_after_two_seconds_together() -> None:
    began = time.monotonic()
    found = await readiness("shop", [Dependency("a", never), Dependency("b", never), Dependency("c", answers)])

    assert time.monotonic() - began < 3
    assert (found.status, [d.state for d in found.dependencies]) == ("not_ready", ["down", "down", "ok"])


async def test_a_check_that_raises_counts_as_down() -> None:
    found = await readiness("shop", [Dependency("a", fails), Dependency("b", fails, is_required=False)])

    assert (found.status, [d.state for d in found.dependencies]) == ("not_ready", ["down", "degraded"])


async def test_what_something_that_answers_lacks_is_told() -> None:
    async def slow() -> str:
        return "answers, but is slow"

    found = await readiness("shop", [Dependency("a", slow, is_required=False), Dependency("b", fails)])

    told = [(each.state, each.detail) for each in found.dependencies]
    assert told == [("degraded", "answers, but is slow"), ("down", "does not answer")]


async def test_what_a_neighbour_lacks_is_told_and_counts_as_it_says() -> None:
    async def well() -> Readiness:
        return await readiness("auth", [Dependency("postgresql", answers), Dependency("smtp", answers, False)])

    async def without_mail() -> Readiness:
        return await readiness("auth", [Dependency("postgresql", answers), Dependency("smtp", fails, False)])

    async def broken() -> Readiness:
        return await readiness("auth", [Dependency("postgresql", fails), Dependency("smtp", fails, False)])

    found = await readiness("gateway", [Dependency(each.__name__, each) for each in (well, without_mail)])
    down = await readiness("gateway", [Dependency("auth", broken)])

    assert found.status == "ready"
    assert [(each.state, each.detail) for each in found.dependencies] == [
        ("ok", None),
        ("degraded", "smtp does not answer"),
    ]
    assert [[(part.name, part.state) for part in each.parts or ()] for each in found.dependencies] == [
        [("postgresql", "ok"), ("smtp", "ok")],
        [("postgresql", "ok"), ("smtp", "degraded")],
    ]
    assert (down.status, down.dependencies[0].state) == ("not_ready", "down")
    assert down.dependencies[0].detail == "postgresql does not answer; smtp does not answer"


async def test_a_neighbour_that_waits_for_a_black_hole_has_time_to_say_so() -> None:
    async def waiting() -> Readiness:
        return await readiness("auth", [Dependency("smtp", never, is_required=False)])

    found = await readiness("gateway", [Dependency("auth", waiting, within_s=SERVICE_DEADLINE_S)])

    assert (found.status, found.dependencies[0].state) == ("ready", "degraded")
