"""What a socket gets of a topic that it missed: the frames, one snapshot in place of deltas, or a reset."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from emergence.contracts.session.frames import Snapshot, SnapshotData, TopicReset, TopicResetData
from emergence.contracts.session.protocol import user_topic
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction
from emergence.session.frames import DELTA, LoggedFrame, read_delta
from emergence.session.parts import Session
from emergence.session.runs.run_log import TEXT_PART
from emergence.session.socket.outbox import ReplayDue
from emergence.session.store import log, messages, runs
from emergence.session.store.hidden_topics import is_hidden
from emergence.session.store.log import TopicState

ReplayOutcome = Literal["nothing", "frames", "snapshot", "reset", "unknown"]


@dataclass(frozen=True, slots=True)
class Replay:
    """Encoded frames in the order in which they are to be sent, and the number that they lead to."""

    outcome: ReplayOutcome
    frames: Sequence[str]
    last_seq: int


async def read_replay(session: Session, user_id: UUID, due: ReplayDue) -> Replay:
    """Return what to send of a topic after `due.seq`; `unknown` when it is not this user's.

    Raises DatabaseUnavailable.
    """
    at = session.clock.now()
    async with session.database.transaction() as tx:
        state = await log.topic_state(tx, user_id, due.topic)
        if state is None and due.topic == user_topic(user_id):
            state = TopicState(due.topic, 0, 0)
        if state is None or await is_hidden(tx, user_id, due.topic):
            return Replay("unknown", (), due.seq)
        missed = await log.frames_after(tx, user_id, due.topic, due.seq)
        if not due.topic.startswith("run:"):
            return _of_durable_topic(state, due, missed, at)
        deltas = sum(frame.type == DELTA for frame in missed)
        is_whole = not missed or missed[0].seq == due.seq + 1
        if is_whole and deltas <= (1 if due.is_compact else session.settings.session_resume_max_frames):
            return _as_logged(missed, due.seq)
        return await _with_snapshot(tx, user_id, due, at)


def _as_logged(missed: Sequence[LoggedFrame], seq: int) -> Replay:
    if not missed:
        return Replay("nothing", (), seq)
    return Replay("frames", [frame.json for frame in missed], missed[-1].seq)


def _of_durable_topic(state: TopicState, due: ReplayDue, missed: Sequence[LoggedFrame], at: datetime) -> Replay:
    is_ahead = due.seq > state.last_seq
    is_whole = missed[0].seq == due.seq + 1 if missed else due.seq == state.last_seq
    if is_ahead or not is_whole:
        last_seq = missed[-1].seq if missed else state.last_seq
        reset = TopicReset(id=new_id(), at=at, topic=due.topic, data=TopicResetData(seq=last_seq))
        return Replay("reset", [reset.model_dump_json()], last_seq)
    return _as_logged(missed, due.seq)


async def _with_snapshot(tx: Transaction, user_id: UUID, due: ReplayDue, at: datetime) -> Replay:
    run_id = UUID(due.topic.removeprefix("run:"))
    whole_log = await log.frames_after(tx, user_id, due.topic, 0)
    if whole_log and whole_log[0].seq == 1:
        return compacted(whole_log, due.seq, at)
    run = await runs.read_run(tx, user_id, run_id)
    placed = None if run is None else await messages.read_message(tx, user_id, run.message_id)
    if placed is None or not whole_log:
        return Replay("nothing", (), due.seq)
    text = "".join(part.text for part in placed.message.parts)
    rest = [frame for frame in whole_log if frame.seq > due.seq]
    frames = [frame.json for frame in rest]
    if text:
        frames.insert(0, _snapshot(due.topic, placed.message.id, text, whole_log[0].seq - 1, at))
    return Replay("snapshot", frames, whole_log[-1].seq)


def compacted(whole_log: Sequence[LoggedFrame], seq: int, at: datetime) -> Replay:
    """Return the frames of a run after `seq` with one snapshot, at the place of the last delta, for all its deltas.

    Frames that are not deltas keep their order and come whole.
    """
    deltas = [frame for frame in whole_log if frame.span is not None]
    if not deltas or deltas[-1].seq <= seq:
        return _as_logged([frame for frame in whole_log if frame.seq > seq], seq)
    text = "".join(read_delta(frame.json).text for frame in deltas)
    last = deltas[-1]
    frames = []
    for frame in whole_log:
        if frame is last and last.span is not None:
            frames.append(_snapshot(last.topic, last.span.message, text, last.seq, at))
        elif frame.seq > seq and frame.span is None:
            frames.append(frame.json)
    return Replay("snapshot", frames, whole_log[-1].seq)


def _snapshot(topic: str, message: UUID, text: str, upto_seq: int, at: datetime) -> str:
    data = SnapshotData(message=message, part=TEXT_PART, text=text, upto_seq=upto_seq)
    return Snapshot(id=new_id(), at=at, topic=topic, data=data).model_dump_json()
