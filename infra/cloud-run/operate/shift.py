"""Moves traffic between revisions: a canary by steps with a gate for errors, and back with one command."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from operate.catalogue import Service
from operate.compatibility import require_compatible
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
from operate.rotation import require_knows
from operate.smoke import smoke

FIRST_STEP = 5
NEXT_STEPS = (25, 100)
ENTRIES = 1000  # of the request log that are looked at; the newest


@dataclass(frozen=True, slots=True)
class Gate:
    """When a canary has failed: more than this share of its requests ended with 5xx, or too few came at all."""

    watch: timedelta = timedelta(minutes=2)
    most_errors: float = 0.01
    least_requests: int = 0


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
    """Take the canary to 25 %, then to everything, watching each step. Raises Refused(CANARY, NO_REVISION, BUSY).

    Of a first deployment there is nothing to compare with: it has everything already.
    """
    only = require_live(tools, service.name)
    if only.canary is not None and only.serving == {only.canary.revision: 100}:
        move_traffic(tools, service.name, only.serving, untag=True)
        tell(
            f"{service.name}: {only.canary.revision} has all the traffic already: there was nothing to compare it with"
        )
        return
    live, tried = _with_canary(tools, service)
    for percent in NEXT_STEPS:
        if live.serving.get(tried.revision, 0) < percent:
            live = _step(tools, service, live, percent, gate)
    move_traffic(tools, service.name, {tried.revision: 100}, untag=True)
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
    require_knows(tools, service, target, newest)
    if not accept_schema:
        require_compatible(tools, target.commit, None if newest is None else newest.commit)
    move_traffic(tools, service.name, {target.name: 100}, untag=live.canary is not None)
    if tools.is_dry:
        return
    tell(f"{service.name}: all traffic goes to {target.name}; before: {current}")
    if live.is_public_ingress:
        _look_after(tools, service, live, target.name)


def _look_after(tools: Tools, service: Service, live: Live, now: str) -> None:
    failed = [each for each in smoke(asked_of(tools, service, live, live.url, is_public_host=False)) if each.problem]
    if failed:
        raise Refused(Exit.SMOKE, f"{failed[0].name}: {failed[0].problem}; the traffic goes to {now} all the same")


def _step(tools: Tools, service: Service, live: Live, percent: int, gate: Gate) -> Live:
    """Give the canary `percent` and watch; return the service as it is then.

    Whatever goes wrong meanwhile, also in moving and in looking, takes the traffic back. Raises Refused(CANARY, BUSY).
    """
    tried = live.canary
    assert tried is not None
    stable = _stable(live, tried)
    began = datetime.now(UTC)
    if tools.is_dry:
        move_traffic(tools, service.name, {tried.revision: percent, stable: 100 - percent})
        return live
    try:
        move_traffic(tools, service.name, {tried.revision: percent, stable: 100 - percent})
        tell(f"{service.name}: {tried.revision} has {percent} %, {stable} {100 - percent} %; watching …")
        time.sleep(gate.watch.total_seconds())
        now = _unmoved(tools, service, {tried.revision: percent, stable: 100 - percent})
        problem = _problem(tools, service, live, tried.revision, began, gate)
    except Refused as refused:
        if refused.code is Exit.BUSY:
            raise
        problem = f"nobody could tell how it does ({refused})"
    except BaseException:
        _take_back(tools, service, stable)
        raise
    if problem:
        _take_back(tools, service, stable)
        raise Refused(
            Exit.CANARY, f"{tried.revision} failed at {percent} %: {problem}; all traffic goes to {stable} again"
        )
    return now


def _take_back(tools: Tools, service: Service, stable: str) -> None:
    try:
        move_traffic(tools, service.name, {stable: 100}, untag=True)
    except Refused as refused:
        raise Refused(
            Exit.CANARY,
            f"the traffic of {service.name} could not be taken back to {stable} ({refused}); "
            f'`make rollback-{service.key} ARGS="--to {stable}"`',
        ) from None
    tell(f"{service.name}: all traffic goes to {stable} again")


def _unmoved(tools: Tools, service: Service, expected: dict[str, int]) -> Live:
    """Return the service. Raises Refused(BUSY) where somebody else moved its traffic: what they did stays."""
    live = require_live(tools, service.name)
    if live.serving != {name: percent for name, percent in expected.items() if percent}:
        raise Refused(
            Exit.BUSY, f"somebody else moved the traffic of {service.name}; it stays so, look with `make status`"
        )
    return live


def _problem(tools: Tools, service: Service, live: Live, revision: str, since: datetime, gate: Gate) -> str | None:
    """Return what is wrong with a revision under traffic, or None."""
    failed = [outcome for outcome in canary_outcomes(tools, service, live) if outcome.problem]
    if failed:
        return f"{failed[0].name}: {failed[0].problem}"
    errors, requests = _counted(tools, service.name, revision, since)
    tell(f"  {requests} requests, {errors} with 5xx" if requests else "  no request came to it, so none failed")
    if requests < gate.least_requests:
        return f"{requests} requests came to it, at least {gate.least_requests} must"
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
