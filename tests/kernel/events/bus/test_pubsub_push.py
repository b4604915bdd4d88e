"""Events that Pub/Sub pushes: only with Google's token, dealt with once, and none lost by what is answered."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from fastapi import FastAPI

from emergence.kernel.events.bus.bus import Envelope
from emergence.kernel.events.bus.pubsub import PubsubBus, message_of
from emergence.kernel.events.bus.pubsub_push import PUSHER, add_push_route
from emergence.kernel.events.pubsub_address import pubsub_address
from emergence.kernel.events.subscriber import Subscriber
from emergence.kernel.google_identities import GoogleIdentities, google_keys
from emergence.kernel.service_app import service_app
from emergence.kernel.storage.database import Database, Transaction
from tests.kernel.events.bus_place import envelope
from tests.kernel.events.shop import QUICK, ItemSold, note_sale, office_subscriber, running, seen, until_seen
from tests.kernel.requests_to_app import Answered, ask
from tests.kernel.service_plans import plan
from tests.pubsub_emulator import PubsubEmulator
from tests.scripted_google import ScriptedGoogle, serving

OWN_URL = "https://office-123-ew.a.run.app"
ACCOUNT = "pusher@test-project.iam.gserviceaccount.com"
PATH = "/api/office/internal/events"
ENDPOINT = OWN_URL + PATH


@dataclass
class Office:
    """A service that takes pushed events, and the Google that signs for who pushes."""

    app: FastAPI
    google: ScriptedGoogle
    bus: PubsubBus
    subscriber: Subscriber
    database: Database
    failing: set[int]

    async def push(self, message: object, **claims: object) -> Answered:
        body = json.dumps({"message": message, "subscription": "projects/p/subscriptions/s", "deliveryAttempt": 1})
        return await self.post(body.encode(), f"Bearer {self.google.token(None, **claims)}")

    async def post(self, body: bytes, authorization: str | None) -> Answered:
        headers = {} if authorization is None else {"authorization": authorization}
        return await ask(self.app, PATH, method="POST", body=body, headers=headers)


@pytest.fixture
async def office_service(office: Database, pubsub_emulator: PubsubEmulator, pubsub_url: str) -> AsyncIterator[Office]:
    failing: set[int] = set()

    async def note_or_fail(tx: Transaction, event: ItemSold) -> None:
        await note_sale(tx, event)
        if event.number in failing:
            raise ValueError

    bus = PubsubBus(pubsub_url, hosts=pubsub_emulator.hosts, is_pushed=True)
    await bus.prepare([])
    subscriber = office_subscriber(office, bus, note_or_fail, poll=QUICK)
    app, google = service_app(plan("office")), ScriptedGoogle(ENDPOINT, ACCOUNT)
    add_push_route(app, bus, subscriber, address=OWN_URL, account=ACCOUNT)
    async with google.publishing():
        # The route made one already; it differs in nothing but where it fetches the keys.
        keys = google_keys(google.address)
        app.state.knows_pusher = GoogleIdentities(
            keys, audience=ENDPOINT, accounts={ACCOUNT: PUSHER}, clock=google.clock
        )
        yield Office(app, google, bus, subscriber, office, failing)
    await bus.close()


def sale(item: str, number: int) -> Envelope:
    made = envelope(f"item:{item}")
    payload = ItemSold(item=item, number=number).model_dump_json()
    return Envelope(made.id, made.name, made.subject, made.publisher, made.published_at, payload)


def as_pushed(event: Envelope) -> dict[str, Any]:
    """Return the message as Pub/Sub wraps it, with members that we do not read."""
    message = message_of(event)
    return {
        "data": b64encode(message.data).decode(),
        "attributes": message.attributes,
        "messageId": "136969346945",
        "message_id": "136969346945",
        "publishTime": "2026-11-22T12:00:00.000Z",
        "publish_time": "2026-11-22T12:00:00.000Z",
        "orderingKey": message.ordering_key,
    }


async def test_a_pushed_event_is_handled_once_however_often_it_comes(office_service: Office) -> None:
    first, second = as_pushed(sale("pen", 1)), as_pushed(sale("pen", 2))

    answers = [await office_service.push(message) for message in (first, first, second, first)]

    assert [answer.status for answer in answers] == [204] * 4
    assert await seen(office_service.database) == [("pen", 1), ("pen", 2)]


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": OWN_URL},
        {"aud": OWN_URL + "/api/chat/internal/events"},
        {"aud": "https://main-123-ew.a.run.app" + PATH},
        {"email": "session@test-project.iam.gserviceaccount.com"},
        {"email_verified": False},
        {"iss": "https://accounts.google.com.evil.example"},
        {"exp": 1},
    ],
    ids=str,
)
async def test_somebody_elses_token_is_refused_and_nothing_happens(
    office_service: Office, claims: dict[str, object]
) -> None:
    answer = await office_service.push(as_pushed(sale("pen", 1)), **claims)

    assert (answer.status, answer.json()["code"]) == (401, "caller_rejected")
    assert await seen(office_service.database) == []


async def test_without_a_token_of_googles_nothing_is_read(office_service: Office) -> None:
    forger = ScriptedGoogle(ENDPOINT, ACCOUNT)
    for authorization in (None, "", "Bearer", "Bearer x.y.z", f"Basic {forger.token()}", f"Bearer {forger.token()}"):
        answer = await office_service.post(b"not even JSON", authorization)
        assert (answer.status, answer.json()["code"]) == (401, "caller_rejected"), authorization


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b'{"message": 7}', b'{"message": {"data": "%%%"}}', b"\xff"])
async def test_what_pubsub_does_not_send_is_refused(office_service: Office, body: bytes) -> None:
    answer = await office_service.post(body, f"Bearer {office_service.google.token()}")

    assert (answer.status, answer.json()["code"]) == (422, "invalid_request")


async def test_a_message_without_an_event_is_set_aside_and_acknowledged(
    office_service: Office, pubsub_emulator: PubsubEmulator, pubsub_url: str
) -> None:
    answer = await office_service.push({"data": "e30=", "messageId": "7"})
    kept = pubsub_emulator.call("POST", f"{pubsub_address(pubsub_url).kept_dead_letters}:pull", {"maxMessages": 10})

    assert answer.status == 204
    (letter,) = kept["receivedMessages"]
    assert letter["message"]["data"] == "e30="
    assert letter["message"]["attributes"] == {"reason": "malformed", "subscriber": "office", "message_id": "7"}


async def test_an_event_that_nobody_handles_is_passed_over(office_service: Office) -> None:
    assert (await office_service.push(as_pushed(envelope(name="shop.opened.v1")))).status == 204


async def test_an_event_whose_handler_fails_is_held_and_the_next_ones_of_its_subject_wait(
    office_service: Office,
) -> None:
    office_service.failing.add(1)
    sales = [sale("pen", 1), sale("pen", 2), sale("ink", 3)]

    answers = [await office_service.push(as_pushed(each)) for each in sales]
    before = await seen(office_service.database)
    office_service.failing.clear()
    async with running(office_service.subscriber):
        after = await until_seen(office_service.database, 3)

    assert [answer.status for answer in answers] == [204] * 3
    assert before == [("ink", 3)]
    assert after == [("ink", 3), ("pen", 1), ("pen", 2)]


async def test_while_the_database_is_away_it_comes_again(office_service: Office, free_port: int) -> None:
    away = Database(f"postgresql://nobody@127.0.0.1:{free_port}/none", "office")
    app = service_app(plan("office"))
    add_push_route(app, office_service.bus, office_subscriber(away, office_service.bus), address="x", account="y")
    app.state.knows_pusher = office_service.app.state.knows_pusher
    message = as_pushed(sale("pen", 1))

    refused = await Office(app, office_service.google, office_service.bus, office_service.subscriber, away, set()).push(
        message
    )
    taken = await office_service.push(message)

    assert (refused.status, refused.json()["code"]) == (503, "database_unavailable")
    assert taken.status == 204
    assert await seen(office_service.database) == [("pen", 1)]
    await away.close()


async def test_what_the_emulator_pushes_is_what_we_read(
    office_service: Office, pubsub_emulator: PubsubEmulator, pubsub_url: str
) -> None:
    places = pubsub_address(pubsub_url)

    async def with_a_token(request: web.Request) -> web.Response:
        """Stand for what Google adds, and its emulator does not."""
        answer = await office_service.post(await request.read(), f"Bearer {office_service.google.token()}")
        return web.Response(status=answer.status)

    app = web.Application()
    app.router.add_post("/push", with_a_token)
    async with serving(app) as host, aiohttp.ClientSession() as client:
        made = {"topic": places.topic, "enableMessageOrdering": True, "ackDeadlineSeconds": 60}
        pushing = made | {"pushConfig": {"pushEndpoint": f"http://{host}/push"}}
        await client.put(f"http://{pubsub_emulator.hosts.emulator}/v1/{places.subscription_of('office')}", json=pushing)
        await office_service.bus.append([sale("pen", number) for number in range(20)])
        arrived = await until_seen(office_service.database, 20, within_s=20)

    assert arrived == [("pen", number) for number in range(20)]
