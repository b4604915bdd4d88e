"""The base of every typed client in `contracts/`: calls and streams, errors raised again as their class."""

import asyncio
import random
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar, TypeVar

import msgspec
import structlog
from pydantic import BaseModel, TypeAdapter, ValidationError

from emergence.kernel.errors import CallerRejected, DeadlineExceeded, Unavailable, error_from_problem
from emergence.kernel.logs import request_id
from emergence.kernel.storage.database import open_transaction
from emergence.kernel.wire.messages import WireReply, WireRequest
from emergence.kernel.wire.peers import Peers

log = structlog.get_logger(__name__)

Reply = TypeVar("Reply", bound=BaseModel)
Piece = TypeVar("Piece")

REPLY_MAX_BYTES = 16 * 1024 * 1024
LINE_MAX_BYTES = 1024 * 1024
HEADERS_KEPT = ("Retry-After", "WWW-Authenticate")
RETRY_PAUSE_S = 0.2  # full jitter, once: AWS Architecture Blog, "Exponential Backoff and Jitter", 2015


class CallInsideTransaction(RuntimeError):
    """A neighbour was called while a transaction is open: a programming error, never a user's."""


@dataclass(frozen=True, slots=True)
class PeerCall:
    """One call to a neighbour. `idempotent` allows one retry when nobody answered."""

    method: str
    path: str
    body: BaseModel | None = None
    idempotent: bool = False
    deadline: timedelta = timedelta(seconds=10)


class PeerClient:
    """What the typed clients share; `service` names whom they call."""

    service: ClassVar[str]

    def __init__(self, peers: Peers) -> None:
        self._peers = peers

    async def call(self, call: PeerCall, reply_type: type[Reply]) -> Reply:
        """Return the neighbour's answer.

        Raises the ServiceError that the neighbour declared, Unavailable or DeadlineExceeded when
        it did not answer, CallInsideTransaction when a transaction is open in this task.
        """
        try:
            return await self._call_once(call, reply_type)
        except (Unavailable, DeadlineExceeded):
            if not call.idempotent:
                raise
            await asyncio.sleep(random.uniform(0, RETRY_PAUSE_S))
            return await self._call_once(call, reply_type)

    async def _call_once(self, call: PeerCall, reply_type: type[Reply]) -> Reply:
        async with self._peers.transport(self.service).send(_request(call)) as reply:
            body = await _whole_body(reply, call.deadline)
        _raise_for_problem(reply, body)
        try:
            return reply_type.model_validate_json(body)
        except ValidationError as mismatch:
            raise self._broken_promise() from mismatch

    async def stream(self, call: PeerCall, adapter: TypeAdapter[Piece]) -> AsyncGenerator[Piece, None]:
        """Yield the pieces of a newline-delimited JSON answer as they arrive.

        Closing the iterator ends the neighbour's work: whoever may stop early uses
        `contextlib.aclosing`. Raises as `call` does; a stream that ends within a line raises
        Unavailable. Never retried.
        """
        async with self._peers.transport(self.service).send(_request(call)) as reply:
            if reply.status >= 400:
                _raise_for_problem(reply, await _whole_body(reply, call.deadline))
            async for line in _lines(reply):
                try:
                    piece = adapter.validate_json(line)
                except ValidationError as mismatch:
                    raise self._broken_promise() from mismatch
                yield piece

    def _broken_promise(self) -> Unavailable:
        return Unavailable(f"The {self.service} service answered with something else than was promised.")


def _request(call: PeerCall) -> WireRequest:
    schema = open_transaction()
    if schema is not None:
        raise CallInsideTransaction(f"{call.method} {call.path} was called while a transaction on {schema!r} is open")
    headers = {"accept": "application/json"}
    if current := request_id():
        headers["x-request-id"] = current
    body = b""
    if call.body is not None:
        headers["content-type"] = "application/json"
        body = msgspec.json.encode(call.body.model_dump(mode="json"))
    return WireRequest(call.method, call.path, headers, body, call.deadline)


async def _whole_body(reply: WireReply, deadline: timedelta) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(deadline.total_seconds()):
            async for chunk in reply.chunks:
                body += chunk
                if len(body) > REPLY_MAX_BYTES:
                    raise Unavailable("A neighbour's answer is larger than it may be.")
    except TimeoutError as late:
        raise DeadlineExceeded() from late
    return bytes(body)


def _raise_for_problem(reply: WireReply, body: bytes) -> None:
    if reply.status < 400:
        return
    try:
        document = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, msgspec.ValidationError):
        document = {}
    error = error_from_problem(reply.status, document)
    if isinstance(error, CallerRejected):
        # A deployment fault, not the user's: passed on as 401 it would sign people out.
        log.error("service_token_rejected", hint="EMERGENCE_SERVICE_SECRET must be the same in every service")
        raise Unavailable("Two services of this deployment do not accept each other.") from error
    error.headers.update({name: reply.headers[name.lower()] for name in HEADERS_KEPT if name.lower() in reply.headers})
    raise error


async def _lines(reply: WireReply) -> AsyncIterator[bytes]:
    pending = b""
    async for chunk in reply.chunks:
        pending += chunk
        *lines, pending = pending.split(b"\n")
        for line in lines:
            if line.strip():
                yield line
        if len(pending) > LINE_MAX_BYTES:
            raise Unavailable("A neighbour sent a line that is longer than it may be.")
    if pending.strip():
        raise Unavailable("A neighbour's answer was cut off.")
