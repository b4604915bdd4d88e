"""Readiness asks everything at once and waits for nothing long."""

import asyncio
import time

from emergence.kernel.health import Dependency, readiness


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
