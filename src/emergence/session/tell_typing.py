"""Tell a person's other pages and devices that they are writing on this one; kept nowhere."""

from uuid import UUID

from emergence.session.parts import Session
from emergence.session.socket import say


def tell_typing(session: Session, user_id: UUID, live_session_id: UUID, thread_id: UUID | None) -> None:
    """Tell them on every instance; never blocks."""
    hear_typing(session, user_id, live_session_id, thread_id)
    session.bus.typing(user_id, live_session_id, thread_id)


def hear_typing(session: Session, user_id: UUID, live_session_id: UUID, thread_id: UUID | None) -> None:
    """Tell those that are connected here; never blocks."""
    others = [
        socket
        for socket in session.sockets.of_user(user_id)
        if socket.live_session_id is not None and socket.live_session_id != live_session_id
    ]
    if others:
        json = say.typing(session.clock.now(), live_session_id, thread_id)
        for socket in others:
            socket.say(json)
