"""The edge of background work: what goes wrong in it stops nothing else."""

from collections.abc import Awaitable


async def failure_of(work: Awaitable[None]) -> Exception | None:
    """Do a piece of work; return what it failed with, whatever that is. Whoever asks logs it, and goes on."""
    try:
        await work
    except Exception as failed:  # noqa: BLE001 - returned
        return failed
    return None
