"""The database's own user, and with it the secret DATABASE_URL: the password is made here and never shown or kept."""

import json
import secrets
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from operate.catalogue import Service
from operate.programs import Tools, tell
from operate.refusals import Exit, Missing, Refused
from operate.secret_store import add_value, grant, state_of

# terraform/database.tf makes the database and never a user, whose password would be in the state.
USER = DATABASE = "emergence"
ADDRESS = "DATABASE_URL"


def provide_database_user(tools: Tools, services: Sequence[Service]) -> None:
    """Make the user with a password of its own and keep the address in DATABASE_URL. Raises Refused.

    A usable DATABASE_URL stays. One that broke off between user and secret is mended by running it again.
    """
    state = state_of(tools, ADDRESS)
    if state == "usable":
        tell(f"{ADDRESS} is there; nothing was changed")
        return
    host = private_address(tools, tools.place.sql_instance)
    password = secrets.token_hex(32)
    is_known = USER in {each["name"] for each in tools.read("sql", "users", "list", _instance(tools)) or []}
    with tempfile.TemporaryDirectory(prefix="emergence-user-") as folder:  # 0700; words are seen by everybody here
        flags = Path(folder) / "flags.json"
        flags.write_text(json.dumps({"--password": password}))
        act = "set-password" if is_known else "create"
        tools.change("sql", "users", act, USER, _instance(tools), f"--flags-file={flags}")
    address = f"postgresql://{USER}:{password}@{host}:5432/{DATABASE}?sslmode=require"
    add_value(tools, ADDRESS, address, is_new=state == "missing")
    grant(tools, ADDRESS, services)
    if not tools.is_dry:
        tell(f"The user {USER} is made; {ADDRESS} holds its address.")


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
