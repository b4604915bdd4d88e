"""Keep what the former system wrote down of accounts, outside the chain that vouches for what is written down here."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from emergence.auth.parts import Auth
from emergence.auth.store import legacy as store
from emergence.auth.store.legacy import FormerEvent


@dataclass(frozen=True, slots=True)
class KeptEvents:
    """How many lines are new here, how many are here in all, and the sum of their fingerprints."""

    added: int
    stored: int
    checksum: int


async def take_over_events(auth: Auth, events: Sequence[FormerEvent], *, writes: bool) -> KeptEvents:
    """Keep a batch of lines; without `writes`, say what would be. Idempotent. Raises DatabaseUnavailable."""
    sources = [event.source for event in events]
    if writes:
        async with auth.database.transaction() as tx:
            added = await store.add_events(tx, events)
        kept = await store.read_events(auth.database, sources)
    else:
        kept = await store.read_events(auth.database, sources)
        added = len(events) - len(kept)
    return KeptEvents(added, len(kept), sum(map(event_fingerprint, kept)))


def event_fingerprint(event: FormerEvent) -> int:
    """Return a number for what a line says, and of whom."""
    at = event.at.isoformat() if event.at else None
    said = [at, event.type, str(event.actor), event.actor_name, str(event.subject), event.data]
    return int.from_bytes(sha256(json.dumps(said).encode()).digest(), "big")
