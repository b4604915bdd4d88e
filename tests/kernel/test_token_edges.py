"""Tokens and keys exactly at each limit: the last that is accepted, the first that is not."""

from datetime import timedelta

import pytest
from joserfc.jwk import OctKey

from emergence.kernel.errors import Unauthenticated
from emergence.kernel.identity import AccessTokenVerifier
from emergence.kernel.signed_token import (
    TOKEN_MAX_CHARACTERS,
    KeyUnusable,
    TokenRefused,
    unseal,
    verification_key,
    verified_payload,
)
from tests.frozen_clock import FrozenClock
from tests.kernel.access_tokens import AUDIENCE, ISSUER, TokenMint, base64url

HEADER = base64url(b"{}")


@pytest.fixture
def mint() -> TokenMint:
    return TokenMint(FrozenClock())


async def is_accepted(mint: TokenMint, token: str) -> bool:
    verifier = AccessTokenVerifier(mint.key_set, issuer=ISSUER, audience=AUDIENCE, clock=mint.clock)
    try:
        await verifier.verify(token)
    except Unauthenticated:
        return False
    return True


@pytest.mark.parametrize(("lifetime_s", "is_good"), [(0, False), (-1, False), (1, True), (300, True), (301, False)])
async def test_how_long_a_token_may_live(mint: TokenMint, lifetime_s: int, is_good: bool) -> None:
    issued = int(mint.clock.now().timestamp())

    assert await is_accepted(mint, mint.token(claims={"exp": issued + lifetime_s})) is is_good


@pytest.mark.parametrize("claim", ["iat", "nbf"])
@pytest.mark.parametrize(("ahead_s", "is_good"), [(5, True), (6, False)])
async def test_how_far_ahead_another_clock_may_be(mint: TokenMint, claim: str, ahead_s: int, is_good: bool) -> None:
    issued = int(mint.clock.now().timestamp())

    assert await is_accepted(mint, mint.token(claims={claim: issued + ahead_s})) is is_good


async def test_the_later_of_two_beginnings_counts(mint: TokenMint) -> None:
    issued = int(mint.clock.now().timestamp())
    token = mint.token(claims={"iat": issued - 60, "nbf": issued + 30, "exp": issued + 200})

    assert not await is_accepted(mint, token)
    mint.clock.advance(timedelta(seconds=25))
    assert await is_accepted(mint, token)


def token_of(length: int) -> str:
    return f"{HEADER}.{'A' * (length - len(HEADER) - 6)}.AAAA"


def test_a_token_may_be_exactly_as_long_as_is_said() -> None:
    longest = next(length for length in range(TOKEN_MAX_CHARACTERS, 0, -1) if (length - len(HEADER) - 6) % 4 != 1)
    assert longest == TOKEN_MAX_CHARACTERS

    assert unseal(token_of(TOKEN_MAX_CHARACTERS)).header == {}
    with pytest.raises(TokenRefused, match="too long"):
        unseal(token_of(TOKEN_MAX_CHARACTERS + 4))


@pytest.mark.parametrize("content", [b"\x00\x00\x17", b"", b"\x00", b"\x00\x00", bytes(range(256))])
def test_every_content_comes_out_as_it_went_in(content: bytes) -> None:
    """The first one ends with an X, where a padding sign could be taken for it."""
    sealed = unseal(f"{HEADER}.{base64url(content)}.{base64url(b'signature')}")

    assert (sealed.payload, sealed.signature) == (content, b"signature")


def octets(**members: object) -> dict[str, object]:
    return {**OctKey.generate_key(256).as_dict(private=True), "alg": "HS256", **members}


@pytest.mark.parametrize(
    "document",
    [
        octets(alg=["HS256"]),
        octets(alg=7),
        octets(alg=None),
        octets(alg="none"),
        octets(use="enc"),
        octets(use=["sig"]),
        octets(kty="EC"),
        {"alg": "HS256"},
    ],
)
def test_a_key_that_is_no_signature_key_is_unusable(document: dict[str, object]) -> None:
    with pytest.raises(KeyUnusable):
        verification_key(document)


@pytest.mark.parametrize(("kid", "held"), [("one", "one"), (None, ""), (7, ""), (["one"], "")])
def test_a_keys_name_is_text_or_nothing(kid: object, held: str) -> None:
    assert verification_key(octets(kid=kid)).kid == held
    assert verification_key(octets(use="sig")).kid == ""


@pytest.mark.parametrize(("alg", "size"), [("HS256", 32), ("HS384", 48), ("HS512", 64)])
def test_a_shared_key_is_as_long_as_its_hash(alg: str, size: int) -> None:
    assert verification_key(octets(alg=alg, k=base64url(bytes(range(size))))).alg == alg
    with pytest.raises(KeyUnusable):
        verification_key(octets(alg=alg, k=base64url(bytes(range(size - 1)))))


async def test_a_payload_comes_out_only_with_the_key_and_its_algorithm(mint: TokenMint) -> None:
    token, key = unseal(mint.token()), verification_key(mint.jwk())

    assert b'"sub"' in verified_payload(token, key)
    with pytest.raises(TokenRefused, match="another algorithm"):
        verified_payload(token, verification_key(octets()))
    with pytest.raises(TokenRefused, match="wrong signature"):
        verified_payload(token, verification_key(TokenMint(mint.clock).jwk()))


async def test_a_shared_key_is_used_for_its_own_name_only(mint: TokenMint) -> None:
    shared = verification_key(octets(kid="shared"))
    verifier = AccessTokenVerifier(mint.key_set, issuer=ISSUER, audience=AUDIENCE, clock=mint.clock, shared_key=shared)

    assert (await verifier.verify(mint.token())).key_id == mint.kid
    with pytest.raises(Unauthenticated):
        await verifier.verify(mint.token(header={"kid": "shared"}))
