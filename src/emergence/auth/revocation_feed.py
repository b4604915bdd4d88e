"""The feed of revocations as one instance of auth knows it: read from the table, told to every reader."""

import asyncio
from bisect import bisect_right
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Never

from emergence.auth.signing_keys import SigningKeys
from emergence.auth.store import revocations as store
from emergence.auth.store.revocations import NumberedRevocation
from emergence.contracts.auth.revocations import BEAT_S, FeedBeat, PublishedRevocation
from emergence.kernel.clock import Clock
from emergence.kernel.events.keep_running import keep_running
from emergence.kernel.events.watch import watch
from emergence.kernel.revocations import KEPT, Revocations
from emergence.kernel.storage.database import Database

POLL = timedelta(milliseconds=500)  # notices are hints: a lost one costs this much
PING = timedelta(seconds=5)
CURRENT_FOR_S = 2 * POLL.total_seconds()
AT_ONCE = 1_000
KEYS_KEPT = timedelta(days=30)
CREDENTIAL_REASONS = frozenset(
    {
        "password_changed",
        "password_reset",
        "second_factor_enabled",
        "second_factor_disabled",
        "first_passkey_added",
        "email_changed",
    }
)


class RevocationFeed:
    """Knows what was ended lately, and wakes whoever follows. `revocations` is what auth itself verifies by: keys."""

    def __init__(self, database: Database, clock: Clock, keys: SigningKeys, revocations: Revocations) -> None:
        self._database = database
        self._clock = clock
        self._keys = keys
        self._revocations = revocations
        self._kept: list[PublishedRevocation] = []
        self._seq = 0
        self._read_at_s: float | None = None
        self._hinted = asyncio.Event()
        self._news = asyncio.Event()
        self._reading = asyncio.Lock()

    async def listen(self) -> Never:
        """Hear of commits, on a connection of its own, for ever."""
        await keep_running("revocation_notices", self._listen)

    async def poll(self) -> Never:
        """Read the table after each notice, and every 500 ms without one, for ever."""
        await keep_running("revocation_feed", self._poll)

    async def _listen(self) -> None:
        async with watch(self._database, f"{self._database.schema}.revocations") as notices:
            while True:
                self._hinted.set()
                await notices.wait(PING)

    async def _poll(self) -> None:
        while True:
            await self.read()
            try:
                async with asyncio.timeout(POLL.total_seconds()):
                    await self._hinted.wait()
            except TimeoutError:
                continue
            self._hinted.clear()

    async def read(self) -> None:
        """Learn what was committed since the last look. Raises DatabaseUnavailable."""
        async with self._reading:
            found = await store.read_revocations(self._database, self._seq, AT_ONCE)
            for row in found:
                self._take(row)
            if len(found) < AT_ONCE:
                self._read_at_s = asyncio.get_running_loop().time()
                self._revocations.note_news()
            else:
                self._hinted.set()
            if found:
                self._forget_old()
                self._news.set()
                self._news = asyncio.Event()

    def _take(self, row: NumberedRevocation) -> None:
        ended = row.revocation
        self._seq = row.seq
        if ended.kind == "key":  # sessions are looked up by auth's routes themselves
            self._keys.forget()
            self._revocations.learn(ended)
        is_about_credentials = ended.kind == "key" or ended.reason in CREDENTIAL_REASONS
        self._kept.append(
            PublishedRevocation(
                seq=row.seq,
                kind=ended.kind,
                ref=ended.ref,
                sv=ended.version,
                at=ended.at,
                reason=ended.reason,
                event="credential-change" if is_about_credentials else "session-revoked",
            )
        )

    def _forget_old(self) -> None:
        now = self._clock.now()
        if self._kept[0].at < now - 2 * KEPT:
            self._kept = [each for each in self._kept if each.kind == "key" or each.at >= now - KEPT]

    async def follow(self, after: int) -> AsyncGenerator[PublishedRevocation | FeedBeat, None]:
        """Yield what comes after a number, then what is new, with a beat after each look that found the table.

        A number that this instance has not reached is not believed: whoever has it gets everything kept.
        """
        position = after if after <= self._seq else 0
        while True:
            news = self._news
            for line in self._kept[bisect_right(self._kept, position, key=lambda each: each.seq) :]:
                yield line
                position = line.seq
            if is_current := self._is_current():
                yield FeedBeat(seq=position)
            if news is self._news:
                await _first(news, BEAT_S if is_current else POLL.total_seconds())

    def _is_current(self) -> bool:
        """Return whether the table was read a moment ago: silence is better than a promise that may be false."""
        return self._read_at_s is not None and asyncio.get_running_loop().time() - self._read_at_s <= CURRENT_FOR_S


async def _first(news: asyncio.Event, at_most_s: float) -> None:
    try:
        async with asyncio.timeout(at_most_s):
            await news.wait()
    except TimeoutError:
        return
