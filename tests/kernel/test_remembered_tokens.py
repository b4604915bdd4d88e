"""What the verifier remembers spares signatures, never judgement; and it does not remember without end."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from joserfc.jws import JWSRegistry

from emergence.kernel.errors import Unauthenticated
from emergence.kernel.identity import REMEMBERED_TOKENS, AccessTokenVerifier
from tests.frozen_clock import FrozenClock
from tests.kernel.access_tokens import AUDIENCE, ISSUER, KeySetDocument, TokenMint


class Signatures:
    """Counts how many signatures the library checked."""

    def __init__(self) -> None:
        self.checked = 0


@pytest.fixture
def signatures(monkeypatch: pytest.MonkeyPatch) -> Iterator[Signatures]:
    counted, algorithm = Signatures(), JWSRegistry.algorithms["EdDSA"]
    verify = algorithm.verify

    def counting(*words: object) -> bool:
        counted.checked += 1
        return bool(verify(*words))  # type: ignore[arg-type]

    monkeypatch.setattr(algorithm, "verify", counting)
    yield counted


class ChangingKeys:
    """Publishes what it is told to."""

    def __init__(self, mint: TokenMint) -> None:
        self.published = [mint.jwk()]

    async def __call__(self) -> KeySetDocument:
        return KeySetDocument(self.published)


@pytest.fixture
def mint() -> TokenMint:
    return TokenMint(FrozenClock())


def verifier_over(mint: TokenMint, keys: ChangingKeys | None = None) -> AccessTokenVerifier:
    source = keys or ChangingKeys(mint)
    return AccessTokenVerifier(source, issuer=ISSUER, audience=AUDIENCE, clock=mint.clock)


async def test_a_signature_is_checked_once_and_the_same_caller_is_named_again(
    mint: TokenMint, signatures: Signatures
) -> None:
    verifier, token, another = verifier_over(mint), mint.token(), mint.token()

    first = await verifier.verify(token)
    for _ in range(3):
        assert await verifier.verify(token) == first
    mint.clock.advance(timedelta(minutes=4, seconds=59))
    assert await verifier.verify(token) == first
    assert signatures.checked == 1
    assert (await verifier.verify(another)).user_id != first.user_id
    assert signatures.checked == 2


async def test_within_the_leeway_a_token_is_still_remembered(mint: TokenMint, signatures: Signatures) -> None:
    verifier, token = verifier_over(mint), mint.token(claims={"exp": int(mint.clock.now().timestamp()) + 60})
    await verifier.verify(token)

    mint.clock.advance(timedelta(seconds=64))
    await verifier.verify(token)
    assert signatures.checked == 1
    mint.clock.advance(timedelta(seconds=1))
    with pytest.raises(Unauthenticated):
        await verifier.verify(token)


async def test_only_a_withdrawn_key_makes_the_verifier_forget(mint: TokenMint, signatures: Signatures) -> None:
    keys = ChangingKeys(mint)
    verifier = verifier_over(mint, keys)
    mint.clock.advance(timedelta(seconds=301))  # the key set is fetched anew at the next look
    await verifier.verify(mint.token())
    held = mint.token()
    await verifier.verify(held)
    await verifier.verify(held)
    assert signatures.checked == 2

    keys.published = [TokenMint(mint.clock, "key-2").jwk()]
    mint.clock.advance(timedelta(seconds=301))
    with pytest.raises(Unauthenticated):
        await verifier.verify(mint.token())
    keys.published = [mint.jwk(), *keys.published]
    mint.clock.advance(timedelta(seconds=61))
    fresh = mint.token()
    await verifier.verify(fresh)
    await verifier.verify(fresh)
    assert signatures.checked == 3


async def test_the_oldest_is_forgotten_when_there_are_too_many(mint: TokenMint, signatures: Signatures) -> None:
    verifier = verifier_over(mint)
    tokens = [mint.token(claims={"sid": str(UUID(int=number)), "jti": str(uuid4())}) for number in range(3)]
    first, second, _ = tokens
    for token in tokens:
        await verifier.verify(token)
    for _ in range(REMEMBERED_TOKENS - len(tokens)):
        await verifier.verify(mint.token())
    before = signatures.checked
    await verifier.verify(first)
    assert signatures.checked == before == REMEMBERED_TOKENS

    await verifier.verify(mint.token())
    await verifier.verify(second)
    assert signatures.checked == before + 1
    await verifier.verify(first)
    assert signatures.checked == before + 2
