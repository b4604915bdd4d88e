"""Bring everything over, table by table; whatever ends it early, doing it again goes on where it was."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from emergence.auth.email_addresses import normalised_email
from emergence.auth.legacy.take_over_person import take_over_person
from emergence.contracts.auth.problems import EmailTaken
from emergence.legacy.bring_documents import bring_documents, bring_uses
from emergence.legacy.bring_over_records import bring_audit_log, bring_costs
from emergence.legacy.conversations import (
    Reading,
    former_session_head,
    former_session_messages,
    thread_agent,
    thread_in,
)
from emergence.legacy.people import Owner, People, RowRefused, person_in
from emergence.legacy.store import KNOWN, Row, Source
from emergence.legacy.tally import RefusedRow, Tally
from emergence.legacy.target import Target
from emergence.legacy.values import moment_in, text_in
from emergence.session.imports.take_in_legacy import LegacyMessage, LegacyThread, take_in_legacy

NOT_IMPORTED = ("auth_sessions", "document_chunks")
TWICE = "another row has the same address"
TWICE_ID = "another row has the same id"
ERASED = "was imported before and erased here since"
GONE = "was imported before and erased or deleted here since"
EXPIRED = "is older than SESSION_RETENTION_DAYS"
NO_THREAD = "no thread has this thread_id"
DEBATE = "was a debate: it goes on as an ordinary conversation"
OF_REFUSED_THREAD = "its thread was refused"

Told = Callable[[str, int, int], None]


class NobodyNamed(Exception):
    """A user_id was said to be of an address that is nobody's."""


