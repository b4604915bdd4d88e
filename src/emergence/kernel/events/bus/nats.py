"""The bus for deployments that outgrew one database: a stream of NATS JetStream, cursors and leases in its buckets."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import msgspec
import structlog
from nats.js import JetStreamContext
from nats.js.api import ConsumerConfig, DeliverPolicy, DiscardPolicy, Header, StorageType, StreamInfo
from nats.js.errors import NotFoundError
from nats.js.kv import KeyValue

from emergence.kernel.errors import Unavailable
from emergence.kernel.events.bus.bus import Delivery, Envelope, Subscription
from emergence.kernel.events.bus.nats_cursor import Cursor, begin_cursor, read_cursor
from emergence.kernel.events.bus.nats_lease import LEASE_DEADLINE_S, LEASE_S, Lease, held_lease
from emergence.kernel.events.bus.nats_reader import Reader, opened_reader
from emergence.kernel.events.bus.retention import Retention
from emergence.kernel.events.nats_address import nats_address
from emergence.kernel.events.nats_line import ANSWER_DEADLINE_S, Line, LineClient, as_unavailable
from emergence.kernel.ids import new_id

log = structlog.get_logger(__name__)

DOUBLES_DROPPED_WITHIN = timedelta(minutes=2)  # by the server; later ones by the inboxes

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Envelope)


@dataclass(frozen=True, slots=True)
class _Places:
    """The stream of events, and the buckets beside it, by their names."""

    prefix: str

    @property
    def stream(self) -> str:
        return f"{self.prefix}-events"

    @property
    def cursors(self) -> str:
        return f"{self.prefix}-cursors"

    @property
    def leases(self) -> str:
        return f"{self.prefix}-leases"

    def subject_of(self, envelope: Envelope) -> str:
        return f"{self.prefix}.events.{envelope.name}"


class NatsBus:
    """Events in one stream on disk, in one order for all services; makes stream and buckets on first use."""

    def __init__(self, url: str, *, retention: Retention | None = None) -> None:
        address = nats_address(url)
        self._line = Line(address)
        self._places = _Places(address.prefix)
        self._retention = retention or Retention()
        self._holder = str(new_id()).encode()
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._preparing = asyncio.Lock()
        self._prepared_on: LineClient | None = None
        self._dropped_up_to: dict[str, int] = {}

    async def append(self, envelopes: Sequence[Envelope]) -> None:
        """Add them; of one subject each waits until the one before is on disk, different subjects go side by side."""
        with self._looking_again_after_failure():
            client = await self._prepared()
            subjects: dict[str, list[Envelope]] = defaultdict(list)
            for envelope in envelopes:
                subjects[envelope.subject].append(envelope)
            await self._append_side_by_side(client, subjects.values())

    async def _append_side_by_side(self, client: LineClient, subjects: Iterable[Sequence[Envelope]]) -> None:
        # No TaskGroup: when a task of one fails, Python 3.11.2 (Debian's) leaves its caller half cancelled.
        appending = (self._append_in_turn(client, of_subject) for of_subject in subjects)
        outcomes = await asyncio.gather(*appending, return_exceptions=True)
        failures = [outcome for outcome in outcomes if outcome is not None]
        for failure in sorted(failures, key=lambda failed: isinstance(failed, Unavailable)):  # a fault before an outage
            raise failure

    async def _append_in_turn(self, client: LineClient, envelopes: Iterable[Envelope]) -> None:
        jetstream, limit = _jetstream(client), client.max_payload
        for envelope in envelopes:
            data = _encoder.encode(envelope)
            if len(data) + 1_000 > limit:
                raise ValueError(f"{envelope.name} has {len(data)} bytes; the NATS server's max_payload is {limit}")
            with as_unavailable():
                await jetstream.publish(
                    self._places.subject_of(envelope),
                    data,
                    stream=self._places.stream,
                    headers={Header.MSG_ID: str(envelope.id)},
                )

    @asynccontextmanager
    async def subscription(self, subscriber: str) -> AsyncIterator[Subscription]:
        """Wait for the turn of `subscriber` and yield its place among the events."""
        async with self._turns[subscriber]:
            with self._looking_again_after_failure():
                client = await self._prepared()
                with as_unavailable():
                    leases = await client.jetstream(timeout=LEASE_DEADLINE_S).key_value(self._places.leases)
                async with held_lease(leases, subscriber, self._holder) as lease:
                    cursor = await self._cursor(client, subscriber)
                    async with opened_reader(client, self._places.stream, _after(cursor.position)) as reader:
                        yield NatsSubscription(reader, cursor, lease)

    async def prune(self) -> None:
        """Drop what every known subscriber has and is old enough; the server drops what is too old by itself."""
        with self._looking_again_after_failure():
            await self._prune(await self._prepared())

    async def _prune(self, client: LineClient) -> None:
        jetstream = _jetstream(client)
        with as_unavailable():
            info = await jetstream.stream_info(self._places.stream)
        cursors = await self._cursors(client, info)
        if not cursors:
            return
        for cursor in cursors:
            if cursor is not None:
                self._note_unread(cursor, info)
        read_by_all = min(cursor.position if cursor is not None else 0 for cursor in cursors)
        keep_from = min(read_by_all, await self._last_older_than(client, info, self._retention.at_least)) + 1
        if keep_from > info.state.first_seq:
            with as_unavailable():
                await jetstream.purge_stream(self._places.stream, seq=keep_from)

    async def close(self) -> None:
        """Return the connection."""
        await self._line.close()

    async def prepare(self) -> None:
        """Make the stream and the buckets that are missing; what an operator changed on them stays. Idempotent.

        Raises Unavailable.
        """
        await self._prepared()

    @contextmanager
    def _looking_again_after_failure(self) -> Iterator[None]:
        """After an outage in the block, make what is missing before the next use: somebody may have deleted it."""
        try:
            yield
        except Unavailable:
            self._prepared_on = None
            raise

    async def _prepared(self) -> LineClient:
        client = await self._line.client()
        async with self._preparing:
            if self._prepared_on is not client:
                jetstream = _jetstream(client)
                with as_unavailable():
                    await self._make_stream(jetstream)
                    await _make_bucket(jetstream, self._places.cursors, ttl_s=None)
                    await _make_bucket(jetstream, self._places.leases, ttl_s=LEASE_S)
                self._prepared_on = client
        return client

    async def _make_stream(self, jetstream: JetStreamContext) -> None:
        try:
            await jetstream.stream_info(self._places.stream)
        except NotFoundError:
            at_most_s = self._retention.at_most.total_seconds()
            await jetstream.add_stream(
                name=self._places.stream,
                description="Events between the services of Emergence.",
                subjects=[f"{self._places.prefix}.events.>"],
                storage=StorageType.FILE,
                max_age=at_most_s,
                duplicate_window=min(DOUBLES_DROPPED_WITHIN.total_seconds(), at_most_s),
                discard=DiscardPolicy.NEW,  # a limit that an operator sets refuses events; it loses none
            )

    async def _cursor(self, client: LineClient, subscriber: str) -> Cursor:
        with as_unavailable():
            info = await _jetstream(client).stream_info(self._places.stream)
            bucket = await _jetstream(client).key_value(self._places.cursors)
        cursor = await read_cursor(bucket, subscriber, _birth(info))
        if cursor is None:
            return await begin_cursor(bucket, subscriber, _birth(info), max(0, info.state.first_seq - 1))
        self._note_unread(cursor, info)
        return cursor

    async def _cursors(self, client: LineClient, info: StreamInfo) -> list[Cursor | None]:
        """Return where each known subscriber stands; None for one that never read this stream."""
        jetstream = _jetstream(client)
        with as_unavailable():
            bucket = await jetstream.key_value(self._places.cursors)
            found = await jetstream.stream_info(f"KV_{self._places.cursors}", subjects_filter=">")
        names = [subject.removeprefix(f"$KV.{self._places.cursors}.") for subject in found.state.subjects or {}]
        return [await read_cursor(bucket, name, _birth(info)) for name in names]

    async def _last_older_than(self, client: LineClient, info: StreamInfo, age: timedelta) -> int:
        start = ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_TIME, opt_start_time=datetime.now(UTC) - age)
        async with opened_reader(client, self._places.stream, start) as reader:
            younger = await reader.read(timedelta())
        return younger[0].position - 1 if younger else info.state.last_seq

    def _note_unread(self, cursor: Cursor, info: StreamInfo) -> None:
        """Log, once in this process, that the server dropped events before this subscriber had them."""
        dropped_up_to = info.state.first_seq - 1
        noted = max(cursor.position, self._dropped_up_to.get(cursor.key, 0))
        if dropped_up_to > noted:
            log.error("unread_events_dropped", subscriber=cursor.key, count=dropped_up_to - noted)
            self._dropped_up_to[cursor.key] = dropped_up_to


class NatsSubscription:
    """What was read and not acknowledged is kept here and returned again; the lease says that it is ours."""

    def __init__(self, reader: Reader, cursor: Cursor, lease: Lease) -> None:
        self._reader = reader
        self._cursor = cursor
        self._lease = lease
        self._waiting: list[Delivery] = []

    async def next_batch(self, at_most: timedelta) -> Sequence[Delivery]:
        """Return the events after the cursor, waiting when there are none."""
        ends = asyncio.get_running_loop().time() + at_most.total_seconds()
        while not self._waiting:
            self._lease.check()
            left = timedelta(seconds=max(0.0, ends - asyncio.get_running_loop().time()))
            stored = await self._reader.read(left)
            self._waiting = [Delivery(each.position, _decoder.decode(each.data)) for each in stored]
            if not left:
                break
        self._lease.check()
        return tuple(self._waiting)

    async def acknowledge(self, delivery: Delivery) -> None:
        """Move the cursor; it never goes back."""
        self._lease.check()
        await self._cursor.move(delivery.position)
        self._waiting = [each for each in self._waiting if each.position > delivery.position]


def _jetstream(client: LineClient) -> JetStreamContext:
    return client.jetstream(timeout=ANSWER_DEADLINE_S)


def _after(position: int) -> ConsumerConfig:
    return ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_SEQUENCE, opt_start_seq=position + 1)


def _birth(info: StreamInfo) -> str:
    """Return what tells a stream from another one of its name."""
    return info.created.isoformat() if info.created is not None else ""


async def _make_bucket(jetstream: JetStreamContext, name: str, *, ttl_s: float | None) -> KeyValue:
    try:
        return await jetstream.key_value(name)
    except NotFoundError:
        return await jetstream.create_key_value(bucket=name, ttl=ttl_s, storage=StorageType.FILE)
