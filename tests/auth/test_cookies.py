"""Cookies know no ports: servers on one host must not sign each other's people out."""

import pytest

from tests.auth.served_auth import PASSWORD, ServedAuth, auth_environ, served_auth

ADA = {"email": "ada@example.org", "password": PASSWORD}


async def test_two_servers_on_one_host_keep_their_sessions_apart(served: ServedAuth) -> None:
    await served.claimed()
    browser, sessions = served.browser(), {}
    for port in (8080, 9090):
        answer = await browser.post_json(f"http://127.0.0.1:{port}/api/auth/login", ADA)
        sessions[port] = answer.json()["session_id"]

    for port in (8080, 9090):
        renewed = await browser.post_json(f"http://127.0.0.1:{port}/api/auth/refresh")
        assert renewed.json()["session_id"] == sessions[port]
    await browser.post_json("http://127.0.0.1:9090/api/auth/logout")

    assert set(browser.cookies) == {"emg_rt_8080", "emg_device_8080", "emg_device_9090"}
    assert (await browser.post_json("http://127.0.0.1:8080/api/auth/refresh")).status_code == 200


@pytest.mark.parametrize(
    ("url", "host", "more", "name"),
    [
        ("http://127.0.0.1:8080", None, {}, "emg_rt_8080"),
        ("http://127.0.0.1", None, {}, "emg_rt_80"),
        ("http://[::1]:9090", None, {}, "emg_rt_9090"),
        ("http://127.0.0.1:8080", "localhost:no;port=1", {}, "emg_rt_80"),
        ("http://127.0.0.1:8080", None, {"EMERGENCE_PUBLIC_URL": "http://127.0.0.1:7070"}, "emg_rt_7070"),
        ("http://127.0.0.1:8080", None, {"EMERGENCE_PUBLIC_URL": "https://chat.example.org"}, "__Host-emg_rt"),
    ],
)
async def test_the_name_holds_the_port_that_the_browser_asked_for(
    database_url: str, url: str, host: str | None, more: dict[str, str], name: str
) -> None:
    async with served_auth(auth_environ(database_url, **more)) as served:
        await served.claimed()

        answer = await served.browser(url=url).post_json("/api/auth/login", ADA, **({"host": host} if host else {}))

        assert answer.headers["set-cookie"].partition("=")[0] == name
