"""A program that runs an embedded server, says where, and keeps it until its input ends or it is killed."""

import asyncio
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import structlog

from emergence.kernel.storage.embedded.postgres import EmbeddedPostgres

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


async def hold(folder: Path) -> None:
    async with EmbeddedPostgres(folder) as running:
        guard = next(child.pid for child in psutil.Process().children() if child.name() == "sh")
        print(json.dumps({"url": running.url, "server": running.pid, "guard": guard}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    ThreadPoolExecutor  # noqa: B018 - loads it now: the interpreter may lie where only root can read
    if len(sys.argv) > 2:
        os.setgroups([])
        os.setgid(int(sys.argv[2]))
        os.setuid(int(sys.argv[2]))
    asyncio.run(hold(Path(sys.argv[1])))
