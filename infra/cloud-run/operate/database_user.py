"""The user of each database, and the secret with its address: passwords are made here and never shown or kept."""

import json
import secrets
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from operate.catalogue import Service
from operate.programs import Tools, tell
from operate.refusals import Exit, Missing, Refused
from operate.secret_store import add_value, grant, state_of

SHARED = "emergence"
ADDRESS = "DATABASE_URL"
OF_BUS = "EMERGENCE_BUS_URL"


@dataclass(frozen=True, slots=True)
class Owned:
    """A database, whose user has the same name, and the secret with its address."""

    name: str
    secret: str


def owned_by(secret: str) -> Owned:
    """Return what a secret is the address of; terraform/database.tf makes it, and never a user: see its state."""
    if secret == OF_BUS:
        return Owned(f"{SHARED}_bus", secret)
    service = secret.removesuffix(ADDRESS).strip("_").lower()
    return Owned(f"{SHARED}_{service}" if service else SHARED, secret)


def provide_database_users(tools: Tools, services: Sequence[Service]) -> None:
    """Make a user for each database, with a password of its own, and keep the addresses as secrets. Raises Refused.

    What is usable stays. A run that broke off between user and secret is mended by another.
    """
    wanted = [owned_by(secret) for secret in dict.fromkeys(name for each in services for name in each.databases)]
    states = {each.secret: state_of(tools, each.secret) for each in wanted}
    for each in wanted:
        if states[each.secret] == "usable":
            tell(f"{each.secret} is there; nothing was changed")
    missing = [each for each in wanted if states[each.secret] != "usable"]
    if not missing:
        return
    host = private_address(tools, tools.place.sql_instance)
    there = {each["name"] for each in tools.read("sql", "databases", "list", _instance(tools)) or []}
    if lacking := [each.name for each in missing if each.name not in there]:
        raise Refused(
            Exit.PROJECT, f'there is no database {", ".join(lacking)}; Terraform makes them with databases = "each"'
        )
    for each in missing:
        _provide(tools, services, each, host, is_new=states[each.secret] == "missing")


def _provide(tools: Tools, services: Sequence[Service], owned: Owned, host: str, *, is_new: bool) -> None:
    password = secrets.token_hex(32)
    is_known = owned.name in {each["name"] for each in tools.read("sql", "users", "list", _instance(tools)) or []}
    with tempfile.TemporaryDirectory(prefix="emergence-user-") as folder:  # 0700; words are seen by everybody here
        flags = Path(folder) / "flags.json"
        flags.write_text(json.dumps({"--password": password}))
        act = "set-password" if is_known else "create"
        tools.change("sql", "users", act, owned.name, _instance(tools), f"--flags-file={flags}")
    address = f"postgresql://{owned.name}:{password}@{host}:5432/{owned.name}?sslmode=require"
    add_value(tools, owned.secret, address, is_new=is_new)
    grant(tools, owned.secret, services)
    if not tools.is_dry:
        tell(f"The user {owned.name} is made; {owned.secret} holds its address.")


def private_address(tools: Tools, name: str) -> str:
    """Return where services and jobs reach a Cloud SQL instance. Raises Refused(PROJECT)."""
    try:
        found: dict[str, Any] = tools.read("sql", "instances", "describe", name)
    except Missing:
        raise Refused(Exit.PROJECT, f"there is no Cloud SQL instance {name}; Terraform makes it (README.md)") from None
    for each in found.get("ipAddresses", []):
        if each.get("type") == "PRIVATE":
            return str(each["ipAddress"])
    raise Refused(Exit.PROJECT, f"the Cloud SQL instance {name} has no private address; services could not reach it")


def _instance(tools: Tools) -> str:
    return f"--instance={tools.place.sql_instance}"
