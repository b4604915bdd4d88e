"""What one run says, in the order in which it says it: numbered by its single writer, written by the flusher."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from math import inf

from emergence.contracts.session.envelope import Data, TopicFrame
from emergence.contracts.session.frames import PartEnded, PartEndedData, PartStarted, PartStartedData
from emergence.contracts.session.protocol import run_topic
from emergence.session.frames import DeltaFields, Draft, LoggedFrame, logged_delta
from emergence.session.store.log import RunFrames, RunStart
from emergence.session.store.runs import StoredRun

TEXT_PART = 0  # an answer is one part of text; other kinds of part come with tools and reasoning


@dataclass(slots=True)
class _PendingText:
    offset: int
    pieces: list[str]


class RunLog:
    """The log of one run in the memory of its owner; `last_seq` is the last number given out.

    Text that arrives between two flushes becomes one delta. The text of the part is the
    concatenation of everything that was added, and nothing else.
    """

    def __init__(self, run: StoredRun, last_seq: int) -> None:
        self.run = run
        self.topic = run_topic(run.id)
        self.last_seq = last_seq
        self.length = 0
        self.is_lost = False
        self.taken_at_s = -inf  # when something of it was last written
        self._pieces: list[str] = []
        self._pending: list[Draft | _PendingText] = []
        self._start: RunStart | None = None

    @property
    def text(self) -> str:
        """Everything the agent said so far."""
        if len(self._pieces) > 1:
            self._pieces = ["".join(self._pieces)]
        return self._pieces[0] if self._pieces else ""

    @property
    def has_pending(self) -> bool:
        """Whether something was said that is not written yet."""
        return bool(self._pending)

    def start(self, start: RunStart) -> None:
        """Let the next flush also note that a model accepted the call."""
        self._start = start

    def add(self, kind: Callable[..., TopicFrame], data: Data) -> None:
        """Add a frame that is not text."""
        self._pending.append(Draft(kind, self.topic, data))

    def add_text(self, text: str) -> bool:
        """Add text; return whether it is the first, which must not wait."""
        is_first = self.length == 0
        if is_first:
            self.add(PartStarted, PartStartedData(message=self.run.message_id, part=TEXT_PART, kind="text"))
        last = self._pending[-1] if self._pending else None
        if isinstance(last, _PendingText):
            last.pieces.append(text)
        else:
            self._pending.append(_PendingText(self.length, [text]))
        self._pieces.append(text)
        self.length += len(text)
        return is_first

    def end_text(self) -> None:
        """Say that the text is whole, if there is any."""
        if self.length:
            self.add(PartEnded, PartEndedData(message=self.run.message_id, part=TEXT_PART, length=self.length))

    def take(self, at: datetime) -> RunFrames:
        """Number and encode what is pending, and hand it over to be written."""
        frames = [self._numbered(item, at) for item in self._pending]
        self._pending.clear()
        start, self._start = self._start, None
        return RunFrames(self.run.id, self.run.user_id, frames, start)

    def _numbered(self, item: Draft | _PendingText, at: datetime) -> LoggedFrame:
        self.last_seq += 1
        if isinstance(item, Draft):
            return item.numbered(self.last_seq, at)
        delta = DeltaFields(self.run.message_id, TEXT_PART, item.offset, "".join(item.pieces))
        return logged_delta(self.topic, self.last_seq, at, delta)
