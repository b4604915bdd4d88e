"""A connection to a NATS server: made on first use, made anew after it broke, and refused within seconds meanwhile."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from emergence.kernel.errors import Unavailable
from emergence.kernel.events.nats_address import NatsAddress

log = structlog.get_logger(__name__)

CONNECT_DEADLINE_S = 3.0
ANSWER_DEADLINE_S = 5.0
CLOSE_DEADLINE_S = 2.0
PING_DEADLINE_S = 5
PING_INTERVAL_S = 5  # a line whose other end vanished is given up after three of them


class Line:
    """One connection at a time, for one event loop.

    The client's own reconnecting is off: it keeps what is published meanwhile and sends it later,
    behind the back of whoever was told that it failed and tries again, which would break the order.
    """

    def __init__(self, address: NatsAddress) -> None:
        self._address = address
        self._client: LineClient | None = None
        self._connecting = asyncio.Lock()
        self._reported: str | None = None

    async def client(self) -> "LineClient":
        """Return a connected client. Raises Unavailable within seconds when there is none."""
        async with self._connecting:
            if self._client is None or not self._client.is_connected:
                await self._drop()
                with heeding_cancellation():
                    self._client = await self._connected()
            return self._client

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator["LineClient"]:
        """Yield a connected client; what goes wrong with it in the block is raised as Unavailable."""
        client = await self.client()
        with as_unavailable():
            yield client

    def max_payload(self) -> int | None:
        """Return how long a message may be, or None before the first connection."""
        return self._client.max_payload if self._client is not None else None

    async def close(self) -> None:
        """Let go of the connection; the next use makes another."""
        async with self._connecting:
            await self._drop()

    async def _connected(self) -> "LineClient":
        client = LineClient(self._address.is_encrypted)
        async with AsyncExitStack() as undoing:
            undoing.push_async_callback(_close, client)
            try:
                async with asyncio.timeout(CONNECT_DEADLINE_S):
                    await client.connect(
                        self._address.server,
                        name="emergence",
                        user=self._address.user,
                        password=self._address.password,
                        token=self._address.token,
                        tls=ssl.create_default_context() if self._address.is_encrypted else None,
                        error_cb=_note_error,
                        closed_cb=client.tell_closed,
                        allow_reconnect=False,
                        max_reconnect_attempts=1,
                        reconnect_time_wait=0,
                        connect_timeout=int(CONNECT_DEADLINE_S),
                        ping_interval=PING_INTERVAL_S,
                    )
            except (OSError, nats.errors.Error, TimeoutError) as failed:
                self._report(client.last_error or failed)
                raise Unavailable("The NATS server does not answer.") from failed
            undoing.pop_all()
        self._report(None)
        return client

    def _report(self, failure: Exception | None) -> None:
        """Log why there is no connection, once for each reason, and when there is one again."""
        reason = f"{type(failure).__name__}: {failure}" if failure is not None else None
        if reason == self._reported:
            return
        self._reported = reason
        if reason is not None:
            log.warning("nats_unreachable", server=self._address.server, reason=reason)
        else:
            log.info("nats_reached_again", server=self._address.server)

    async def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await _close(client)


class LineClient(Client):
    """Says its name and password only on an encrypted line when it was told to use one, and tells when it is closed."""

    def __init__(self, is_encrypted: bool) -> None:
        super().__init__()
        self._is_encrypted = is_encrypted
        self.when_closed: list[Callable[[], None]] = []

    async def tell_closed(self) -> None:
        """Tell whoever waits for something that will not come any more."""
        for answer in tuple(self._resp_map.values()):  # the client would let each of them wait until its deadline
            if not answer.done():
                answer.set_exception(nats.errors.ConnectionClosedError())
                answer.exception()  # nobody may wait for it any more, which is no error
        for tell in self.when_closed:
            tell()

    async def request(
        self,
        subject: str,
        payload: bytes = b"",
        timeout: float = ANSWER_DEADLINE_S,
        old_style: bool = False,
        headers: dict[str, str] | None = None,
    ) -> Msg:
        """Ask and wait for the answer; everything about streams is asked in this way."""
        with heeding_cancellation():
            return await super().request(subject, payload, timeout, old_style, headers)

    async def flush(self, timeout: int = PING_DEADLINE_S) -> None:
        """Wait until the server has all that was sent."""
        with heeding_cancellation():
            await super().flush(timeout)

    def _connect_command(self) -> bytes:
        # The client would go on in the clear with a server that offers no TLS, or with somebody who says so for it.
        if self._is_encrypted and not self._server_info.get("tls_required"):
            raise nats.errors.SecureConnWantedError
        return super()._connect_command()


@contextmanager
def as_unavailable() -> Iterator[None]:
    """Raise what a broken line, an outage of JetStream or a refusal raises as Unavailable."""
    try:
        yield
    except (OSError, nats.errors.Error, TimeoutError) as lost:
        log.warning("nats_failed", reason=f"{type(lost).__name__}: {lost}")
        raise Unavailable(f"The NATS server did not carry this out ({type(lost).__name__}).") from lost


@contextmanager
def heeding_cancellation() -> Iterator[None]:
    """End a task that is cancelled in the block: before 3.12 `asyncio.wait_for`, used by the client, swallows some."""
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    try:
        yield
    finally:
        if task is not None and task.cancelling() > before:
            raise asyncio.CancelledError


async def _note_error(failure: Exception) -> None:
    log.debug("nats_error", reason=type(failure).__name__)  # whoever waits for an answer is told by itself


async def _close(client: Client) -> None:
    with suppress(OSError, nats.errors.Error, TimeoutError):
        async with asyncio.timeout(CLOSE_DEADLINE_S):
            await client.close()
