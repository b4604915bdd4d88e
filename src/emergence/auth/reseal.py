"""Seal anew what the previous secret sealed, so that it can be taken away without ending anything."""

import structlog

from emergence.auth.check_code import SEED_PLACE
from emergence.auth.parts import Auth
from emergence.auth.signing_keys import place_of
from emergence.auth.store import keys, second_factors

log = structlog.get_logger(__name__)


async def reseal_keys(auth: Auth) -> None:
    """Seal the signing keys by the present secret. Idempotent. Raises SealBroken."""
    async with auth.database.transaction() as tx:
        await keys.take_turn(tx)
        for row in await keys.read_keys(tx):
            renewed = auth.seal.renewed(row.private_enc, place_of(row.kid)) if row.private_enc else None
            if renewed is not None:
                await keys.reseal(tx, row.kid, renewed)


async def reseal_seeds(auth: Auth) -> None:
    """Seal the seeds of second factors by the present secret. Idempotent; a seed that changes meanwhile stays."""
    renewed = 0
    for user_id, sealed in await second_factors.read_seeds(auth.database):
        anew = auth.seal.renewed(sealed, SEED_PLACE.format(user_id))
        if anew is not None:
            await second_factors.reseal(auth.database, user_id, sealed, anew)
            renewed += 1
    log.info("seeds_resealed", seeds=renewed)
