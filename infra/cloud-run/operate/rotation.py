"""Another value for a secret, so that whatever runs, or is gone back to, can read what the value before sealed.

A secret beside which `NAME_PREVIOUS` can be bound changes in two steps, each deployed before the next: first the
next value is made known as `NAME_PREVIOUS`, then the two change places. Every revision that serves meanwhile knows
both, also when traffic goes back to it.
"""

import getpass
import os
import secrets
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from operate.catalogue import Service
from operate.programs import Tools, tell
from operate.refusals import Exit, Missing, Refused
from operate.revisions import Revision, live_service, revisions_of
from operate.secret_store import (
    GENERATED,
    PREVIOUS,
    NoneEnabled,
    add_value,
    enabled_versions,
    grant,
    secret_value,
    state_of,
    store_value,
    usable,
)

# Within it, what is sealed anew only when its owner comes by is sealed anew: docs/keys-and-secrets.md.
GRACE = timedelta(days=30)
NEXT_IS_KNOWN = "1/2: the next {name} is known as {kept}; `{deploy}`, then the same again makes it count"
COUNTS = "2/2: the next {name} counts from the next deployment on: `{deploy}`; leave {kept} for {days} days"


def rotate(tools: Tools, name: str, services: Sequence[Service], *, early: bool) -> None:
    """Give a secret another value, or do the first or second step of that. Raises Refused.

    `early` lets go of a value that was replaced less than GRACE ago.
    """
    kept = name + PREVIOUS
    holders = [service for service in services if kept in service.optional_secrets]
    state = state_of(tools, name)
    if not holders or state != "usable":
        value = _another(tools, name, _present(tools, name) if state == "usable" else None)
        add_value(tools, name, value, is_new=state == "missing")
        grant(tools, name, services)
        tell("It counts from the next deployment on, which pins the newest version: `make deploy-all`.")
        return
    _require_deployed(tools, holders, (name, kept))
    known = {secret_value(tools, name, version).strip("\r\n") for version in enabled_versions(tools, name)}
    state_beside = state_of(tools, kept)
    beside = _present(tools, kept) if state_beside == "usable" else None
    deploy = " && ".join(f"make deploy-{service.key}" for service in holders)
    if beside is None or beside in known:
        if beside is not None and not early:
            _require_old(tools, name, kept)
        store_value(tools, kept, _another(tools, name, _present(tools, name)), is_new=state_beside == "missing")
        grant(tools, kept, services)
        tell(NEXT_IS_KNOWN.format(name=name, kept=kept, deploy=deploy))
        return
    before = _present(tools, name)
    add_value(tools, name, beside, is_new=False)
    store_value(tools, kept, before, is_new=False)
    tell(COUNTS.format(name=name, kept=kept, deploy=deploy, days=GRACE.days))


def require_knows(tools: Tools, service: Service, target: Revision, current: Revision | None) -> None:
    """Refuse to go back to a revision that cannot read what the present one sealed. Raises Refused(SECRET)."""
    for name in (each.removesuffix(PREVIOUS) for each in service.optional_secrets if each.endswith(PREVIOUS)):
        now = None if current is None else current.pinned.get(name)
        if now is None or target.pinned.get(name) == now:
            continue
        value = secret_value(tools, name, now)
        known = {
            secret_value(tools, each, target.pinned[each]) for each in (name, name + PREVIOUS) if each in target.pinned
        }
        if value not in known:
            raise Refused(
                Exit.SECRET,
                f"{target.name} does not know the present {name}, which was rotated since: it could not start an "
                "instance; deploy its commit anew instead",
            )


def _another(tools: Tools, name: str, present: str | None) -> str:
    value, source = os.environ.get(name, ""), f"the variable {name}"
    if not value and name in GENERATED:
        value, source = secrets.token_hex(32), "chance"
    if not value and sys.stdin.isatty():
        value, source = getpass.getpass(f"new {name}: "), "what was typed"
    if not value:
        raise Refused(Exit.NOT_ASKED, f"export the new {name}, or run this in a terminal to be asked for it")
    value = usable(name, value)
    if value == present:
        raise Refused(
            Exit.SECRET, f"{name} has this value already, taken from {source}: nothing was changed; unset it first"
        )
    return value


def _present(tools: Tools, name: str) -> str:
    return secret_value(tools, name, "latest").strip("\r\n")  # as services read it


def _require_deployed(tools: Tools, holders: Sequence[Service], names: Sequence[str]) -> None:
    for service in holders:
        live = live_service(tools, service.name)
        serving = set() if live is None else set(live.serving)
        for revision in revisions_of(tools, service.name) if serving else []:
            if revision.name not in serving:
                continue
            for name in names:
                newest = max(_versions_or_none(tools, name), default=None)
                if newest is not None and revision.pinned.get(name) != str(newest):
                    raise Refused(
                        Exit.SECRET,
                        f"{name} has a version that {revision.name} does not run with yet, and another rotation would "
                        f"lose the value in use; `make deploy-{service.key}` first",
                    )


def _versions_or_none(tools: Tools, name: str) -> Sequence[int]:
    try:
        return list(enabled_versions(tools, name))
    except (Missing, NoneEnabled):
        return []


def _require_old(tools: Tools, name: str, kept: str) -> None:
    versions = enabled_versions(tools, kept)
    since = versions[max(versions)]
    if (until := since + GRACE) > datetime.now(UTC):
        raise Refused(
            Exit.SECRET,
            f"{kept} still holds the value before, since {since:%Y-%m-%d}: whoever did not sign in meanwhile would "
            f"have to set a new password by mail; wait until {until:%Y-%m-%d}, or say --early",
        )
