"""What a plan in JSON holds, in the form that tests ask for it."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource that would be made, with the values that are known before."""

    address: str
    kind: str
    key: str
    values: dict[str, Any]


def resources(plan: dict[str, Any], kind: str = "") -> list[Resource]:
    """Return the resources of a plan, those of one kind where it is named."""
    listed = plan["planned_values"]["root_module"]["resources"]
    every = [Resource(r["address"], r["type"], str(r.get("index", "")), r["values"]) for r in listed]
    return [resource for resource in every if kind in ("", resource.kind)]


def only(plan: dict[str, Any], address: str) -> dict[str, Any]:
    """Return the values of the resource at an address. Raises StopIteration when there is none."""
    return next(resource.values for resource in resources(plan) if resource.address == address)


def inventory(plan: dict[str, Any]) -> str:
    """Return a plan as a list, a line a resource; grants with the role that they give."""
    lines = [f"{resource.address} {resource.values.get('role') or ''}".rstrip() for resource in resources(plan)]
    return "\n".join(sorted(lines)) + "\n"
