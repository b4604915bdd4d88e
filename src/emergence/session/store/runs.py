"""Runs: who carries them out, until when that counts, and how they ended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from asyncpg import Record
from pydantic import TypeAdapter

from emergence.contracts.chat import FinishReason, Language
from emergence.contracts.memory.recall import RecalledItem
from emergence.contracts.memory.recollection import KnownItem
from emergence.contracts.session.threads import Run, RunOutcome, RunProblem, RunState, Usage
from emergence.kernel.storage.database import Database, Transaction

_RECALLED: TypeAdapter[tuple[RecalledItem, ...]] = TypeAdapter(tuple[RecalledItem, ...])
_KNOWN: TypeAdapter[tuple[KnownItem, ...]] = TypeAdapter(tuple[KnownItem, ...])
_LANGUAGE: TypeAdapter[Language] = TypeAdapter(Language)

_COLUMNS = """
    id, user_id, thread_id, message_id, turn, agent, language, time_zone, state, outcome, owner, stop_requested_at,
    finish_reason, provider, model, demonstration, usage, problem, recalled,
    known
"""


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A run with what only this service needs to know of it."""

    id: UUID
    user_id: UUID
    thread_id: UUID
    message_id: UUID
    turn: int
    agent: str
    language: Language
    owner: str
    time_zone: str | None = None
    state: RunState = "queued"
    outcome: RunOutcome | None = None
    finish_reason: FinishReason | None = None
    is_stop_requested: bool = False
    provider: str | None = None
    model: str | None = None
    demonstration: bool = False
    usage: Usage | None = None
    problem: RunProblem | None = None
    recalled: tuple[RecalledItem, ...] = ()
    known: tuple[KnownItem, ...] = ()

    def shown(self) -> Run:
        """Return what clients see of it."""
        return Run(
            id=self.id,
            thread=self.thread_id,
            message=self.message_id,
            agent=self.agent,
            state=self.state,
            outcome=self.outcome,
            finish_reason=self.finish_reason,
            provider=self.provider,
            model=self.model,
            demonstration=self.demonstration,
            usage=self.usage,
            problem=self.problem,
            recalled=list(self.recalled),
            known=list(self.known),
        )


def stored_run(row: Record) -> StoredRun:
    """Return the run in a row with every column of `runs`."""
    return StoredRun(
        id=row["id"],
        user_id=row["user_id"],
        thread_id=row["thread_id"],
        message_id=row["message_id"],
        turn=row["turn"],
        agent=row["agent"],
        language=_LANGUAGE.validate_python(row["language"]),
        owner=row["owner"],
        time_zone=row["time_zone"],
        state=row["state"],
        outcome=row["outcome"],
        finish_reason=row["finish_reason"],
        is_stop_requested=row["stop_requested_at"] is not None,
        provider=row["provider"],
        model=row["model"],
        demonstration=row["demonstration"],
        usage=None if row["usage"] is None else Usage.model_validate_json(row["usage"]),
        problem=None if row["problem"] is None else RunProblem.model_validate_json(row["problem"]),
        recalled=() if row["recalled"] is None else _RECALLED.validate_json(row["recalled"]),
        known=() if row["known"] is None else _KNOWN.validate_json(row["known"]),
    )


async def lock_run(tx: Transaction, user_id: UUID, run_id: UUID) -> StoredRun | None:
    """Return the user's run under a row lock that also keeps its log from growing, or None."""
    row = await tx.fetchrow(
        f"SELECT {_COLUMNS} FROM runs WHERE id = $1 AND user_id = $2 FOR UPDATE",  # noqa: S608
        run_id,
        user_id,
    )
    return None if row is None else stored_run(row)


async def is_temporary(database: Database, run: StoredRun) -> bool:
    """Return whether the run's thread is to leave no trace."""
    row = await database.fetchrow(
        "SELECT temporary FROM threads WHERE id = $1 AND user_id = $2", run.thread_id, run.user_id
    )
    return row is not None and bool(row["temporary"])


async def request_stop(tx: Transaction, user_id: UUID, run_id: UUID, at: datetime) -> None:
    """Note that the user wants the run to stop; whoever carries it out sees it at the next renewal."""
    await tx.execute(
        "UPDATE runs SET stop_requested_at = coalesce(stop_requested_at, $3) WHERE id = $1 AND user_id = $2",
        run_id,
        user_id,
        at,
    )


async def end_run(tx: Transaction, run: StoredRun, at: datetime) -> None:
    """Write how a run ended, as `run` says."""
    await tx.execute(
        """
        UPDATE runs SET state = 'ended', outcome = $3, usage = $4, problem = $5, ended_at = $6,
            provider = $7, model = $8, demonstration = $9, finish_reason = $10, recalled = $11, known = $12
        WHERE id = $1 AND user_id = $2
        """,
        run.id,
        run.user_id,
        run.outcome,
        None if run.usage is None else run.usage.model_dump_json(),
        None if run.problem is None else run.problem.model_dump_json(),
        at,
        run.provider,
        run.model,
        run.demonstration,
        run.finish_reason,
        _RECALLED.dump_json(run.recalled).decode() if run.recalled else None,
        _KNOWN.dump_json(run.known).decode() if run.known else None,
    )


