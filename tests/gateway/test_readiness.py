"""What the front door says of the services behind it: that they answer, and what they lack."""

from typing import Any

import aiohttp
import pytest

from emergence.kernel.health import Dependency
from emergence.kernel.service_app import service_app
from emergence.kernel.wire.over_https import OverHttps
from tests.gateway.front_door import Shape, served_gateway
from tests.kernel.service_plans import plan, tokens
from tests.served_app import served


async def answers() -> bool:
    return True


async def fails() -> bool:
    return False


async def readiness_before(shape: Shape, *dependencies: Dependency) -> tuple[int, dict[str, Any]]:
    """Return what `/api/ready` answers before a service with these dependencies."""
    app = service_app(plan("session", dependencies))
    async with served(app) as address, aiohttp.ClientSession() as browser:
        elsewhere = OverHttps(address, service="session", tokens=tokens("gateway"))
        async with served_gateway(app, elsewhere if shape == "remote" else None) as url:
            async with browser.get(f"{url}/api/ready") as reply:
                (service,) = (await reply.json())["dependencies"]
        await elsewhere.close()
    return reply.status, service


@pytest.mark.parametrize("shape", ["in_process", "remote"])
async def test_a_part_that_one_can_do_without_is_named_and_takes_nothing_down(shape: Shape) -> None:
    smtp = Dependency("smtp", fails, is_required=False)

    status, service = await readiness_before(shape, Dependency("postgresql", answers), smtp)

    assert (status, service["state"], service["detail"]) == (200, "degraded", "smtp does not answer")
    assert [(part["name"], part["state"]) for part in service["parts"]] == [
        ("postgresql", "ok"),
        ("smtp", "degraded"),
    ]


@pytest.mark.parametrize("shape", ["in_process", "remote"])
async def test_a_part_that_answers_is_named_too(shape: Shape) -> None:
    status, service = await readiness_before(shape, Dependency("smtp", answers, is_required=False))

    parts = [{"name": "smtp", "state": "ok", "detail": None, "parts": None}]
    assert (status, service) == (200, {"name": "session", "state": "ok", "detail": None, "parts": parts})


@pytest.mark.parametrize("shape", ["in_process", "remote"])
async def test_a_service_that_is_not_ready_is_down_with_its_reason(shape: Shape) -> None:
    status, service = await readiness_before(shape, Dependency("postgresql", fails))

    assert (status, service["state"], service["detail"]) == (503, "down", "postgresql does not answer")
