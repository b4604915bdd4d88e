"""A registered service on another machine."""

import json

import pytest

from emergence.auth.clients.register_client import add_client
from tests.auth.clients.holding import NAME, Held, key_set
from tests.auth.served_auth import ServedAuth


@pytest.fixture
async def held(served: ServedAuth) -> Held:
    """A client that signs with its own key and may call auth and chat."""
    held = Held(served)
    secret = await add_client(served.auth, NAME, ["auth", "chat"], json.dumps(key_set(held.key)))
    assert secret is None
    return held
