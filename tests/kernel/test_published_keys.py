"""How often a verifier asks for keys, and what it does while nobody answers."""

from datetime import timedelta

import pytest

from emergence.kernel.errors import Unavailable
from emergence.kernel.published_keys import PublishedKeys
from tests.frozen_clock import FrozenClock
from tests.kernel.access_tokens import KeySetDocument, TokenMint


class CountedSource:
    """A key source that counts its calls and can be switched off."""

    def __init__(self, *mints: TokenMint) -> None:
        self.mints = list(mints)
        self.extra: list[dict[str, str]] = []
        self.asked = 0
        self.is_away = False

    async def __call__(self) -> KeySetDocument:
        self.asked += 1
        if self.is_away:
            raise Unavailable()
        return KeySetDocument([mint.jwk() for mint in self.mints] + self.extra)


@pytest.fixture
def clock() -> FrozenClock:
    return FrozenClock()


async def test_invented_key_ids_ask_the_source_once_a_minute(clock: FrozenClock) -> None:
    source = CountedSource(TokenMint(clock))
    keys = PublishedKeys(source, clock)
    await keys.refresh_if_stale()

    for number in range(50):
        assert await keys.find(f"invented-{number}") is None
    assert source.asked == 2

    clock.advance(timedelta(seconds=60))
    assert await keys.find("invented") is None
    assert source.asked == 3


async def test_a_new_key_is_found_at_once(clock: FrozenClock) -> None:
    source = CountedSource(TokenMint(clock))
    keys = PublishedKeys(source, clock)
    await keys.refresh_if_stale()
    source.mints.append(TokenMint(clock, kid="key-2"))

    found = await keys.find("key-2")

    assert found is not None
    assert found.alg == "EdDSA"


async def test_keys_stay_usable_while_the_source_is_away(clock: FrozenClock) -> None:
    source = CountedSource(TokenMint(clock))
    keys = PublishedKeys(source, clock)
    await keys.refresh_if_stale()
    source.is_away = True

    clock.advance(timedelta(hours=1))
    await keys.refresh_if_stale()

    assert await keys.find("key-1") is not None


async def test_a_source_that_is_away_is_not_asked_at_every_request(clock: FrozenClock) -> None:
    source = CountedSource(TokenMint(clock))
    keys = PublishedKeys(source, clock)
    await keys.refresh_if_stale()
    source.is_away = True
    clock.advance(timedelta(hours=1))

    for _ in range(50):
        await keys.refresh_if_stale()

    assert source.asked == 2


async def test_without_any_key_the_outage_is_said(clock: FrozenClock) -> None:
    source = CountedSource()
    source.is_away = True
    keys = PublishedKeys(source, clock)

    with pytest.raises(Unavailable):
        await keys.refresh_if_stale()
    source.is_away, source.mints = False, [TokenMint(clock)]
    clock.advance(timedelta(seconds=2))
    await keys.refresh_if_stale()

    assert await keys.find("key-1") is not None


async def test_a_published_secret_or_a_broken_key_is_left_out(clock: FrozenClock) -> None:
    source = CountedSource(TokenMint(clock))
    source.extra = [
        {"kty": "oct", "k": "A" * 43, "alg": "HS256", "kid": "shared"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AAAA", "alg": "EdDSA", "kid": "short"},
        {"kty": "unheard-of", "kid": "strange"},
    ]
    keys = PublishedKeys(source, clock)
    await keys.refresh_if_stale()

    assert [await keys.find(kid) for kid in ("shared", "short", "strange")] == [None, None, None]
    assert await keys.find("key-1") is not None
