"""Whom the gateway vouches for: believed with its own proof for this very service, and from nobody else."""

from ipaddress import ip_address

import pytest

from emergence.contracts.auth.networks import CLIENT, GATEWAY, PROOF, vouched_for, vouching
from emergence.kernel.service_tokens import ServiceTokens

SECRET = "a-secret-that-all-services-share-0123456789"
PERSON = ip_address("93.184.216.7")


def read_by_auth(headers: dict[str, str]) -> object:
    return vouched_for(headers, ServiceTokens(SECRET, "auth"), "auth")


def test_the_gateway_is_believed() -> None:
    headers = dict(vouching(PERSON, ServiceTokens(SECRET, GATEWAY), "auth"))

    assert read_by_auth(headers) == PERSON
    assert vouching(None, ServiceTokens(SECRET, GATEWAY), "auth") == {}


@pytest.mark.parametrize(
    ("secret", "caller", "audience"),
    [("another-secret-0123456789-0123456789", GATEWAY, "auth"), (SECRET, "chat", "auth"), (SECRET, GATEWAY, "session")],
)
def test_nobody_else_is(secret: str, caller: str, audience: str) -> None:
    assert read_by_auth(dict(vouching(PERSON, ServiceTokens(secret, caller), audience))) is None


@pytest.mark.parametrize("proof", [None, "", "Bearer", "Bearer x", "Basic x"])
def test_a_word_without_proof_is_nothing(proof: str | None) -> None:
    assert read_by_auth({CLIENT: str(PERSON)} | ({} if proof is None else {PROOF: proof})) is None


@pytest.mark.parametrize("said", ["", "10.0.0.1", "169.254.1.1", "unknown", "93.184.216.7, 8.8.8.8"])
def test_what_is_no_persons_address_is_nothing(said: str) -> None:
    headers = dict(vouching(PERSON, ServiceTokens(SECRET, GATEWAY), "auth"))

    assert read_by_auth(headers | {CLIENT: said}) is None
