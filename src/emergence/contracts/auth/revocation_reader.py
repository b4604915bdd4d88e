"""Holds the feed of revocations on behalf of a service, and goes on where it was after every break."""

import asyncio
import random
from contextlib import aclosing
from datetime import timedelta
from typing import Never

import structlog

from emergence.contracts.auth.client import AuthClient
from emergence.contracts.auth.revocations import BEAT_S, FeedBeat, FeedLine
from emergence.kernel.clock import Clock
from emergence.kernel.errors import ServiceError
from emergence.kernel.events.keep_running import keep_running
from emergence.kernel.metrics import gauge, histogram
from emergence.kernel.revocations import Revocations

log = structlog.get_logger(__name__)

SILENCE_LIMIT_S = 2 * BEAT_S  # a line that died without a word is noticed before news count as late
PAUSE_S = 0.5
LAG_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30)

_lag = histogram("revocation_lag_seconds", "From a revocation to its effect here.", ("service",), LAG_BUCKETS_S)
_connected = gauge("revocation_feed_connected", "Whether news of revocations arrive (1) or not (0).", ("service",))


class RevocationReader:
    """Fills `revocations` from auth's feed; `service` names its figures."""

    def __init__(self, auth: AuthClient, revocations: Revocations, clock: Clock, service: str) -> None:
        self._auth = auth
        self._revocations = revocations
        self._clock = clock
        self._service = service
        self._seq = 0
        self._is_connected = False

    async def run(self) -> Never:
        """Read until cancelled, across outages of auth."""
        await keep_running("revocation_reader", self._work)

    async def _work(self) -> None:
        try:
            while True:
                try:
                    await self._read()
                except (ServiceError, TimeoutError) as broken:
                    self._note_connected(is_connected=False, reason=type(broken).__name__)
                await asyncio.sleep(PAUSE_S * random.uniform(0.5, 1))
        finally:
            _connected.labels(self._service).set(0)

    async def _read(self) -> None:
        is_live = False  # what was told before the first beat may be old: it says nothing about the lag
        async with aclosing(self._auth.revocations(self._seq)) as lines:
            while True:
                async with asyncio.timeout(SILENCE_LIMIT_S):
                    line = await anext(lines, None)
                if line is None:
                    raise TimeoutError  # it does not end by itself
                self._take(line, is_live=is_live)
                is_live = is_live or isinstance(line, FeedBeat)

    def _take(self, line: FeedLine, *, is_live: bool) -> None:
        self._seq = line.seq
        if isinstance(line, FeedBeat):
            self._revocations.note_news()
            self._note_connected(is_connected=True)
            return
        self._revocations.learn(line.revocation())
        if is_live:
            lag = self._clock.now() - line.at
            _lag.labels(self._service).observe(max(0.0, lag / timedelta(seconds=1)))

    def _note_connected(self, *, is_connected: bool, reason: str | None = None) -> None:
        _connected.labels(self._service).set(int(is_connected))
        if is_connected != self._is_connected:
            self._is_connected = is_connected
            said = "revocation_feed_connected" if is_connected else "revocation_feed_lost"
            log.info(said, service=self._service, seq=self._seq, reason=reason)
