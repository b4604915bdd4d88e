"""Takes a deployment away again: services and jobs with our label; data and secrets stay."""

import sys

from operate.programs import Tools, tell
from operate.refusals import Exit, Refused
from operate.revisions import OURS, live_services


def teardown(tools: Tools, *, is_sure: bool) -> None:
    """Delete every service and job of ours in the region. Raises Refused(NOT_ASKED) without a yes."""
    region = f"--region={tools.place.region}"
    services = [live.name for live in live_services(tools)]
    key, value = OURS
    jobs = [
        each["metadata"]["name"]
        for each in tools.read("run", "jobs", "list", region) or []
        if each["metadata"].get("labels", {}).get(key) == value
    ]
    if not services and not jobs:
        tell("Nothing of ours is deployed here.")
        return
    if not tools.is_dry:
        confirm(f"Delete {', '.join([*services, *jobs])} in {tools.place.project}?", is_sure=is_sure)
    for name in services:
        tools.change("run", "services", "delete", name, region)
    for name in jobs:
        tools.change("run", "jobs", "delete", name, region)
    tell("Database, secrets and images are still there: they hold what cannot be made again.")


def confirm(question: str, *, is_sure: bool) -> None:
    """Ask whoever is at the terminal. Raises Refused(NOT_ASKED) for a no, and where nobody is there."""
    if is_sure:
        return
    if not sys.stdin.isatty():
        raise Refused(Exit.NOT_ASKED, f"{question} Nobody is at a terminal to say so; add --yes")
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes", "o", "oui"):
        raise Refused(Exit.NOT_ASKED, "nothing was changed")
