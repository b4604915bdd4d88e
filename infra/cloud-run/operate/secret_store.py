"""Secrets in Secret Manager: made, granted, checked, rotated. Values pass through here and are never printed."""

import getpass
import os
import secrets
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from operate.catalogue import Service
from operate.programs import Tools, tell
from operate.refusals import Exit, Missing, Refused

ACCESSOR = "roles/secretmanager.secretAccessor"
PREVIOUS = "_PREVIOUS"
# Nobody needs to know these, so nobody has to think of one: 32 random bytes.
GENERATED = frozenset({"AUTH_JWT_SECRET", "EMERGENCE_SERVICE_SECRET", "CHAT_KEY_SECRET", "METRICS_TOKEN"})
AT_ONCE = 4  # gcloud processes beside each other


def newest_version(tools: Tools, name: str) -> int | None:
    """Return the number of the newest enabled version; None where there is no such secret.

    Raises Refused(SECRET) where no version is enabled.
    """
    try:
        listed = tools.read("secrets", "versions", "list", name) or []
    except Missing:
        return None
    enabled = [int(each["name"].rpartition("/")[2]) for each in listed if each["state"].upper() == "ENABLED"]
    if not enabled:
        raise Refused(Exit.SECRET, f"secret {name} has no enabled version; `make secrets` adds one")
    return max(enabled)


def check_value(tools: Tools, name: str, version: int) -> None:
    """Raise Refused(SECRET) for a value that a service could not use."""
    value = secret_value(tools, name, version)
    if not value.strip():
        raise Refused(Exit.SECRET, f"secret {name} is empty; `make secrets-rotate NAME={name}` adds a version")
    if value != value.strip("\r\n"):
        raise Refused(
            Exit.SECRET, f"secret {name} begins or ends with a newline; `make secrets-rotate NAME={name}` mends it"
        )


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
    """What a secret is found to be: the version to pin, None where there is no such secret, and who may read it."""

    version: int | None
    readers: frozenset[str]


def check_secrets(tools: Tools, service: Service, known: dict[str, Looked] | None = None) -> dict[str, int]:
    """Return the version of each secret that a deployment of `service` pins. Raises Refused(SECRET).

    Each must have an enabled version, hold something without a newline at its end, and be readable by the
    service's own account. Optional ones that do not exist are left out. What is in `known` is not asked again.
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
                raise Refused(Exit.SECRET, f"secret {name} is missing, {service.key} needs it; `make secrets` makes it")
            continue
        if member not in looked.readers:
            raise Refused(Exit.SECRET, f"{member} may not read secret {name}; `make secrets` grants it")
        pinned[name] = looked.version
    return pinned


def _looked(tools: Tools, name: str) -> Looked:
    version = newest_version(tools, name)
    if version is None:
        return Looked(None, frozenset())
    check_value(tools, name, version)
    return Looked(version, frozenset(readers(tools, name)))


def add_value(tools: Tools, name: str, value: str) -> None:
    """Make the secret, or another version of it, exactly as given but for newlines around it. Raises Refused."""
    clean = value.strip("\r\n")
    if not clean:
        raise Refused(Exit.SECRET, f"nothing was given for {name}; nothing was changed")
    if newest_or_none(tools, name) is None and not _exists(tools, name):
        tools.change(
            *("secrets", "create", name, "--replication-policy=automatic", "--labels=managed-by=emergence"),
            "--data-file=-",
            given=clean,
        )
    else:
        tools.change("secrets", "versions", "add", name, "--data-file=-", given=clean)


def newest_or_none(tools: Tools, name: str) -> int | None:
    """Return the newest enabled version, or None where there is none to use."""
    try:
        return newest_version(tools, name)
    except Refused as refused:
        if refused.code is Exit.SECRET:
            return None
        raise


def _exists(tools: Tools, name: str) -> bool:
    try:
        tools.read("secrets", "describe", name)
    except Missing:
        return False
    return True


def grant(tools: Tools, name: str, services: Sequence[Service]) -> None:
    """Let the accounts of `services` that read this secret do so, each by a binding of its own. Raises Refused."""
    allowed = readers(tools, name) if not tools.is_dry or _exists(tools, name) else set()
    for service in services:
        member = f"serviceAccount:{service.account_address(tools.place.project)}"
        if name in (*service.required_secrets, *service.optional_secrets) and member not in allowed:
            tools.change("secrets", "add-iam-policy-binding", name, f"--member={member}", f"--role={ACCESSOR}")


def provide(tools: Tools, name: str, *, is_required: bool) -> bool:
    """Make the secret unless it has a usable version; return whether it exists afterwards. Raises Refused.

    A value comes from the variable of the same name, else is generated where nobody needs to know it, else is
    asked for without showing it.
    """
    if newest_or_none(tools, name) is not None:
        tell(f"{name}: is there")
        return True
    value = os.environ.get(name, "")
    if not value and name in GENERATED:
        value = secrets.token_hex(32)
    if not value and sys.stdin.isatty():
        value = getpass.getpass(f"{name}{'' if is_required else ' (empty: without)'}: ")
    if not value:
        if is_required:
            raise Refused(Exit.NOT_ASKED, f"{name} is needed: export it, or run this in a terminal to be asked for it")
        tell(f"{name}: optional, left out")
        return False
    add_value(tools, name, value)
    tell(f"{name}: made")
    return True


def rotate(tools: Tools, name: str, services: Sequence[Service]) -> None:
    """Add a version with a new value; for AUTH_JWT_SECRET the one before goes on being good. Raises Refused."""
    current = newest_or_none(tools, name)
    value = os.environ.get(name, "") or (secrets.token_hex(32) if name in GENERATED else "")
    if not value and sys.stdin.isatty():
        value = getpass.getpass(f"new {name}: ")
    if not value:
        raise Refused(Exit.NOT_ASKED, f"export the new {name}, or run this in a terminal to be asked for it")
    kept = name + PREVIOUS
    if current is not None and any(kept in service.optional_secrets for service in services):
        add_value(tools, kept, secret_value(tools, name, current))
        grant(tools, kept, services)
    add_value(tools, name, value)
    grant(tools, name, services)
