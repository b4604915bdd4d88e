"""Secrets in Secret Manager: made, granted, checked, rotated. Values pass through here and are never printed."""

import getpass
import os
import secrets
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from operate.catalogue import Service
from operate.programs import Tools, tell
from operate.refusals import Exit, Missing, Refused
from operate.secret_values import problem_of

ACCESSOR = "roles/secretmanager.secretAccessor"
PREVIOUS = "_PREVIOUS"
# Nobody needs to know these, so nobody has to think of one: 32 random bytes.
GENERATED = frozenset(
    {"AUTH_JWT_SECRET", "EMERGENCE_SERVICE_SECRET", "CHAT_KEY_SECRET", "METRICS_TOKEN", "MEMORY_KEY_SECRET"}
)
# Without the one, the other does its work: data that was moved here may be sealed by that, so it is not made unasked.
STANDS_IN = {"MEMORY_KEY_SECRET": "EMERGENCE_SERVICE_SECRET"}
AT_ONCE = 4  # gcloud processes beside each other
State = Literal["missing", "disabled", "usable"]


class NoneEnabled(Refused):
    """A secret is there without a version that can be read."""


def newest_version(tools: Tools, name: str) -> int | None:
    """Return the number of the newest enabled version; None where there is no such secret.

    Raises NoneEnabled where no version is.
    """
    try:
        return max(enabled_versions(tools, name))
    except Missing:
        return None


def enabled_versions(tools: Tools, name: str) -> dict[int, datetime]:
    """Return the versions that can be read, and since when each is there. Raises Missing, NoneEnabled, Refused."""
    listed = tools.read("secrets", "versions", "list", name) or []
    enabled = {
        int(each["name"].rpartition("/")[2]): datetime.fromisoformat(each["createTime"])
        for each in listed
        if each["state"].upper() == "ENABLED"
    }
    if not enabled:
        raise NoneEnabled(Exit.SECRET, f"secret {name} has no enabled version; `make secrets` adds one")
    return enabled


def check_value(tools: Tools, name: str, version: int) -> None:
    """Raise Refused(SECRET) for a value that a service could not use; say so where this account may not read it."""
    try:
        value = secret_value(tools, name, version)
    except Refused as refused:
        if refused.code is not Exit.PROJECT:
            raise
        tell(f"{name} may not be read by this account; its value was not looked at")
        return
    if (problem := problem_of(name, value)) is not None:
        raise Refused(Exit.SECRET, f"secret {name} {problem}; `make secrets-rotate NAME={name}` adds a version")


def secret_value(tools: Tools, name: str, version: int | str) -> str:
    """Return a version's value. Raises Missing, Refused."""
    return tools.read_text("secrets", "versions", "access", str(version), f"--secret={name}")


def readers(tools: Tools, name: str) -> set[str]:
    """Return who may read a secret by a grant on the secret itself. Raises Missing, Refused."""
    policy = tools.read("secrets", "get-iam-policy", name) or {}
    return {
        member for binding in policy.get("bindings", []) if binding["role"] == ACCESSOR for member in binding["members"]
    }


@dataclass(frozen=True, slots=True)
class Looked:
    """What a secret is found to be: the version to pin, None where none can be, and who may read it."""

    version: int | None
    readers: frozenset[str]
    is_there: bool = True


def check_secrets(tools: Tools, service: Service, known: dict[str, Looked] | None = None) -> dict[str, int]:
    """Return the version of each secret that a deployment of `service` pins. Raises Refused(SECRET).

    Each must have an enabled version, hold something without a newline at its end, and be readable by the
    service's own account. Optional ones without an enabled version are left out: Terraform makes a place for each.
    What is in `known` is not asked again.
    """
    found = {} if known is None else known
    names = [*service.required_secrets, *service.optional_secrets]
    unknown = [name for name in names if name not in found]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found.update(zip(unknown, pool.map(lambda name: _looked(tools, name), unknown), strict=True))
    pinned = {}
    member = f"serviceAccount:{service.account_address(tools.place.project)}"
    for name in names:
        looked = found[name]
        if looked.version is None:
            if name in service.required_secrets:
                lacks = "has no enabled version" if looked.is_there else "is missing"
                raise Refused(Exit.SECRET, f"secret {name} {lacks}, {service.key} needs it; `make secrets` makes it")
            continue
        if member not in looked.readers:
            raise Refused(Exit.SECRET, f"{member} may not read secret {name}; `make secrets` grants it")
        pinned[name] = looked.version
    return pinned


