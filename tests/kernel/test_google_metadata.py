"""Tokens of this process's own account, from a metadata server as Google's machines have one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from aiohttp import web

from emergence.kernel.errors import Unavailable
from emergence.kernel.events.bus.pubsub_api import PubsubApi, PubsubMessage
from emergence.kernel.google_metadata import GoogleMetadata
from tests.frozen_clock import FrozenClock
from tests.scripted_google import serving

TOPIC = "projects/test-project/topics/test-events"


@dataclass
class ScriptedMetadata:
    """Gives `access-1`, `access-2`, … for an hour each."""

    asked: int = 0
    status: int = 200
    body: str | None = None
    given: list[str] = field(default_factory=list)

    async def token(self, request: web.Request) -> web.Response:
        assert request.headers["metadata-flavor"] == "Google", "without it the server answers nobody"
        self.asked += 1
        said = self.body or f'{{"access_token": "access-{self.asked}", "expires_in": 3599, "token_type": "Bearer"}}'
        return web.Response(status=self.status, text=said)

    async def publish(self, request: web.Request) -> web.Response:
        self.given.append(request.headers["authorization"])
        return web.Response(status=401 if len(self.given) == 2 else 200, text='{"messageIds": ["1"]}')

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_get("/computeMetadata/v1/instance/service-accounts/default/token", self.token)
        app.router.add_post(f"/v1/{TOPIC}:publish", self.publish)
        async with serving(app) as host:
            yield host


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
    ("status", "body"), [(404, None), (500, None), (200, "not json"), (200, '{"access_token": "do-not-print-me"}')]
)
async def test_without_a_token_nobody_goes_on_and_none_is_printed(
    status: int, body: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    async with ScriptedMetadata(status=status, body=body).running() as host:
        with pytest.raises(Unavailable, match="metadata server") as raised:
            await GoogleMetadata(host).access_token()

    assert "do-not-print-me" not in caplog.text + str(raised.value) + repr(raised.value.__cause__)


async def test_elsewhere_than_at_google_it_says_so(free_port: int) -> None:
    with pytest.raises(Unavailable, match="metadata server"):
        await GoogleMetadata(f"127.0.0.1:{free_port}").access_token()


async def test_pubsub_is_spoken_to_with_it_and_one_that_is_refused_is_asked_for_anew() -> None:
    scripted = ScriptedMetadata()
    async with scripted.running() as host:
        api = PubsubApi(f"http://{host}", GoogleMetadata(host))
        await api.publish(TOPIC, [PubsubMessage(b"one")])
        with pytest.raises(Unavailable, match="401"):
            await api.publish(TOPIC, [PubsubMessage(b"two")])
        await api.publish(TOPIC, [PubsubMessage(b"two")])
        await api.close()

    assert scripted.given == ["Bearer access-1", "Bearer access-1", "Bearer access-2"]
