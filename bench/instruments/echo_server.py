"""The bare server that the product runs on, echoing what sockets say: the limit that no service on it can pass."""

import asyncio
import sys
from datetime import timedelta

from starlette.types import Receive, Scope, Send

from emergence.kernel.listening import Listening
from emergence.kernel.serving import run_to_end, serve


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """ASGI: accept, say everything back, and be ready when asked."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"0")]})
        await send({"type": "http.response.body", "body": b""})
    else:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message["text"]})


async def _live(receive: Receive, send: Send) -> None:
    while True:
        kind = (await receive())["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return


if __name__ == "__main__":
    asyncio.set_event_loop(None)
    run_to_end(serve(echo, Listening("127.0.0.1", int(sys.argv[1])), drain_time=timedelta(seconds=3)))
