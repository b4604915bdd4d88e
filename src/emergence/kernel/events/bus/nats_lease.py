"""A lease in a bucket of NATS: one process at a time, until it lets go or stops renewing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from time import monotonic

import nats.errors
import structlog
from nats.js.errors import KeyNotFoundError, KeyWrongLastSequenceError
from nats.js.kv import KeyValue

from emergence.kernel.errors import Unavailable
from emergence.kernel.events.nats_line import as_unavailable

log = structlog.get_logger(__name__)

# The bucket forgets a lease that was not renewed for so long, and was made with this number: another one needs a bucket
# of another name.
LEASE_S = 9.0
RENEW_EVERY_S = 3.0
STANDBY_WAIT_S = 1.0
LEASE_DEADLINE_S = 2.0  # for an answer about it, so that one that got lost leaves time for another try
MARGIN_S = 1.0  # whoever holds a lease stops so long before anybody else may begin


class Lease:
    """Ours as long as `check` does not raise."""

    def __init__(self, bucket: KeyValue, key: str, revision: int, asked_s: float) -> None:
        self._bucket = bucket
        self._key = key
        self._revision = revision
        self._valid_until_s = asked_s + LEASE_S - MARGIN_S
        self._is_lost = False

    def check(self) -> None:
        """Raise Unavailable when the lease is over, or may be."""
        if self._is_lost or monotonic() > self._valid_until_s:
            raise Unavailable("The lease of this subscriber is over.")

    async def keep(self, holder: bytes) -> None:
        """Renew until cancelled, or until somebody else has the lease."""
        while not self._is_lost:
            await asyncio.sleep(RENEW_EVERY_S)
            try:
                with as_unavailable():
                    await self._renew(holder)
            except Unavailable as failed:
                log.info("nats_lease_not_renewed", subscriber=self._key, reason=failed.detail)

    async def _renew(self, holder: bytes) -> None:
        asked_s = monotonic()
        try:
            self._revision = await self._bucket.update(self._key, holder, last=self._revision)
        except KeyWrongLastSequenceError:
            found = await self._bucket.get(self._key)  # ours when only the answer to a renewal got lost
            if found.value != holder or found.revision is None:
                self._is_lost = True
                log.warning("nats_lease_lost", subscriber=self._key)
                return
            self._revision = await self._bucket.update(self._key, holder, last=found.revision)
        self._valid_until_s = asked_s + LEASE_S - MARGIN_S

    async def let_go(self) -> None:
        """Let the next one begin at once. An outage is passed over: the lease then ends by itself."""
        with suppress(OSError, nats.errors.Error, TimeoutError):
            await self._bucket.delete(self._key, last=self._revision)


@asynccontextmanager
async def held_lease(bucket: KeyValue, key: str, holder: bytes) -> AsyncIterator[Lease]:
    """Wait until the lease is ours and keep it for the block. Raises Unavailable.

    A lease that `holder` has already, from before an outage, counts as ours: call this for each
    key once at a time within a process.
    """
    while (lease := await _taken(bucket, key, holder)) is None:  # noqa: ASYNC110 - the holder may be another process
        await asyncio.sleep(STANDBY_WAIT_S)
    keeping = asyncio.create_task(lease.keep(holder))
    try:
        yield lease
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        await lease.let_go()


async def _taken(bucket: KeyValue, key: str, holder: bytes) -> Lease | None:
    asked_s = monotonic()
    with as_unavailable():
        try:
            return Lease(bucket, key, await bucket.create(key, holder), asked_s)
        except KeyWrongLastSequenceError:
            pass
        try:
            found = await bucket.get(key)
            if found.value == holder:
                revision = await bucket.update(key, holder, last=found.revision)
                return Lease(bucket, key, revision, asked_s)
        except (KeyNotFoundError, KeyWrongLastSequenceError):
            pass  # it ended a moment ago, or somebody was quicker
    return None
