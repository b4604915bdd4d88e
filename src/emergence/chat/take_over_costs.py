"""Keep what the former system spent, beside the runs of this one."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from emergence.chat import store
from emergence.chat.store import LegacyCost
from emergence.kernel.storage.database import Database


@dataclass(frozen=True, slots=True)
class KeptCosts:
    """How many costs are new here, how many are here in all, and the sum of their fingerprints."""

    added: int
    stored: int
    checksum: int


async def take_over_costs(database: Database, costs: Sequence[LegacyCost], *, writes: bool) -> KeptCosts:
    """Keep a batch; without `writes`, say what would be. Idempotent. Raises DatabaseUnavailable."""
    sources = [cost.source for cost in costs]
    if writes:
        async with database.transaction() as tx:
            added = await store.add_legacy_costs(tx, costs)
        kept = await store.read_legacy_costs(database, sources)
    else:
        kept = await store.read_legacy_costs(database, sources)
        added = len(costs) - len(kept)
    return KeptCosts(added, len(kept), sum(map(cost_fingerprint, kept)))


def cost_fingerprint(cost: LegacyCost) -> int:
    """Return a number for what was spent, on what, by whom and when."""
    told = [
        str(cost.user_id),
        cost.at.isoformat() if cost.at else None,
        cost.agent,
        cost.model,
        cost.input_tokens,
        cost.output_tokens,
        None if cost.cost_usd is None else str(cost.cost_usd.normalize()),
        cost.feature,
    ]
    return int.from_bytes(sha256(json.dumps(told).encode()).digest(), "big")
