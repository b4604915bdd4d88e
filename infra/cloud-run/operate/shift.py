"""Moves traffic between revisions: a canary by steps with a gate for errors, and back with one command."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from operate.catalogue import Service
from operate.database import require_compatible
from operate.deploy import Plan, asked_of, canary_outcomes, deploy
from operate.programs import Tools, tell
from operate.refusals import Exit, Refused
from operate.revisions import (
    Live,
    Share,
    move_traffic,
    named_revision,
    previous_revision,
    require_live,
    revisions_of,
)
from operate.smoke import smoke

FIRST_STEP = 5
NEXT_STEPS = (25, 100)
ENTRIES = 1000  # of the request log that are looked at; the newest


@dataclass(frozen=True, slots=True)
class Gate:
    """When a canary has failed: more than this share of its requests with a status of 500 or more."""

    watch: timedelta = timedelta(minutes=2)
    most_errors: float = 0.01


def canary(tools: Tools, plan: Plan, gate: Gate) -> None:
    """Deploy without traffic, look at it, give it 5 %, and watch. Raises Refused(CANARY) after taking it back."""
    deployed = deploy(tools, plan)
    if tools.is_dry or deployed.before is None:
        tell(f"{plan.service.name}: {deployed.revision} has nothing to be compared with" if not tools.is_dry else "")
        return
    live = require_live(tools, plan.service.name)
    _step(tools, plan.service, live, FIRST_STEP, gate)
    tell(f"{plan.service.name}: {deployed.revision} has {FIRST_STEP} %; go on with `make promote-{plan.service.key}`")


def promote(tools: Tools, service: Service, gate: Gate) -> None:
    """Take the canary to 25 %, then to everything, watching each step. Raises Refused(CANARY, NO_REVISION)."""
    live, tried = _with_canary(tools, service)
    for percent in NEXT_STEPS:
        if live.serving.get(tried.revision, 0) < percent:
            _step(tools, service, live, percent, gate)
    tell(f"{service.name}: all traffic goes to {tried.revision}")


def abort(tools: Tools, service: Service) -> None:
    """Take the traffic back from the canary, and its address away. Raises Refused(NO_REVISION)."""
    live, tried = _with_canary(tools, service)
    stable = _stable(live, tried)
    move_traffic(tools, service.name, {stable: 100}, untag=True)
    tell(f"{service.name}: {tried.revision} has no traffic any more; all of it goes to {stable}")


def rollback(tools: Tools, service: Service, to: str | None, *, accept_schema: bool) -> None:
    """Give all traffic to an earlier revision. Raises Refused(NO_REVISION, SCHEMA, SMOKE)."""
    live = require_live(tools, service.name)
    current = live.main_revision or ""
    listed = revisions_of(tools, service.name)
    target = named_revision(listed, to, service.name) if to else previous_revision(listed, current)
    newest = next((each for each in listed if each.name == current), None)
    if not accept_schema:
        require_compatible(tools, target.commit, None if newest is None else newest.commit)
    move_traffic(tools, service.name, {target.name: 100})
    if tools.is_dry:
        return
    tell(f"{service.name}: all traffic goes to {target.name}; before: {current}")
    if live.is_public_ingress:
        _look_after(tools, service, live, target.name)


def _look_after(tools: Tools, service: Service, live: Live, now: str) -> None:
    failed = [each for each in smoke(asked_of(tools, service, live, live.url, is_public_host=False)) if each.problem]
    if failed:
        raise Refused(Exit.SMOKE, f"{failed[0].name}: {failed[0].problem}; the traffic goes to {now} all the same")


def _step(tools: Tools, service: Service, live: Live, percent: int, gate: Gate) -> None:
    """Give the canary `percent`, watch, and take it back where it fails."""
    tried = live.canary
    assert tried is not None
    stable = _stable(live, tried)
    began = datetime.now(UTC)
    move_traffic(tools, service.name, {tried.revision: percent, stable: 100 - percent})
    if tools.is_dry:
        return
    tell(f"{service.name}: {tried.revision} has {percent} %, {stable} {100 - percent} %; watching …")
    time.sleep(gate.watch.total_seconds())
    if problem := _problem(tools, service, live, tried.revision, began, gate):
        move_traffic(tools, service.name, {stable: 100})
        raise Refused(
            Exit.CANARY, f"{tried.revision} failed at {percent} %: {problem}; all traffic goes to {stable} again"
        )


def _problem(tools: Tools, service: Service, live: Live, revision: str, since: datetime, gate: Gate) -> str | None:
    """Return what is wrong with a revision under traffic, or None."""
    failed = [outcome for outcome in canary_outcomes(tools, service, live) if outcome.problem]
    if failed:
        return f"{failed[0].name}: {failed[0].problem}"
    errors, requests = _counted(tools, service.name, revision, since)
    if requests and errors / requests > gate.most_errors:
        return f"{errors} of {requests} requests ended with 5xx, at most {gate.most_errors:.1%} may"
    return None


def _counted(tools: Tools, name: str, revision: str, since: datetime) -> tuple[int, int]:
    """Return how many requests a revision answered since then, those with a status of 500 or more first."""
    about = (
        f'resource.type="cloud_run_revision" AND resource.labels.service_name="{name}" '
        f'AND resource.labels.revision_name="{revision}" AND httpRequest.status>=100 AND timestamp>="{since:%FT%TZ}"'
    )
    entries = tools.read("logging", "read", about, f"--limit={ENTRIES}") or []
    statuses = [int(entry["httpRequest"]["status"]) for entry in entries if "httpRequest" in entry]
    return sum(status >= 500 for status in statuses), len(statuses)


def _with_canary(tools: Tools, service: Service) -> tuple[Live, Share]:
    live = require_live(tools, service.name)
    if live.canary is None or len({*live.serving, live.canary.revision}) < 2:
        raise Refused(Exit.NO_REVISION, f"{service.name} has no canary; `make canary-{service.key}` starts one")
    return live, live.canary


def _stable(live: Live, tried: Share) -> str:
    others = {name: percent for name, percent in live.serving.items() if name != tried.revision}
    if not others:
        raise Refused(Exit.NO_REVISION, f"{tried.revision} has all the traffic already; `make rollback-…` goes back")
    return max(others, key=lambda name: others[name])
