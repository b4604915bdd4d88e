"""Where a request comes from, believing as many proxies as there are."""

from ipaddress import ip_address

import pytest
from fastapi import Request

from emergence.auth.callers import RELAY_HEADERS, caller_of
from emergence.auth.settings import AuthSettings
from tests.auth.served_auth import auth_environ

NOWHERE = "postgresql://nobody@127.0.0.1:1/none"


def request_from(address: str, headers: dict[str, str]) -> Request:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return Request({"type": "http", "client": (address, 1), "headers": pairs})


@pytest.mark.parametrize(
    ("hops", "address", "forwarded", "network", "prefix"),
    [
        ("0", "203.0.113.7", None, "203.0.113.7/32", "203.0.113.0/24"),
        ("0", "192.168.1.7", None, "192.168.1.7/32", "192.168.1.0/24"),
        ("0", "203.0.113.7", "8.8.8.8", "203.0.113.7/32", "203.0.113.0/24"),
        ("0", "2001:db8:1:2:3::9", None, "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("0", "::ffff:203.0.113.7", None, "203.0.113.7/32", "203.0.113.0/24"),
        ("0", "testclient", None, "unknown", None),
        ("1", "10.0.0.1", "8.8.8.8", "8.8.8.8/32", "8.8.8.0/24"),
        ("1", "10.0.0.1", "127.0.0.1, 8.8.8.8", "8.8.8.8/32", "8.8.8.0/24"),
        ("2", "10.0.0.1", "6.6.6.6, 8.8.8.8, 35.191.0.1", "8.8.8.8/32", "8.8.8.0/24"),
        ("2", "10.0.0.1", "8.8.8.8", "unknown", None),
        ("1", "10.0.0.1", None, "unknown", None),
        ("1", "10.0.0.1", "10.1.2.3", "unknown", None),
        ("1", "10.0.0.1", "8.8.8.8:1234", "unknown", None),
        ("1", "10.0.0.1", "<script>", "unknown", None),
    ],
)
def test_the_address_is_read_where_the_nearest_trusted_proxy_wrote_it(
    hops: str, address: str, forwarded: str | None, network: str, prefix: str | None
) -> None:
    settings = AuthSettings.read(auth_environ(NOWHERE, AUTH_TRUSTED_HOPS=hops))

    caller = caller_of(request_from(address, {"x-forwarded-for": forwarded} if forwarded else {}), settings)

    assert (caller.network(), caller.prefix()) == (network, prefix)


@pytest.mark.parametrize(("hops", "network"), [("0", "10.0.0.1/32"), ("1", "203.0.113.7/32"), ("2", "203.0.113.7/32")])
def test_whom_the_gateway_vouches_for_comes_first_behind_a_proxy(hops: str, network: str) -> None:
    settings = AuthSettings.read(auth_environ(NOWHERE, AUTH_TRUSTED_HOPS=hops))
    request = request_from("10.0.0.1", {"x-forwarded-for": "8.8.8.8, 8.8.4.4"})

    assert caller_of(request, settings, ip_address("203.0.113.7")).network() == network


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST"])
def test_this_machine_has_three_names(host: str) -> None:
    settings = AuthSettings.read(auth_environ(NOWHERE))

    assert caller_of(request_from("127.0.0.1", {"host": host}), settings).is_local
    assert caller_of(request_from("::1", {"host": host}), settings).is_local
    assert not caller_of(request_from("203.0.113.7", {"host": host}), settings).is_local


@pytest.mark.parametrize("host", ["", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "[::1", "@"])
def test_any_other_name_is_not_this_machine(host: str) -> None:
    settings = AuthSettings.read(auth_environ(NOWHERE))

    assert not caller_of(request_from("127.0.0.1", {"host": host}), settings).is_local


def test_behind_a_trusted_gateway_the_browsers_host_counts() -> None:
    settings = AuthSettings.read(auth_environ(NOWHERE, AUTH_TRUSTED_HOPS="1"))
    relayed = {"x-forwarded-for": "127.0.0.1", "host": "127.0.0.1:9001", "x-forwarded-host": "localhost:8080"}

    assert caller_of(request_from("127.0.0.1", relayed), settings).is_local
    assert not caller_of(request_from("127.0.0.1", relayed | {"x-forwarded-host": "evil.example"}), settings).is_local
    assert not caller_of(request_from("127.0.0.1", relayed | {"x-forwarded-for": "8.8.8.8"}), settings).is_local


@pytest.mark.parametrize("name", RELAY_HEADERS)
def test_what_a_proxy_relayed_is_not_from_this_machine(name: str) -> None:
    settings = AuthSettings.read(auth_environ(NOWHERE))

    caller = caller_of(request_from("127.0.0.1", {"host": "localhost:8080", name: "anything"}), settings)

    assert not caller.is_local
