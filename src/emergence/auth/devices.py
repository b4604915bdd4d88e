"""The browser somebody signed in with: it holds a random cookie, by which their account knows it again.

The cookie opens nothing. Where it is right, a sign-in counts apart from everybody else's guesses, and nobody is told
of a new device.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from emergence.auth.callers import Caller
from emergence.auth.one_time_tokens import TOKEN_BYTES, token_hash
from emergence.auth.parts import Auth
from emergence.auth.store import devices as store
from emergence.auth.store.devices import KnownDevice, NewDevice
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Transaction

KEPT = timedelta(days=400)  # since the last sign-in there; no browser keeps a cookie longer (RFC 6265bis)
ROTATED_AFTER = timedelta(days=1)
DEVICES_AT_MOST = 100  # for one account: programs without cookies are a new device each time


@dataclass(frozen=True, slots=True)
class SignInDevice:
    """The device of a sign-in; `token` goes to the browser when it is to hold another or hold it longer."""

    id: UUID
    is_new: bool
    token: str | None


async def known_device(auth: Auth, user_id: UUID | None, caller: Caller) -> UUID | None:
    """Return the account's device that the caller holds the cookie of. The same work for unknown accounts."""
    return await store.find_device(auth.database, user_id, _hashed(caller), auth.clock.now() - KEPT)


async def remember_device(auth: Auth, tx: Transaction, user_id: UUID, caller: Caller) -> SignInDevice:
    """Know the caller's browser again from now on, by a new value if the old one is a day old.

    Not at each sign-in: of two at once the second would not know what the first has just handed out. What a browser
    held before stays good until the next change, so an answer that is lost on its way loses nothing.
    """
    now = auth.clock.now()
    of_browser = await store.lock_devices(tx, _hashed(caller), now - KEPT)
    own = next((device for device in of_browser if device.user_id == user_id), None)
    if own is None:
        token = (caller.device if of_browser else None) or secrets.token_urlsafe(TOKEN_BYTES)
        new = NewDevice(new_id(), user_id, token_hash(token), caller.prefix(), now)
        device_id = await store.add_device(tx, new)
        await store.forget_beyond(tx, user_id, DEVICES_AT_MOST)
        return SignInDevice(device_id, True, token)
    await store.touch_device(tx, own.id, now)
    if now - own.rotated_at >= ROTATED_AFTER:
        return await _rotated(auth, tx, own, of_browser, caller)
    return SignInDevice(own.id, False, caller.device if own.hash == _hashed(caller) else None)


async def _rotated(
    auth: Auth, tx: Transaction, own: KnownDevice, of_browser: list[KnownDevice], caller: Caller
) -> SignInDevice:
    """Hand out another value, for all accounts that are used in this browser."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    ids = [device.id for device in of_browser]
    await store.rotate_devices(tx, ids, _hashed(caller), token_hash(token), auth.clock.now())
    return SignInDevice(own.id, False, token)


async def is_same_device(tx: Transaction, device_id: UUID | None, caller: Caller) -> bool:
    """Return whether the caller holds the cookie of a session's device; yes when the session has none."""
    return device_id is None or await store.is_device(tx, device_id, _hashed(caller))


def _hashed(caller: Caller) -> bytes:
    return token_hash(caller.device or "")
