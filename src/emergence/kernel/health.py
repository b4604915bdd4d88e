"""`/api/health` says that the process lives; `/api/ready` says whether what it needs answers."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel

from emergence.kernel.errors import ServiceError

CHECK_DEADLINE_S = 2.0
SILENT = "does not answer"
SERVICE_DEADLINE_S = 2 * CHECK_DEADLINE_S  # a neighbour that waits for its own checks has not gone away


class Health(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"
    service: str
    version: str


class CheckedDependency(BaseModel):
    """One dependency; a degraded one does not take the service out of rotation. A service says its own in `parts`."""

    name: str
    state: Literal["ok", "degraded", "down"]
    detail: str | None = None
    parts: list["CheckedDependency"] | None = None


class Readiness(BaseModel):
    """Ready unless a required dependency is down."""

    status: Literal["ready", "not_ready"]
    service: str
    dependencies: list[CheckedDependency]


@dataclass(frozen=True, slots=True)
class Dependency:
    """Something a service needs; `check` returns whether it answers, what it lacks, or what a neighbour says of itself.

    It never raises for an outage.
    """

    name: str
    check: Callable[[], Awaitable[bool | str | Readiness]]
    is_required: bool = True
    within_s: float = CHECK_DEADLINE_S


async def readiness(service: str, dependencies: Sequence[Dependency]) -> Readiness:
    """Ask every dependency at once, each for as long as it may take, by default two seconds."""
    checked = await asyncio.gather(*(_checked(dependency) for dependency in dependencies))
    is_down = any(dependency.state == "down" for dependency in checked)
    return Readiness(status="not_ready" if is_down else "ready", service=service, dependencies=list(checked))


async def _checked(dependency: Dependency) -> CheckedDependency:
    try:
        async with asyncio.timeout(dependency.within_s):
            answer = await dependency.check()
    except (ServiceError, OSError):  # TimeoutError is one
        answer = SILENT
    lacking: Literal["degraded", "down"] = "down" if dependency.is_required else "degraded"
    if isinstance(answer, Readiness):
        return _told(dependency.name, answer, lacking)
    if answer is True:
        return CheckedDependency(name=dependency.name, state="ok")
    return CheckedDependency(name=dependency.name, state=lacking, detail=answer or SILENT)


def _told(name: str, answer: Readiness, lacking: Literal["degraded", "down"]) -> CheckedDependency:
    """Return what a neighbour says of itself, with the parts that it names."""
    silent = [part for part in answer.dependencies if part.state != "ok"]
    state: Literal["ok", "degraded", "down"] = "degraded" if silent else "ok"
    if answer.status != "ready":
        state = lacking
    detail = "; ".join(f"{part.name} {part.detail}" for part in silent) or None
    return CheckedDependency(name=name, state=state, detail=detail, parts=answer.dependencies)
