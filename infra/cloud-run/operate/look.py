"""What an operator looks at: state, addresses, logs, and whether everything answers."""

import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from operate.catalogue import Service
from operate.deploy import asked_of, text_of
from operate.programs import Tools, tell
from operate.refusals import Exit, Refused
from operate.revisions import live_services, revisions_of
from operate.smoke import Asked, Outcome, smoke
from operate.web import base_address, is_this_machine

POLL_S = 5.0
SHOWN = 5  # revisions of a service
FRONT = "main"  # answers to its public name only


def status(tools: Tools) -> None:
    """Print each service's revisions that have traffic or are tried, and the newest that could be gone back to."""
    found = live_services(tools)
    if not found:
        tell(f"Nothing of ours is deployed in {tools.place.project}, {tools.place.region}.")
    print(f"{'service':<28} {'revision':<44} {'traffic':>7}  ready  commit")
    for live in found:
        listed = revisions_of(tools, live.name)
        known = {revision.name: revision for revision in listed}
        usable = [revision.name for revision in listed if revision.is_ours and revision.is_ready][:SHOWN]
        for name in dict.fromkeys([*(share.revision for share in live.shares), *usable]):
            revision = known.get(name)
            is_ready = "yes" if revision and revision.is_ready else "no"
            commit = (revision.commit if revision else None) or "-"
            print(f"{live.name:<28} {name:<44} {live.serving.get(name, 0):>5} %  {is_ready:<5}  {commit}")


def urls(tools: Tools) -> None:
    """Print each service's address, and the one for browsers."""
    found = live_services(tools)
    for live in found:
        print(f"{live.name:<28} {live.url}")
    for public in sorted({live.public_url for live in found if live.public_url}):
        print(f"{'(browsers)':<28} {public}")


def logs(tools: Tools, service: Service, *, follow: bool, lines: int) -> None:
    """Print the last lines of a service; `follow` goes on until Ctrl-C."""
    about = f'resource.type="cloud_run_revision" AND resource.labels.service_name="{service.name}"'
    since = datetime.now(UTC) - timedelta(hours=1)
    seen: set[str] = set()
    while True:
        words = ["logging", "read", f'{about} AND timestamp>="{since:%FT%TZ}"', f"--limit={lines}"]
        for entry in reversed(tools.read(*words) or []):
            if entry.get("insertId") not in seen:
                seen.add(str(entry.get("insertId")))
                print(text_of(entry), flush=True)
        if not follow:
            return
        since = datetime.now(UTC) - timedelta(seconds=60)  # entries arrive late and out of order
        time.sleep(POLL_S)


def test_services(tools: Tools, services: Sequence[Service]) -> list[Outcome]:
    """Ask what is deployed. Raises Refused(NO_REVISION) where nothing is."""
    found = {live.name: live for live in live_services(tools)}
    outcomes = []
    for service in services:
        live = found.get(service.name)
        if live is None:
            where = tools.place.project
            raise Refused(Exit.NO_REVISION, f"{service.name} was never deployed in {where}; deploy it first")
        url = live.public_url if service.key == FRONT and live.public_url else live.url
        outcomes += smoke(asked_of(tools, service, live, url, is_public_host=url == live.public_url))
    return outcomes


def test_address(services: Sequence[Service], url: str, *, figures: bool) -> list[Outcome]:
    """Ask whatever answers at `url`, without Google. Raises Refused(NOT_ASKED).

    The token of the figures is sent where nobody else listens, and elsewhere only if that is asked for, over https.
    """
    try:
        address = base_address(url)
    except ValueError as malformed:
        raise Refused(Exit.NOT_ASKED, str(malformed)) from None
    token = os.environ.get("METRICS_TOKEN") or None
    if not is_this_machine(address):
        if figures and not address.startswith("https:"):
            raise Refused(Exit.NOT_ASKED, f"METRICS_TOKEN is sent over https alone, not to {address}")
        if token and not figures:
            tell(f"METRICS_TOKEN was not sent to {address}; --figures sends it")
            token = None
    return [outcome for each in services for outcome in smoke(Asked(each.key, each.known_as, address, token))]


def summary(outcomes: Sequence[Outcome]) -> bool:
    """Print every check and the count; return whether all passed."""
    for outcome in outcomes:
        print(outcome)
    failed = sum(outcome.problem is not None for outcome in outcomes)
    print(f"{len(outcomes) - failed} passed, {failed} failed")
    return failed == 0
