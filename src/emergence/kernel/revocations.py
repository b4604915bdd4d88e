"""What was ended before its tokens expire: login sessions, people, keys; in memory, for as long as a token may live."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol
from uuid import UUID

from emergence.kernel.clock import Clock

Kind = Literal["sid", "user", "key", "all"]

KEPT = timedelta(minutes=10)  # twice what an access token lives: clocks differ, and news may be late
LATE = timedelta(seconds=5)  # without news for so long, changes are confirmed with auth
LOST = timedelta(seconds=30)  # and after this, nobody can be trusted to be who they were
FORGET_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Revocation:
    """An end that counts at once.

    `ref` is the login session, the person or the key; of `all` it is empty. `version` is the last one of
    the session that is refused. Tokens made after `at` are not concerned, unless their session or key is named.
    """

    kind: Kind
    ref: str
    at: datetime
    reason: str
    version: int = 0


class Bearer(Protocol):
    """What a token says of itself, as far as revocations can concern it."""

    @property
    def user_id(self) -> UUID:
        """Whom it speaks for."""
        ...

    @property
    def session_id(self) -> UUID:
        """The login session it was made for."""
        ...

    @property
    def version(self) -> int:
        """The version of that session."""
        ...

    @property
    def issued_s(self) -> int:
        """When it was made, in seconds since 1970."""
        ...

    @property
    def key_id(self) -> str:
        """The key that signed it."""
        ...


@dataclass(frozen=True, slots=True)
class _Ended:
    known_since_s: float
    version: int


@dataclass(frozen=True, slots=True)
class _EndedPerson:
    known_since_s: float
    before_s: int


class Revocations:
    """What this process knows. Learning the same twice changes nothing; nothing here blocks.

    Withdrawn keys are never forgotten: whoever has one can still sign with it.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sessions: dict[str, _Ended] = {}
        self._people: dict[str, _EndedPerson] = {}
        self._keys: set[str] = set()
        self._everybody_before_s = 0
        self._watchers: list[Callable[[Revocation], None]] = []
        self._made_at_s = self._forgot_at_s = clock.elapsed_s()
        self._heard_at_s: float | None = None

    @property
    def withdrawn_keys(self) -> int:
        """How many keys were withdrawn; grows when published keys must be fetched again."""
        return len(self._keys)

    @property
    def is_late(self) -> bool:
        """Whether there may be news that did not arrive: changes need a confirmation."""
        return self._heard_at_s is None or self._silent_since(self._heard_at_s) > LATE

    @property
    def is_lost(self) -> bool:
        """Whether there was no news for so long that open connections cannot be trusted any more."""
        return self._silent_since(self._made_at_s if self._heard_at_s is None else self._heard_at_s) > LOST

    def _silent_since(self, moment_s: float) -> timedelta:
        return timedelta(seconds=self._clock.elapsed_s() - moment_s)

    def watch(self, watcher: Callable[[Revocation], None]) -> None:
        """Call `watcher` with everything that is learned from now on, also what was known; it must not block."""
        self._watchers.append(watcher)

    def note_news(self) -> None:
        """Note that everything that auth knew a moment ago is known here."""
        self._heard_at_s = self._clock.elapsed_s()

    def learn(self, revocation: Revocation) -> None:
        """Refuse from now on what was ended. Idempotent."""
        now_s, before_s = self._clock.elapsed_s(), int(revocation.at.timestamp())
        match revocation.kind:
            case "sid":
                ended = self._sessions.get(revocation.ref)
                self._sessions[revocation.ref] = _Ended(now_s, max(revocation.version, ended.version if ended else 0))
            case "user":
                person = self._people.get(revocation.ref)
                self._people[revocation.ref] = _EndedPerson(now_s, max(before_s, person.before_s if person else 0))
            case "key":
                self._keys.add(revocation.ref)
            case "all":
                self._everybody_before_s = max(self._everybody_before_s, before_s)
        for watcher in self._watchers:
            watcher(revocation)
        self._forget_when_due(now_s)

    def is_revoked(self, bearer: Bearer) -> bool:
        """Return whether a token must be refused although it has not expired."""
        if bearer.key_id in self._keys or bearer.issued_s < self._everybody_before_s:
            return True
        person = self._people.get(str(bearer.user_id))
        if person is not None and bearer.issued_s < person.before_s:
            return True
        ended = self._sessions.get(str(bearer.session_id))
        return ended is not None and bearer.version <= ended.version

    def is_ended(self, session_id: UUID) -> bool:
        """Return whether a login session was ended, for what holds no token of it."""
        return str(session_id) in self._sessions

    def _forget_when_due(self, now_s: float) -> None:
        if now_s - self._forgot_at_s < FORGET_EVERY.total_seconds():
            return
        self._forgot_at_s, oldest_s = now_s, now_s - KEPT.total_seconds()
        self._sessions = {ref: ended for ref, ended in self._sessions.items() if ended.known_since_s >= oldest_s}
        self._people = {ref: ended for ref, ended in self._people.items() if ended.known_since_s >= oldest_s}
