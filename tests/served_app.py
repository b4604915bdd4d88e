"""An app behind a real socket on loopback, for as long as a test needs it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from ssl import PROTOCOL_TLS_CLIENT, SSLContext

from starlette.types import ASGIApp

from emergence.kernel.bounded_connection import ClientLimits
from emergence.kernel.listening import Listening
from emergence.kernel.serving import DEFAULT_LIMITS, serve

NO_CERTIFICATES = SSLContext(PROTOCOL_TLS_CLIENT)  # made once: reading a machine's certificates takes 20 ms a client


@asynccontextmanager
async def served(
    app: ASGIApp, drain_time: timedelta = timedelta(seconds=3), limits: ClientLimits = DEFAULT_LIMITS, port: int = 0
) -> AsyncIterator[str]:
    """Yield the address of `app`, served as in production; it is drained when the block ends."""
    ready: asyncio.Queue[Listening | None] = asyncio.Queue()
    serving = asyncio.create_task(
        serve(app, Listening("127.0.0.1", port), drain_time=drain_time, on_ready=ready.put_nowait, limits=limits)
    )
    serving.add_done_callback(lambda _: ready.put_nowait(None))
    try:
        bound = await ready.get()
        if bound is None:
            await serving
            raise AssertionError("the server ended before it was ready")
        yield bound.url()
    finally:
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving
