"""Runs one ASGI app under uvicorn, and stops it so that nobody is cut off in the middle."""

import asyncio
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import FrameType

import structlog
import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from emergence.kernel.bounded_connection import ClientLimits, bounded_by
from emergence.kernel.garbage import resume_collection
from emergence.kernel.listening import Listening, bind
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.storage.migrate import MigrationRefused

log = structlog.get_logger(__name__)

SOCKET_MESSAGE_MAX_BYTES = 1024 * 1024
IDLE_CONNECTION_LIFETIME_S = 75  # above our clients' own 30 s, so that they never reuse a connection we just closed
REQUESTS_SHARE = 0.25  # of the drain time: for requests under way, before background work and sockets end
LAST_CONNECTIONS_S = 1
CONNECTIONS_MAX = 20_000  # beyond it requests get 503; twice the sockets that one process is meant to hold
DEFAULT_LIMITS = ClientLimits()


class StartFailed(Exception):
    """The app's lifespan failed at start; the message says why, or that the log does."""


def run_to_end(main: Coroutine[object, object, None]) -> None:
    """Run `main` on the fast event loop where there is one."""
    if sys.platform == "win32":
        asyncio.run(main)
        return
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main)


async def serve(
    app: ASGIApp,
    listening: Listening,
    *,
    drain_time: timedelta,
    on_ready: Callable[[Listening], None] | None = None,
    limits: ClientLimits = DEFAULT_LIMITS,
) -> None:
    """Serve `app` until SIGTERM or SIGINT, then drain within `drain_time`; a second signal ends at once.

    `on_ready` is called with the bound address once connections are accepted. Being cancelled
    drains too. Raises PortTaken before the app starts, StartFailed when its lifespan does not start,
    SettingsInvalid when that is because of settings.
    """
    bound, address = bind(listening)
    with bound:
        started = _NotedRefusal(app)
        server = _DrainingServer(
            _config(started, limits), drain_time, on_ready=lambda: on_ready(address) if on_ready else None
        )
        serving = asyncio.create_task(_run(server, bound, started))
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            server.stop()
            await serving
            raise


async def _run(server: uvicorn.Server, bound: socket.socket, started: "_NotedRefusal") -> None:
    try:
        await server.serve(sockets=[bound])
    except SystemExit as failed:  # uvicorn's way to say that the lifespan did not start
        match started.refusal:
            case SettingsInvalid() as invalid:
                raise invalid from failed
            case MigrationRefused() as refused:
                raise StartFailed(str(refused)) from failed
        raise StartFailed("The program could not start; the lines above say why.") from failed


class _NotedRefusal:
    """ASGI: an app whose lifespan may refuse to start in a sentence for whoever started it; that is no traceback.

    Starlette tells the server the traceback, and only then raises what the reason was.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.refusal: SettingsInvalid | MigrationRefused | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return
        failure: Message | None = None

        async def keeping_failure(message: Message) -> None:
            nonlocal failure
            if message["type"] == "lifespan.startup.failed":
                failure = message
            else:
                await send(message)

        try:
            await self._app(scope, receive, keeping_failure)
        except (SettingsInvalid, MigrationRefused) as refusal:
            self.refusal = refusal
            failure = {"type": "lifespan.startup.failed"}
        finally:
            if failure is not None:
                await send(failure)


def _config(app: ASGIApp, limits: ClientLimits) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=bounded_by(limits),
        limit_concurrency=CONNECTIONS_MAX,
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # costs 30 to 130 KiB for each socket
        ws_max_size=SOCKET_MESSAGE_MAX_BYTES,
        ws_ping_interval=None,  # the live protocol has a heartbeat of its own
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # each service decides whom it believes (trusted hops)
        server_header=False,
        timeout_keep_alive=IDLE_CONNECTION_LIFETIME_S,
        timeout_graceful_shutdown=LAST_CONNECTIONS_S,
        reset_contextvars=True,
    )


class _DrainingServer(uvicorn.Server):
    """uvicorn, with another order of farewell: requests, then the lifespan (which drains sockets), then the rest.

    uvicorn itself cuts every WebSocket before the app hears that it stops.
    """

    def __init__(self, config: uvicorn.Config, drain_time: timedelta, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._drain_time_s = drain_time.total_seconds()
        self._on_ready = on_ready
        self._stopped = asyncio.Event()
        self._forced = asyncio.Event()

    def stop(self) -> None:
        """Begin to drain."""
        self.should_exit = True
        self._stopped.set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        resume_collection()
        if not self.should_exit:
            self._on_ready()

    async def main_loop(self) -> None:
        """Tick until it is to stop, and learn that at once and not by the next tick."""
        ticking = asyncio.create_task(super().main_loop())
        stopped = asyncio.create_task(self._stopped.wait())
        try:
            await asyncio.wait({ticking, stopped}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (ticking, stopped):
                task.cancel()
            await asyncio.gather(ticking, stopped, return_exceptions=True)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Listen for signals through the loop, and do not raise them again: our caller has its own cleaning up."""
        if threading.current_thread() is not threading.main_thread():
            yield  # the interpreter delivers signals to the main thread only
            return
        loop = asyncio.get_running_loop()
        previous = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

        def heard(number: int, _: FrameType | None) -> None:
            loop.call_soon_threadsafe(self._stop, number)

        for number in previous:
            signal.signal(number, heard)
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _stop(self, number: int) -> None:
        log.info("stopping", signal=signal.Signals(number).name, at_once=self.should_exit)
        if self.should_exit:
            self.force_exit = True
            self._forced.set()
        self.stop()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        draining = asyncio.create_task(self._drain(sockets))
        forced = asyncio.create_task(self._forced.wait())
        await asyncio.wait({draining, forced}, return_when=asyncio.FIRST_COMPLETED)
        for task in (draining, forced):
            task.cancel()
        await asyncio.gather(draining, forced, return_exceptions=True)

    async def _drain(self, sockets: list[socket.socket] | None) -> None:
        deadline = asyncio.get_running_loop().time() + self._drain_time_s
        for server in self.servers:
            server.close()
        await self._finish_requests(self._drain_time_s * REQUESTS_SHARE)
        try:
            async with asyncio.timeout_at(deadline - LAST_CONNECTIONS_S):
                await self.lifespan.shutdown()
        except TimeoutError:
            log.warning("drain_incomplete", drain_time_s=self._drain_time_s)
            self.force_exit = True  # what follows must not wait for the lifespan again
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)  # which gives each a tenth of a second

    async def _finish_requests(self, at_most_s: float) -> None:
        """Take no more requests from open connections, and wait for those under way."""
        for connection in self._http_connections():
            connection.shutdown()
        try:
            async with asyncio.timeout(at_most_s):
                while self._http_connections():  # noqa: ASYNC110 - uvicorn tells nobody when one closes
                    await asyncio.sleep(0.02)
        except TimeoutError:
            log.info("requests_still_open", count=len(self._http_connections()))

    def _http_connections(self) -> list[HttpToolsProtocol]:
        return [open_ for open_ in self.server_state.connections if isinstance(open_, HttpToolsProtocol)]
