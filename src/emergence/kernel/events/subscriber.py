"""Runs a service's handlers: once per event, in order per subject, past the events that cannot be handled."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from traceback import extract_tb
from typing import Never, cast

import structlog

from emergence.kernel.clock import Clock, SystemClock
from emergence.kernel.events import held, inbox
from emergence.kernel.events.bus.bus import Bus, Envelope, Subscription
from emergence.kernel.events.event import Event
from emergence.kernel.events.held import Failure, HeldEvent
from emergence.kernel.events.keep_running import keep_running
from emergence.kernel.metrics import counter, histogram
from emergence.kernel.storage.database import Database, Transaction

log = structlog.get_logger(__name__)

Handler = Callable[[Transaction, Never], Awaitable[None]]  # each takes the event class that it is registered for

HANDLER_DEADLINE = timedelta(seconds=20)
PRUNE_INTERVAL = timedelta(hours=1)
RETRIES_A_ROUND = 50  # then new events get their turn

_lag = histogram("event_lag_seconds", "From publishing an event to having handled it.", ("subscriber", "event"))
_failures = counter("event_failures_total", "Times a handler failed.", ("subscriber", "event"))
_parked = counter("events_parked_total", "Events given up after their last try.", ("subscriber", "event"))


@dataclass(frozen=True, slots=True)
class RetryPlan:
    """How often an event is tried in all, with waits that double; the default gives up after about four minutes."""

    tries: int = 10
    first_wait: timedelta = timedelta(milliseconds=500)
    longest_wait: timedelta = timedelta(minutes=5)

    def wait_after(self, tries: int) -> timedelta:
        """Return the wait after so many failed tries."""
        doublings = min(tries - 1, 30)  # a timedelta overflows long after the longest wait is reached
        return min(self.first_wait * (1 << doublings), self.longest_wait)


class Subscriber:
    """One works per `subscriber` name; those of other processes stand by.

    A handler runs inside the transaction that notes the event as handled: it writes through that
    transaction, calls no neighbour, and may raise. Events without a handler are passed over.
    `poll` is how long an event may wait when its notification got lost.
    """

    def __init__(
        self,
        database: Database,
        bus: Bus,
        subscriber: str,
        handlers: Mapping[type[Event], Handler],
        *,
        clock: Clock | None = None,
        retries: RetryPlan | None = None,
        poll: timedelta = timedelta(seconds=5),
    ) -> None:
        self._database = database
        self._bus = bus
        self.name = subscriber
        self._event_types = {event_type.name: event_type for event_type in handlers}
        self._handlers = {event_type.name: handler for event_type, handler in handlers.items()}
        self._clock = clock or SystemClock()
        self._retries = retries or RetryPlan()
        self._poll = poll
        self._pruned_s: float | None = None

    async def run(self) -> Never:
        """Handle events until cancelled, across outages of the database and the bus."""
        await keep_running(f"subscriber:{self.name}", self._work)

    async def _work(self) -> None:
        async with self._bus.subscription(self.name) as subscription:
            while True:
                await self._prune_when_due()
                await self.take_batch(subscription, await self._retry_held())

    async def take_batch(self, subscription: Subscription, at_most: timedelta) -> None:
        """Deal with the next events, waiting `at_most` for one. Raises Unavailable; what was dealt with stays so."""
        batch = await subscription.next_batch(at_most)
        for delivery in batch:
            await self.take(delivery.envelope)
        if batch:
            await subscription.acknowledge(batch[-1])

    async def take(self, envelope: Envelope) -> None:
        """Deal with one event: handle it, queue it behind its subject's, or hold it. Raises Unavailable.

        Of one subject the next may be taken when this returned; different subjects may be taken side by side.
        """
        if envelope.name not in self._handlers:
            return
        if failure := await self._attempt(envelope, 1, self._handle_or_queue(envelope)):
            async with self._database.transaction() as tx:
                await held.hold(tx, self.name, envelope, failure)

    async def _handle_or_queue(self, envelope: Envelope) -> None:
        async with self._database.transaction() as tx:
            if await held.is_held(tx, self.name, envelope.subject):
                behind = Failure(tries=0, reason=None, next_try_at=self._clock.now())
                await held.hold(tx, self.name, envelope, behind)
                return
            await self._run_handler(tx, envelope)
        self._observe_lag(envelope)

    async def _attempt(self, envelope: Envelope, tries: int, work: Awaitable[None]) -> Failure | None:
        """Return how `work` failed. An outage counts too, but then noting the failure raises and nothing changes."""
        try:
            async with asyncio.timeout(HANDLER_DEADLINE.total_seconds()):
                await work
        except Exception as failed:  # noqa: BLE001 - the edge of event handlers; logged there
            return self._failure(envelope, tries, failed)
        return None

    async def _run_handler(self, tx: Transaction, envelope: Envelope) -> None:
        if not await inbox.accept(tx, self.name, envelope.id):
            return
        event = self._event_types[envelope.name].model_validate_json(envelope.payload)
        handler = cast("Callable[[Transaction, Event], Awaitable[None]]", self._handlers[envelope.name])
        await handler(tx, event)

    async def _retry_held(self) -> timedelta:
        """Try what is due and return how long the bus may be waited for."""
        for _ in range(RETRIES_A_ROUND):
            due = await held.first_due(self._database, self.name, self._clock.now())
            if due is None:
                break
            await self._retry(due)
        next_try_at = await held.next_try_at(self._database, self.name)
        if next_try_at is None:
            return self._poll
        return max(timedelta(), min(self._poll, next_try_at - self._clock.now()))

    async def _retry(self, due: HeldEvent) -> None:
        if failure := await self._attempt(due.envelope, due.tries + 1, self._handle_held(due.envelope)):
            await self._note_failure(due.envelope, failure)

    async def _handle_held(self, envelope: Envelope) -> None:
        async with self._database.transaction() as tx:
            if envelope.name in self._handlers:
                await self._run_handler(tx, envelope)
            await held.let_go(tx, self.name, envelope.id)
        self._observe_lag(envelope)

    async def _note_failure(self, envelope: Envelope, failure: Failure) -> None:
        is_given_up = failure.tries >= self._retries.tries
        async with self._database.transaction() as tx:
            if is_given_up:
                await inbox.accept(tx, self.name, envelope.id)  # a double of it must not begin anew
                await held.park(tx, self.name, envelope.id, failure)
            else:
                await held.note_failure(tx, self.name, envelope.id, failure)
        if is_given_up:
            _parked.labels(self.name, envelope.name).inc()
            log.error("event_parked", subscriber=self.name, event_name=envelope.name, event_id=str(envelope.id))

    def _failure(self, envelope: Envelope, tries: int, failed: Exception) -> Failure:
        """Log and count a failure. A validation error quotes the payload, so only its class is kept."""
        reason = type(failed).__name__
        _failures.labels(self.name, envelope.name).inc()
        log.warning(
            "event_handler_failed",
            subscriber=self.name,
            event_name=envelope.name,
            event_id=str(envelope.id),
            tries=tries,
            reason=reason,
            traceback=_places(failed),
        )
        return Failure(tries, reason, self._clock.now() + self._retries.wait_after(tries))

    def _observe_lag(self, envelope: Envelope) -> None:
        lag = (self._clock.now() - envelope.published_at).total_seconds()
        _lag.labels(self.name, envelope.name).observe(max(0.0, lag))

    async def _prune_when_due(self) -> None:
        now_s = self._clock.elapsed_s()
        if self._pruned_s is None or now_s - self._pruned_s >= PRUNE_INTERVAL.total_seconds():
            await inbox.prune(self._database)
            self._pruned_s = now_s


def _places(failed: Exception) -> list[str]:
    """Return where it failed, without the message."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(failed.__traceback__)[-5:]]
