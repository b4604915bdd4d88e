"""Hand letters to the mail server: each once, failing ones again for days, none after its link has died."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Never

import structlog

from emergence.auth.mail.compose import composed
from emergence.auth.mail.mail_server import (
    LetterDeferred,
    LetterRefused,
    MailConnection,
    MailServer,
    MailServerAway,
)
from emergence.auth.mail.queue_letter import opened
from emergence.auth.parts import Auth
from emergence.auth.store import letters as store
from emergence.auth.store.letters import ClaimedLetter, Outcome
from emergence.kernel.background import stop_if_cancelled
from emergence.kernel.metrics import counter, gauge
from emergence.kernel.sealing import SealBroken
from emergence.kernel.storage.database import DatabaseUnavailable

log = structlog.get_logger(__name__)

POLL = timedelta(milliseconds=500)
LEASE = timedelta(minutes=3)  # longer than handing a letter in can take
FIRST_RETRY, LONGEST_RETRY = timedelta(minutes=1), timedelta(hours=4)
LONGEST_PAUSE = timedelta(seconds=30)  # before a server that was away is asked again
MEASURED_EVERY_S = 5.0
NOTE_TRIES, NOTE_PAUSE_S = 10, 3.0

_depth = gauge("mail_outbox_depth", "Letters that wait to be sent.")
_age = gauge("mail_outbox_oldest_seconds", "Age of the oldest letter that waits to be sent.")
_letters = counter("mail_letters_total", "Letters by what became of them.", ("outcome",))


class Deliveries:
    """One sender; several may work at the same time, each letter is held by one of them."""

    def __init__(self, auth: Auth, server: MailServer) -> None:
        self._auth = auth
        self._server = server
        self._measured_s: float | None = None

    async def run(self) -> Never:
        """Send until cancelled, across outages of the mail server."""
        pause = POLL
        while True:
            stop_if_cancelled()
            await self._measure_when_due()
            try:
                await self.send_due()
                pause = POLL
            except MailServerAway as away:
                log.warning("mail_server_away", reason=str(away))
                pause = min(pause * 2, LONGEST_PAUSE)
            await asyncio.sleep(pause.total_seconds() * random.uniform(0.5, 1))

    async def send_due(self) -> int:
        """Send what is due and return how many letters left. Raises MailServerAway, DatabaseUnavailable."""
        database, sent = self._auth.database, 0
        expired = await store.drop_expired(database, self._now())
        _letters.labels("expired").inc(expired)
        if not await store.has_due(database, self._now()):
            return 0
        async with self._server.connection() as connection:  # before any letter is held: away, they stay due
            while letter := await store.claim(database, self._now(), self._now() + LEASE):
                sent += await self._send(connection, letter)
                stop_if_cancelled()
        return sent

    async def _send(self, connection: MailConnection, letter: ClaimedLetter) -> bool:
        try:
            content = opened(self._auth, letter.id, letter.kind, letter.sealed, letter.user_id)
        except SealBroken:  # written under another AUTH_JWT_SECRET
            await self._end(letter, "refused", "seal_broken")
            return False
        try:
            message = composed(self._auth.settings, letter.id, content, letter.created_at)
        except (ValueError, LookupError) as odd:  # its address or its values; the letters behind it must not wait
            await self._end(letter, "refused", type(odd).__name__)
            return False
        try:
            await connection.hand_in(message)
        except LetterRefused as refused:
            await self._end(letter, "refused", str(refused))
        except LetterDeferred as deferred:
            await store.postpone(self._auth.database, letter, self._next_try(letter))
            self._tell("deferred", letter, str(deferred))
        except MailServerAway:
            # It may be this letter that ends the conversation: those behind it go first, and it comes ever more rarely.
            await store.postpone(self._auth.database, letter, self._next_try(letter))
            raise
        else:
            await self._end(letter, "sent", None)
            return True
        return False

    async def _end(self, letter: ClaimedLetter, outcome: Outcome, reason: str | None) -> None:
        # The server has the letter: not to note that would send it again, so a short outage is waited out.
        await _insisting(lambda: store.finish(self._auth.database, letter, outcome, self._now()))
        self._tell(outcome, letter, reason)

    def _tell(self, outcome: str, letter: ClaimedLetter, reason: str | None) -> None:
        _letters.labels(outcome).inc()
        log.info("letter", letter_id=str(letter.id), kind=letter.kind, outcome=outcome, reason=reason)

    def _next_try(self, letter: ClaimedLetter) -> datetime:
        """Return a moment later by half of the letter's age, with jitter: waits grow by themselves."""
        wait = min(max((self._now() - letter.created_at) / 2, FIRST_RETRY), LONGEST_RETRY)
        return self._now() + wait * random.uniform(0.75, 1.25)

    def _now(self) -> datetime:
        return self._auth.clock.now()

    async def _measure_when_due(self) -> None:
        now_s = self._auth.clock.elapsed_s()
        if self._measured_s is not None and now_s - self._measured_s < MEASURED_EVERY_S:
            return
        waiting = await store.waiting(self._auth.database)
        age = self._now() - waiting.oldest if waiting.oldest else timedelta()
        _depth.set(waiting.depth)
        _age.set(max(0.0, age.total_seconds()))
        self._measured_s = now_s


async def _insisting(write: Callable[[], Awaitable[bool]]) -> None:
    for _ in range(NOTE_TRIES):
        try:
            await write()
        except DatabaseUnavailable:
            await asyncio.sleep(NOTE_PAUSE_S)
        else:
            return
    await write()
