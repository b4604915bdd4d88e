"""Where browsers allow this server's passkeys, and what they are bound to there."""

import pytest

from emergence.auth.passkeys.relying_party import RelyingParty, relying_party
from emergence.auth.settings import AuthSettings
from emergence.kernel.settings import SettingsInvalid
from tests.auth.served_auth import ServedAuth, auth_environ

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
AT_LOCALHOST = RelyingParty("localhost", ("http://localhost:8080",))


def party(asked_host: str, **settings: str) -> RelyingParty | None:
    return relying_party(AuthSettings.read(auth_environ(NOWHERE, **settings)), asked_host)


@pytest.mark.parametrize("asked", ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"])
def test_a_local_server_has_passkeys_at_localhost_whatever_it_was_asked_as(asked: str) -> None:
    assert party(asked) == AT_LOCALHOST
    assert party("elsewhere:1", EMERGENCE_PUBLIC_URL=f"http://{asked}") == AT_LOCALHOST


def test_port_80_is_not_written() -> None:
    assert party("localhost") == RelyingParty("localhost", ("http://localhost",))
    assert party("x", EMERGENCE_PUBLIC_URL="https://chat.example.org:443") == RelyingParty(
        "chat.example.org", ("https://chat.example.org",)
    )


@pytest.mark.parametrize("asked", ["192.168.1.5:8080", "somewhere.lan:8080", "", "[", "localhost:port"])
def test_where_browsers_allow_none_there_is_none(asked: str) -> None:
    found = party(asked)

    assert found is None or found == RelyingParty("localhost", ("http://localhost",))
    assert party("x", EMERGENCE_PUBLIC_URL="https://10.0.0.7") is None
    assert party("x", EMERGENCE_PUBLIC_URL="https://[2001:db8::1]") is None
    assert party("x", EMERGENCE_PUBLIC_URL="http://chat.example.org") is None


def test_a_public_server_does_not_believe_the_host_that_was_asked() -> None:
    here = RelyingParty("chat.example.org", ("https://chat.example.org",))

    assert party("evil.example", EMERGENCE_PUBLIC_URL="https://chat.example.org") == here
    assert party("localhost:8080", EMERGENCE_PUBLIC_URL="https://chat.example.org") == here


def test_a_parent_domain_may_hold_the_passkeys_of_both_addresses() -> None:
    both = {"EMERGENCE_PUBLIC_URL": "https://chat.example.org", "AUTH_PUBLIC_URL": "https://id.example.org"}

    assert party("x", **both, AUTH_RP_ID="example.org") == RelyingParty(
        "example.org", ("https://id.example.org", "https://chat.example.org")
    )
    asked_at_the_second = party("chat.example.org", **both, AUTH_RP_ID="example.org")
    assert asked_at_the_second is not None
    assert asked_at_the_second.origins == ("https://chat.example.org", "https://id.example.org")
    assert party("x", **both) == RelyingParty("id.example.org", ("https://id.example.org",))


@pytest.mark.parametrize("domain", ["ample.org", "other.org", "org", "10.0.0.7", "chat.example.org.", "Example.org"])
def test_another_domain_fails_the_start(domain: str) -> None:
    with pytest.raises(SettingsInvalid) as refused:
        party("x", EMERGENCE_PUBLIC_URL="https://chat.example.org", AUTH_RP_ID=domain)

    assert "AUTH_RP_ID" in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


async def test_a_page_learns_where_passkeys_work_before_anybody_signs_in(served: ServedAuth) -> None:
    for url, told in (
        ("http://127.0.0.1:8080", "http://localhost:8080"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://192.168.1.5:8080", None),
    ):
        assert (await served.browser(url=url).get("/api/auth/setup")).json()["passkeys_at"] == told


async def test_where_none_work_none_is_begun(served: ServedAuth) -> None:
    answer = await served.browser(url="http://192.168.1.5:8080").post_json("/api/auth/passkeys/login/begin")

    assert (answer.status_code, answer.json()["code"]) == (409, "passkeys_impossible")
