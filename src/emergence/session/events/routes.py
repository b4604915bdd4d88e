"""The routes for clients without a WebSocket: `GET …/events` to hear, `POST …/commands` to say something."""

import re
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request

from emergence.contracts.auth.own_pages import require_own_page
from emergence.contracts.session.commands import Position
from emergence.contracts.session.frames import Ack
from emergence.contracts.session.posted_commands import PostedCommand
from emergence.kernel.errors import Unauthenticated, Unavailable
from emergence.kernel.identity import Identity, no_changes_while_impersonating
from emergence.session.events.event_ids import EXAMPLE, read_event_id
from emergence.session.events.event_stream import EventStreamResponse, Opening
from emergence.session.events.post_command import post_command
from emergence.session.parts import Session
from emergence.session.request_parts import Caller, Parts
from emergence.session.socket.admit import is_own_origin

CLIENT_MAX_CHARACTERS = 200
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")
STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events, each with one frame of emergence.v1 as `data`: `welcome` first, `close` last.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


async def _not_from_other_page(request: Request, session: Parts) -> None:
    host, public_url = request.headers.get("host", ""), session.settings.emergence_public_url
    require_own_page(request.headers, lambda origin: is_own_origin(origin, host, public_url), or_no_browser=True)


router = APIRouter(prefix="/api/sessions", tags=["sessions"], dependencies=[Depends(no_changes_while_impersonating())])


async def _resume(
    last_event_id: Annotated[str | None, Header(description="`id` of the last event that the client has")] = None,
    after: Annotated[str | None, Query(description=f"the same, for lack of the header: `{EXAMPLE}`")] = None,
) -> list[Position]:
    if last_event_id is not None:
        return read_event_id(last_event_id, "header.last-event-id")
    return [] if after is None else read_event_id(after, "query.after")


Resume = Annotated[list[Position], Depends(_resume)]


@router.get("/events", status_code=200, response_class=EventStreamResponse, responses=STREAM)
async def begin_events(request: Request, session: Parts, caller: Caller, resume: Resume) -> EventStreamResponse:
    """Open a new live session and stream its frames."""
    await _require_standing(session, caller)
    return EventStreamResponse(session, Opening(caller, None, _client(request), resume))


@router.get("/{session_id}/events", status_code=200, response_class=EventStreamResponse, responses=STREAM)
async def go_on_with_events(
    request: Request, session_id: UUID, session: Parts, caller: Caller, resume: Resume
) -> EventStreamResponse:
    """Stream the frames of a live session; one that is not yours, or over, is replaced by a new one."""
    await _require_standing(session, caller)
    return EventStreamResponse(session, Opening(caller, session_id, _client(request), resume))


@router.post("/{session_id}/commands", dependencies=[Depends(_not_from_other_page)])
async def give_command(session_id: UUID, command: PostedCommand, session: Parts, caller: Caller) -> Ack:
    """Carry one command out; the same `cid` again has no second effect and gets the same answer."""
    return await post_command(session, caller, session_id, command)


async def _require_standing(session: Session, caller: Identity) -> None:
    """A stream is for longer than a request: while news of revocations are late, auth is asked, as by a ticket.

    Raises Unauthenticated, Unavailable.
    """
    if session.revocations.is_lost:
        raise Unavailable("Who is signed in cannot be known right now. Try again in a moment.")
    if session.revocations.is_late and not await session.auth.is_standing(
        caller.session_id, caller.user_id, caller.key_id
    ):
        raise Unauthenticated()


def _client(request: Request) -> str:
    return UNPRINTABLE.sub(" ", request.headers.get("user-agent", ""))[:CLIENT_MAX_CHARACTERS]
