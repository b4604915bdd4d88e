"""Starting: with the database, without it, with another secret, and beside another instance."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from emergence.auth.app import build_app
from emergence.contracts.auth.client import AuthClient, access_token_verifier
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.surroundings import Surroundings
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.peers import Peers
from tests.auth.served_auth import REFRESH_COOKIE, ServedAuth, auth_environ, bearer, served_auth

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


async def test_the_key_set_is_public_and_holds_nothing_private(served: ServedAuth) -> None:
    answer = await served.program().get("/.well-known/jwks.json")

    (key,) = answer.json()["keys"]
    assert answer.headers["cache-control"] == "public, max-age=300"
    assert (key["kty"], key["crv"], key["alg"], key["use"]) == ("OKP", "Ed25519", "EdDSA", "sig")
    assert set(key) == {"kty", "crv", "alg", "use", "kid", "x"}


async def test_another_service_verifies_what_auth_signs(served: ServedAuth) -> None:
    _, signed_in = await served.claimed()
    peers = Peers({"auth": InProcess(served.app, service="auth", tokens=None)})

    identity = await access_token_verifier(peers, served.clock).verify(signed_in["access_token"])

    assert str(identity.user_id) == signed_in["user_id"]
    assert str(identity.session_id) == signed_in["session_id"]
    assert identity.role == "admin"
    assert len((await AuthClient(peers).keys()).keys) == 1


async def test_instances_that_start_together_share_one_key(empty_database_url: str) -> None:
    environ = auth_environ(empty_database_url)
    apps = [build_app(Surroundings(environ=environ)) for _ in range(4)]

    async with asyncio.TaskGroup() as starting:
        stays = asyncio.Event()

        async def run(number: int) -> str:
            async with apps[number].router.lifespan_context(apps[number]):
                kid = (await apps[number].state.auth.keys.active()).kid
                if number == 0:
                    await stays.wait()
                return str(kid)

        tasks = [starting.create_task(run(number)) for number in range(4)]
        await asyncio.wait(tasks[1:])
        stays.set()

    assert len({task.result() for task in tasks}) == 1


async def test_tokens_survive_a_restart(database_url: str) -> None:
    environ = auth_environ(database_url)
    async with served_auth(environ) as before:
        browser, signed_in = await before.claimed()
        token = browser.cookies[REFRESH_COOKIE]

    async with served_auth(environ, before.clock) as after:
        session = await after.browser().get("/api/auth/session", headers=bearer(signed_in))
        renewed = await after.browser().post(
            "/api/auth/refresh", json={}, headers={"cookie": f"{REFRESH_COOKIE}={token}"}
        )

    assert (session.status_code, renewed.status_code) == (200, 200)


async def test_another_secret_on_the_same_database_ends_the_start_with_its_reason(database_url: str) -> None:
    async with served_auth(auth_environ(database_url)):
        pass

    with pytest.raises(SettingsInvalid, match="AUTH_JWT_SECRET"):
        async with served_auth(auth_environ(database_url, AUTH_JWT_SECRET="e6c1d0b94f7a2835" + "77f0b3c2d1e4a596")):
            pass


async def test_without_a_database_the_service_starts_and_says_what_is_missing() -> None:
    async with served_auth(auth_environ(NOWHERE)) as served:
        program = served.program()
        health = await program.get("/api/health")
        ready = await program.get("/api/ready")
        answers = [
            await program.get("/api/auth/setup"),
            await program.get("/.well-known/jwks.json"),
            await program.post_json("/api/auth/login", {"email": "a@b.c", "password": "x"}),
            await program.post_json("/api/auth/refresh", **{"sec-fetch-site": "same-origin"}),
        ]

    assert health.status_code == 200
    assert ready.status_code == 503
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(503, "database_unavailable")}


async def test_the_service_comes_up_when_the_database_does(empty_database_url: str, free_port: int) -> None:
    behind = urlsplit(empty_database_url)
    reached = behind._replace(netloc=f"{behind.username}:{behind.password}@127.0.0.1:{free_port}").geturl()
    async with served_auth(auth_environ(reached)) as served:
        program = served.program()
        assert (await program.get("/api/ready")).status_code == 503

        async with relay(free_port, behind.hostname or "127.0.0.1", behind.port or 5432):
            async with asyncio.timeout(20):
                while (await program.get("/api/ready")).status_code != 200:
                    served.clock.advance(timedelta(seconds=1))
                    await asyncio.sleep(0.05)
            _, signed_in = await served.claimed()

        assert signed_in["role"] == "admin"
        gone = await program.get("/api/auth/session", headers=bearer(signed_in))
        assert (gone.status_code, gone.json()["code"]) == (503, "database_unavailable")


@asynccontextmanager
async def relay(port: int, host: str, target_port: int) -> AsyncIterator[None]:
    """Make a server reachable at another port for as long as the block lasts."""
    writers: list[asyncio.StreamWriter] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
        writer.close()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(host, target_port)
        writers.extend((writer, far_writer))
        with suppress(ConnectionError):
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))

    server = await asyncio.start_server(connect, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()
        for writer in writers:
            writer.close()


async def test_the_public_document_names_the_public_routes_only(served: ServedAuth) -> None:
    document = served.app.openapi()

    assert {path for path in document["paths"] if path.startswith("/api/auth")} == {
        "/api/auth/setup",
        "/api/auth/2fa/disable",
        "/api/auth/2fa/enable",
        "/api/auth/2fa/recovery-codes",
        "/api/auth/2fa/status",
        "/api/auth/2fa/verify",
        "/api/auth/admin/allowlist",
        "/api/auth/admin/audit",
        "/api/auth/admin/audit/export",
        "/api/auth/admin/audit/verify",
        "/api/auth/admin/impersonation/end",
        "/api/auth/admin/impersonation/renew",
        "/api/auth/admin/invitations",
        "/api/auth/admin/invitations/{invitation_id}",
        "/api/auth/admin/invitations/{invitation_id}/resend",
        "/api/auth/admin/keys",
        "/api/auth/admin/keys/rotate",
        "/api/auth/admin/sessions",
        "/api/auth/admin/sessions/revoke",
        "/api/auth/admin/users",
        "/api/auth/admin/users/{user_id}",
        "/api/auth/admin/users/{user_id}/export",
        "/api/auth/admin/users/{user_id}/export/download",
        "/api/auth/admin/users/{user_id}/impersonate",
        "/api/auth/admin/users/{user_id}/reset-link",
        "/api/auth/admin/users/{user_id}/reset-mfa",
        "/api/auth/admin/users/{user_id}/role",
        "/api/auth/admin/users/{user_id}/status",
        "/api/auth/admin/users/{user_id}/undelete",
        "/api/auth/change-password",
        "/api/auth/set-password",
        "/api/auth/email",
        "/api/auth/email/change",
        "/api/auth/email/confirm",
        "/api/auth/email/undo",
        "/api/auth/identities",
        "/api/auth/identities/{identity_id}",
        "/api/auth/introspect",
        "/api/auth/invitations/accept",
        "/api/auth/invitations/show",
        "/api/auth/login",
        "/api/auth/magic-link",
        "/api/auth/magic-link/login",
        "/api/auth/me",
        "/api/auth/me/export",
        "/api/auth/me/export/download",
        "/api/auth/me/undelete",
        "/api/auth/my-activity",
        "/api/auth/my-sessions",
        "/api/auth/my-sessions/revoke-all",
        "/api/auth/my-sessions/revoke-others",
        "/api/auth/my-sessions/{session_id}/revoke",
        "/api/auth/oidc/handover",
        "/api/auth/oidc/{provider}/backchannel-logout",
        "/api/auth/oidc/{provider}/callback",
        "/api/auth/oidc/{provider}/start",
        "/api/auth/passkeys",
        "/api/auth/passkeys/login/begin",
        "/api/auth/passkeys/login/finish",
        "/api/auth/passkeys/register/begin",
        "/api/auth/passkeys/register/finish",
        "/api/auth/passkeys/step-up/begin",
        "/api/auth/passkeys/{passkey_id}",
        "/api/auth/refresh",
        "/api/auth/register",
        "/api/auth/register/confirm",
        "/api/auth/request-password-reset",
        "/api/auth/reset-password",
        "/api/auth/revoke",
        "/api/auth/token",
        "/api/auth/verify-email",
        "/api/auth/verify-email/request",
        "/api/auth/login/mfa",
        "/api/auth/challenge",
        "/api/auth/logout",
        "/api/auth/session",
        "/api/auth/step-up",
        "/api/auth/ws-ticket",
    }
    assert "internal" not in json.dumps(document)
