"""Passwords as argon2id hashes, computed by a small pool off the event loop; other systems' bcrypt is checked too."""

import asyncio
import hmac
import os
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from time import perf_counter
from typing import TypeVar
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from emergence.contracts.auth.problems import SignInBusy
from emergence.kernel.metrics import gauge, histogram

Answer = TypeVar("Answer")

# OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
WORKERS = max(1, min(4, os.cpu_count() or 1))  # each needs 19 MiB while it works
WAITING_AT_MOST = 64  # about a second of work: beyond it people are told to come back
BUSY_RETRY_AFTER_S = 2
HASHING_NICENESS = 5  # everybody else is answered while people sign in

BCRYPT = ("$2a$", "$2b$", "$2y$")
BCRYPT_MAX_BYTES = 72  # what stands behind was never looked at

_queued = gauge("auth_password_queue_depth", "Passwords that are being checked or hashed, or wait for it.")
_wait_seconds = histogram("auth_password_wait_seconds", "Time that a password waited before it was hashed.")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a password was right; `new_hash` replaces the stored one when its parameters are outdated."""

    is_right: bool
    new_hash: str | None = None


def _step_back() -> None:
    """Let the event loop go first: on Linux each thread has a niceness of its own; elsewhere nothing happens."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), HASHING_NICENESS)


class Passwords:
    """Hashes and checks passwords; a key that is not in the database peppers them."""

    def __init__(
        self,
        pepper: bytes,
        *,
        former_pepper: bytes | None = None,
        workers: int = WORKERS,
        waiting_at_most: int = WAITING_AT_MOST,
    ) -> None:
        self._pepper = pepper
        self._former_pepper = former_pepper
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._pool = ThreadPoolExecutor(workers, thread_name_prefix="argon2", initializer=_step_back)
        self._admitted_at_most = workers + waiting_at_most
        self._admitted = 0
        # Checked for accounts that do not exist, so that they take as long as those that do.
        self._nobodys_hash = self._hasher.hash(os.urandom(16))

    async def hash(self, password: str) -> str:
        """Return the hash to store, in PHC form. Raises SignInBusy."""
        with self.place():
            return await self._in_pool(lambda: self._hasher.hash(self._peppered(password)))

    async def check(self, password: str, stored: str | None) -> Verdict:
        """Return whether `password` made `stored`; without one, no, after the same work. Raises SignInBusy.

        A hash of another system (bcrypt, which knew no pepper) is to be replaced by the `new_hash` that comes with a
        right password. Until then it shows: bcrypt takes longer than what is checked for unknown accounts.
        """
        with self.place() as place:
            return await place.check(password, stored)

    @contextmanager
    def place(self) -> Iterator["Place"]:
        """Hold a place in the queue from now on, before anything is asked of the database or counted against anybody.

        What is beyond the queue is turned away at once: a flood of sign-ins must not stand in the way of those who
        are signed in. Raises SignInBusy.
        """
        if self._admitted >= self._admitted_at_most:
            raise SignInBusy(retry_after_s=BUSY_RETRY_AFTER_S)
        self._admitted += 1
        _queued.inc()
        try:
            yield Place(self)
        finally:
            self._admitted -= 1
            _queued.dec()

    def close(self) -> None:
        """Drop what waits; what runs ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _in_pool(self, work: Callable[[], Answer]) -> Answer:
        asked_at = perf_counter()

        def after_waiting() -> Answer:
            _wait_seconds.observe(perf_counter() - asked_at)
            return work()

        return await asyncio.get_running_loop().run_in_executor(self._pool, after_waiting)

    def _check(self, password: str, stored: str | None) -> Verdict:
        peppered = self._peppered(password)
        if stored is not None and stored.startswith(BCRYPT):
            is_right = _is_bcrypt_of(password, stored)
            return Verdict(is_right, self._hasher.hash(peppered) if is_right else None)
        is_right = self._matches(stored or self._nobodys_hash, peppered)
        is_former = False
        if not is_right and self._former_pepper is not None:  # for nobody's hash too: the same work for everybody
            is_right = is_former = self._matches(
                stored or self._nobodys_hash, self._peppered(password, self._former_pepper)
            )
        if stored is None or not is_right:
            return Verdict(is_right=False)
        is_outdated = is_former or self._hasher.check_needs_rehash(stored)
        return Verdict(is_right=True, new_hash=self._hasher.hash(peppered) if is_outdated else None)

    def _matches(self, stored: str, peppered: bytes) -> bool:
        try:
            return self._hasher.verify(stored, peppered)
        except (VerificationError, InvalidHashError):
            return False

    def _peppered(self, password: str, pepper: bytes | None = None) -> bytes:
        return hmac.digest(pepper or self._pepper, normalize("NFC", password).encode(), sha256)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the queue of a `Passwords`."""

    passwords: Passwords

    async def check(self, password: str, stored: str | None) -> Verdict:
        """Return what `Passwords.check` does, on this place."""
        return await self.passwords._in_pool(lambda: self.passwords._check(password, stored))


def _is_bcrypt_of(password: str, stored: str) -> bool:
    """Return whether bcrypt made `stored` of these bytes, as other systems let it: cut off, not composed, no pepper."""
    import bcrypt  # needed only where accounts came from elsewhere

    try:
        return bcrypt.checkpw(password.encode()[:BCRYPT_MAX_BYTES], stored.encode())
    except ValueError:  # no hash that bcrypt could have made
        return False
