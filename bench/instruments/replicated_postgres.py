"""The product's PostgreSQL with a streaming replica: cut off, killed, promoted."""

import asyncio
import os
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from bench.instruments.engine import scratch_folder
from bench.instruments.report import NotMeasured
from emergence.kernel.logs import configure_logs
from emergence.kernel.storage.embedded.account import server_account
from emergence.kernel.storage.embedded.binaries import Binaries, usable_binaries, wheel_binaries
from emergence.kernel.storage.embedded.cluster import Cluster, prepare_cluster
from emergence.kernel.storage.embedded.data_folder import make_folder
from emergence.kernel.storage.embedded.postgres import RunningPostgres
from emergence.kernel.storage.embedded.server import Server, free_port

ROLE = "replicator"
PATIENCE_S, POLL_S = 30.0, 0.01
LEVEL = "SELECT pg_last_wal_replay_lsn() >= $1::pg_lsn"
HEARS = "SELECT status FROM pg_stat_wal_receiver"
NOWHERE = "primary_conninfo = 'host=127.0.0.1 port=1 connect_timeout=1'\n"  # nobody listens there


@dataclass
class ReplicatedPostgres:
    """A primary and its replica, both started."""

    url: str
    replica_url: str
    _primary: Server
    _replica: Server
    _copy: Cluster

    async def until_level(self) -> None:
        """Wait until the replica has replayed all that the primary wrote. Raises NotMeasured."""
        primary, replica = await asyncpg.connect(self.url), await asyncpg.connect(self.replica_url)
        try:
            wanted = await primary.fetchval("SELECT pg_current_wal_lsn()")
            async with asyncio.timeout(PATIENCE_S):
                while not await replica.fetchval(LEVEL, wanted):  # noqa: ASYNC110 - a server sets no event
                    await asyncio.sleep(POLL_S)
        except TimeoutError:
            raise NotMeasured(f"the replica was not level within {PATIENCE_S:.0f} s") from None
        finally:
            await primary.close()
            await replica.close()

    async def lag_s(self) -> float:
        """Return how old the newest transaction is that the replica knows; the lag of a primary that is written to."""
        replica = await asyncpg.connect(self.replica_url)
        try:
            return float(await replica.fetchval("SELECT extract(epoch FROM now() - pg_last_xact_replay_timestamp())"))
        finally:
            await replica.close()

    async def cut_off(self) -> None:
        """Have the replica hear no more of the primary, as when the line between two regions is down."""
        with (self._copy.data / "postgresql.auto.conf").open("a") as settings:
            settings.write(NOWHERE)
        os.kill(self._replica.pid, signal.SIGHUP)
        replica = await asyncpg.connect(self.replica_url)
        try:
            async with asyncio.timeout(PATIENCE_S):
                while await replica.fetchval(HEARS) == "streaming":  # noqa: ASYNC110 - as above
                    await asyncio.sleep(POLL_S)
        finally:
            await replica.close()

    async def kill(self) -> None:
        """kill -9 the primary."""
        os.kill(self._primary.pid, signal.SIGKILL)
        await self._primary.until_exited()
        self._primary.forget()

    async def stop(self) -> None:
        """Stop the primary in order, as `make failover` does where its region still answers."""
        await self._primary.stop()

    async def promote(self) -> None:
        """Make the replica a database of its own, and wait until it takes writes."""
        words = [self._copy.binaries.program("pg_ctl"), "promote", "-w", "-s", "-D", str(self._copy.data)]
        await asyncio.to_thread(self._copy.account.run, words)


@asynccontextmanager
async def replicated_postgres() -> AsyncIterator[ReplicatedPostgres]:
    """Run a new primary and its replica for the block. Raises NotMeasured where the engine brings no pg_basebackup."""
    configure_logs("WARNING", "text", "bench")
    with scratch_folder() as scratch:
        primary = await asyncio.to_thread(_prepared, scratch / "primary")
        password = secrets.token_hex(16)
        _single_user(primary, f"CREATE ROLE {ROLE} REPLICATION LOGIN PASSWORD '{password}';\n")
        server = Server.start(primary, free_port())
        copied: Server | None = None
        try:
            await server.until_ready()
            copy = await asyncio.to_thread(_copied, primary, scratch / "replica", (server.port, password))
            copied = Server.start(copy, free_port())
            await copied.until_ready()
            urls = (RunningPostgres(primary, server).url, RunningPostgres(copy, copied).url)
            yield ReplicatedPostgres(*urls, server, copied, copy)
        finally:
            for each in (copied, server):
                if each is not None:
                    await each.stop()


def _prepared(folder: Path) -> Cluster:
    make_folder(folder)
    account = server_account(folder / "data")
    account.check_may_enter(folder)
    binaries = usable_binaries(wheel_binaries(), account, folder)
    for program in ("pg_basebackup", "pg_ctl"):
        _require(binaries, program)
    return prepare_cluster(folder, account, binaries)


def _require(binaries: Binaries, program: str) -> None:
    if not Path(binaries.program(program)).is_file():
        raise NotMeasured(f"the engine brings no {program}")


def _single_user(cluster: Cluster, statements: str) -> None:
    words = [cluster.binaries.program("postgres"), "--single", "-D", str(cluster.data), "-c", "exit_on_error=on"]
    cluster.account.run([*words, "template1"], stdin=statements)


def _copied(primary: Cluster, folder: Path, reached: tuple[int, str]) -> Cluster:
    make_folder(folder)
    copy = Cluster(folder, primary.account, primary.binaries, primary.password)
    copy.data.mkdir(mode=0o700)
    primary.account.own(copy.data)
    if copy.sockets is not None:
        copy.sockets.mkdir(mode=0o700)
        primary.account.own(copy.sockets)
    port, password = reached
    where = f"host=127.0.0.1 port={port} user={ROLE} password={password}"
    words = [primary.binaries.program("pg_basebackup"), "-D", str(copy.data), "-R", "-c", "fast", "-d", where]
    primary.account.run(words)
    return copy
