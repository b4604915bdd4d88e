"""One sweep for the timers of all sockets: heartbeat, silence, the end of login sessions, and too long without news."""

from datetime import timedelta

from emergence.contracts.session.protocol import SILENCE_LIMIT_S, CloseCode
from emergence.session import figures
from emergence.session.parts import Session
from emergence.session.socket import say

TICK = timedelta(seconds=1)


async def keep_sweeping(session: Session) -> None:
    """Sweep every second, for ever."""
    pinged_s = session.clock.elapsed_s()
    heartbeat_s = session.settings.session_heartbeat_seconds.total_seconds()
    while True:
        await session.clock.sleep(min(TICK, session.settings.session_heartbeat_seconds))
        now_s = session.clock.elapsed_s()
        is_ping_due = now_s - pinged_s >= heartbeat_s
        pinged_s = now_s if is_ping_due else pinged_s
        sweep_sockets(session, is_ping_due=is_ping_due)


def sweep_sockets(session: Session, *, is_ping_due: bool) -> None:
    """Ping every socket if it is time, close those whose login session is over, drop those that fell silent.

    When nobody said for long who was signed out, all are closed: their clients come back and are looked at anew.
    """
    is_lost = session.revocations.is_lost
    now = session.clock.now()
    ping = say.ping(now) if is_ping_due else None
    queued = 0
    for socket in session.sockets:
        queued += socket.queued_bytes
        if socket.silent_s > SILENCE_LIMIT_S:
            socket.drop()
        elif socket.expires_at <= now:
            socket.close(CloseCode.SIGN_IN_NEEDED)
        elif is_lost:
            socket.close(CloseCode.TRY_LATER)
        elif ping is not None:
            socket.say(ping)
    figures.outbox_bytes.set(queued)
    session.pace.forget_idle()
    session.reads.forget_idle()
