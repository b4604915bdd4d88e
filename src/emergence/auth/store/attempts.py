"""Counted attempts: the generic cell rate algorithm in one row for each counted thing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from emergence.kernel.storage.database import Database, Transaction

FORGOTTEN_AFTER = timedelta(days=1)
NO_END = 2**31 - 1
# A crash of PostgreSQL may forget the last half second of counting; waiting for the disk would cost each sign-in more
# than its hash. It counts for the transaction of the statement only.
_NOT_FLUSHED = "set_config('synchronous_commit', 'off', true)"


@dataclass(frozen=True, slots=True)
class Allowance:
    """`burst` attempts at once, then one each `interval`, then waits that double up to `longest_wait`.

    A series of `in_a_row` attempts is over: the next begins after a success, or a day without any.
    """

    burst: int
    interval: timedelta
    longest_wait: timedelta
    in_a_row: int = NO_END


@dataclass(frozen=True, slots=True)
class Fill:
    """How full a bucket is: when it would be empty, and the attempts of its series."""

    empty_at: datetime
    spent: int


async def charge(database: Database, key: str, allowance: Allowance, now: datetime) -> timedelta | None:
    """Count one attempt and return None, or count nothing and return how long to wait. Race-proof: one statement."""
    row = await database.fetchrow(
        f"""WITH charged AS (
               INSERT INTO rate_buckets AS bucket (key, tat, spent) VALUES ($1, $2::timestamptz + $4::interval, 1)
               ON CONFLICT (key) DO UPDATE SET
                   spent = CASE WHEN bucket.tat < $2::timestamptz - $6::interval THEN 1 ELSE bucket.spent + 1 END,
                   tat = greatest(bucket.tat, $2::timestamptz)
                       + least($4::interval * power(2, least(greatest(bucket.spent + 1 - $3::int, 0), 20)),
                               $5::interval)
               WHERE bucket.tat <= $2::timestamptz + $4::interval * ($3::int - 1)
                   AND (bucket.spent < $7 OR bucket.tat < $2::timestamptz - $6::interval)
               RETURNING true)
           SELECT EXISTS (SELECT FROM charged) AS is_admitted, {_NOT_FLUSHED},
                  (SELECT CASE WHEN spent < $7 THEN tat - $4::interval * ($3::int - 1) ELSE tat + $6::interval END
                   FROM rate_buckets WHERE key = $1) AS next_at""",  # noqa: S608 - our own words
        key,
        now,
        allowance.burst,
        allowance.interval,
        allowance.longest_wait,
        FORGOTTEN_AFTER,
        allowance.in_a_row,
    )
    if row is None or row["is_admitted"]:
        return None
    next_at: datetime | None = row["next_at"]
    return max(next_at - now, timedelta(seconds=1)) if next_at else allowance.interval


async def read_fills(database: Database, keys: Sequence[str], now: datetime) -> dict[str, Fill]:
    """Return how full buckets are, those in which anything counts."""
    rows = await database.fetch(
        "SELECT key, tat, spent FROM rate_buckets WHERE key = ANY($1) AND tat > $2::timestamptz - $3::interval",
        list(keys),
        now,
        FORGOTTEN_AFTER,
    )
    return {row["key"]: Fill(row["tat"], row["spent"]) for row in rows}


async def settle(database: Database, forgotten: Sequence[str], refunded: Mapping[str, timedelta]) -> None:
    """Let somebody start again in some buckets, and take one attempt back in others; each with its interval."""
    await database.execute(
        f"""WITH forgotten AS (DELETE FROM rate_buckets WHERE key = ANY($1)),
            locked AS (SELECT key FROM rate_buckets WHERE key = ANY($2) ORDER BY key FOR UPDATE),
            refunded AS (
                UPDATE rate_buckets AS bucket SET tat = tat - back.interval, spent = greatest(spent - 1, 0)
                FROM unnest($2::text[], $3::interval[]) AS back (key, interval) JOIN locked USING (key)
                WHERE bucket.key = back.key)
            SELECT {_NOT_FLUSHED}""",  # noqa: S608 - our own words
        list(forgotten),
        list(refunded),
        list(refunded.values()),
    )


async def refund(tx: Transaction, key: str, interval: timedelta) -> None:
    """Take one attempt back."""
    await tx.execute(
        "UPDATE rate_buckets SET tat = tat - $2::interval, spent = greatest(spent - 1, 0) WHERE key = $1", key, interval
    )


async def forget(tx: Transaction, key: str) -> None:
    """Let somebody start again."""
    await tx.execute("DELETE FROM rate_buckets WHERE key = $1", key)


async def forget_old(database: Database, now: datetime) -> None:
    """Delete what no longer limits anybody."""
    await database.execute("DELETE FROM rate_buckets WHERE tat < $1", now - FORGOTTEN_AFTER)
