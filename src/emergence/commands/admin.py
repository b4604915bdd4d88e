"""`emergence admin`: what an operator does from the server's own machine, without an account."""

import argparse
import asyncio
import getpass
import json
import os
import sys

from pydantic import SecretStr, TypeAdapter

from emergence.auth.make_administrator import AdministratorToBe, MadeAdministrator, PasswordMissing, make_administrator
from emergence.auth.open_for_operator import auth_for_operator
from emergence.auth.operate import operate_keys, require_account, reset_factors, revoke_all, revoke_person
from emergence.auth.parts import Auth
from emergence.auth.rotate_keys import require_keys_that_sign
from emergence.commands.admin_clients import configure_clients
from emergence.commands.admin_former_audit import configure_former_audit
from emergence.commands.operator_act import Act, Outcome, Refused, checked, confirm, declare, may_be_confirmed
from emergence.contracts.auth.values import DisplayName, Email, Password
from emergence.kernel.errors import ServiceError
from emergence.kernel.logs import configure_logs
from emergence.kernel.storage.embedded.errors import EngineError
from emergence.kernel.storage.migrate import MigrationRefused
from emergence.operator_environment import operator_environment
from emergence.process_settings import TerminalSettings

EMAIL: TypeAdapter[str] = TypeAdapter(Email)
DISPLAY_NAME: TypeAdapter[str] = TypeAdapter(DisplayName)
PASSWORD: TypeAdapter[SecretStr] = TypeAdapter(Password)
NEEDS_PASSWORD = "a new account needs a password: type one, or give --password-stdin or EMERGENCE_PASSWORD."
FACTOR_STAYS = " Its second factor is still asked: `emergence admin reset-mfa` removes it."
CHANGES = {
    "account.deletion_cancelled": "no longer to be deleted",
    "account.reinstated": "active again",
    "account.password_reset": "with the new password",
    "account.email_verified": "address taken for proved",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    make = declare(acts, "create-admin", "Make an account, or the one that an address has, an administrator.", _create)
    make.add_argument("--email", required=True, help="its address")
    make.add_argument("--name", help="how the person is called; default: as now, or the address up to the @")
    make.add_argument("--password-stdin", action="store_true", help="read the password from the first line of input")
    reset = declare(acts, "reset-mfa", "Remove all second factors of somebody, and end their sessions.", _reset)
    reset.add_argument("--email", required=True, help="the address of the account")
    keys = declare(acts, "rotate-keys", "Publish the next key that signs access tokens.", _rotate)
    keys.add_argument("--compromised", action="store_true", help="a key was stolen: delete every one at once")
    revoke = declare(acts, "revoke-all", "End every session of somebody, or of everybody.", _revoke)
    revoke.add_argument("--email", help="the address of one account; default: everybody")
    for destructive in (reset, keys, revoke):
        may_be_confirmed(destructive)
    configure_clients(acts)
    configure_former_audit(acts)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask what must be asked, do it, and say it in one line."""
    configure_logs("CRITICAL", "text")  # what was done and what failed is printed below
    name = f"emergence admin {arguments.act}"
    try:
        act: Act = arguments.prepare(arguments)
        outcome = asyncio.run(_carried_out(act))
    except Refused as refused:
        print(f"{name}: {refused}", file=sys.stderr)
        return 2
    except (ServiceError, EngineError, MigrationRefused) as problem:
        reason = problem.detail if isinstance(problem, ServiceError) else problem
        print(f"{name}: {reason}", file=sys.stderr)
        return 1
    print(json.dumps(outcome.members) if arguments.json else outcome.line)
    return 0


async def _carried_out(act: Act) -> Outcome:
    async with operator_environment(os.environ) as environ, auth_for_operator(environ) as auth:
        return await act(auth)


def _create(arguments: argparse.Namespace) -> Act:
    email = checked(EMAIL, arguments.email, "--email: must be an address like ada@example.org")
    name = arguments.name
    if name is not None:
        name = checked(DISPLAY_NAME, name, "--name: must be 1 to 80 characters that are seen")
    asked = AdministratorToBe(email, name, _given_password(from_stdin=arguments.password_stdin))

    async def act(auth: Auth) -> Outcome:
        try:
            made = await make_administrator(auth, asked)
        except PasswordMissing:
            raise Refused(NEEDS_PASSWORD) from None
        return Outcome(_told(made), {"user_id": str(made.user_id), "is_new": made.is_new, "changed": [*made.changed]})

    return act


def _told(made: MadeAdministrator) -> str:
    changes = [CHANGES[name] for name in made.changed if name in CHANGES]
    details = f" ({', '.join(changes)})" if changes else ""
    if not made.changed:
        return f"{made.email} was an administrator already; nothing changed."
    factor = FACTOR_STAYS if made.has_second_factor else ""
    return f"{made.email} is {'a new' if made.is_new else 'now an'} administrator{details}.{factor}"


def _reset(arguments: argparse.Namespace) -> Act:
    email: str = arguments.email

    async def act(auth: Auth) -> Outcome:
        await require_account(auth, email)
        confirm(arguments, f"Remove every second factor of {email}, and end their sessions?")
        done = await reset_factors(auth, email)
        line = (
            f"The second factors of {email} are removed; sessions ended: {done.sessions}."
            if done.had_any
            else f"{email} had no second factor; nothing changed."
        )
        return Outcome(line, {"had_any": done.had_any, "sessions": done.sessions})

    return act


def _rotate(arguments: argparse.Namespace) -> Act:
    compromised: bool = arguments.compromised

    async def act(auth: Auth) -> Outcome:
        await require_keys_that_sign(auth)
        if compromised:
            confirm(arguments, "Delete every signing key now? Browsers get new tokens; programs sign in again.")
        found = (await operate_keys(auth, compromised=compromised)).keys
        newest = max(found, key=lambda key: key.signs_from)
        line = (
            f"Every key is deleted; key {newest.kid} signs from now on."
            if compromised
            else f"Key {newest.kid} is published and signs from {newest.signs_from:%Y-%m-%d %H:%M} UTC."
        )
        return Outcome(line, {"kid": newest.kid, "signs_from": newest.signs_from.isoformat()})

    return act


def _revoke(arguments: argparse.Namespace) -> Act:
    email: str | None = arguments.email

    async def act(auth: Auth) -> Outcome:
        if email is not None:
            await require_account(auth, email)
        confirm(arguments, f"Sign {email or 'everybody'} out everywhere?")
        ended = await (revoke_all(auth) if email is None else revoke_person(auth, email))
        return Outcome(f"{email or 'Everybody'} is signed out; sessions ended: {ended}.", {"sessions": ended})

    return act


def _given_password(*, from_stdin: bool) -> str | None:
    """Return the password that is given or typed, None for the one that an account has. Raises Refused."""
    if from_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
        if not given:
            raise Refused("--password-stdin: the first line of input is empty.")
    elif (known := TerminalSettings.read(os.environ).emergence_password) is not None:
        given = known.get_secret_value()
    elif sys.stdin.isatty():
        given = getpass.getpass("Password (empty: an account keeps the one it has): ")
        if given and getpass.getpass("The same again: ") != given:
            raise Refused("the two passwords differ; nothing was changed.")
    else:
        given = ""
    if not given:
        return None
    return checked(PASSWORD, given, "the password is longer than what can be kept.").get_secret_value()
