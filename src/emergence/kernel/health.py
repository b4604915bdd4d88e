"""`/api/health` says that the process lives; `/api/ready` says whether what it needs answers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from emergence.kernel.errors import ServiceError

CHECK_DEADLINE_S = 2.0


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"
    service: str
    version: str


class CheckedDependency(BaseModel):
    """One dependency; a degraded one does not take the service out of rotation."""

    name: str
    state: Literal["ok", "degraded", "down"]
    detail: str | None = None


class Readiness(BaseModel):
    """Ready unless a required dependency is down."""

    status: Literal["ready", "not_ready"]
    service: str
    dependencies: list[CheckedDependency]


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something a service needs; `check` returns whether it answers and never raises for an outage."""

    name: str
    check: Callable[[], Awaitable[bool]]
    is_required: bool = True


async def readiness(service: str, dependencies: Sequence[Dependency]) -> Readiness:
    """Ask every dependency at once, each for at most two seconds."""
    checked = await asyncio.gather(*(_checked(dependency) for dependency in dependencies))
    is_down = any(dependency.state == "down" for dependency in checked)
    return Readiness(status="not_ready" if is_down else "ready", service=service, dependencies=list(checked))


async def _checked(dependency: Dependency) -> CheckedDependency:
    try:
        async with asyncio.timeout(CHECK_DEADLINE_S):
            answers = await dependency.check()
    except (ServiceError, OSError):  # TimeoutError is one
        answers = False
    if answers:
        return CheckedDependency(name=dependency.name, state="ok")
    state: Literal["degraded", "down"] = "down" if dependency.is_required else "degraded"
    return CheckedDependency(name=dependency.name, state=state, detail="does not answer")
