"""The machine's owner signs in with a file that only their account can read."""

from pathlib import Path

import pytest

from tests.auth.served_auth import ServedAuth, auth_environ, bearer, served_auth

CREDENTIAL = "9f2c" * 16
PATH = "/api/auth/owner/login"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "owner"
    file.write_text(CREDENTIAL + "\n")
    return file


def environ_with(database_url: str, file: Path) -> dict[str, str]:
    return auth_environ(database_url, AUTH_OWNER_CREDENTIAL_FILE=str(file))


async def test_the_owner_works_before_there_is_an_administrator_and_stays_the_same_person(
    database_url: str, file: Path
) -> None:
    async with served_auth(environ_with(database_url, file)) as served:
        first = (await served.program().post_json(PATH, {"credential": CREDENTIAL})).json()
        setup = (await served.browser().get("/api/auth/setup")).json()
        again = (await served.program().post_json(PATH, {"credential": CREDENTIAL})).json()
        _, claimed = await served.claimed()
        after = (await served.program().post_json(PATH, {"credential": CREDENTIAL})).json()

        assert (first["role"], first["email"], first["display_name"]) == ("admin", None, "Owner")
        assert setup["claimed"] is False
        assert {first["user_id"], again["user_id"], claimed["user_id"], after["user_id"]} == {first["user_id"]}
        assert (after["display_name"], after["email"]) == ("Ada", "Ada@Example.org")
        session = await served.program().get("/api/auth/session", headers=bearer(first))
        assert session.json()["display_name"] == "Ada"


async def test_owner_sign_in_sets_no_cookie(database_url: str, file: Path) -> None:
    async with served_auth(environ_with(database_url, file)) as served:
        answer = await served.program().post_json(PATH, {"credential": CREDENTIAL})

        assert answer.status_code == 200
        assert "set-cookie" not in answer.headers


async def test_a_wrong_credential_or_another_machine_is_refused(database_url: str, file: Path) -> None:
    async with served_auth(environ_with(database_url, file)) as served:
        body = {"credential": CREDENTIAL}
        refused = [
            await served.program().post_json(PATH, {"credential": CREDENTIAL[:-1]}),
            await served.program().post_json(PATH, {"credential": ""}),
            await served.program("192.168.1.9").post_json(PATH, body),
            await served.program().post_json(PATH, body, **{"x-forwarded-for": "203.0.113.5"}),
            await served.program().post_json(PATH, body, **{"x-real-ip": "203.0.113.5"}),
            await served.program().post_json(PATH, body, via="1.1 tunnel"),
            await served.program().post_json(PATH, body, host="rebound.example"),
        ]

        assert {(answer.status_code, answer.json()["code"]) for answer in refused} == {(401, "credentials_rejected")}
        assert await served.auth.database.fetch("SELECT FROM users") == []


@pytest.fixture(params=[None, b"", b"short", b"\xff\xfe" * 40])
def unusable_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    file = tmp_path / "unusable"
    if request.param is not None:
        file.write_bytes(request.param)
    return file


async def test_an_unusable_file_lets_nobody_in(database_url: str, unusable_file: Path) -> None:
    async with served_auth(environ_with(database_url, unusable_file)) as served:
        for given in ("", "short", CREDENTIAL):
            assert (await served.program().post_json(PATH, {"credential": given})).status_code == 401


async def test_without_the_setting_the_route_does_not_exist(served: ServedAuth) -> None:
    assert (await served.program().post_json(PATH, {"credential": CREDENTIAL})).status_code == 404
