"""Bound how many letters can be asked for: by address, by where the asking comes from, and in all."""

from datetime import timedelta
from hashlib import sha256

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


async def admits_letter(auth: Auth, email_norm: str, caller: Caller) -> bool:
    """Count a letter that somebody asks for to an address; return whether it may be sent.

    The same work whether anybody has this address: what is not admitted is not told either.
    """
    address = sha256(email_norm.encode()).hexdigest()
    return (
        await _charged(auth, f"mail:network:{caller.network()}", FROM_NETWORK)
        and await _charged(auth, f"mail:minute:{address}", ONCE_A_MINUTE)
        and await _has_place_today(auth, address)
        and await _charged(auth, "mail:all", IN_ALL)
    )


async def _has_place_today(auth: Auth, address: str) -> bool:
    """Take one of five places, each free again a day later: a bucket of five that refills would let more through."""
    for place in range(A_DAY):
        if await _charged(auth, f"mail:day:{address}:{place}", ONCE_A_DAY):
            return True
    return False


async def _charged(auth: Auth, key: str, allowance: Allowance) -> bool:
    return await store.charge(auth.database, key, allowance, auth.clock.now()) is None