async def first_unended(tx: Transaction, user_id: UUID, thread_id: UUID) -> StoredRun | None:
    """Return the run whose turn it is in a thread, running or about to."""
    row = await tx.fetchrow(
        f"""
        SELECT {_COLUMNS} FROM runs
        WHERE thread_id = $1 AND user_id = $2 AND state <> 'ended' ORDER BY queue_position LIMIT 1
        """,  # noqa: S608
        thread_id,
        user_id,
    )
    return None if row is None else stored_run(row)


async def unended_of_user(tx: Transaction, user_id: UUID) -> list[StoredRun]:
    """Return the user's runs that are queued or running."""
    rows = await tx.fetch(
        f"SELECT {_COLUMNS} FROM runs WHERE user_id = $1 AND state <> 'ended' ORDER BY queue_position",  # noqa: S608
        user_id,
    )
    return [stored_run(row) for row in rows]


async def read_run(tx: Transaction, user_id: UUID, run_id: UUID) -> StoredRun | None:
    """Return the user's run, or None."""
    row = await tx.fetchrow(f"SELECT {_COLUMNS} FROM runs WHERE id = $1 AND user_id = $2", run_id, user_id)  # noqa: S608
    return None if row is None else stored_run(row)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A run that is still ours, and whether its user asked for its end elsewhere."""

    run_id: UUID
    is_stop_requested: bool


async def renew_leases(database: Database, owner: str, executing: Sequence[UUID], lease: timedelta) -> list[Renewal]:
    """Extend the leases of an instance's queued runs and of those that it carries out; return the latter.

    A running run that the instance does not know (its outcome got lost on the way) is not
    extended, so that the sweep ends it.
    """
    rows = await database.fetch(
        """
        WITH ours AS (
            SELECT id FROM runs
            WHERE owner = $1 AND state <> 'ended' AND (state = 'queued' OR id = ANY($2::uuid[]))
            ORDER BY id FOR NO KEY UPDATE
        )
        UPDATE runs SET lease_until = now() + $3 FROM ours WHERE runs.id = ours.id
        RETURNING runs.id, stop_requested_at IS NOT NULL AS is_stop_requested
        """,
        owner,
        list(executing),
        lease,
    )
    known = set(executing)
    return [Renewal(row["id"], row["is_stop_requested"]) for row in rows if row["id"] in known]


async def release_leases(database: Database, owner: str) -> None:
    """Let others take up at once what an instance that goes away has queued."""
    await database.execute("UPDATE runs SET lease_until = now() WHERE owner = $1 AND state <> 'ended'", owner)


async def expired_runs(database: Database, server_up_for: timedelta, except_for: Sequence[UUID]) -> list[StoredRun]:
    """Return runs whose owner went silent, oldest first; none while the server has not been up for so long."""
    rows = await database.fetch(
        f"""
        SELECT {_COLUMNS} FROM runs WHERE state <> 'ended' AND lease_until < now() AND NOT id = ANY($1::uuid[])
            AND pg_postmaster_start_time() < now() - $2::interval
        ORDER BY queue_position LIMIT 100
        """,  # noqa: S608
        list(except_for),
        server_up_for,
    )
    return [stored_run(row) for row in rows]


async def lock_expired(tx: Transaction, run_id: UUID) -> StoredRun | None:
    """Return the run under its lock if its lease is still over and nobody else is at it, else None."""
    row = await tx.fetchrow(
        f"""
        SELECT {_COLUMNS} FROM runs
        WHERE id = $1 AND state <> 'ended' AND lease_until < now() FOR UPDATE SKIP LOCKED
        """,  # noqa: S608
        run_id,
    )
    return None if row is None else stored_run(row)


async def take_over(tx: Transaction, run_id: UUID, owner: str, lease: timedelta) -> None:
    """Make `owner` the one who carries a queued run out."""
    await tx.execute("UPDATE runs SET owner = $2, lease_until = now() + $3 WHERE id = $1", run_id, owner, lease)


_STARTABLE = f"""
    SELECT {_COLUMNS} FROM runs
    WHERE owner = $1 AND state = 'queued' AND NOT id = ANY($2::uuid[]) AND NOT EXISTS (
        SELECT FROM runs AS earlier WHERE earlier.thread_id = runs.thread_id AND earlier.state <> 'ended'
            AND earlier.queue_position < runs.queue_position
    )
"""  # noqa: S608


async def startable_runs(
    database: Database, owner: str, except_for: Sequence[UUID], except_of: Sequence[UUID]
) -> list[StoredRun]:
    """Return the owner's queued runs whose turn has come, oldest first, but for some runs and some users."""
    rows = await database.fetch(
        f"{_STARTABLE} AND NOT user_id = ANY($3::uuid[]) ORDER BY queue_position",
        owner,
        list(except_for),
        list(except_of),
    )
    return [stored_run(row) for row in rows]


async def startable_runs_of_user(
    database: Database, owner: str, user_id: UUID, except_for: Sequence[UUID]
) -> list[StoredRun]:
    """Return a user's queued runs whose turn has come and that the owner does not carry out yet, oldest first."""
    rows = await database.fetch(
        f"{_STARTABLE} AND user_id = $3 ORDER BY queue_position LIMIT 100",
        owner,
        list(except_for),
        user_id,
    )
    return [stored_run(row) for row in rows]
