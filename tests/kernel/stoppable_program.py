"""A program for the tests of stopping: serves an app that tells on stdout what happens to it.

Arguments: seconds that the lifespan takes to end, and the drain time in seconds.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from fastapi import FastAPI, WebSocket
from starlette.websockets import WebSocketDisconnect

from emergence.kernel.listening import Listening
from emergence.kernel.serving import run_to_end, serve

ENDING_TAKES_S, DRAIN_TIME_S = float(sys.argv[1]), float(sys.argv[2])
sockets: set[WebSocket] = set()


def tell(event: str) -> None:
    print(event, flush=True)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    tell("started")
    yield
    tell("draining")
    for socket in list(sockets):
        await socket.send_text("drain")
        await socket.close(4503)
    await asyncio.sleep(ENDING_TAKES_S)
    tell("drained")


app = FastAPI(lifespan=lifespan)


@app.get("/slow")
async def slow() -> str:
    tell("request begun")
    await asyncio.sleep(0.5)
    tell("request done")
    return "whole"


@app.websocket("/ws")
async def live(socket: WebSocket) -> None:
    await socket.accept()
    sockets.add(socket)
    try:
        await socket.receive_text()
    except WebSocketDisconnect as left:
        tell(f"socket closed {left.code}")
    finally:
        sockets.discard(socket)


async def main() -> None:
    await serve(
        app,
        Listening("127.0.0.1", 0),
        drain_time=timedelta(seconds=DRAIN_TIME_S),
        on_ready=lambda bound: tell(f"ready {bound.url()}"),
    )
    tell("over")


run_to_end(main())
