"""Bring over what is neither a person nor a conversation: the former audit log and costs, a batch at a time."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Protocol, TypeVar

from emergence.auth.audit import pseudonym
from emergence.auth.email_addresses import normalised_email
from emergence.auth.legacy.take_over_audit import event_fingerprint, take_over_events
from emergence.auth.store.legacy import FormerEvent
from emergence.chat.store import LegacyCost
from emergence.chat.take_over_costs import cost_fingerprint, take_over_costs
from emergence.legacy.people import NO_OWNER, NOBODY, Owner, People, RowRefused, require_whole
from emergence.legacy.store import Row, Source
from emergence.legacy.tally import Tally
from emergence.legacy.target import Target
from emergence.legacy.values import count_in, moment_in, money_in, text_in

Record = TypeVar("Record")
Taken = TypeVar("Taken", contravariant=True)

BATCH = 500
HASH = re.compile(r"[0-9a-fA-F]{64}")  # of an address
OF_NOBODY = "metadata was left out: it speaks of nobody who has an account here"
COST_OF_NOBODY = "its user_id is nobody's: kept as a cost of the deployment"


class Kept(Protocol):
    """What became of a batch: how many were new here, and the sum of the fingerprints of what is here now."""

    @property
    def added(self) -> int: ...

    @property
    def checksum(self) -> int: ...


class TakeOver(Protocol[Taken]):
    """Keeps a batch; without `writes`, says what would be."""

    async def __call__(self, rows: Sequence[Taken], /, *, writes: bool) -> Kept: ...


async def bring_audit_log(source: Source, target: Target, people: People, tally: Tally) -> None:
    """Bring over the former audit log; whoever was erased here is left out."""
    take_over = partial(take_over_events, target.auth)
    await bring_batches(_events(source, target, people, tally), take_over, event_fingerprint, target, tally)


async def bring_costs(source: Source, target: Target, people: People, tally: Tally) -> None:
    """Bring over the former costs; whoever was erased here is left out."""
    take_over = partial(take_over_costs, target.chat)
    await bring_batches(_costs(source, people, tally), take_over, cost_fingerprint, target, tally)


async def bring_batches(
    rows: Iterator[Record],
    take_over: TakeOver[Record],
    fingerprint: Callable[[Record], int],
    target: Target,
    tally: Tally,
) -> None:
    """Have a batch at a time taken over, and count what was new; sums are compared where everything is to be here."""
    while batch := list(islice(rows, BATCH)):
        kept = await take_over(batch, writes=target.writes)
        tally.imported += kept.added
        tally.present += len(batch) - kept.added
        if target.writes or kept.added == 0:
            tally.source += sum(map(fingerprint, batch))
            tally.target += kept.checksum


def _events(source: Source, target: Target, people: People, tally: Tally) -> Iterator[FormerEvent]:
    seen: Counter[bytes] = Counter()
    for row in whole_rows(source, "auth_audit_log", tally):
        content = _digest(row)
        seen[content] += 1  # two equal lines are two events
        subject, actor = people.owner(row["email"]), people.owner(row["actor"])
        if gone := next((each for each in (subject, actor) if _is_left_out(each)), None):
            tally.refuse(tally.read, gone.reason)
            continue
        has_owner = subject.user_id is not None or actor.user_id is not None
        data = text_in(row["metadata"])
        if data is not None and not has_owner:
            tally.hint(tally.read, OF_NOBODY)
        yield FormerEvent(
            source=sha256(content + str(seen[content]).encode()).digest(),
            at=moment_in(row["created_at"]),
            type=text_in(row["event_type"]) or "unknown",
            actor=actor.user_id,
            actor_name=None if actor.user_id else _named(target, text_in(row["actor"])),
            subject=subject.user_id,
            data=data if has_owner else None,
        )


def _costs(source: Source, people: People, tally: Tally) -> Iterator[LegacyCost]:
    seen: Counter[bytes] = Counter()
    for row in whole_rows(source, "costs", tally):
        known_as = text_in(row["id"])
        content = _digest(row) if known_as is None else sha256(f"cost {known_as}".encode()).digest()
        seen[content] += 1
        if known_as is not None and seen[content] > 1:
            tally.copies += 1
            continue
        owner = people.owner(row["user_id"], row["session_id"])
        if _is_left_out(owner):
            tally.refuse(row["id"], owner.reason)
            continue
        if owner.user_id is None:
            tally.hint(row["id"], COST_OF_NOBODY)
        yield LegacyCost(
            source=sha256(content + str(seen[content]).encode()).digest(),
            user_id=owner.user_id,
            at=moment_in(row["timestamp"]),
            agent=text_in(row["agent"]),
            model=text_in(row["model"]),
            input_tokens=count_in(row["input_tokens"]),
            output_tokens=count_in(row["output_tokens"]),
            cost_usd=money_in(row["total_cost"]),
            feature=text_in(row["feature"]),
        )


def whole_rows(source: Source, table: str, tally: Tally) -> Iterator[Row]:
    """Yield the rows of a table, counted; those with a value that was too long to be read are refused."""
    for row in source.rows(table):
        tally.read += 1
        try:
            require_whole(row)
        except RowRefused as refused:
            tally.refuse(tally.read, str(refused))
            continue
        yield row


def _is_left_out(owner: Owner) -> bool:
    """Return whether a row is of somebody of the former system who has no account here, unlike one of nobody."""
    return owner.user_id is None and owner not in (NOBODY, NO_OWNER)


def _named(target: Target, actor: str | None) -> str | None:
    """Return a program's name as it is, and a keyed hash for an address that belongs to nobody here."""
    if actor is None or ("@" not in actor and not HASH.fullmatch(actor)):
        return actor
    return pseudonym(target.auth, normalised_email(actor))


def _digest(row: Row) -> bytes:
    return sha256(json.dumps(dict(row), sort_keys=True).encode()).digest()
