"""A program that runs the built-in model, says the process, and keeps it until it is killed."""

import asyncio
import sys

import psutil  # type: ignore[import-untyped]
import structlog

from emergence.chat.local_model import LocalModel

structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))


async def hold() -> None:
    await LocalModel().endpoint()
    print(psutil.Process().children()[0].pid, flush=True)
    await asyncio.sleep(60)


if __name__ == "__main__":
    asyncio.run(hold())
