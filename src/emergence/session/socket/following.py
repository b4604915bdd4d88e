"""How far one socket has followed each topic: what is next, what is old, and what has to be read from the log."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from emergence.kernel.ids import made_at, new_id
from emergence.session import figures
from emergence.session.frames import LoggedFrame
from emergence.session.socket.outbox import Outbox, ReplayDue

LATE = timedelta(seconds=5)  # how long after its name a run may be stored, and how far clocks may be apart


class Following:
    """Turns what the bus brings, in whatever order, into gap-free topics on one socket.

    A topic that is being replayed takes no live frames: only the highest number heard is kept, and
    the replay goes on until it has reached that one. Until `open` everything is kept that way.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._positions: dict[str, int] = {}
        self._replaying: dict[str, int] = {}
        self._muted: set[str] = set()
        self._early: dict[str, int] | None = {}
        self._opened = made_at(new_id())

    def hear(self, frames: Iterable[LoggedFrame]) -> None:
        """Take frames that are in the log; never blocks."""
        for frame in frames:
            if self._is_live(frame.topic, frame.seq):
                self._take(frame)

    def told(self, topic: str, seq: int) -> None:
        """Take note that the log of a topic has come to `seq`; what is missing is read from there."""
        if self._is_history(topic):
            return
        if self._is_live(topic, seq) and seq > (position := self._known(topic, seq)):
            figures.caught_up.inc()
            self._replay(ReplayDue(topic, position), heard=seq)

    def _is_history(self, topic: str) -> bool:
        """Return whether this is a run that began before the welcome, which did not name it: it had ended by then."""
        kind, _, name = topic.partition(":")
        return kind == "run" and topic not in self._positions and made_at(UUID(name)) < self._opened - LATE

    def _is_live(self, topic: str, seq: int) -> bool:
        """Return whether frames of the topic go out now; else note what the replay has to reach."""
        if self._early is not None:
            self._early[topic] = min(self._early.get(topic, seq), seq)
        elif topic in self._replaying:
            self._replaying[topic] = max(self._replaying[topic], seq)
        else:
            return topic not in self._muted
        return False

    def _take(self, frame: LoggedFrame) -> None:
        position = self._known(frame.topic, frame.seq)
        if frame.seq <= position:
            return
        if frame.seq > position + 1:
            self._replay(ReplayDue(frame.topic, position), heard=frame.seq)
            return
        self._positions[frame.topic] = frame.seq
        self._queued(self._outbox.put(frame))

    def _known(self, topic: str, heard: int) -> int:
        """Return the client's position; a run that the welcome did not name began after it, at its first frame."""
        return self._positions.get(topic, 0 if topic.startswith("run:") else heard - 1)

    def _queued(self, replays: list[ReplayDue]) -> None:
        for replay in replays:
            self._replaying.setdefault(replay.topic, 0)

    def _replay(self, replay: ReplayDue, heard: int = 0) -> None:
        self._replaying[replay.topic] = max(self._replaying.get(replay.topic, 0), heard)
        self._queued(self._outbox.put(replay))

    def say(self, json: str) -> None:
        """Queue a frame of the connection itself."""
        self._queued(self._outbox.put(json))

    def stands_at(self, topic: str, seq: int) -> None:
        """Note what the client knows of a topic, from the welcome."""
        self._positions[topic] = seq

    def follow(self, topic: str, seq: int, farewell: str | None = None) -> None:
        """Replay a topic after `seq`, say `farewell` on the connection, then follow the topic."""
        self._muted.discard(topic)
        self._replay(ReplayDue(topic, seq, farewell=farewell))

    def unfollow(self, topic: str) -> None:
        """Send nothing more of a topic."""
        self._muted.add(topic)

    def open(self) -> None:
        """Let live frames through; what came before is read from the log."""
        early, self._early = self._early or {}, None
        for topic, first in early.items():
            if topic not in self._replaying:
                self._replay(ReplayDue(topic, self._known(topic, first)))

    def replaying(self, topic: str) -> int:
        """Note that the log of a topic is about to be read: live frames of it wait there. Return the highest heard."""
        return self._replaying.setdefault(topic, 0)

    def replayed(self, topic: str, seq: int, *, heard_before: int, is_exhausted: bool) -> bool:
        """Note that a replay reached `seq`; return whether it is over, or has to go on from there.

        A log that showed nothing more (`is_exhausted`) lacks only what was heard before it was read:
        what came while it was read is in it now.
        """
        heard = self._replaying.get(topic, 0)
        if heard > seq and not (is_exhausted and heard <= heard_before):
            return False
        self._replaying.pop(topic, None)
        self._positions[topic] = max(seq, self._positions.get(topic, 0))
        return True
