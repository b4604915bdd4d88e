"""Deploys every service in order and stops at the first that fails; what was done is kept, so that it can go on."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from operate.catalogue import Service
from operate.deploy import Plan, deploy
from operate.images import commit_of_tree
from operate.place import Place, state_folder
from operate.programs import Tools, tell
from operate.refusals import Exit, Refused
from operate.secret_store import Looked

State = Literal["deployed", "failed", "not tried"]


def state_file(place: Place) -> Path:
    """Return where it is kept which services a stopped run had done."""
    return state_folder() / f"{place.project}-{place.region}.json"


def deploy_all(
    tools: Tools, services: Sequence[Service], project_number: str, *, resume: bool, accept_schema: bool
) -> None:
    """Deploy all of them. Raises Refused(PARTIAL) with the table when one failed.

    `resume` leaves out what a stopped run of the same commit had done.
    """
    commit = commit_of_tree(tools)
    kept = state_file(tools.place)
    done = _done_before(kept, commit) if resume else []
    states: dict[str, State] = {each.key: "deployed" if each.key in done else "not tried" for each in services}
    known: dict[str, Looked] = {}  # most secrets belong to several services
    for service in services:
        if states[service.key] == "deployed":
            tell(f"{service.name}: was deployed before")
            continue
        try:
            deploy(tools, Plan(service, project_number, accept_schema=accept_schema, known=known))
        except (Refused, KeyboardInterrupt) as stopped:
            states[service.key] = "failed"
            print(table(states))
            if isinstance(stopped, KeyboardInterrupt):
                raise
            again = "`make deploy-all ARGS=--resume` goes on there"
            raise Refused(Exit.PARTIAL, f"{service.key} failed with {stopped.code:d}: {stopped}; {again}") from None
        states[service.key] = "deployed"
        if not tools.is_dry:
            _keep(kept, commit, [key for key, state in states.items() if state == "deployed"])
    kept.unlink(missing_ok=True)
    print(table(states))


def table(states: dict[str, State]) -> str:
    """Return what became of each service, a line each."""
    return "\n".join(f"{key:<10} {state}" for key, state in states.items())


def _done_before(kept: Path, commit: str) -> list[str]:
    if not kept.is_file():
        return []
    try:
        found = json.loads(kept.read_text())
        return list(found["deployed"]) if found["commit"] == commit else []
    except (ValueError, KeyError, TypeError):  # somebody else wrote it, or only half of it: everything is done again
        return []


def _keep(kept: Path, commit: str, deployed: list[str]) -> None:
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({"commit": commit, "deployed": deployed}))
