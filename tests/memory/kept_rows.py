"""Memory's parts on a prepared database, without any server: for what is about rows alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from emergence.kernel.clock import Clock, SystemClock
from emergence.kernel.storage.migrate import migrate_when_reachable
from emergence.kernel.surroundings import Surroundings
from emergence.kernel.wire.peers import Peers
from emergence.memory.app import MIGRATIONS, build_parts
from emergence.memory.parts import Memory
from tests.memory.served_memory import memory_environ


@asynccontextmanager
async def kept_memory(
    database_url: str, clock: Clock | None = None, peers: Peers | None = None, **environ: str
) -> AsyncIterator[Memory]:
    """Prepare memory's tables and yield its parts; `peers` are the neighbours that it may ask."""
    surroundings = Surroundings(
        environ=memory_environ(database_url, **environ), peers=peers or Peers(), clock=clock or SystemClock()
    )
    memory = build_parts(surroundings)
    try:
        await migrate_when_reachable(memory.database, MIGRATIONS, memory.clock)
        await memory.prepare()
        yield memory
    finally:
        await memory.database.close()
