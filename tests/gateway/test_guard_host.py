"""Which host names are answered: the guard against pages that point their own name at this machine."""

import pytest

from emergence.gateway.guard_host import is_our_host

PUBLIC = "https://chat.example.org"


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST"])
def test_loopback_names_are_always_answered(host: str) -> None:
    assert is_our_host(host, public_url=None, loopback_only=True)
    assert is_our_host(host, public_url=PUBLIC, loopback_only=False)


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "192.168.1.5", ""]
)
def test_other_names_are_refused_on_loopback(host: str) -> None:
    assert not is_our_host(host, public_url=None, loopback_only=True)


def test_with_a_public_address_only_its_name_counts() -> None:
    assert is_our_host("chat.example.org", public_url=PUBLIC, loopback_only=False)
    assert is_our_host("chat.example.org:443", public_url=PUBLIC, loopback_only=False)
    assert not is_our_host("evil.example", public_url=PUBLIC, loopback_only=False)


@pytest.mark.parametrize(
    "host", ["[::1", "a b", "http://x/", "@", "user@", "evil.test@localhost", "localhost/..", "localhost:1/x?y#"]
)
def test_malformed_names_are_refused(host: str) -> None:
    assert not is_our_host(host, public_url=PUBLIC, loopback_only=True)
