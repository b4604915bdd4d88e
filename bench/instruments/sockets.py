"""A live socket that notes the moment in which the server closes it."""

import asyncio
import time
from collections.abc import Mapping

import aiohttp
import msgspec

from bench.instruments.report import NotMeasured
from emergence.contracts.session.protocol import SUBPROTOCOL, TICKET_PREFIX


class WatchedSocket:
    """Open and welcomed; `ended` is done when the server has closed it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, session_id: str) -> None:
        self.session_id = session_id
        self.asked_s = 0.0
        self.code: int | None = None
        self._socket = socket
        self._ended_s = 0.0
        self.ended = asyncio.create_task(self._watch())

    async def _watch(self) -> None:
        async for message in self._socket:
            if message.type is aiohttp.WSMsgType.TEXT and '"ping"' in message.data:
                await self._socket.send_str('{"cmd":"pong"}')
        self._ended_s, self.code = time.perf_counter(), self._socket.close_code

    def delay_s(self) -> float:
        """Return the time from `asked_s` to the close."""
        return self._ended_s - self.asked_s

    async def close(self) -> None:
        """Close it from here."""
        await self._socket.close()
        await self.ended


async def open_socket(client: aiohttp.ClientSession, signed_in: Mapping[str, str]) -> WatchedSocket:
    """Open a socket for a login session as a browser does. Raises NotMeasured."""
    headers = {"authorization": f"Bearer {signed_in['access_token']}"}
    async with client.post("/api/auth/ws-ticket", json={}, headers=headers) as answer:
        ticket = msgspec.json.decode(await answer.read()).get("ticket")
        if ticket is None:
            raise NotMeasured(f"no ticket: {await answer.text()}")
    socket = await client.ws_connect("/ws", protocols=[SUBPROTOCOL, TICKET_PREFIX + ticket], compress=0)
    await socket.send_json({"cmd": "hello", "client": "bench 1", "protocols": [SUBPROTOCOL]})
    async for message in socket:  # a ping to all may come before
        if message.type is aiohttp.WSMsgType.TEXT and '"welcome"' in message.data:
            break
    else:
        raise NotMeasured(f"no welcome; closed with {socket.close_code}")
    return WatchedSocket(socket, signed_in["session_id"])
