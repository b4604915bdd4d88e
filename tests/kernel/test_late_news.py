"""While news of revocations are late auth is asked about changes; when they are lost nobody administers."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from fastapi.security import HTTPAuthorizationCredentials
from starlette.requests import Request

from emergence.kernel.errors import Unauthenticated, Unavailable
from emergence.kernel.identity import AccessTokenVerifier, Identity, Watching, current_identity
from emergence.kernel.revocations import LATE, LOST, Revocation, Revocations
from tests.frozen_clock import FrozenClock
from tests.kernel.access_tokens import AUDIENCE, ISSUER, KeySetDocument, TokenMint

MOMENT = timedelta(seconds=1)


class Auth:
    """Confirms or not, and keeps whom it was asked about and how often its keys were fetched."""

    def __init__(self, mint: TokenMint) -> None:
        self.mint = mint
        self.confirms = True
        self.asked: list[Identity] = []
        self.fetched = 0

    async def confirm(self, identity: Identity) -> bool:
        self.asked.append(identity)
        return self.confirms

    async def keys(self) -> KeySetDocument:
        self.fetched += 1
        return await self.mint.key_set()


class World:
    """A verifier that hears of revocations, and the auth that it asks."""

    def __init__(self) -> None:
        self.mint = TokenMint(FrozenClock())
        self.auth = Auth(self.mint)
        self.revocations = Revocations(self.mint.clock)
        self.revocations.note_news()
        watching = Watching(self.revocations, self.auth.confirm)
        self.verifier = AccessTokenVerifier(
            self.auth.keys, issuer=ISSUER, audience=AUDIENCE, clock=self.mint.clock, watching=watching
        )

    async def ask(self, method: str, token: str) -> Identity:
        """Call as a route does."""
        state = SimpleNamespace(state=SimpleNamespace(verifier=self.verifier))
        headers = [(b"authorization", f"Bearer {token}".encode())]
        request = Request({"type": "http", "method": method, "headers": headers, "app": state})
        return await current_identity(request, HTTPAuthorizationCredentials(scheme="Bearer", credentials=token))


@pytest.fixture
def world() -> World:
    return World()


async def test_while_news_are_fresh_auth_is_not_asked(world: World) -> None:
    world.mint.clock.advance(LATE)

    await world.ask("POST", world.mint.token())

    assert world.auth.asked == []


async def test_while_news_are_late_changes_are_confirmed_and_reading_is_not(world: World) -> None:
    world.mint.clock.advance(LATE + MOMENT)
    token = world.mint.token()

    await world.ask("GET", token)
    assert world.auth.asked == []
    changing = await world.ask("POST", token)

    assert world.auth.asked == [changing]


async def test_a_change_that_auth_does_not_confirm_is_refused(world: World) -> None:
    world.mint.clock.advance(LATE + MOMENT)
    world.auth.confirms = False
    token = world.mint.token()

    with pytest.raises(Unauthenticated):
        await world.ask("DELETE", token)
    await world.ask("GET", token)
    await world.verifier.verify(token)  # who says nothing of changing changes nothing


async def test_when_news_are_lost_it_is_said_in_words_for_people(world: World) -> None:
    world.mint.clock.advance(LOST)
    world.verifier.require_news()
    world.mint.clock.advance(MOMENT)

    with pytest.raises(Unavailable, match=r"^unavailable: Who may still administer this cannot be known"):
        world.verifier.require_news()


async def test_keys_are_fetched_again_once_for_each_that_is_withdrawn(world: World) -> None:
    tokens = [world.mint.token() for _ in range(3)]
    await world.verifier.verify(tokens[0])
    before = world.auth.fetched

    world.revocations.learn(Revocation("key", "another", world.mint.clock.now(), "key_compromised"))
    for token in tokens:
        await world.verifier.verify(token)

    assert (before, world.auth.fetched) == (1, 2)
