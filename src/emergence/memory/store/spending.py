"""What consolidation with a model may cost and did: reserved before a call, settled after it, counted by day (UTC)."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

from emergence.kernel.ids import new_id
from emergence.kernel.storage.database import Database, Transaction
from emergence.memory.store.consolidations import Done, Due, Runs


@dataclass(frozen=True, slots=True)
class Budget:
    """What a day may cost, for everybody together and for one person, in US dollars."""

    daily_usd: Decimal
    person_daily_usd: Decimal


@dataclass(frozen=True, slots=True)
class Spent:
    """What a call used; the cost is None where it is not known, and then what was reserved counts."""

    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: Decimal | None = None


async def reserve(
    database: Database, due: Due, model: str, most_usd: Decimal | None, budget: Budget, at: datetime
) -> UUID | None:
    """Reserve what a call may cost; None, and a line that says so, where that is over the budget or not known.

    What is running counts in full: two instances never spend the same dollar.
    """
    reserved = new_id()
    async with database.transaction() as tx:
        await tx.execute("SELECT pg_advisory_xact_lock(hashtextextended('memory:consolidation-budget', 0))")
        fits = most_usd is not None and await _fits(tx, due.user_id, most_usd, budget, at)
        await tx.execute(
            """
            INSERT INTO consolidations (user_id, id, thread_id, model, began_at, ended_at, outcome, cost_usd)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """,
            due.user_id,
            reserved,
            due.thread_id,
            model,
            at,
            None if fits else at,
            "running" if fits else "over_budget",
            most_usd if fits else Decimal(0),
        )
    return reserved if fits else None


async def _fits(tx: Transaction, user_id: UUID, most_usd: Decimal, budget: Budget, at: datetime) -> bool:
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    row = await tx.fetchrow(
        """
        SELECT coalesce(sum(cost_usd), 0) AS all, coalesce(sum(cost_usd) FILTER (WHERE user_id = $1), 0) AS own
        FROM consolidations WHERE began_at >= $2
        """,
        user_id,
        today,
    )
    return (
        row is not None
        and row["all"] + most_usd <= budget.daily_usd
        and row["own"] + most_usd <= budget.person_daily_usd
    )


async def settle(
    tx: Runs,
    due: Due,
    reserved: UUID,
    outcome: Literal["done", "failed"],
    spent: Spent,
    done: Done,
    at: datetime,
) -> None:
    """Write down what a call cost and did."""
    await tx.execute(
        """
        UPDATE consolidations SET outcome = $3, ended_at = $4, input_tokens = $5, output_tokens = $6,
            cost_usd = coalesce($7, cost_usd), added = $8, merged = $9, superseded = $10, refused = $11
        WHERE user_id = $1 AND id = $2 AND outcome = 'running'
        """,
        due.user_id,
        reserved,
        outcome,
        at,
        spent.input_tokens,
        spent.output_tokens,
        spent.cost_usd,
        done.added,
        done.merged,
        done.superseded,
        done.refused,
    )


async def close_running(database: Database, at: datetime) -> int:
    """End what an instance that is gone left running; what it reserved counts as spent. Return how many.

    Only whoever has the gardener's lock may call it.
    """
    tag = await database.execute(
        "UPDATE consolidations SET outcome = 'failed', ended_at = $1 WHERE outcome = 'running'", at
    )
    return int(tag.split()[-1])


async def spent_today(database: Database, at: datetime) -> Decimal:
    """Return what today's calls cost, and what those that run may."""
    today = at.replace(hour=0, minute=0, second=0, microsecond=0)
    row = await database.fetchrow(
        "SELECT coalesce(sum(cost_usd), 0) AS usd FROM consolidations WHERE began_at >= $1", today
    )
    return Decimal(0) if row is None else row["usd"]
