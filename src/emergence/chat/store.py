"""All SQL of chat."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from emergence.contracts.chat import ProviderName, RunFinished
from emergence.kernel.storage.database import Database, Transaction
from emergence.kernel.storage.personal_data import PersonalTable

# What chat holds of people. A key stays when the administrator who typed it in is erased.
PERSONAL_TABLES = (
    PersonalTable("runs", ("id",)),
    PersonalTable("legacy_costs", ("source",), without=("source",)),
    PersonalTable(
        "provider_keys", ("provider",), whose="t.updated_by = $1", without=("api_key_sealed",), clears="updated_by"
    ),
)


@dataclass(frozen=True, slots=True)
class StoredProvider:
    """What an administrator typed in for one provider; the key is sealed."""

    provider: ProviderName
    api_key_sealed: bytes | None
    base_url: str | None
    model: str | None


async def read_providers(database: Database) -> dict[ProviderName, StoredProvider]:
    """Return what administrators configured, by provider."""
    rows = await database.fetch("SELECT provider, api_key_sealed, base_url, model FROM provider_keys")
    return {row["provider"]: StoredProvider(**dict(row)) for row in rows}


async def save_provider(tx: Transaction, stored: StoredProvider, *, by: UUID) -> None:
    """Keep one provider's configuration, replacing an earlier one."""
    await tx.execute(
        """
        INSERT INTO provider_keys (provider, api_key_sealed, base_url, model, updated_by)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (provider) DO UPDATE
        SET api_key_sealed = $2, base_url = $3, model = $4, updated_by = $5, updated_at = now()
        """,
        stored.provider,
        stored.api_key_sealed,
        stored.base_url,
        stored.model,
        by,
    )


async def delete_provider(tx: Transaction, provider: ProviderName) -> None:
    """Forget what administrators configured for one provider. Idempotent."""
    await tx.execute("DELETE FROM provider_keys WHERE provider = $1", provider)


@dataclass(frozen=True, slots=True)
class PricedRun:
    """A finished run with where its price and its problem come from."""

    event: RunFinished
    problem_code: str | None
    price_source: str | None
    started_at: datetime


async def record_run(tx: Transaction, run: PricedRun) -> bool:
    """Record what a run used; return whether it was new: a run is never counted twice."""
    event = run.event
    cost: Decimal | None = event.cost_usd
    inserted = await tx.fetchval(
        """
        INSERT INTO runs (id, user_id, thread_id, agent, provider, model, outcome, problem_code, input_tokens,
                          output_tokens, cached_input_tokens, estimated, cost_usd, price_source,
                          started_at, finished_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
        ON CONFLICT (id) DO NOTHING
        RETURNING true
        """,
        event.run_id,
        event.user_id,
        event.thread_id,
        event.agent,
        event.provider,
        event.model,
        event.outcome,
        run.problem_code,
        event.input_tokens,
        event.output_tokens,
        event.cached_input_tokens,
        event.estimated,
        cost,
        run.price_source,
        run.started_at,
        event.finished_at,
    )
    return bool(inserted)


@dataclass(frozen=True, slots=True)
class LegacyCost:
    """One cost of the former system; None is unknown, and a cost without a person is the deployment's."""

    source: bytes
    user_id: UUID | None
    at: datetime | None
    agent: str | None
    model: str | None
    input_tokens: int | None
    output_tokens: int | None
    cost_usd: Decimal | None
    feature: str | None


async def add_legacy_costs(tx: Transaction, costs: Sequence[LegacyCost]) -> int:
    """Add what is not here yet; return how many that were."""
    rows = await tx.fetch(
        """
        INSERT INTO legacy_costs (source, user_id, at, agent, model, input_tokens, output_tokens, cost_usd, feature)
        SELECT * FROM unnest($1::bytea[], $2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::bigint[],
                             $7::bigint[], $8::numeric[], $9::text[])
        ON CONFLICT (source) DO NOTHING RETURNING true
        """,
        [cost.source for cost in costs],
        [cost.user_id for cost in costs],
        [cost.at for cost in costs],
        [cost.agent for cost in costs],
        [cost.model for cost in costs],
        [cost.input_tokens for cost in costs],
        [cost.output_tokens for cost in costs],
        [cost.cost_usd for cost in costs],
        [cost.feature for cost in costs],
    )
    return len(rows)


async def read_legacy_costs(database: Database, sources: Sequence[bytes]) -> list[LegacyCost]:
    """Return those of these costs that are here."""
    rows = await database.fetch(
        """
        SELECT source, user_id, at, agent, model, input_tokens, output_tokens, cost_usd, feature
        FROM legacy_costs WHERE source = ANY($1::bytea[])
        """,
        list(sources),
    )
    return [LegacyCost(**dict(row)) for row in rows]
