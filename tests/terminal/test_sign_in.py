"""The terminal signs in to accounts with a second factor too."""

from base64 import b32decode
from dataclasses import dataclass

import pytest

from emergence.auth.app import build_app
from emergence.contracts.auth.account import MySessions
from emergence.contracts.auth.problems import CodeRejected
from emergence.kernel.surroundings import Surroundings
from emergence.terminal.proof_of_work import proof_for
from emergence.terminal.server import Server
from emergence.terminal.sign_in import Credentials, PasswordSignIn, TerminalProblem
from tests.auth.authenticator import code_at
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD, ServedAuth, auth_environ, bearer
from tests.auth.test_limits_at_scale import fill_everybodys
from tests.frozen_clock import FrozenClock
from tests.served_app import served


@dataclass
class Typed:
    """Somebody who types what they are asked for."""

    url: str
    answer: str

    def credentials(self) -> Credentials:
        return Credentials("/api/auth/login", {"email": ADMINISTRATOR["email"], "password": PASSWORD})

    def code(self) -> str:
        return self.answer


async def enrolled(running: ServedAuth) -> list[str]:
    """Give the administrator an authenticator; return the recovery codes."""
    browser, signed_in = await running.claimed()
    begun = (await browser.post_json("/api/auth/2fa/enable", **bearer(signed_in))).json()
    code = code_at(b32decode(begun["secret"]), running.clock.now())
    confirmed = await browser.post_json("/api/auth/2fa/verify", {"code": code}, **bearer(signed_in))
    codes: list[str] = confirmed.json()["codes"]
    return codes


async def test_a_code_is_asked_for_and_the_right_one_signs_in(database_url: str) -> None:
    clock = FrozenClock()
    app = build_app(Surroundings(environ=auth_environ(database_url), clock=clock))
    async with served(app) as url:
        codes = await enrolled(ServedAuth(app, clock))

        async with Server(Typed(url, codes[0])) as server:
            sessions = (await server.get("/api/auth/my-sessions", MySessions)).sessions
        async with Server(Typed(url, "000000")) as server:
            with pytest.raises(CodeRejected):
                await server.get("/api/auth/my-sessions", MySessions)

    assert next(each.methods for each in sessions if each.is_current) == ["pwd", "recovery_code", "mfa"]


def test_without_a_terminal_one_line_says_that_a_code_is_needed() -> None:
    with pytest.raises(TerminalProblem, match="asks for a code"):
        PasswordSignIn("http://127.0.0.1:9", {}).code()


async def test_the_work_that_a_server_under_attack_asks_for_is_done(database_url: str) -> None:
    clock, environ = FrozenClock(), auth_environ(database_url, EMERGENCE_PUBLIC_URL="http://127.0.0.1:8080")
    app = build_app(Surroundings(environ=environ, clock=clock))
    async with served(app) as url:
        running = ServedAuth(app, clock)
        await running.claimed()
        await fill_everybodys(running, 600)

        async with Server(Typed(url, "")) as server:
            found = await server.get("/api/auth/my-sessions", MySessions)

        assert len(found.sessions) == 2
        assert len(await running.auth.database.fetch("SELECT FROM spent_proofs")) == 1


@pytest.mark.parametrize("nonsense", [None, {}, {"parameters": {}}, {"parameters": []}, "x"])
def test_work_that_makes_no_sense_is_not_done(nonsense: object) -> None:
    assert proof_for(nonsense) is None
