"""Whatever the bus does to frames, a socket gets every topic without gap, and the client the stored text."""

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from emergence.contracts.session.frames import RunEnded, RunEndedData
from emergence.session.frames import DeltaFields, Draft, LoggedFrame, logged_delta
from emergence.session.socket.following import Following
from emergence.session.socket.outbox import Outbox, ReplayDue
from emergence.session.socket.replay import compacted
from tests.session.live_client import Screen

MESSAGE = UUID("019a0000-0000-7000-8000-000000000004")
RUN = UUID("02ffffff-ffff-7000-8000-000000000005")  # of 2074: it always began after the socket
TOPIC = f"run:{RUN}"
AT = datetime(2026, 11, 22, tzinfo=UTC)


def write_and_hear(socket: "ScriptedSocket", upto: int) -> None:
    """Write what is missing up to a number, and let it be heard."""
    before, socket.written = socket.written, max(socket.written, min(upto, len(socket.log)))
    socket.following.hear(socket.log[before : socket.written])


def log_of(pieces: list[str]) -> list[LoggedFrame]:
    frames, offset = [], 0
    for seq, piece in enumerate(pieces, start=1):
        frames.append(logged_delta(TOPIC, seq, AT, DeltaFields(MESSAGE, 0, offset, piece)))
        offset += len(piece)
    frames.append(Draft(RunEnded, TOPIC, RunEndedData(run=RUN, reason="done")).numbered(len(pieces) + 1, AT))
    return frames


class ScriptedSocket:
    """Following and outbox as a connection uses them, over a log in memory."""

    def __init__(self, log: list[LoggedFrame], screen: Screen, outbox_bytes: int) -> None:
        self.log = log
        self.while_reading: Callable[[], None] = lambda: None  # what happens between a look at the log and its outcome
        self.written = 0
        self.screen = screen
        self.outbox = Outbox(outbox_bytes)
        self.following = Following(self.outbox)

    async def write_one(self) -> None:
        """Do what the writer does with one item, if there is one."""
        if not self.outbox:
            return
        item = await self.outbox.take()
        if isinstance(item, LoggedFrame):
            self.screen.show(json.loads(item.json))
        elif isinstance(item, ReplayDue):
            is_over = False
            while not is_over:
                heard_before = self.following.replaying(item.topic)
                known = self.log[: self.written]
                self.while_reading()
                missed = [frame.json for frame in known if frame.seq > item.seq]
                if item.is_compact:
                    missed = list(compacted(known, item.seq, AT).frames)
                for frame in missed:
                    self.screen.show(json.loads(frame))
                reached = known[-1].seq if known else 0
                is_over = self.following.replayed(
                    item.topic, reached, heard_before=heard_before, is_exhausted=reached <= item.seq
                )
                item = ReplayDue(item.topic, reached, item.is_compact)

    async def drain(self) -> None:
        while self.outbox:
            await self.write_one()


Moves = st.lists(st.tuples(st.sampled_from(["hear", "write", "reconnect"]), st.integers(0, 12)), max_size=60)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=5), min_size=1, max_size=12), Moves, st.sampled_from([10**6, 900]))
def test_dropped_doubled_and_reordered_frames_and_reconnections_end_in_the_stored_text(
    pieces: list[str], moves: list[tuple[str, int]], outbox_bytes: int
) -> None:
    log, screen = log_of(pieces), Screen()

    async def play() -> None:
        socket = ScriptedSocket(log, screen, outbox_bytes)
        socket.following.open()
        written = 0
        for move, number in moves:
            if move == "hear":  # a frame is written first, then heard: late, early, twice or never
                written = min(len(log), max(socket.written, number))
                socket.written = written
                if number < written:
                    socket.following.hear([log[number]])
            elif move == "write":
                await socket.write_one()
            else:
                written = socket.written
                socket = ScriptedSocket(log, screen, outbox_bytes)
                socket.written = written
                socket.following.follow(TOPIC, screen.positions.get(TOPIC, 0))
                socket.following.open()
                socket.while_reading = partial(write_and_hear, socket, number)
        socket = ScriptedSocket(log, screen, outbox_bytes)
        socket.written = len(log)
        socket.following.follow(TOPIC, screen.positions.get(TOPIC, 0))
        socket.following.open()
        await socket.drain()

    asyncio.run(play())

    assert screen.text(str(MESSAGE)) == "".join(pieces)
    assert screen.ended == {str(RUN): "done"}


def test_frames_of_one_topic_leave_in_order_once_its_start_is_known() -> None:
    log, screen = log_of(["a", "b", "c", "d"]), Screen()

    async def play() -> None:
        socket = ScriptedSocket(log, screen, 10**6)
        socket.following.open()
        socket.written = len(log)
        socket.following.hear([log[0]])
        socket.following.hear([log[3], log[2], log[1], log[0], log[4]])
        await socket.drain()

    asyncio.run(play())

    assert screen.text(str(MESSAGE)) == "abcd"
    assert not screen.texts[str(MESSAGE)].has_gap


def test_what_is_written_while_a_log_is_read_that_had_nothing_new_is_sent() -> None:
    log, screen = log_of(["a", "b"]), Screen()

    async def play() -> None:
        socket = ScriptedSocket(log, screen, 10**6)
        socket.following.open()
        write_and_hear(socket, 2)
        await socket.drain()
        socket.while_reading = partial(write_and_hear, socket, len(log))  # the last frame: none after it shows a gap
        socket.following.follow(TOPIC, 2)
        await socket.drain()

    asyncio.run(play())

    assert screen.ended == {str(RUN): "done"}


def test_an_overfull_outbox_keeps_one_replay_for_each_topic_and_all_answers() -> None:
    outbox = Outbox(max_bytes=2_000)
    following = Following(outbox)
    following.open()
    following.say('{"type":"ack"}')

    following.hear(log_of(["x" * 100] * 30))

    async def queued() -> list[object]:
        return [await outbox.take() for _ in range(len(outbox))]

    assert asyncio.run(queued()) == ['{"type":"ack"}', ReplayDue(TOPIC, 0, is_compact=True)]
    assert not outbox.is_overfull


def test_answers_that_nobody_reads_make_an_outbox_overfull() -> None:
    outbox = Outbox(max_bytes=100)

    for _ in range(20):
        outbox.put("0123456789")

    assert outbox.is_overfull


OLD_RUN = "run:01900000-0000-7000-8000-000000000001"  # of 2024


def test_a_run_that_was_over_before_the_welcome_is_not_told_again() -> None:
    outbox = Outbox(1_000)
    following = Following(outbox)
    following.open()

    following.told(OLD_RUN, 40)
    assert len(outbox) == 0

    following.told(TOPIC, 1)
    assert len(outbox) == 1, "one that began just now is read from its beginning"


def test_a_long_run_that_the_welcome_named_is_followed() -> None:
    outbox = Outbox(1_000)
    following = Following(outbox)
    following.stands_at(OLD_RUN, 39)
    following.open()

    following.told(OLD_RUN, 40)

    assert len(outbox) == 1
