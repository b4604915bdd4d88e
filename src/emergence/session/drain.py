"""Go away without losing anything: sockets first, then the runs that do not end by themselves in time."""

import asyncio
from datetime import timedelta

import structlog

from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.session.parts import Session
from emergence.session.runs.executing_run import Halt
from emergence.session.socket.drain_sockets import drain_sockets
from emergence.session.store.runs import release_leases

log = structlog.get_logger(__name__)

SOCKETS_SHARE = 0.1  # of the drain time; the server keeps a quarter for requests before this begins
INTERRUPTION_SHARE = 0.1
WHOLE_SHARE = 0.6  # what sockets and interruption leave of it is for runs to end by themselves


async def drain(session: Session, drain_time: timedelta) -> None:
    """Close sockets, let runs end, interrupt the others with their text kept, and free what is queued."""
    end_s = asyncio.get_running_loop().time() + (drain_time * WHOLE_SHARE).total_seconds()
    session.runs.tasks = None
    session.imports.is_ending = True
    await drain_sockets(session, drain_time * SOCKETS_SHARE)
    if not await _emptied(session, end_s - (drain_time * INTERRUPTION_SHARE).total_seconds()):
        session.runs.halt_all(Halt.INTERRUPTED)
        if not await _emptied(session, end_s):
            log.warning("runs_left_to_sweep", runs=len(session.runs.ids()))
            session.runs.cancel_all()
    try:
        async with asyncio.timeout(1):
            await release_leases(session.database, session.instance)
    except (DatabaseUnavailable, TimeoutError):
        log.info("leases_left_to_expire")


async def _emptied(session: Session, until_s: float) -> bool:
    try:
        async with asyncio.timeout_at(until_s):
            await session.runs.emptied()
    except TimeoutError:
        return False
    return True
