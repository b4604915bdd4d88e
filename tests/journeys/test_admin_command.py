"""`emergence admin`, as real processes: beside a running server, beside a stopped one, and with settings alone."""

import asyncio
import json
import stat
from pathlib import Path
from time import monotonic

import pytest
from websockets.exceptions import ConnectionClosed

from tests.journeys.conftest import deployed
from tests.journeys.deployment import Deployment, one_process
from tests.journeys.program import Done, plain_environ, run_command
from tests.journeys.visitor import PASSWORD, Visitor

OTHER_PASSWORD = "nine pale moths behind the curtain"
SECRET = "5e1d0c9b8a7f6e4d3c2b1a0f9e8d7c6b5a49"
ADA, EVE = "ada@example.org", "eve@example.org"
WITHIN_S = 1.0


async def admin(environ: dict[str, str], *words: str, stdin: str | None = None) -> Done:
    done = await run_command(("admin", *words), environ, stdin=stdin)
    assert "Traceback" not in done.said, done.said
    assert OTHER_PASSWORD not in done.said
    assert not any(value in done.said for name, value in environ.items() if name.endswith(("_SECRET", "_URL")))
    return done


async def make(environ: dict[str, str], email: str, *more: str) -> Done:
    words = ("create-admin", "--email", email, "--password-stdin", *more)
    return await admin(environ, *words, stdin=f"{OTHER_PASSWORD}\n")


def settings_of(deployment: Deployment) -> dict[str, str]:
    """Return what a terminal beside `emergence up` has."""
    return plain_environ(EMERGENCE_DATA_DIR=str(deployment.folder))


@pytest.fixture
def production(database_url: str) -> dict[str, str]:
    """What a job beside a production deployment is given, and nothing else."""
    return plain_environ(DATABASE_URL=database_url, AUTH_JWT_SECRET=SECRET)


async def test_beside_a_running_server_it_counts_within_a_second(place: Path) -> None:
    folder = place / "admin-beside"
    async with deployed(one_process(folder, None)) as deployment, Visitor(deployment, ADA) as ada:
        await ada.claim()
        environ = settings_of(deployment)
        running = folder / "running.json"
        assert stat.S_IMODE(running.stat().st_mode) == 0o600

        async with ada.live() as client, Visitor(deployment, EVE) as eve:
            await eve.enter_as_developer()
            refused = await admin(environ, "revoke-all", stdin="\n")
            assert (refused.status, refused.out) == (2, "")
            assert "Sign everybody out everywhere? [y/N]" in refused.err
            done = await admin(environ, "revoke-all", "--json", stdin="y\n")
            ended_at_s = monotonic()
            assert (done.status, json.loads(done.out)["sessions"]) == (0, 2)
            with pytest.raises(ConnectionClosed) as closed:
                async with asyncio.timeout(WITHIN_S):
                    while True:
                        await client.socket.recv()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 4401
            assert (await ada.call("GET", "/api/threads")).status == 401
            assert (await eve.call("GET", "/api/threads")).status == 401
            assert monotonic() - ended_at_s < WITHIN_S

        made = await make(environ, EVE)
        assert (made.status, made.err) == (0, "")
        assert made.out == f"{EVE} is now an administrator (with the new password, address taken for proved).\n"
        await ada.log_in()
        one = await admin(environ, "revoke-all", "--email", ADA, "--yes")
        assert one.out == f"{ADA} is signed out; sessions ended: 1.\n"


async def test_beside_a_stopped_server_it_starts_the_database_and_stops_it_again(place: Path) -> None:
    folder = place / "admin-stopped"
    deployment = one_process(folder, None)
    async with deployed(deployment), Visitor(deployment, ADA) as ada:
        await ada.claim()
    assert not (folder / "running.json").exists()
    environ = settings_of(deployment)

    unasked = await admin(environ, "reset-mfa", "--email", ADA, "--yes")
    made = await make(environ, ADA)

    assert (unasked.status, unasked.out) == (0, f"{ADA} had no second factor; nothing changed.\n")
    assert (made.status, made.out.startswith(f"{ADA} is now an administrator")) == (0, True), made.said
    assert not (deployment.data / "postmaster.pid").exists()
    assert not (folder / "owner-credential").exists(), "only a server makes one"
    async with deployed(deployment), Visitor(deployment, ADA) as ada:
        assert (await ada.call("POST", "/api/auth/login", {"email": ADA, "password": PASSWORD})).status == 401
        reply = await ada.call("POST", "/api/auth/login", {"email": ADA, "password": OTHER_PASSWORD})
        assert (reply.status, reply.body["role"]) == (200, "admin")
        deployment.secrets.add(reply.body["access_token"])


async def test_with_the_settings_of_a_deployment_it_needs_no_server(production: dict[str, str]) -> None:
    made = await make(production, ADA, "--name", "Ada", "--json")
    again = await admin(production, "create-admin", "--email", ADA)
    published = await admin(production, "rotate-keys", "--json")
    replaced = await admin(production, "rotate-keys", "--compromised", "--yes")

    assert (made.status, json.loads(made.out)["is_new"]) == (0, True), made.said
    assert (again.status, again.out) == (0, f"{ADA} was an administrator already; nothing changed.\n")
    assert set(json.loads(published.out)) == {"kid", "signs_from"}
    assert replaced.out.startswith("Every key is deleted; key ")
    assert [done.err for done in (made, again, published, replaced)] == [""] * 4


