"""The acts of `emergence admin` about services on other machines."""

import argparse
from pathlib import Path
from typing import get_args

from pydantic import TypeAdapter

from emergence.auth.clients.register_client import (
    add_client,
    list_clients,
    remove_client,
    renew_credentials,
    require_client,
)
from emergence.auth.parts import Auth
from emergence.auth.store.service_clients import ServiceClient
from emergence.commands.operator_act import Act, Outcome, Refused, checked, confirm, declare, may_be_confirmed
from emergence.contracts.auth.service_clients import Audience, ClientName

NAME: TypeAdapter[str] = TypeAdapter(ClientName)
NAME_RULE = "--name: must be small letters, digits and -, a letter first, at most 63"


def configure_clients(acts: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the words of these acts."""
    add = declare(acts, "add-client", "Let a service on another machine ask for tokens.", _add)
    add.add_argument("--name", required=True, help="as what it calls, for example session")
    add.add_argument(
        "--audience", required=True, action="append", choices=get_args(Audience), help="a service that it may call"
    )
    _takes_keys(add)
    declare(acts, "list-clients", "Show the services on other machines.", _list)
    rotate = declare(acts, "rotate-client", "Replace a client's secret or keys; the former ones stop at once.", _rotate)
    rotate.add_argument("--name", required=True, help="the client")
    _takes_keys(rotate)
    remove = declare(acts, "remove-client", "Let a service on another machine get no more tokens.", _remove)
    remove.add_argument("--name", required=True, help="the client")
    for destructive in (rotate, remove):
        may_be_confirmed(destructive)


def _takes_keys(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--keys", type=Path, help="a file with its public keys (JWKS), for private_key_jwt; default: make a secret"
    )


def _add(arguments: argparse.Namespace) -> Act:
    name = checked(NAME, arguments.name, NAME_RULE)
    audiences: list[str] = arguments.audience
    jwks = _read(arguments.keys)

    async def act(auth: Auth) -> Outcome:
        secret = await add_client(auth, name, audiences, jwks)
        return _told(f"{name} may ask for tokens for {', '.join(audiences)}.", name, secret)

    return act


def _rotate(arguments: argparse.Namespace) -> Act:
    name: str = arguments.name
    jwks = _read(arguments.keys)

    async def act(auth: Auth) -> Outcome:
        await require_client(auth, name)
        confirm(arguments, f"Let the credentials that {name} has now stop working?")
        secret = await renew_credentials(auth, name, jwks)
        return _told(f"The former credentials of {name} get no more tokens.", name, secret)

    return act


def _told(line: str, name: str, secret: str | None) -> Outcome:
    if secret is None:
        return Outcome(line, {"name": name})
    return Outcome(f"{line}\nIts secret, shown this once: {secret}", {"name": name, "client_secret": secret})


def _list(_: argparse.Namespace) -> Act:
    async def act(auth: Auth) -> Outcome:
        found = await list_clients(auth)
        lines = [_line(client) for client in found] or ["No service on another machine may ask for tokens."]
        return Outcome("\n".join(lines), {"clients": [_members(client) for client in found]})

    return act


def _line(client: ServiceClient) -> str:
    used = f"{client.last_used_at:%Y-%m-%d %H:%M} UTC" if client.last_used_at else "never"
    return f"{client.name}: for {', '.join(client.audiences)}; {_credentials(client)}; last used {used}"


def _credentials(client: ServiceClient) -> str:
    return "keys" if client.jwks is not None else "secret"


def _members(client: ServiceClient) -> dict[str, object]:
    return {
        "name": client.name,
        "audiences": [*client.audiences],
        "credentials": _credentials(client),
        "created_at": client.created_at.isoformat(),
        "last_used_at": client.last_used_at.isoformat() if client.last_used_at else None,
    }


def _remove(arguments: argparse.Namespace) -> Act:
    name: str = arguments.name

    async def act(auth: Auth) -> Outcome:
        await require_client(auth, name)
        confirm(arguments, f"Let {name} get no more tokens?")
        await remove_client(auth, name)
        line = f"{name} gets no more tokens; those that it has end within five minutes."
        return Outcome(line, {"name": name})

    return act


def _read(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text("utf-8")
    except (OSError, ValueError):
        raise Refused(f"--keys: {file} cannot be read.") from None
