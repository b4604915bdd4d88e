"""Has the second region take over: database, services, traffic, events. Broken off, it goes on when run again."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from operate.catalogue import Service, all_secrets
from operate.deploy import Plan, deploy
from operate.programs import Tools, tell
from operate.refusals import Exit, Missing, Refused
from operate.revisions import require_live, revisions_of
from operate.secret_store import add_value, newest_version, secret_value
from operate.standby import Standing, backend, groups, lines, second, standing, why_not

ADDRESS = "DATABASE_URL"  # and AUTH_DATABASE_URL, …
MOST_LOSS_S = 300.0  # the RPO that README.md states
EVENTS = "emergence-events-"  # terraform/events.tf: one subscription for each service that takes events
PASSING = (Exit.API, Exit.BUSY, Exit.FAILED)  # what a region that is away may answer with


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked: `confirm` names the region that is to serve."""

    confirm: str
    most_loss_s: float


def status(tools: Tools, services: Sequence[Service], most_loss_s: float) -> None:
    """Print both sides. Raises Refused(STANDBY) where the second region could not take over now."""
    found = standing(tools, services)
    print("\n".join(lines(tools, found)))
    if (problem := why_not(found, most_loss_s)) is not None:
        raise Refused(Exit.STANDBY, problem)
    if found.replica.primary is None and found.primary is not None and not found.primary.is_stopped:
        raise Refused(
            Exit.STANDBY,
            f"{found.replica.name} is promoted and {found.primary.name} still runs: `make failover` stops it",
        )


def failover(tools: Tools, services: Sequence[Service], project_number: str, wish: Wish) -> None:
    """Move everything to the second region and print what was lost and how long it took.

    Raises Refused(NOT_ASKED, STANDBY) before anything was changed, Refused(PARTIAL) with the table of steps after that.
    """
    began = time.monotonic()
    there = Tools(tools.machine, second(tools.place, serves=True), tools.is_dry)
    found = standing(tools, services)
    region = there.place.region
    if wish.confirm != region:
        tell("\n".join(lines(tools, found)))
        raise Refused(Exit.NOT_ASKED, f"nothing was changed; CONFIRM={region} has {region} take over for good")
    if (problem := why_not(found, wish.most_loss_s)) is not None:
        raise Refused(Exit.STANDBY, problem)
    names = _addresses(tools, services, found)
    steps: dict[str, Callable[[], object]] = {
        "stop the former database": lambda: _fence(tools, found),
        "promote the replica": lambda: _promote(tools, found),
        "point services at it": lambda: _point(tools, names, found),
        "start services": lambda: _start(there, services, project_number),
        "move the traffic": lambda: _move(there, services),
        "move the events": lambda: _push(tools, region),
    }
    _follow(steps, region)
    if not tools.is_dry:
        _report(there, found, time.monotonic() - began)


def _follow(steps: dict[str, Callable[[], object]], region: str) -> None:
    states = dict.fromkeys(steps, "not tried")
    for name, act in steps.items():
        began = time.monotonic()
        try:
            act()
        except (Refused, KeyboardInterrupt) as stopped:
            states[name] = "failed"
            print("\n".join(f"{each:28} {state}" for each, state in states.items()))
            if isinstance(stopped, KeyboardInterrupt):
                raise
            again = f"`make failover CONFIRM={region}` goes on there"
            raise Refused(Exit.PARTIAL, f"{name}: failed with {stopped.code:d}: {stopped}; {again}") from None
        states[name] = f"{time.monotonic() - began:.1f} s"
    print("\n".join(f"{each:28} {state}" for each, state in states.items()))


def _fence(tools: Tools, found: Standing) -> None:
    """Stop the former database, so that nobody writes to what is left behind; one that is away cannot be asked to."""
    if found.primary is None or found.primary.is_stopped:
        return
    try:
        tools.change("sql", "instances", "patch", found.primary.name, "--activation-policy=NEVER")
    except Refused as refused:
        if refused.code not in PASSING:
            raise
        tell(f"{found.primary.name} could not be stopped ({refused}); run this again when its region is back")


