"""What can be said against a password without asking anybody: it is published, or guessed soon.

One thread of its own, off the event loop: zxcvbn takes tens of milliseconds, and keeps the words of whoever asked last
in a table that all calls share.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

from emergence.auth.breached_list import BreachedList
from emergence.contracts.auth.problems import SignInBusy

Answer = TypeVar("Answer")
Weakness = Literal["common", "personal", "guessable"]

STRONG_FROM = 3  # of 0 to 4: more than 10^8 guesses, "safely unguessable" by zxcvbn's paper (USENIX Security 2016)
JUDGED_CHARACTERS = 72  # its work grows with the square of the length
WAITING_AT_MOST = 32  # about a second of work
BUSY_RETRY_AFTER_S = 2
NO_PATTERN = "bruteforce"  # nothing in it is known: then eight characters, which it never gives a 3, are enough too
OF_PERSON = "user_inputs"  # zxcvbn's name for the words that were handed to it


class PasswordChecks:
    """Judges passwords by a list of published ones and by how soon they are guessed; loads both when first asked."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._lists: tuple[BreachedList, ...] | None = None
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="password-checks")
        self._waiting = 0

    async def weakness(self, password: str, words: Sequence[str]) -> Weakness | None:
        """Return what is wrong with a password of somebody whom these words describe. Raises SignInBusy."""
        return await self._in_pool(lambda: self._weakness(password, words))

    async def load(self) -> None:
        """Load the lists now. Raises NoBreachedList when the operator's own is none."""
        await self._in_pool(self._loaded)

    def close(self) -> None:
        """Drop what waits; what runs ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _in_pool(self, work: Callable[[], Answer]) -> Answer:
        if self._waiting >= WAITING_AT_MOST:
            raise SignInBusy(retry_after_s=BUSY_RETRY_AFTER_S)
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1

    def _loaded(self) -> tuple[BreachedList, ...]:
        if self._lists is None:
            lists = [_common_passwords()]
            if self._file is not None:
                lists.append(BreachedList.read(self._file))
            self._lists = tuple(lists)
        return self._lists

    def _weakness(self, password: str, words: Sequence[str]) -> Weakness | None:
        from zxcvbn import zxcvbn

        written = {password, password.lower(), password.strip()}
        if any(each in known for known in self._loaded() for each in written):
            return "common"
        judged = zxcvbn(password[:JUDGED_CHARACTERS], user_inputs=list(words))
        if judged["score"] >= STRONG_FROM or [part["pattern"] for part in judged["sequence"]] == [NO_PATTERN]:
            return None
        return "personal" if _holds_words_of_person(judged["sequence"]) else "guessable"


@cache
def _common_passwords() -> BreachedList:
    """Return the list that zxcvbn brings; one for the whole process, for nothing changes it."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    common = [word.encode() for word in FREQUENCY_LISTS["passwords"]]
    return BreachedList.of(common, len(common))


def _holds_words_of_person(sequence: Sequence[Mapping[str, object]]) -> bool:
    """Return whether a part of the password, or of what is repeated in it, is one of the person's words."""
    for part in sequence:
        repeated = part.get("base_matches")
        if part.get("dictionary_name") == OF_PERSON:
            return True
        if isinstance(repeated, list) and _holds_words_of_person(repeated):
            return True
    return False
