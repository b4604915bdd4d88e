"""Take in a conversation of the former system, whole or not at all; later, what was said in it there since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID, uuid5

from emergence.contracts.session.carrying import CarriedMessage, CarriedThread
from emergence.contracts.session.events import ThreadImported
from emergence.contracts.session.threads import Part
from emergence.kernel.events import outbox
from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Database
from emergence.session.imports.known_again import Said, known_again
from emergence.session.imports.take_over_documents import thread_source
from emergence.session.store import carried
from emergence.session.store import legacy as store

FINGERPRINTS = 2**256  # they are added up, so that their order does not matter


@dataclass(frozen=True, slots=True)
class LegacyMessage:
    """One utterance; `key` tells it from the others of its conversation, in this file and in a later one."""

    key: str
    role: Literal["user", "agent"]
    agent: str | None
    text: str
    created_at: datetime

    def fingerprint(self) -> int:
        """Return a number for what was said, by whom and when."""
        return _fingerprint(self.role, self.agent, self.text, self.created_at)

    def said(self) -> Said[str]:
        """Return it as what it is known again by."""
        return Said(self.key, self.role, self.agent, self.text, self.created_at)


@dataclass(frozen=True, slots=True)
class LegacyThread:
    """One conversation with its messages in order; `source_id` is what the former system called it."""

    source_id: str
    head: CarriedThread
    messages: Sequence[LegacyMessage]


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a conversation: `added` of its messages are new here, `stored` were or are here now.

    `gone`: it was taken in and erased since, or lies among the deleted ones. `checksum` adds up the fingerprints of
    what is stored of it; None where nothing could be read back.
    """

    outcome: Literal["imported", "continued", "present", "gone"]
    added: int
    stored: int
    checksum: int | None


async def take_in_legacy(database: Database, user_id: UUID, legacy: LegacyThread, *, writes: bool) -> Taken:
    """Take in what is not here yet; without `writes`, say what would be. Idempotent. Raises DatabaseUnavailable."""
    source = thread_source(legacy.source_id)
    known = await store.known_thread(database, user_id, source)
    if known is None:
        if not writes:
            return Taken("imported", len(legacy.messages), 0, None)
        thread_id = await _stored_anew(database, user_id, source, legacy)
        if thread_id is not None:
            found = await _read_back(database, user_id, thread_id, legacy.messages)
            return Taken("imported", len(legacy.messages), found.stored, found.checksum)
        known = await store.known_thread(database, user_id, source)
        if known is None:
            raise LookupError("the conversation disappeared")
    return await _continued(database, user_id, known, legacy, writes=writes)


async def _stored_anew(database: Database, user_id: UUID, source: bytes, legacy: LegacyThread) -> UUID | None:
    thread_id = new_id()
    messages = _placed(thread_id, legacy.messages, turns=0, parent=None)
    async with database.transaction() as tx:
        if not await store.claim_source(tx, user_id, source, thread_id):
            return None
        await carried.insert_carried(tx, user_id, thread_id, legacy.head, messages, messages[-1].id, "file")
        await outbox.publish(tx, ThreadImported(user_id=user_id, thread_id=thread_id))
    return thread_id


async def _continued(
    database: Database, user_id: UUID, thread_id: UUID, legacy: LegacyThread, *, writes: bool
) -> Taken:
    found = await _read_back(database, user_id, thread_id, legacy.messages)
    here = [message for message in legacy.messages if message.key in found.known_as]
    if not here:
        return Taken("gone", 0, 0, None)
    new = [message for message in legacy.messages if message.key not in found.known_as]
    if not new:
        return Taken("present", 0, found.stored, found.checksum)
    if not writes:
        return Taken("continued", len(new), found.stored, found.checksum)
    async with database.transaction() as tx:
        place = await store.lock_place(tx, user_id, thread_id, found.known_as[here[-1].key])
        if place is None:
            return Taken("gone", 0, 0, None)
        messages = _placed(thread_id, new, turns=place.turns, parent=place.parent)
        at = max(message.created_at for message in messages)
        await store.continue_thread(tx, user_id, thread_id, place, messages, at)
        await outbox.publish(tx, ThreadImported(user_id=user_id, thread_id=thread_id))
    found = await _read_back(database, user_id, thread_id, legacy.messages)
    return Taken("continued", len(new), found.stored, found.checksum)


@dataclass(frozen=True, slots=True)
class _Found:
    """Under which id each message is here, by its key; `checksum` adds up what those say."""

    known_as: Mapping[str, UUID]
    checksum: int

    @property
    def stored(self) -> int:
        return len(self.known_as)


async def _read_back(database: Database, user_id: UUID, thread_id: UUID, messages: Sequence[LegacyMessage]) -> _Found:
    wanted = {_id_of(thread_id, message): message.key for message in messages}
    known_as: dict[str, UUID] = {}
    others: list[Said[UUID]] = []
    checksum, last, before = 0, None, None
    while page := await carried.read_carried(database, user_id, thread_id, last, None):
        last = page[-1]
        for said in page:
            text = "".join(part.text for part in said.parts)
            if (key := wanted.get(said.id)) is not None:
                known_as[key] = said.id
                checksum += _fingerprint(said.role, said.agent, text, said.created_at)
            elif len(known_as) < len(messages):
                at, has_own_time = said.created_at, before not in (None, said.created_at)
                others.append(Said(said.id, said.role, said.agent, text, at, has_own_time))
            before = said.created_at
    if others and len(known_as) < len(messages):
        brought = await store.brought_messages(database, user_id, thread_id)
        told = [message.said() for message in messages if message.key not in known_as]
        again = known_again(told, [said for said in others if said.id in brought])
        known_as |= again
        # That was compared word by word; the agent and the split second may be told otherwise now.
        checksum += sum(message.fingerprint() for message in messages if message.key in again)
    return _Found(known_as, checksum % FINGERPRINTS)


def _placed(
    thread_id: UUID, messages: Sequence[LegacyMessage], *, turns: int, parent: UUID | None
) -> list[CarriedMessage]:
    """Return the messages, each after the one before it; a question begins a turn, whatever else follows it."""
    placed: list[CarriedMessage] = []
    turn, slot = turns, 0
    for number, message in enumerate(messages):
        if message.role == "user":
            turn, slot = (turn + 1 if number else turn), 0
        else:
            slot += 1
        placed.append(
            CarriedMessage.model_construct(
                id=_id_of(thread_id, message),
                turn=turn,
                slot=slot,
                role=message.role,
                agent=message.agent,
                status="complete",
                parts=[Part(text=message.text)],
                created_at=message.created_at,
                parent=parent,
            )
        )
        parent = placed[-1].id
    return placed


def _id_of(thread_id: UUID, message: LegacyMessage) -> UUID:
    """Return the id of a message here: the same whenever its file is read again."""
    return uuid5(thread_id, message.key)


def _fingerprint(role: str, agent: str | None, text: str, at: datetime) -> int:
    said = "\x1f".join((role, agent or "", at.isoformat(), text))
    return int.from_bytes(sha256(said.encode()).digest(), "big")
