"""Warn people who do nothing, and end their sessions when nothing comes: never without having warned.

The deadlines stand in the database, so that neither a restart nor another instance loses or doubles
one. Each instance looks after the live sessions whose sockets it has; those that lost theirs after
the warning are looked after by whoever comes by.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

import structlog

from emergence.contracts.session.events import LiveSessionExpired
from emergence.contracts.session.inactivity_frames import (
    SessionData,
    SessionExpired,
    SessionWarning,
    SessionWarningData,
)
from emergence.contracts.session.problems import SessionOver
from emergence.contracts.session.protocol import CloseCode, user_topic
from emergence.kernel.events.outbox import publish
from emergence.kernel.storage.database import DatabaseUnavailable
from emergence.session import figures
from emergence.session.frames import Draft
from emergence.session.inactivity.extend_session import extend_session
from emergence.session.parts import Session
from emergence.session.store import live_sessions as store
from emergence.session.store import log as frame_log
from emergence.session.store.live_sessions import LiveSession

log = structlog.get_logger(__name__)

TICK = timedelta(seconds=1)
UNSEEN_UNDER_NO_LIMIT = timedelta(days=1)
AFTER_OUTAGE = timedelta(seconds=10)  # whoever wanted to go on meanwhile can say so first


class InactivityWatch:
    """Looks when something is due, not every second: what it saw last says when."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._timeout = session.settings.inactivity_timeout()
        self._warning = session.settings.session_warning_before_timeout_seconds
        self._next_look = self._next_cleanup = self._no_end_before = session.clock.now()
        if self._timeout is not None:
            figures.inactivity_seconds(self._timeout)  # is there from the start, so that dashboards show 0 and no gap

    async def tick(self) -> None:
        """Do what is due. An outage of the database puts it off."""
        now = self._session.clock.now()
        try:
            if self._timeout is not None:
                await self._note_activity(now)
                if self._session.activity.has_newcomers() or now >= self._next_look:
                    self._next_look = await self._look(now, self._timeout)
            if now >= self._next_cleanup:
                await self._clean_up(now)
                self._next_cleanup = now + self._session.settings.session_cleanup_interval_seconds
        except DatabaseUnavailable:
            self._no_end_before = self._next_look = now + AFTER_OUTAGE
            log.info("inactivity_not_looked_at")

    async def _note_activity(self, now: datetime) -> None:
        if not (active := self._session.activity.taken()):
            return
        try:
            warned = await store.note_active(self._session.database, active, now)
        except DatabaseUnavailable:
            for login_session_id in active:
                self._session.activity.note(login_session_id)
            raise
        for user_id, login_session_id in {(live.user_id, live.login_session_id) for live in warned}:
            try:
                await extend_session(self._session, user_id, login_session_id)
            except SessionOver:
                continue

    async def _look(self, now: datetime, timeout: timedelta) -> datetime:
        """Warn and end what is due here; return when the next look is."""
        here = self._session.sockets.live_sessions()
        await store.note_working(self._session.database, here, now)
        found = await store.live_sessions(self._session.database, here)
        if missing := here - {live.id for live in found}:  # another instance ended them
            self._close(await store.ended_inactive(self._session.database, missing))
        idle_since = now - (timeout - self._warning)
        await self._warn([live for live in found if live.expires_at is None and live.active_at <= idle_since], now)
        if now >= self._no_end_before:
            await self._end([live for live in found if live.expires_at is not None and live.expires_at <= now], now)
        deadlines = [live.expires_at or live.active_at + timeout - self._warning for live in found]
        soonest = min((each for each in deadlines if each > now), default=now + self._warning)
        return min(soonest, now + min(self._warning, timeout - self._warning))

    async def _warn(self, idle: Sequence[LiveSession], now: datetime) -> None:
        assert self._timeout is not None
        idle_since, expires_at = now - (self._timeout - self._warning), now + self._warning
        for user_id, ids in _by_user(idle):
            async with self._session.order.of(user_id):
                async with self._session.database.transaction() as tx:
                    warned = await store.announce_end(tx, user_id, ids, idle_since, expires_at)
                    drafts = [
                        Draft(
                            SessionWarning,
                            user_topic(user_id),
                            SessionWarningData(session=live.id, expires_at=expires_at),
                        )
                        for live in warned
                    ]
                    frames = await frame_log.append_drafts(tx, user_id, drafts, now) if drafts else []
                await self._session.bus.publish(user_id, frames)
            figures.sessions_warning_sent.inc(len(warned))

    async def _end(self, due: Sequence[LiveSession], now: datetime) -> None:
        for user_id, ids in _by_user(due):
            async with self._session.order.of(user_id):
                async with self._session.database.transaction() as tx:
                    ended = await store.end_inactive(tx, user_id, ids, now)
                    drafts = [
                        Draft(SessionExpired, user_topic(user_id), SessionData(session=live.id)) for live in ended
                    ]
                    frames = await frame_log.append_drafts(tx, user_id, drafts, now) if drafts else []
                    for login_session_id in sorted({live.login_session_id for live in ended}):
                        await publish(tx, LiveSessionExpired(login_session_id=login_session_id, user_id=user_id))
                await self._session.bus.publish(user_id, frames)
            self._close({live.id for live in ended})
            figures.sessions_timeout.inc(len(ended))
            if self._timeout is not None:
                for live in ended:
                    figures.inactivity_seconds(self._timeout).observe((now - live.active_at).total_seconds())

    def _close(self, ended: Collection[UUID]) -> None:
        for socket in self._session.sockets:
            if socket.live_session_id in ended:
                socket.close(CloseCode.INACTIVITY)

    async def _clean_up(self, now: datetime) -> None:
        if self._timeout is not None and now >= self._no_end_before:
            await self._end(await store.overdue(self._session.database, now - 2 * TICK), now)
        database, pause = self._session.database, self._session.settings.session_cleanup_interval_seconds
        await store.note_seen(database, sorted(self._session.sockets.live_sessions()), now)
        unseen_for = max(self._timeout or UNSEEN_UNDER_NO_LIMIT, 5 * pause)
        await store.forget_unseen(database, now - unseen_for, now)


async def watch_inactivity(session: Session) -> None:
    """Look every second whether something is due, for ever."""
    watch = InactivityWatch(session)
    while True:
        await watch.tick()
        await session.clock.sleep(TICK)


def _by_user(found: Sequence[LiveSession]) -> list[tuple[UUID, list[UUID]]]:
    ordered = sorted(found, key=lambda live: live.user_id)
    return [
        (user_id, [live.id for live in lives]) for user_id, lives in groupby(ordered, key=lambda live: live.user_id)
    ]
