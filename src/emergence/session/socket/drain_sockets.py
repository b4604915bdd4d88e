"""Send everybody elsewhere before this instance goes away; no run stops because of it."""

import asyncio
import random
from datetime import timedelta

from emergence.contracts.session.protocol import CloseCode
from emergence.session.parts import Session
from emergence.session.socket import say

RECONNECT_SPREAD_MS = 1_000  # all at once would be a storm on the instances that stay


async def drain_sockets(session: Session, within: timedelta) -> None:
    """Announce the drain, close every socket with 4503 after what is queued, and drop who does not read."""
    session.sockets.is_draining = True
    now = session.clock.now()
    for socket in session.sockets:
        socket.say(say.drain(now, random.randint(0, RECONNECT_SPREAD_MS)))
        socket.close(CloseCode.DRAINING)
    try:
        async with asyncio.timeout(within.total_seconds()):
            await session.sockets.emptied()
    except TimeoutError:
        for socket in session.sockets:
            socket.drop()
