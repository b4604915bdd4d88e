"""The product's PostgreSQL without its keeper: killed, it stays away until it is started again."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from bench.instruments.engine import scratch_folder
from emergence.kernel.logs import configure_logs
from emergence.kernel.storage.embedded.account import server_account
from emergence.kernel.storage.embedded.binaries import usable_binaries, wheel_binaries
from emergence.kernel.storage.embedded.cluster import Cluster, prepare_cluster
from emergence.kernel.storage.embedded.data_folder import make_folder
from emergence.kernel.storage.embedded.leftover import clear_leftover
from emergence.kernel.storage.embedded.postgres import RunningPostgres
from emergence.kernel.storage.embedded.server import Server, free_port


@dataclass
class KillablePostgres:
    """One server, started; `url` leads to its successors too."""

    url: str
    _cluster: Cluster
    _server: Server

    async def kill(self) -> None:
        """kill -9 its main process and wait for its end."""
        os.kill(self._server.pid, signal.SIGKILL)
        await self._server.until_exited()
        self._server.forget()

    async def start_again(self) -> None:
        """Start a successor on the same files and port, and wait until it answers."""
        await asyncio.to_thread(clear_leftover, self._cluster.data)
        self._server = Server.start(self._cluster, self._server.port)
        await self._server.until_ready()

    async def stop(self) -> None:
        """Stop it. Idempotent."""
        await self._server.stop()


@asynccontextmanager
async def killable_postgres() -> AsyncIterator[KillablePostgres]:
    """Run a new, empty server for the block."""
    configure_logs("WARNING", "text", "bench")
    with scratch_folder() as scratch:
        folder = scratch / "postgres"
        make_folder(folder)
        account = server_account(folder / "data")
        account.check_may_enter(folder)
        binaries = usable_binaries(wheel_binaries(), account, folder)
        cluster = await asyncio.to_thread(prepare_cluster, folder, account, binaries)
        server = Server.start(cluster, free_port())
        postgres = KillablePostgres(RunningPostgres(cluster, server).url, cluster, server)
        try:
            await server.until_ready()
            yield postgres
        finally:
            await postgres.stop()