@dataclass(slots=True)
class Import:
    """One file on its way; `told` hears how far each table is, `note` of each row that is not as it was."""

    source: Source
    target: Target
    issuer: str | None
    same: Sequence[tuple[str, str]]
    told: Told
    note: Callable[[RefusedRow], None]
    people: People = field(default_factory=People)
    threads: dict[str, UUID] = field(default_factory=dict)  # whose each is that is here, or would be
    tallies: dict[str, Tally] = field(init=False)

    def __post_init__(self) -> None:
        self.tallies = {table: Tally(table, self.note) for table in KNOWN}

    async def run(self) -> dict[str, Tally]:
        """Return what became of each table. Raises SourceUnreadable, DatabaseUnavailable, NobodyNamed."""
        self._require_named()
        await self._bring_people()
        self.people.learn(self.source.rows("auth_sessions"), self.same)
        await self._bring_threads()
        await self._bring_former_sessions()
        await bring_audit_log(self.source, self.target, self.people, self.tallies["auth_audit_log"])
        await bring_costs(self.source, self.target, self.people, self.tallies["costs"])
        documents = await bring_documents(self.source, self.target, self.people, self.tallies["documents"])
        await bring_uses(self.source, self.target, self.threads, documents, self.tallies["thread_docs"])
        for table in NOT_IMPORTED:
            tally = self.tallies[table]
            tally.read = tally.left = self.source.count(table)
        return self.tallies

    def _require_named(self) -> None:
        rows = self.source.rows("auth_allowlist") if self.same else ()
        known = {normalised_email((text_in(row["email"]) or "").strip()) for row in rows}
        for _, email in self.same:
            if normalised_email(email) not in known:
                raise NobodyNamed(f"--same-person: nobody in auth_allowlist is {email}. Nothing was done.")

    async def _bring_people(self) -> None:
        tally = self.tallies["auth_allowlist"]
        for row in self._counted("auth_allowlist"):
            tally.read += 1
            try:
                person, hints = person_in(row, self.issuer)
            except RowRefused as refused:
                tally.refuse(row["email"], str(refused))
                if (email := text_in(row["email"])) is not None and not self.people.is_known(email):
                    self.people.add(email, Owner(None, f"its owner was refused: {refused}"))
                continue
            if self.people.is_known(person.email):
                tally.refuse(row["email"], TWICE)
                continue
            try:
                taken = await take_over_person(self.target.auth, person, writes=self.target.writes)
            except EmailTaken:  # by somebody who joined at this moment
                taken = await take_over_person(self.target.auth, person, writes=self.target.writes)
            self.people.add(person.email, Owner(taken.user_id, ERASED))
            if taken.outcome == "erased":
                tally.refuse(row["email"], ERASED)
                continue
            if taken.outcome == "imported":
                tally.imported += 1
            else:
                tally.present += 1
            for hint in (*(hints if taken.outcome == "imported" else ()), *taken.notes):
                tally.hint(row["email"], hint)

    async def _bring_threads(self) -> None:
        tally, said = self.tallies["threads"], self.tallies["messages"]
        self.source.prepare_messages()
        seen: set[str] = set()
        for row in self._counted("threads"):
            tally.read += 1
            known_as = text_in(row["id"]) or ""
            if known_as in seen:
                tally.refuse(row["id"], TWICE_ID)
                continue
            seen.add(known_as)
            if (text_in(row["type"]) or "chat") == "debate":
                tally.hint(row["id"], DEBATE)
            await self._bring_thread(row, row, self.source.messages_of(row["id"]), tally, said)
        for orphan in self.source.messages_without_thread():
            said.read += 1
            said.refuse(orphan["id"], NO_THREAD)

    async def _bring_former_sessions(self) -> None:
        tally = self.tallies["sessions"]
        said = Tally("sessions", self.note)  # its messages are no rows
        threads = {text_in(row["id"]) for row in self.source.rows("threads")}
        for row in self._counted("sessions"):
            tally.read += 1
            if text_in(row["id"]) in threads:
                tally.copies += 1
                continue
            try:
                messages = list(former_session_messages(row))
            except RowRefused as refused:
                tally.refuse(row["id"], str(refused))
                continue
            threads.add(text_in(row["id"]))
            await self._bring_thread(row, former_session_head(row), messages, tally, said)
        tally.source += said.source
        tally.target += said.target
        for reason, count in said.reasons.items():
            tally.hints[f"message {reason}"] += count

    async def _bring_thread(self, row: Row, head: Row, messages: Iterable[Row], tally: Tally, said: Tally) -> None:
        owner = self.people.owner(row["user_id"], row.get("session_id"))
        if owner.user_id is None:
            tally.refuse(row["id"], owner.reason)
            for message in messages:
                said.read += 1
                said.refuse(message["id"], OF_REFUSED_THREAD)
            return
        reading = Reading(owner, thread_agent(head["agent_id"]), moment_in(head["created_at"]), said, self.people.owner)
        for message in messages:
            reading.take(message)
        try:
            thread = thread_in(head, reading.messages)
            self._require_kept(thread)
        except RowRefused as refused:
            tally.refuse(row["id"], str(refused))
            _refuse_all(said, reading.messages)
            return
        await self._store(owner, thread, tally, said)

    def _require_kept(self, thread: LegacyThread) -> None:
        days = self.target.retention_days
        if days is not None and thread.head.updated_at <= self.target.auth.clock.now() - timedelta(days=days):
            raise RowRefused(EXPIRED)

    async def _store(self, owner: Owner, thread: LegacyThread, tally: Tally, said: Tally) -> None:
        assert owner.user_id is not None
        taken = await take_in_legacy(self.target.session, owner.user_id, thread, writes=self.target.writes)
        if taken.outcome == "gone":
            tally.refuse(thread.source_id, GONE)
            _refuse_all(said, thread.messages)
            return
        self.threads[thread.source_id] = owner.user_id
        if taken.outcome == "imported":
            tally.imported += 1
        else:
            tally.present += 1
        said.imported += taken.added
        said.present += len(thread.messages) - taken.added
        if taken.checksum is not None and (self.target.writes or taken.outcome == "present"):
            said.source += sum(message.fingerprint() for message in thread.messages)
            said.target += taken.checksum
            fingerprint = int.from_bytes(sha256(thread.source_id.encode()).digest(), "big")
            tally.source += fingerprint
            tally.target += fingerprint if taken.stored == len(thread.messages) else 0

    def _counted(self, table: str) -> Iterable[Row]:
        total = self.source.count(table)
        for number, row in enumerate(self.source.rows(table)):
            self.told(table, number, total)
            yield row
        if total:
            self.told(table, total, total)


def _refuse_all(said: Tally, messages: Sequence[LegacyMessage]) -> None:
    for message in messages:
        said.refuse(message.key, OF_REFUSED_THREAD)
