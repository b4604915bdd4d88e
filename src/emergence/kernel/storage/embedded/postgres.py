"""The PostgreSQL that comes with the program: ready on entry, kept running, stopped on exit."""

import asyncio
import contextlib
import time
from pathlib import Path
from types import TracebackType

import structlog

from emergence.kernel.storage.embedded.account import server_account
from emergence.kernel.storage.embedded.binaries import usable_binaries, wheel_binaries
from emergence.kernel.storage.embedded.cluster import DATABASE, ROLE, Cluster, check_layout, prepare_cluster
from emergence.kernel.storage.embedded.data_folder import make_folder, unusable
from emergence.kernel.storage.embedded.errors import EngineFailed
from emergence.kernel.storage.embedded.folder_lock import FolderLock
from emergence.kernel.storage.embedded.leftover import clear_leftover
from emergence.kernel.storage.embedded.server import Server, free_port

log = structlog.get_logger(__name__)

PORT_TRIES = 5
FIRST_RETRY_S = 0.1
LONGEST_RETRY_S = 5.0
STEADY_AFTER_S = 10.0  # a server that ran this long gets the short delay again


class RunningPostgres:
    """The server behind `url`; after a crash the same address and password lead to its successor."""

    def __init__(self, cluster: Cluster, server: Server) -> None:
        self.port = server.port
        # asyncpg would first ask for TLS; a connection cancelled at that moment leaves an error in the loop.
        self.url = f"postgresql://{ROLE}:{cluster.password}@127.0.0.1:{server.port}/{DATABASE}?sslmode=disable"
        self.pid = server.pid


class EmbeddedPostgres:
    """An async context manager around one server on `folder`, PostgreSQL 18 with pgvector.

    The folder is made on first use. As root the server runs under an unprivileged account, which
    must be able to enter the folder. One instance per folder: the second raises FolderInUse.
    `binaries` is the folder with `postgres` and `initdb`; default those of the installed wheel.
    Entering raises a subclass of EngineError with one line that says what to do.
    """

    def __init__(self, folder: Path, *, binaries: Path | None = None) -> None:
        self._folder = folder.absolute()
        self._binaries = binaries
        self._lock = FolderLock(self._folder)
        self._keeper: asyncio.Task[None] | None = None
        self._server: Server | None = None

    async def __aenter__(self) -> RunningPostgres:
        self._lock.__enter__()
        async with contextlib.AsyncExitStack() as undo:
            undo.push_async_callback(self._stop)
            cluster = await self._prepared()
            self._server = await self._start(cluster)
            undo.pop_all()
        running = RunningPostgres(cluster, self._server)
        log.info("embedded_postgres_ready", pid=running.pid, port=running.port)
        self._keeper = asyncio.create_task(self._keep_running(cluster, running), name="embedded-postgres")
        return running

    async def __aexit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        await self._stop()

    async def _prepared(self) -> Cluster:
        """Prepare in a thread. Cancelled, wait for its end: the lock must not go while it works in the folder."""
        preparing = asyncio.ensure_future(asyncio.to_thread(self._prepare))
        try:
            return await asyncio.shield(preparing)
        except asyncio.CancelledError:
            await asyncio.gather(preparing, return_exceptions=True)
            raise

    def _prepare(self) -> Cluster:
        """Everything before the start; blocks for a second on a new folder."""
        try:
            make_folder(self._folder)
            account = server_account(self._folder / "data")
            if account.uid is not None:
                account.check_may_enter(self._folder)
            binaries = usable_binaries(self._binaries or wheel_binaries(), account, self._folder)
            check_layout(self._folder, binaries.major)
            clear_leftover(self._folder / "data")
            return prepare_cluster(self._folder, account, binaries)
        except OSError as error:
            raise unusable(self._folder, error) from error

    async def _start(self, cluster: Cluster) -> Server:
        for attempt in range(1, PORT_TRIES + 1):
            self._server = Server.start(cluster, free_port())
            try:
                await self._server.until_ready()
                return self._server
            except EngineFailed as error:
                was_port_taken = "TCP/IP" in str(error)  # between our look and its bind
                if attempt == PORT_TRIES or not was_port_taken:
                    raise
                self._server.forget()
        raise AssertionError("the last attempt returns or raises")

    async def _keep_running(self, cluster: Cluster, running: RunningPostgres) -> None:
        """Start the server again, on its port, each time it ends without being asked to."""
        delay_s = FIRST_RETRY_S
        while self._server is not None:
            code = await self._server.until_exited()
            self._server.forget()
            log.error("embedded_postgres_died", pid=self._server.pid, exit_code=code, said=self._server.last_words())
            if time.monotonic() - self._server.started_at > STEADY_AFTER_S:
                delay_s = FIRST_RETRY_S
            await asyncio.sleep(delay_s)
            delay_s = min(delay_s * 2, LONGEST_RETRY_S)
            try:
                await asyncio.to_thread(clear_leftover, cluster.data)
                self._server = Server.start(cluster, running.port)
                running.pid = self._server.pid
                await self._server.until_ready()
                log.info("embedded_postgres_ready", pid=running.pid, port=running.port)
            except (EngineFailed, OSError) as error:
                log.error("embedded_postgres_restart_failed", reason=str(error))

    async def _stop(self) -> None:
        if self._keeper is not None:
            self._keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._keeper
            self._keeper = None
        try:
            if self._server is not None:
                await self._server.stop()
                self._server = None
        finally:
            self._lock.__exit__(None, None, None)
