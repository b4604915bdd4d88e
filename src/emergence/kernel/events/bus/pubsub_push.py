"""The route to which Pub/Sub pushes a service's events; an identity token that Google signed says that it is that."""

import asyncio

import msgspec
from fastapi import FastAPI, Request, Response

from emergence.kernel.clock import SystemClock
from emergence.kernel.errors import CallerRejected, InvalidRequest
from emergence.kernel.events.bus.pubsub import PubsubBus
from emergence.kernel.events.bus.pubsub_api import PubsubMessage
from emergence.kernel.events.subscriber import Subscriber
from emergence.kernel.google_identities import GoogleIdentities, google_keys

PUSHER = "pubsub"
AT_ONCE = 4  # more wait here, so that a backlog leaves connections to the database for people


class _Pushed(msgspec.Struct):
    message: PubsubMessage


_decoder = msgspec.json.Decoder(_Pushed)


def add_push_route(app: FastAPI, bus: PubsubBus, subscriber: Subscriber, *, address: str, account: str) -> None:
    """Add `POST /api/<subscriber>/internal/events`, for identity tokens of `account` that name it, below `address`.

    What it answers decides what Pub/Sub does: 204 and the event is done with, handled or held; anything else, as in
    an outage (503), and it comes again, with everything of its subject behind it.
    """
    path = f"/api/{subscriber.name}/internal/events"
    app.state.knows_pusher = GoogleIdentities(
        google_keys(), audience=address + path, accounts={account: PUSHER}, clock=SystemClock()
    )
    turns = asyncio.Semaphore(AT_ONCE)

    @app.post(path, include_in_schema=False)
    async def take_event(request: Request) -> Response:
        await _require_pusher(request, subscriber.name)
        try:
            pushed = _decoder.decode(await request.body())
        except msgspec.MsgspecError:
            raise InvalidRequest("This is no message as Pub/Sub wraps it.") from None
        async with turns:
            envelope = await bus.envelope_in(pushed.message, subscriber.name)
            if envelope is not None:
                await subscriber.take(envelope)
        return Response(status_code=204)


async def _require_pusher(request: Request, service: str) -> None:
    """Raise CallerRejected unless the token is the pusher's, Unavailable when Google's keys cannot be had."""
    knows_pusher: GoogleIdentities = request.app.state.knows_pusher
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        raise CallerRejected()
    await knows_pusher.service_of(token, service)
