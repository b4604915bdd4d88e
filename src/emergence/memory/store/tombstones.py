"""What a person had forgotten: it is known again when it comes back, and can not be read or guessed.

Words are hashed with two keys: one of the person's, made with their first tombstone, and one of memory's own that
outlives the secret by which it is sealed. Whoever has the database without that secret can not try words out.
"""

import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from pydantic import SecretStr

from emergence.kernel.sealing import Seal, SealBroken
from emergence.kernel.settings import SettingsInvalid
from emergence.kernel.storage.database import Database, Transaction
from emergence.kernel.storage.kept_key import KeptKey
from emergence.memory.question.words import folded

BuriedKind = Literal["turn", "thread", "item", "words"]

_LABEL = "memory/forgotten-words/1"
_SECRET_UNKNOWN = (
    "MEMORY_KEY_SECRET: is not the one that sealed the key of forgotten words; restore the former value, or give it as "
    "MEMORY_KEY_SECRET_PREVIOUS. Without MEMORY_KEY_SECRET it is EMERGENCE_SERVICE_SECRET. When it is lost, see "
    "docs/keys-and-secrets.md"
)
_BEHIND_WORDS = re.compile("[.,;:!?…\"'»”)]+(?=\\s|$)")
_BEFORE_WORDS = re.compile("(^|\\s)[\"'«“‘(]+")


class ForgottenWords:
    """Tombstones of words. Every function but `open` works in a transaction that sees one person's rows."""

    def __init__(self, secret: SecretStr, previous: SecretStr | None) -> None:
        self._seal = Seal(secret, _LABEL, previous)
        self._pepper = KeptKey(_LABEL, secrets.token_bytes(32))

    async def open(self, database: Database) -> None:
        """Read memory's own key, or make it. Idempotent. Raises SettingsInvalid where another secret sealed it."""
        try:
            await self._pepper.open(database, self._seal)
        except SealBroken as broken:
            raise SettingsInvalid(_SECRET_UNKNOWN) from broken

    async def those_buried(self, tx: Transaction, user_id: UUID, bodies: Sequence[str]) -> list[bool]:
        """Return of each of these words whether the person had exactly them forgotten."""
        if (key := await self._key_of(tx, user_id)) is None:
            return [False] * len(bodies)
        ids = [self._words_id(key, user_id, body) for body in bodies]
        buried = await is_buried(tx, user_id, ids)
        return [each in buried for each in ids]

    async def unbury(self, tx: Transaction, user_id: UUID, body: str) -> None:
        """Let words be remembered again that the person writes themself. Idempotent."""
        if (key := await self._key_of(tx, user_id)) is not None:
            words = self._words_id(key, user_id, body)
            await tx.execute("DELETE FROM tombstones WHERE user_id = $1 AND id = $2", user_id, words)

    async def bury(self, tx: Transaction, user_id: UUID, bodies: Sequence[str], at: datetime) -> None:
        """Keep words from coming back, as an item or, `as_said`, as a turn. Idempotent."""
        if not bodies:
            return
        await tx.execute(
            "INSERT INTO tombstone_keys (user_id, key, is_peppered) VALUES ($1, $2, true) ON CONFLICT DO NOTHING",
            user_id,
            secrets.token_bytes(32),
        )
        key = await self._key_of(tx, user_id)
        assert key is not None
        ids = [self._words_id(key, user_id, body) for body in bodies]
        await bury(tx, user_id, ids, "words", at)

    async def renew(self, tx: Transaction, user_id: UUID) -> None:
        """Make tombstones anew that were made with the person's key alone: that is in the database. Idempotent."""
        made = await tx.fetchrow(
            "UPDATE tombstone_keys SET is_peppered = true WHERE user_id = $1 AND NOT is_peppered RETURNING user_id",
            user_id,
        )
        if made is None:
            return
        rows = await tx.fetch("SELECT id FROM tombstones WHERE user_id = $1 AND kind = 'words'", user_id)
        former = [row["id"] for row in rows]
        await tx.execute(
            """
            UPDATE tombstones SET id = peppered FROM unnest($2::uuid[], $3::uuid[]) AS made (former, peppered)
            WHERE user_id = $1 AND id = former
            """,
            user_id,
            former,
            [self._peppered(each, user_id) for each in former],
        )

    async def _key_of(self, tx: Transaction, user_id: UUID) -> bytes | None:
        """Return the person's own key; None: nothing was ever forgotten."""
        await self.renew(tx, user_id)
        key: bytes | None = await tx.fetchval("SELECT key FROM tombstone_keys WHERE user_id = $1", user_id)
        return key

    def _words_id(self, key: bytes, user_id: UUID, body: str) -> UUID:
        """Return what stands for these words, whatever their capitals, accents and blanks, and the marks around them.

        `sameness` of the migrations is its twin: signs like those of C#, -5 and $500 tell things apart.
        """
        unmarked = _BEFORE_WORDS.sub(r"\1", _BEHIND_WORDS.sub("", folded(body).replace("’", "'")))
        words = " ".join(unmarked.split())
        return self._peppered(UUID(bytes=hmac.digest(key, user_id.bytes + words.encode(), "sha256")[:16]), user_id)

    def _peppered(self, words: UUID, user_id: UUID) -> UUID:
        return UUID(bytes=hmac.digest(self._pepper.value, user_id.bytes + words.bytes, "sha256")[:16])


def as_said(body: str, said_at: datetime) -> str:
    """Return words that are those of one turn: the same ones said at another time are not."""
    return f"{body} {said_at.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


async def is_buried(tx: Transaction, user_id: UUID, ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the ids that have a tombstone."""
    rows = await tx.fetch("SELECT id FROM tombstones WHERE user_id = $1 AND id = ANY ($2)", user_id, list(ids))
    return {row["id"] for row in rows}


async def bury(tx: Transaction, user_id: UUID, ids: Sequence[UUID], kind: BuriedKind, at: datetime) -> None:
    """Keep turns, items, words, or all turns of threads, from coming back. Idempotent."""
    await tx.execute(
        """
        INSERT INTO tombstones (user_id, id, kind, forgotten_at)
        SELECT $1, id, $3, $4 FROM unnest($2::uuid[]) AS buried (id) ON CONFLICT DO NOTHING
        """,
        user_id,
        list(ids),
        kind,
        at,
    )
