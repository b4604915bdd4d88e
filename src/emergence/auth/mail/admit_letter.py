"""Bound how many letters can be asked for: by address, by where the asking comes from, and in all."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from math import ceil

from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.store import attempts as store
from emergence.auth.store.attempts import Allowance


def _of(burst: int, interval: timedelta) -> Allowance:
    return Allowance(burst, interval, longest_wait=interval)  # waits do not grow: nobody is told that they have to


FROM_NETWORK = _of(20, timedelta(minutes=3))  # 20 an hour
ONCE_A_MINUTE = _of(1, timedelta(minutes=1))
ONCE_A_DAY = _of(1, timedelta(days=1))
A_DAY = 5
IN_ALL = _of(500, timedelta(hours=1) / 500)
_EMPTY = timedelta()


@dataclass(frozen=True, slots=True)
class Admission:
    """Whether a letter may be sent, and in how long the next one of its kind may be asked for."""

    is_admitted: bool
    again_in: timedelta

    @property
    def retry_after_seconds(self) -> int:
        """Return the pause in whole seconds: asking when they are over is never too early."""
        return ceil(self.again_in.total_seconds())


@dataclass(frozen=True, slots=True)
class _Counted:
    """The buckets of one letter."""

    network: str
    minute: str
    places: tuple[str, ...]  # each free again a day later: a bucket of five that refills would let more through
    in_all: str = "mail:all"

    @property
    def keys(self) -> tuple[str, ...]:
        return (self.network, self.minute, *self.places, self.in_all)


async def admit_letter(auth: Auth, kind: str, email_norm: str, caller: Caller) -> Admission:
    """Count a letter that somebody asks for to an address, and say whether it may be sent and when another may.

    The pause of a minute is each kind's own: who asked for one letter waits for another kind no longer. The same work
    whether anybody has this address, and the same answer: it counts what was asked for and not what was sent.
    """
    address = sha256(email_norm.encode()).hexdigest()
    counted = _Counted(
        network=f"mail:network:{caller.network()}",
        minute=f"mail:minute:{kind}:{address}",
        places=tuple(f"mail:day:{address}:{place}" for place in range(A_DAY)),
    )
    is_admitted = (
        await _charged(auth, counted.network, FROM_NETWORK)
        and await _charged(auth, counted.minute, ONCE_A_MINUTE)
        and await _has_place_today(auth, counted)
        and await _charged(auth, counted.in_all, IN_ALL)
    )
    return Admission(is_admitted, await _again_in(auth, counted))


async def _has_place_today(auth: Auth, counted: _Counted) -> bool:
    for place in counted.places:
        if await _charged(auth, place, ONCE_A_DAY):
            return True
    return False


async def _charged(auth: Auth, key: str, allowance: Allowance) -> bool:
    return await store.charge(auth.database, key, allowance, auth.clock.now()) is None


async def _again_in(auth: Auth, counted: _Counted) -> timedelta:
    """Return how long until every bucket has room again; of the day's places one is enough."""
    now = auth.clock.now()
    fills = await store.read_fills(auth.database, counted.keys, now)

    def wait(key: str, allowance: Allowance) -> timedelta:
        if key not in fills:
            return _EMPTY
        return max(fills[key].empty_at - allowance.interval * (allowance.burst - 1) - now, _EMPTY)

    return max(
        wait(counted.network, FROM_NETWORK),
        wait(counted.minute, ONCE_A_MINUTE),
        min(wait(place, ONCE_A_DAY) for place in counted.places),
        wait(counted.in_all, IN_ALL),
    )
