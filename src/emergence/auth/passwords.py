"""Passwords as argon2id hashes, computed by a small pool off the event loop."""

import asyncio
import hmac
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from emergence.contracts.auth.problems import SignInBusy

Answer = TypeVar("Answer")

# OWASP Password Storage Cheat Sheet: 19 MiB, two passes, one lane.
MEMORY_KIB, PASSES, LANES = 19_456, 2, 1
WORKERS = max(1, min(4, os.cpu_count() or 1))  # each needs 19 MiB while it works
WAITING_AT_MOST = 64  # about a second of work: beyond it people are told to come back
BUSY_RETRY_AFTER_S = 2
HASHING_NICENESS = 5  # everybody else is answered while people sign in


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
        return await self._in_pool(lambda: self._hasher.hash(self._peppered(password)))

    async def check(self, password: str, stored: str | None) -> Verdict:
        """Return whether `password` made `stored`; without one, no, after the same work. Raises SignInBusy."""
        return await self._in_pool(lambda: self._check(password, stored))

    def close(self) -> None:
        """Drop what waits; what runs ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _in_pool(self, work: Callable[[], Answer]) -> Answer:
        if self._admitted >= self._admitted_at_most:
            raise SignInBusy(retry_after_s=BUSY_RETRY_AFTER_S)
        self._admitted += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._admitted -= 1

    def _check(self, password: str, stored: str | None) -> Verdict:
        peppered = self._peppered(password)
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
