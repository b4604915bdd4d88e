"""The keys that auth publishes, as a verifier holds them: fetched when needed, refetched rarely."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from math import inf
from typing import Protocol

import structlog

from emergence.kernel.clock import Clock
from emergence.kernel.errors import DeadlineExceeded, Unavailable
from emergence.kernel.signed_token import KeyUnusable, VerificationKey, verification_key

log = structlog.get_logger(__name__)

ASYMMETRIC_ALGORITHMS = frozenset(
    {"EdDSA", "ES256"}
)  # a published key is public: an HMAC among them would be a forgery kit
FRESH_FOR = timedelta(seconds=300)  # what the key set's Cache-Control promises
UNKNOWN_KEY_PAUSE = timedelta(seconds=60)  # invented key ids must not become load on auth
FAILED_FETCH_PAUSE = timedelta(seconds=2)
FETCH_DEADLINE = timedelta(seconds=3)


class KeySet(Protocol):
    """A JSON Web Key Set (RFC 7517 §5)."""

    @property
    def keys(self) -> Sequence[Mapping[str, str]]:
        """Return the public keys."""
        ...


KeySource = Callable[[], Awaitable[KeySet]]


class PublishedKeys:
    """Looks keys up by id; safe for concurrent use within one event loop.

    Keys stay usable while the source is away: an outage of auth must not sign everyone out.
    """

    def __init__(self, source: KeySource, clock: Clock, algorithms: frozenset[str] = ASYMMETRIC_ALGORITHMS) -> None:
        self._source = source
        self._algorithms = algorithms
        self._clock = clock
        self._keys: dict[str, VerificationKey] = {}
        self._fetched_at = self._asked_at = self._failed_at = -inf
        self._fetching = asyncio.Lock()
        self.generation = 0  # grows whenever a key was withdrawn or replaced

    async def find(self, kid: str) -> VerificationKey | None:
        """Return the key called `kid`; for an unknown one the source is asked, at most once per 60 s.

        Raises Unavailable when no key was ever fetched and the source does not answer.
        """
        async with self._fetching:
            if kid not in self._keys and self._since(self._asked_at) >= UNKNOWN_KEY_PAUSE:
                await self._fetch()
                self._asked_at = self._fetched_at  # a fetch that failed does not use up the minute
        return self._keys.get(kid)

    async def refresh_if_stale(self) -> None:
        """Fetch again when the set is older than 300 s, so that withdrawn keys stop being believed.

        Raises Unavailable as `find` does.
        """
        if self._since(self._fetched_at) < FRESH_FOR or (self._keys and self._fetching.locked()):
            return
        async with self._fetching:
            if self._since(self._fetched_at) >= FRESH_FOR:
                await self._fetch()

    def expire(self) -> None:
        """Ask the source at the next look-up, whatever was asked before: a key was withdrawn."""
        self._fetched_at = self._asked_at = -inf

    def _since(self, moment: float) -> timedelta:
        return timedelta.max if moment == -inf else timedelta(seconds=self._clock.elapsed_s() - moment)

    async def _fetch(self) -> None:
        if self._since(self._failed_at) < FAILED_FETCH_PAUSE:
            self._go_on_without()
            return
        try:
            async with asyncio.timeout(FETCH_DEADLINE.total_seconds()):
                published = await self._source()
        except (Unavailable, DeadlineExceeded, TimeoutError) as away:
            self._failed_at = self._clock.elapsed_s()
            log.warning("verification_keys_unreachable", reason=type(away).__name__, held=len(self._keys))
            self._go_on_without()
            return
        self._fetched_at, self._failed_at = self._clock.elapsed_s(), -inf
        self._replace(_usable(published.keys, self._algorithms))

    def _go_on_without(self) -> None:
        if not self._keys:
            raise Unavailable("The keys that verify sign-ins cannot be fetched right now.")

    def _replace(self, found: dict[str, VerificationKey]) -> None:
        is_same = all(
            kid in found and found[kid].key.as_dict() == held.key.as_dict() for kid, held in self._keys.items()
        )
        self._keys = found
        if not is_same:
            self.generation += 1


def _usable(documents: Sequence[Mapping[str, str]], algorithms: frozenset[str]) -> dict[str, VerificationKey]:
    found: dict[str, VerificationKey] = {}
    for document in documents:
        try:
            key = verification_key(document)
        except KeyUnusable as refused:
            log.warning("verification_key_refused", reason=str(refused))
            continue
        if key.kid and key.kid not in found and key.alg in algorithms:
            found[key.kid] = key
    return found