def _looked(tools: Tools, name: str) -> Looked:
    try:
        version = newest_version(tools, name)
    except NoneEnabled:
        return Looked(None, frozenset())
    if version is None:
        return Looked(None, frozenset(), is_there=False)
    check_value(tools, name, version)
    return Looked(version, frozenset(readers(tools, name)))


def add_value(tools: Tools, name: str, value: str, *, is_new: bool) -> None:
    """Make the secret, or another version of it, exactly as given but for newlines around it. Raises Refused."""
    store_value(tools, name, usable(name, value), is_new=is_new)


def usable(name: str, value: str) -> str:
    """Return a value that was given, without newlines around it. Raises Refused(SECRET) for one of no use."""
    clean = value.strip("\r\n")
    if (problem := problem_of(name, clean)) is not None:
        raise Refused(Exit.SECRET, f"what was given for {name} {problem}; nothing was changed")
    return clean


def store_value(tools: Tools, name: str, value: str, *, is_new: bool) -> None:
    """Make the secret, or another version of it, of a value that is known to be usable. Raises Refused."""
    if is_new:
        tools.change(
            *("secrets", "create", name, "--replication-policy=automatic", "--labels=managed-by=emergence"),
            "--data-file=-",
            given=value,
        )
    else:
        tools.change("secrets", "versions", "add", name, "--data-file=-", given=value)


def state_of(tools: Tools, name: str) -> State:
    """Return whether a secret is missing, has no version that is enabled, or can be used. Raises Refused."""
    try:
        return "missing" if newest_version(tools, name) is None else "usable"
    except NoneEnabled:
        return "disabled"


def grant(tools: Tools, name: str, services: Sequence[Service]) -> None:
    """Let the accounts of `services` that read this secret do so, each by a binding of its own. Raises Refused."""
    try:
        allowed = readers(tools, name)
    except Missing:
        if not tools.is_dry:
            raise
        allowed = set()
    for service in services:
        member = f"serviceAccount:{service.account_address(tools.place.project)}"
        if name in (*service.required_secrets, *service.optional_secrets) and member not in allowed:
            tools.change("secrets", "add-iam-policy-binding", name, f"--member={member}", f"--role={ACCESSOR}")


def provide(tools: Tools, wanted: Mapping[str, bool], services: Sequence[Service]) -> None:
    """Make the secrets that are missing or disabled, and grant all that then exist. Raises Refused.

    `wanted` says of each name whether it is required. A value comes from the variable of the same name, else is
    generated where nobody needs to know it, else is asked for without showing it.
    """
    with ThreadPoolExecutor(AT_ONCE) as pool:
        states = dict(zip(wanted, pool.map(lambda name: state_of(tools, name), wanted), strict=True))
        is_new = {name for name, state in states.items() if state != "usable" and not os.environ.get(name)}
        values = {
            name: _value_for(name, wanted[name], may_generate=STANDS_IN.get(name, name) in is_new)
            for name, state in states.items()
            if state != "usable"
        }
        there = [name for name in wanted if values.get(name) != ""]

        def make(name: str) -> None:
            if name in values:
                add_value(tools, name, values[name], is_new=states[name] == "missing")
            grant(tools, name, services)

        list(pool.map(make, there))
    for name in wanted:
        tell(f"{name}: {'is there' if name not in values else 'made' if values[name] else 'optional, left out'}")


def _value_for(name: str, is_required: bool, *, may_generate: bool) -> str:
    value = os.environ.get(name, "")
    if not value and name in GENERATED and may_generate:
        value = secrets.token_hex(32)
    if not value and sys.stdin.isatty():
        value = getpass.getpass(f"{name}{'' if is_required else ' (empty: without)'}: ")
    if not value and is_required:
        raise Refused(Exit.NOT_ASKED, f"{name} is needed: export it, or run this in a terminal to be asked for it")
    return usable(name, value) if value else ""
