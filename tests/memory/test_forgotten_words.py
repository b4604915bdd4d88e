"""Forgotten words are known again, and nobody who has the database alone can find out which they are."""

import hmac
from uuid import UUID, uuid4

import pytest

from emergence.kernel.settings import SettingsInvalid
from emergence.memory.parts import Memory
from emergence.memory.store.tombstones import bury, is_buried
from tests.memory.kept_rows import kept_memory
from tests.memory.said_turns import THEN
from tests.memory.served_memory import memory_environ
from tests.session.neighbours import Person

OLD, NEW = "0b9e41c7d2a85f63a17c40e92d58b6f3", "77d1c0a94be2f3568c1d2e7f90a4b3c6"
PIN = "My PIN is 1234."


async def forget(memory: Memory, person: Person) -> None:
    async with memory.rows.of(person.user_id) as tx:
        await memory.forgotten_words.bury(tx, person.user_id, [PIN], THEN)


async def knows(memory: Memory, person: Person) -> bool:
    async with memory.rows.of(person.user_id) as tx:
        known, other = await memory.forgotten_words.those_buried(tx, person.user_id, ["my pin is 1234", "1234"])
    assert not other
    return known


def guess(key: bytes, person: Person) -> UUID:
    """Return what stood for the words where the person's key alone was used."""
    return UUID(bytes=hmac.digest(key, person.user_id.bytes + b"my pin is 1234", "sha256")[:16])


async def tombstones(memory: Memory, person: Person) -> tuple[bytes, set[UUID]]:
    """Return everything that the database has of a person's forgotten words."""
    async with memory.rows.of(person.user_id) as tx:
        key = await tx.fetchval("SELECT key FROM tombstone_keys")
        return key, {row["id"] for row in await tx.fetch("SELECT id FROM tombstones")}


async def test_who_has_the_database_alone_can_not_try_words_out(memory: Memory, ada: Person) -> None:
    await forget(memory, ada)

    key, found = await tombstones(memory, ada)
    kept = await memory.database.fetch("SELECT sealed FROM kept_keys")

    assert guess(key, ada) not in found
    assert [memory.forgotten_words._pepper.value in row["sealed"] for row in kept] == [False]
    assert await knows(memory, ada)


async def test_what_was_buried_with_a_readable_key_is_made_anew(memory: Memory, ada: Person) -> None:
    key = b"k" * 32
    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute("INSERT INTO tombstone_keys (user_id, key) VALUES ($1, $2)", ada.user_id, key)
        await bury(tx, ada.user_id, [guess(key, ada)], "words", THEN)
        await bury(tx, ada.user_id, [turn := uuid4()], "turn", THEN)

    for _ in range(2):
        async with memory.rows.of(ada.user_id) as tx:
            await memory.forgotten_words.renew(tx, ada.user_id)

    _, found = await tombstones(memory, ada)
    assert guess(key, ada) not in found
    assert len(found) == 2
    assert turn in found
    assert await knows(memory, ada)


@pytest.mark.parametrize("sealed_by", [OLD, ""])
async def test_words_are_known_again_with_another_secret(database_url: str, ada: Person, sealed_by: str) -> None:
    shared = memory_environ(database_url)["EMERGENCE_SERVICE_SECRET"]
    async with kept_memory(database_url, MEMORY_KEY_SECRET=sealed_by) as memory:
        await forget(memory, ada)

    for secret, previous in (((NEW, OLD) if sealed_by else (NEW, "")), (NEW, ""), ("", NEW), (OLD, shared)):
        more = {"MEMORY_KEY_SECRET": secret, "MEMORY_KEY_SECRET_PREVIOUS": previous}
        async with kept_memory(database_url, None, None, **more) as memory:
            assert await knows(memory, ada), more


async def test_without_the_secret_memory_does_not_start_until_the_key_is_given_up(
    database_url: str, ada: Person
) -> None:
    async with kept_memory(database_url, MEMORY_KEY_SECRET=OLD) as memory:
        await forget(memory, ada)
        async with memory.rows.of(ada.user_id) as tx:
            await bury(tx, ada.user_id, [turn := uuid4()], "turn", THEN)

    with pytest.raises(SettingsInvalid, match="MEMORY_KEY_SECRET: is not the one"):
        async with kept_memory(database_url, MEMORY_KEY_SECRET=NEW) as memory:
            pass
    await memory.database.execute("DELETE FROM kept_keys")  # as docs/keys-and-secrets.md says
    await memory.database.close()

    async with kept_memory(database_url, MEMORY_KEY_SECRET=NEW) as memory:
        assert not await knows(memory, ada), "words are not known again"
        async with memory.rows.of(ada.user_id) as tx:
            assert await is_buried(tx, ada.user_id, [turn]) == {turn}, "turns and items are, by their ids"
        await forget(memory, ada)
        assert await knows(memory, ada)
