"""The WebSocket route: admit, run the connection, let go."""

from uuid import UUID

import structlog
from starlette.responses import PlainTextResponse
from starlette.websockets import WebSocket, WebSocketDisconnect

from emergence.contracts.session.protocol import SUBPROTOCOL, CloseCode
from emergence.kernel.errors import ServiceError, Unauthenticated
from emergence.session import figures
from emergence.session.parts import Session
from emergence.session.socket.admit import (
    Handshake,
    Refusal,
    has_token_in_query,
    header_map,
    read_handshake,
)
from emergence.session.socket.connection import Connection
from emergence.session.socket.live_connection import Admitted

log = structlog.get_logger(__name__)


async def open_socket(websocket: WebSocket) -> None:
    """Serve one socket from its handshake to its end."""
    session: Session = websocket.app.state.session
    if has_token_in_query(websocket.scope.get("query_string", b"")):
        log.warning("token_in_query", path=websocket.url.path)
        await websocket.send_denial_response(
            PlainTextResponse("Never put a token into an address. Ask for a ticket instead.", status_code=400)
        )
        return
    public_url = session.settings.emergence_public_url
    handshake = read_handshake(websocket.scope.get("subprotocols", []), header_map(websocket.headers), public_url)
    speaks = isinstance(handshake, Handshake) or handshake.speaks
    try:
        await websocket.accept(subprotocol=SUBPROTOCOL if speaks else None)
        who = await _admitted(session, handshake)
        if isinstance(who, CloseCode):
            figures.connections_closed.labels(str(int(who))).inc()
            await websocket.close(who)
            return
        await _serve(session, websocket, who)
    except WebSocketDisconnect:
        return


async def _admitted(session: Session, handshake: Handshake | Refusal) -> Admitted | CloseCode:
    if isinstance(handshake, Refusal):
        return handshake.code
    if session.sockets.is_draining:
        return CloseCode.DRAINING
    if session.revocations.is_lost:
        return CloseCode.TRY_LATER
    try:
        holder = await session.auth.consume_ticket(handshake.ticket, handshake.origin)
    except Unauthenticated:
        return CloseCode.SIGN_IN_NEEDED
    except ServiceError as failed:
        log.warning("ticket_not_checked", reason=failed.code)
        return CloseCode.TRY_LATER
    if len(session.sockets.of_user(holder.user_id)) >= session.settings.session_sockets_per_user:
        return CloseCode.TOO_MANY
    return Admitted(
        user_id=holder.user_id,
        login_session_id=holder.session_id,
        is_read_only=holder.impersonator_id is not None,
        expires_at=holder.session_expires_at,
        at=session.clock.now(),
    )


async def _serve(session: Session, websocket: WebSocket, who: Admitted) -> None:
    connection = Connection(session, websocket, who, _asked_session(websocket))
    session.sockets.add(connection)
    if session.revocations.is_ended(who.login_session_id):  # after its ticket was used up
        connection.expel(CloseCode.SIGN_IN_NEEDED)
    try:
        await connection.run()
    finally:
        session.bus.leave(connection)
        session.sockets.remove(connection)
        if connection.live_session_id is not None:
            session.presence.here(connection.user_id)


def _asked_session(websocket: WebSocket) -> UUID | None:
    try:
        return UUID(websocket.path_params["session_id"])
    except (KeyError, ValueError):
        return None
