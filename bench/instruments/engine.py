"""A PostgreSQL for one measurement: the product's own, in a folder that is gone afterwards."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

from emergence.kernel.logs import configure_logs
from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Yield an empty folder that the database's account can pass through; it is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="emergence-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@asynccontextmanager
async def running_postgres() -> AsyncIterator[str]:
    """Yield the address of a new, empty server; its log goes to standard error."""
    configure_logs("WARNING", "text", "bench")
    with scratch_folder() as folder:
        async with EmbeddedPostgres(folder / "postgres") as server:
            yield server.url
