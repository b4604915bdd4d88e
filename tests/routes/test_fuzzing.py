"""Schemathesis over the whole document, as anybody, as a member and as an administrator, in all its phases (A29)."""

import asyncio
import json
import os
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from emergence.auth.callers import Caller
from emergence.auth.open_session import Authentication, granted, open_session
from emergence.auth.store.users import read_account
from emergence.contracts.auth.values import Role
from tests.routes.person import Person
from tests.routes.walk import document
from tests.routes.world import World
from tests.served_app import served

HOOKS = "tests.routes.fuzzing_identity"
EXAMPLES = 3  # per operation and phase; the phase of coverage is what takes minutes
PATIENCE_S = 900
READABLE = 8_000  # characters of a report
FOUND = re.compile(r"^=+ (?:ERRORS|FAILURES) =+$", re.MULTILINE)
# A link that was invented is well-formed and refused by 400 (A28).
ANSWERS = ["2xx", "3xx", "400", "401", "403", "404", "409", "428", "429", "5xx"]
# These never end: tests/session/events/test_post_command.py makes ids up for them.
STREAMS = r"^/api/sessions/(.*/)?events$"
# No schema can say that a password is guessable, that a mark belongs to an earlier page, that nobody sees a character
# of a name or an address, that blanks say nothing, that exactly one member is to be given, or that an address is no
# pattern: there 422 is right too.
BEYOND_SCHEMA = [
    "POST /api/threads/import",  # any bytes are bytes, and few are a file of conversations
    "GET /api/threads",
    "GET /api/threads/search",
    "GET /api/threads/deleted",
    "GET /api/threads/{thread_id}/messages",
    "POST /api/sessions/{session_id}/commands",
    "GET /api/auth/my-sessions",
    "GET /api/auth/admin/sessions",
    "POST /api/auth/change-password",
    "POST /api/auth/register",
    "POST /api/auth/login",
    "POST /api/auth/magic-link",
    "POST /api/auth/request-password-reset",
    "POST /api/auth/email/change",
    "POST /api/auth/admin/sessions/revoke",
    "POST /api/auth/setup",
    "POST /api/auth/invitations/accept",
    "POST /api/auth/admin/invitations",
    "POST /api/auth/admin/allowlist",
    "POST /api/auth/admin/users/{user_id}/impersonate",
    "POST /api/auth/passkeys/register/finish",
    "PATCH /api/auth/passkeys/{passkey_id}",
    "PATCH /api/auth/me",
    "GET /api/memory/items",
    "GET /api/memory/turns",
    "POST /api/memory/items",
    "PATCH /api/memory/items/{item_id}",
    "POST /api/memory/forget/preview",
]


def expectations() -> str:
    """Return the fuzzer's configuration: which answers well-formed requests may get."""
    per_route = [
        f'[[operations]]\ninclude-name = "{route}"\n'
        f"checks.positive_data_acceptance.expected-statuses = {json.dumps([*ANSWERS, '422'])}\n"
        for route in BEYOND_SCHEMA
    ]
    return "\n".join([f"[checks]\npositive_data_acceptance.expected-statuses = {json.dumps(ANSWERS)}\n", *per_route])


def findings(said: str) -> str:
    """Return what the fuzzer found, from its first heading on, cut in the middle; if nothing, its last words."""
    begins = FOUND.search(said)
    told = said[begins.start() :] if begins else said[-READABLE:]
    return told if len(told) <= READABLE else f"{told[: READABLE // 2]}\n[…]\n{told[-READABLE // 2 :]}"


class Tokens:
    """Hands out a token of somebody whose session lives, a new session when it does not any more."""

    def __init__(self, world: World, person: Person) -> None:
        self._world = world
        self._person = person
        self._token = person.token
        self.app = Starlette(routes=[Route("/token", self._answer)])

    async def _answer(self, _: Request) -> PlainTextResponse:
        headers = {"authorization": f"Bearer {self._token}"}
        if (await self._person.browser.get("/api/auth/session", headers=headers)).status_code == 401:
            self._token = await self._of_a_new_session()
        return PlainTextResponse(self._token)

    async def _of_a_new_session(self) -> str:
        # Not over /login: the fuzzer's wrong passwords from this address have it refused for a while.
        auth = self._world.auth
        async with auth.database.transaction() as tx:
            account = await read_account(tx, self._person.account_id)
            nobody = Caller(address=None, agent=None, is_local=False)
            opened = await open_session(auth, tx, account.user_id, Authentication(("pwd",)), nobody)
        return (await granted(auth, opened.session, opened.account)).signed_in.access_token


@pytest.fixture(scope="module")
async def people(fuzzed: World) -> dict[Role | None, Person | None]:
    """Who the fuzzer speaks as, with something of their own; made before it begins."""
    speakers = [await fuzzed.person(role) for role in (Role.MEMBER, Role.ADMIN)]
    for person in speakers:
        await person.talk()
    return {None: None, Role.MEMBER: speakers[0], Role.ADMIN: speakers[1]}


@asynccontextmanager
async def spoken_for(world: World, person: Person | None) -> AsyncIterator[dict[str, str]]:
    """Yield the environment in which the fuzzer speaks as somebody, or as nobody."""
    if person is None:
        yield {}
        return
    async with served(Tokens(world, person).app) as url:
        yield {"FUZZING_TOKENS_URL": f"{url}/token"}


@pytest.mark.parametrize("role", [None, Role.MEMBER, Role.ADMIN])
async def test_what_the_document_promises_holds_for_any_input(
    fuzzed: World, people: dict[Role | None, Person | None], tmp_path: Path, role: Role | None
) -> None:
    described = tmp_path / "openapi.json"
    described.write_text(json.dumps(document()))
    (tmp_path / "schemathesis.toml").write_text(expectations())
    words = [
        "run", str(described), "--url", fuzzed.url, "--phases", "examples,coverage,fuzzing,stateful",
        "--checks", "all",
        "--exclude-path-regex", STREAMS,
        "--max-examples", str(EXAMPLES), "--generation-deterministic", "--continue-on-failure",
        "--no-shrink", "--no-color", "--warnings", "off",
        "--suppress-health-check", "all", "--header", "Sec-Fetch-Site: same-origin",
    ]  # fmt: skip

    heard = tmp_path / "heard"
    async with spoken_for(fuzzed, people[role]) as environ:
        with heard.open("wb") as hearing:
            fuzzer = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "schemathesis.cli", *words,
                env=os.environ | environ | {"SCHEMATHESIS_HOOKS": HOOKS, "PYTHONPATH": str(Path.cwd())},
                cwd=tmp_path, stdout=hearing, stderr=asyncio.subprocess.STDOUT,
            )  # fmt: skip
        try:
            async with asyncio.timeout(PATIENCE_S):
                await fuzzer.wait()
        except TimeoutError:
            fuzzer.kill()
            pytest.fail(f"not at its end after {PATIENCE_S} s\n{findings(heard.read_text())}", pytrace=False)
        finally:
            if fuzzer.returncode is None:
                fuzzer.kill()

    if fuzzer.returncode != 0:
        pytest.fail(f"status {fuzzer.returncode}\n{findings(heard.read_text())}", pytrace=False)