async def test_another_secret_is_named_in_one_line(production: dict[str, str]) -> None:
    assert (await make(production, ADA)).status == 0

    done = await admin(production | {"AUTH_JWT_SECRET": SECRET[::-1]}, "revoke-all", "--yes")

    assert (done.status, done.out, len(done.err.splitlines())) == (2, "", 1)
    assert "AUTH_JWT_SECRET: is not the one that sealed" in done.err


async def test_what_cannot_be_done_is_said_in_one_line(production: dict[str, str], tmp_path: Path) -> None:
    nobody = await admin(production, "reset-mfa", "--email", EVE, "--yes")
    no_password = await admin(production, "create-admin", "--email", EVE)
    weak = await admin(production, "create-admin", "--email", EVE, "--password-stdin", stdin="short\n")
    no_line = await admin(production, "create-admin", "--email", EVE, "--password-stdin", stdin="")
    no_address = await make(production, "nobody")
    away = await admin(production | {"DATABASE_URL": "postgresql://me@127.0.0.1:9/none"}, "revoke-all", "--yes")
    no_secret = await admin(
        {name: value for name, value in production.items() if name != "AUTH_JWT_SECRET"}
        | {"EMERGENCE_DATA_DIR": str(tmp_path)},
        "revoke-all",
        "--yes",
    )
    nowhere = await admin(plain_environ(EMERGENCE_DATA_DIR=str(tmp_path / "none")), "revoke-all", "--yes")

    told = [
        (nobody, 1, "No account has this address."),
        (no_password, 2, "a new account needs a password"),
        (weak, 1, "at least 15 characters"),
        (no_line, 2, "the first line of input is empty"),
        (no_address, 2, "--email: must be an address"),
        (away, 1, "database"),
        (no_secret, 2, "AUTH_JWT_SECRET: is required"),
        (nowhere, 2, "there is no server in"),
    ]
    for done, status, words in told:
        assert (done.status, done.out, len(done.err.splitlines())) == (status, "", 1), done.said
        assert words in done.err
    assert not (tmp_path / "none").exists()


async def test_nobody_is_asked_about_what_is_not_there(production: dict[str, str]) -> None:
    assert (await make(production, ADA)).status == 0
    by_secret = production | {"AUTH_TOKEN_ALG": "HS256"}

    unknown = [
        await admin(production, "reset-mfa", "--email", EVE, stdin="y\n"),
        await admin(production, "revoke-all", "--email", EVE, stdin="y\n"),
        await admin(production, "rotate-client", "--name", "reports", stdin="y\n"),
        await admin(production, "remove-client", "--name", "reports", stdin="y\n"),
        await admin(by_secret, "rotate-keys", "--compromised", stdin="y\n"),
    ]
    known = await admin(production, "reset-mfa", "--email", ADA, stdin="n\n")

    assert [(done.status, done.out, "[y/N]" in done.err) for done in unknown] == [(1, "", False)] * 5
    assert (known.status, known.out) == (2, "")
    assert f"Remove every second factor of {ADA}, and end their sessions? [y/N]" in known.err


async def test_while_another_holds_the_folder_it_waits_for_nothing(place: Path) -> None:
    folder = place / "admin-held"
    deployment = one_process(folder, None)
    async with deployed(deployment):
        (folder / "running.json").unlink()  # as at a start, before it is told where the server listens

        done = await admin(settings_of(deployment), "revoke-all", "--yes")

    assert (done.status, len(done.err.splitlines())) == (1, 1)
    assert "in use by another emergence" in done.err


async def test_services_on_other_machines_are_registered_and_removed(
    production: dict[str, str], tmp_path: Path
) -> None:
    words = ("--name", "reports", "--audience", "chat")
    added = await admin(production, "add-client", *words, "--json")
    again = await admin(production, "add-client", *words)
    listed = await admin(production, "list-clients")
    kept = await admin(production, "rotate-client", "--name", "reports", stdin="n\n")
    rotated = await admin(production, "rotate-client", "--name", "reports", "--yes")
    removed = await admin(production, "remove-client", "--name", "reports", "--yes")
    gone = await admin(production, "remove-client", "--name", "reports", "--yes")
    empty = await admin(production, "list-clients", "--json")

    assert added.status == 0, added.said
    secret = json.loads(added.out)["client_secret"]
    assert len(secret) == 43
    assert (again.status, again.err) == (1, "emergence admin add-client: There is a service client of that name.\n")
    assert (listed.status, listed.out) == (0, "reports: for chat; secret; last used never\n")
    assert (kept.status, kept.out) == (2, "")
    assert "Its secret, shown this once: " in rotated.out
    assert secret not in rotated.out
    assert removed.out == "reports gets no more tokens; those that it has end within five minutes.\n"
    assert (gone.status, gone.err) == (1, "emergence admin remove-client: There is no service client of that name.\n")
    assert json.loads(empty.out) == {"clients": []}

    file = tmp_path / "keys.json"
    file.write_text("{}")
    told = {
        "--name: must be small letters": ("--name", "Reports", "--audience", "chat"),
        "invalid choice": ("--name", "reports", "--audience", "emergence-app"),
        "cannot be read": ("--name", "reports", "--audience", "chat", "--keys", str(tmp_path / "none")),
        "must be a JSON Web Key Set": ("--name", "reports", "--audience", "chat", "--keys", str(file)),
    }
    for line, wrong in told.items():
        done = await admin(production, "add-client", *wrong)
        assert (done.status in (1, 2), done.out) == (True, ""), done.said
        assert line in done.err
