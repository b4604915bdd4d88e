"""A live connection over a WebSocket: a reader that carries commands out, a writer that sends, and nothing else."""

import asyncio
from contextlib import aclosing
from uuid import UUID

from starlette.types import Message
from starlette.websockets import WebSocket, WebSocketDisconnect

from emergence.contracts.session.commands import AnyCommand, Hello
from emergence.contracts.session.problems import CommandMalformed
from emergence.contracts.session.protocol import SUBPROTOCOL, CloseCode
from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.session.parts import Session
from emergence.session.socket import say
from emergence.session.socket.carry_out import CommandRoom, carry_out
from emergence.session.socket.live_connection import Admitted, LiveConnection
from emergence.session.socket.read_command import CommandRefused, read_command

HELLO_DEADLINE_S = 10.0


class Connection(LiveConnection):
    """A user's socket after its admission."""

    def __init__(self, session: Session, websocket: WebSocket, who: Admitted, asked: UUID | None) -> None:
        super().__init__(session, who, asked)
        self._websocket = websocket
        self._room = CommandRoom(session, self, self._following)
        self._heard_at_s = session.clock.elapsed_s()

    @property
    def silent_s(self) -> float:
        """Seconds since the client was last heard."""
        return self._session.clock.elapsed_s() - self._heard_at_s

    async def _read(self) -> None:
        try:
            async with asyncio.timeout(HELLO_DEADLINE_S):
                message = await self._websocket.receive()
        except TimeoutError:
            self._refuse(CommandRefused(CommandMalformed("Say `hello` first.")))
            message = await self._websocket.receive()
        take = self._greet
        while message["type"] != "websocket.disconnect" and not self._is_over():
            self._is_carrying_out = True
            if self._close_code is None:
                await take(message)
                take = self._take
            self._is_carrying_out = False
            if self._is_over():
                return
            message = await self._websocket.receive()

    def _is_over(self) -> bool:
        return self._writer is not None and self._writer.done()

    async def _greet(self, message: Message) -> None:
        command = self._readable(message)
        if command is None:
            return
        if not isinstance(command, Hello):
            self._refuse(CommandRefused(CommandMalformed("Say `hello` first.")))
        elif SUBPROTOCOL not in command.protocols:
            self.close(CloseCode.PROTOCOL_NOT_SUPPORTED)
        else:
            try:
                await self._welcome(command)
            except DatabaseUnavailable as away:
                self.say(say.error(self._session.clock.now(), away))
                self.close(CloseCode.TRY_LATER)

    async def _take(self, message: Message) -> None:
        command = self._readable(message)
        if command is not None:
            await carry_out(self._room, command)

    def _readable(self, message: Message) -> AnyCommand | None:
        self._heard_at_s = self._session.clock.elapsed_s()
        text = message.get("text")
        try:
            if not isinstance(text, str):
                raise CommandRefused(CommandMalformed("Frames are text."))
            return read_command(text)
        except CommandRefused as refused:
            self._refuse(refused)
            return None

    def _refuse(self, refused: CommandRefused) -> None:
        self.say(say.error(self._session.clock.now(), refused.problem, refused.cid))
        if isinstance(refused.problem, CommandMalformed):
            self.close(CloseCode.BAD_FRAME)

    async def _write(self) -> None:
        try:
            async with aclosing(self._outgoing()) as frames:
                async for json in frames:
                    await self._websocket.send_text(json)
            await self._websocket.close(self._close_code or 1000)
        except WebSocketDisconnect:
            return