def _promote(tools: Tools, found: Standing) -> None:
    if found.replica.primary is not None:
        tools.change("sql", "instances", "promote-replica", found.replica.name)


def _addresses(tools: Tools, services: Sequence[Service], found: Standing) -> list[str]:
    """Return the secrets that hold the database's address. Raises Refused(STANDBY) for one that leads elsewhere."""
    known = {found.replica.address, found.primary.address if found.primary else None}
    names = []
    for name in all_secrets(services):
        if not name.endswith(ADDRESS):
            continue
        with suppress(Missing):
            if (version := newest_version(tools, name)) is None:
                continue
            host = urlsplit(secret_value(tools, name, version)).hostname
            if found.primary is not None and host not in known:
                raise Refused(Exit.STANDBY, f"secret {name} leads to neither database; nobody knows what to make of it")
            names.append(name)
    return names


def _point(tools: Tools, names: Sequence[str], found: Standing) -> None:
    """Give each address another version with the replica's host; user and password came with the data."""
    assert found.replica.address is not None
    for name in names:
        parts = urlsplit(secret_value(tools, name, "latest"))
        if parts.hostname == found.replica.address:
            continue
        user = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        port = f":{parts.port}" if parts.port else ""
        add_value(tools, name, parts._replace(netloc=f"{user}{found.replica.address}{port}").geturl(), is_new=False)


def _start(there: Tools, services: Sequence[Service], project_number: str) -> None:
    """Deploy what stands by once more, with the new address and the sizes of a region that serves."""
    for service in services:
        live = require_live(there, service.name)
        newest = {name: newest_version(there, name) for name in live.pinned if name.endswith(ADDRESS)}
        if newest and not there.is_dry and all(live.pinned[name] == str(version) for name, version in newest.items()):
            continue
        image = next(each.image for each in revisions_of(there, service.name) if each.name == live.main_revision)
        deploy(there, Plan(service, project_number, image=image, accept_schema=True))  # it is what served until now


def _move(there: Tools, services: Sequence[Service]) -> None:
    """Have each backend ask the second region and no other; first the one, then the other goes."""
    region = there.place.region
    asked = groups(there, services)
    if not asked:
        live = require_live(there, "emergence-app")
        tell(f"There is no load balancer; browsers find main at {live.url}")
    for key, regions in asked.items():
        words = (backend(key), "--global", f"--network-endpoint-group={backend(key)}")
        if region not in regions:
            at = f"--network-endpoint-group-region={region}"
            there.change("compute", "backend-services", "add-backend", *words, at)
        for former in regions:
            if former != region:
                at = f"--network-endpoint-group-region={former}"
                there.change("compute", "backend-services", "remove-backend", *words, at)


def _push(tools: Tools, region: str) -> None:
    """Have Pub/Sub deliver to the second region; the token's audience is the address, as the services ask."""
    if tools.place.bus != "pubsub":
        return
    for each in tools.read("pubsub", "subscriptions", "list") or []:
        name, push = str(each["name"]).rpartition("/")[2], each.get("pushConfig", {})
        before = str(push.get("pushEndpoint", ""))
        after = before.replace(f".{tools.place.region}.run.app/", f".{region}.run.app/")
        if name.startswith(EVENTS) and after != before:
            words = (name, f"--push-endpoint={after}", f"--push-auth-token-audience={after}")
            account = f"--push-auth-service-account={push['oidcToken']['serviceAccountEmail']}"
            tools.change("pubsub", "subscriptions", "modify-push-config", *words, account)


def _report(there: Tools, found: Standing, took_s: float) -> None:
    place = there.place
    if found.lag is None:
        print("RPO: told when the replica was promoted; this run went on from there")
    else:
        print(f"RPO: at most {found.lag.at_most_s:.0f} s of writes are lost ({found.lag}, then no more was asked)")
    print(f"RTO: {took_s:.0f} s from this command to its end")
    tell(
        f"Now write REGION={place.region} and SQL_INSTANCE={place.sql_instance} into .env.{place.environment}, take "
        f'STANDBY_REGION out of it, set active_region = "{place.region}" for Terraform and apply it: it brings backups '
        "and the daily call. The way back: README.md."
    )
