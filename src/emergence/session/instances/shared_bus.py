"""The live bus of many instances: at once to the sockets here, and as notes to the other instances."""

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Sequence
from datetime import timedelta
from typing import Never
from uuid import UUID

import msgspec
import structlog

from emergence.kernel.clock import Clock
from emergence.kernel.events.broadcast.broadcast import Broadcast
from emergence.kernel.events.keep_running import keep_running
from emergence.session import figures
from emergence.session.frames import LoggedFrame
from emergence.session.instances.local_sockets import Listener, LocalSockets
from emergence.session.instances.notes import (
    Position,
    TypingNote,
    Unsaid,
    Written,
    packed,
    question,
    read_frame,
    read_note,
)

log = structlog.get_logger(__name__)

CHANNEL = "session.live"
ANNOUNCED_EVERY = timedelta(seconds=5)
FORGOTTEN_AFTER = timedelta(seconds=20)  # without a note; whoever is forgotten catches up from the database
WRITTEN_KEPT = 5_000  # what waits to be sent; beyond it the oldest is dropped

OnFrame = Callable[[UUID, LoggedFrame], None]
OnHalt = Callable[[UUID], None]
OnMoved = Callable[[UUID], None]
OnTyping = Callable[[UUID, UUID, UUID | None], None]


class SharedBus:
    """Carries written frames to every socket of a user: at once here; soon, and usually, on other instances.

    Frames may be lost, doubled or reordered on the way: listeners number-check each topic and read
    what is missing from the log; what nobody says is found by catching up with the database. An
    instance that never heard of another one sends nothing but its announcement.
    """

    def __init__(self, broadcast: Broadcast, instance: str, clock: Clock) -> None:
        self._local = LocalSockets()
        self._broadcast = broadcast
        self._instance = instance
        self._clock = clock
        self._others: dict[str, float] = {}
        self._written: deque[Written] = deque(maxlen=WRITTEN_KEPT)
        self._unsaid = Unsaid()
        self._wanted = asyncio.Event()
        self._on_frame: list[OnFrame] = []
        self._on_halt: list[OnHalt] = []
        self._on_moved: list[OnMoved] = []
        self._on_typing: list[OnTyping] = []

    def join(self, listener: Listener) -> None:
        """Let `listener` hear its user's frames from now on."""
        self._local.join(listener)

    def leave(self, listener: Listener) -> None:
        """Stop. Idempotent."""
        self._local.leave(listener)

    async def publish(self, user_id: UUID, frames: Sequence[LoggedFrame]) -> None:
        """Hand frames that are committed to the user's sockets, here now and elsewhere soon."""
        self._local.hear(user_id, frames)
        if frames and self._has_others():
            self._written.append(Written(user_id, frames))
            self._wanted.set()

    def told(self, user_id: UUID, topic: str, seq: int) -> None:
        """Say to the user's sockets here that a topic has come to `seq`."""
        self._local.told(user_id, topic, seq)

    def users(self) -> Collection[UUID]:
        """Return who has a socket here."""
        return self._local.users()

    def halt(self, run_id: UUID) -> None:
        """Ask whoever carries a run out to look whether it should stop."""
        if self._has_others():
            self._unsaid.halted.append(run_id)
            self._wanted.set()

    def moved(self, user_id: UUID) -> None:
        """Tell the other instances that a connection of this person came or went here."""
        if self._has_others():
            self._unsaid.moved.append(user_id)
            self._wanted.set()

    def typing(self, user_id: UUID, live_session_id: UUID, thread_id: UUID | None) -> None:
        """Tell the other instances that this person is writing here."""
        if self._has_others():
            self._unsaid.typing.append(TypingNote(user_id, live_session_id, thread_id))
            self._wanted.set()

    def watch(self, *, on_frame: OnFrame, on_halt: OnHalt, on_moved: OnMoved, on_typing: OnTyping) -> None:
        """Call these with what other instances say; they never block."""
        self._on_frame.append(on_frame)
        self._on_halt.append(on_halt)
        self._on_moved.append(on_moved)
        self._on_typing.append(on_typing)

    async def run(self) -> Never:
        """Send and hear until cancelled, across outages."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_running("live notes out", self._send))
            await keep_running("live notes in", self._hear)

    async def close(self) -> None:
        """Let go of connections."""
        await self._broadcast.close()

    def _has_others(self) -> bool:
        now_s = self._clock.elapsed_s()
        limit_s = FORGOTTEN_AFTER.total_seconds()
        return any(now_s - heard_s < limit_s for heard_s in self._others.values())

    async def _send(self) -> None:
        while True:
            written, unsaid = tuple(self._written), self._unsaid
            self._written.clear()
            self._unsaid = Unsaid()
            self._wanted.clear()
            notes = packed(self._instance, written, unsaid, max_bytes=self._broadcast.note_max_bytes)
            await self._broadcast.send(CHANNEL, notes)
            figures.notes_sent.inc(len(notes))
            try:
                async with asyncio.timeout(ANNOUNCED_EVERY.total_seconds()):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def _hear(self) -> None:
        async with self._broadcast.listening(CHANNEL) as hearing:
            await self._broadcast.send(CHANNEL, [question(self._instance)])
            while True:
                for text in await hearing.next_notes(ANNOUNCED_EVERY):
                    self._take(text)

    def _take(self, text: str) -> None:
        try:
            note = read_note(text)
            if note.sender == self._instance:
                return
            self._note_other(note.sender)
            if note.asks:
                self._wanted.set()
            figures.notes_heard.inc()
            for run_id in note.halted:
                for on_halt in self._on_halt:
                    on_halt(run_id)
            for user_id in note.moved:
                for on_moved in self._on_moved:
                    on_moved(user_id)
            for writing in note.typing:
                for on_typing in self._on_typing:
                    on_typing(writing.user, writing.session, writing.thread)
            for told in note.told:
                self._deliver(told.user, [read_frame(raw) for raw in told.frames])
        except msgspec.DecodeError as malformed:  # of a version that speaks otherwise: the database says it too
            log.info("live_note_not_understood", reason=str(malformed))

    def _note_other(self, sender: str) -> None:
        now_s = self._clock.elapsed_s()
        self._others[sender] = now_s
        if len(self._others) > 1:
            limit_s = FORGOTTEN_AFTER.total_seconds()
            self._others = {name: heard_s for name, heard_s in self._others.items() if now_s - heard_s < limit_s}

    def _deliver(self, user_id: UUID, frames: Sequence[LoggedFrame | Position]) -> None:
        for frame in frames:
            if isinstance(frame, Position):
                self._local.told(user_id, frame.topic, frame.seq)
                continue
            self._local.hear(user_id, [frame])
            for on_frame in self._on_frame:
                on_frame(user_id, frame)
