"""Tokens of this process's own account, from a metadata server as Google's machines have one."""

from dataclasses import dataclass, field
from datetime import timedelta

import jwt
import pytest
from aiohttp import web

from emergence.kernel.errors import Unavailable
from emergence.kernel.events.bus.pubsub_api import PubsubApi, PubsubMessage
from emergence.kernel.google_metadata import GoogleMetadata
from tests.frozen_clock import FrozenClock
from tests.scripted_google import ScriptedMetadata

ADDRESS, OTHER_ADDRESS = "https://auth-123-ew.a.run.app", "https://chat-123-ew.a.run.app"
TOPIC = "projects/test-project/topics/test-events"


@dataclass
class MetadataAndTopic(ScriptedMetadata):
    """Google as the bus sees it; refuses the second message."""

    given: list[str] = field(default_factory=list)

    def app(self) -> web.Application:
        app = super().app()
        app.router.add_post(f"/v1/{TOPIC}:publish", self.publish)
        return app

    async def publish(self, request: web.Request) -> web.Response:
        self.given.append(request.headers["authorization"])
        return web.Response(status=401 if len(self.given) == 2 else 200, text='{"messageIds": ["1"]}')


async def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    scripted, clock = ScriptedMetadata(), FrozenClock()
    async with scripted.running() as host:
        metadata = GoogleMetadata(host, clock)
        given = [await metadata.access_token()]
        clock.advance(timedelta(minutes=54))
        given.append(await metadata.access_token())
        clock.advance(timedelta(minutes=3))
        given.append(await metadata.access_token())

    assert given == ["access-1", "access-1", "access-2"]


@pytest.mark.parametrize(
    ("status", "body"), [(404, None), (500, None), (200, b"not json"), (200, b'{"access_token": "do-not-print-me"}')]
)
async def test_without_a_token_nobody_goes_on_and_none_is_printed(
    status: int, body: bytes | None, caplog: pytest.LogCaptureFixture
) -> None:
    async with ScriptedMetadata(status=status, body=body).running() as host:
        with pytest.raises(Unavailable, match="metadata server") as raised:
            await GoogleMetadata(host).access_token()

    assert "do-not-print-me" not in caplog.text + str(raised.value) + repr(raised.value.__cause__)


async def test_elsewhere_than_at_google_it_says_so(free_port: int) -> None:
    with pytest.raises(Unavailable, match="metadata server"):
        await GoogleMetadata(f"127.0.0.1:{free_port}").access_token()


async def test_pubsub_is_spoken_to_with_it_and_one_that_is_refused_is_asked_for_anew() -> None:
    scripted = MetadataAndTopic()
    async with scripted.running() as host:
        api = PubsubApi(f"http://{host}", GoogleMetadata(host))
        await api.publish(TOPIC, [PubsubMessage(b"one")])
        with pytest.raises(Unavailable, match="401"):
            await api.publish(TOPIC, [PubsubMessage(b"two")])
        await api.publish(TOPIC, [PubsubMessage(b"two")])
        await api.close()

    assert scripted.given == ["Bearer access-1", "Bearer access-1", "Bearer access-2"]


async def test_a_token_for_an_address_is_its_own_and_kept_until_shortly_before_its_end() -> None:
    clock = FrozenClock()
    scripted = ScriptedMetadata(clock=clock)
    async with scripted.running() as host:
        metadata = GoogleMetadata(host, clock)
        first = [await metadata.identity_token(ADDRESS), await metadata.identity_token(OTHER_ADDRESS)]
        clock.advance(timedelta(minutes=55))
        again = [await metadata.identity_token(ADDRESS), await metadata.identity_token(OTHER_ADDRESS)]
        clock.advance(timedelta(minutes=2))
        last = await metadata.identity_token(ADDRESS)

    assert first == again
    assert first[0] != last
    assert [jwt.decode(token, options={"verify_signature": False})["aud"] for token in (*first, last)] == [
        ADDRESS,
        OTHER_ADDRESS,
        ADDRESS,
    ]


@pytest.mark.parametrize("body", ["", "do-not-print-me", "a.e30.b", "\ud800"])
async def test_what_is_no_identity_token_is_sent_to_nobody(body: str, caplog: pytest.LogCaptureFixture) -> None:
    async with ScriptedMetadata(body=body.encode("utf-8", "surrogatepass")).running() as host:
        with pytest.raises(Unavailable, match="metadata server") as raised:
            await GoogleMetadata(host).identity_token(ADDRESS)

    assert "do-not-print-me" not in caplog.text + str(raised.value)
