"""Decide what a sign-in counts under: strangers' guesses must not lock an owner out."""

from uuid import UUID

from emergence.auth.callers import Caller
from emergence.auth.devices import known_device
from emergence.auth.known_addresses import known_address
from emergence.auth.limit_attempts import GUESSES, account_key, device_key, known_key, log_in_allowances
from emergence.auth.parts import Auth
from emergence.auth.prove_work import require_work_when_under_attack
from emergence.auth.store.attempts import Allowance


async def allowances_for(
    auth: Auth, email_norm: str, user_id: UUID | None, caller: Caller, altcha: str | None
) -> dict[str, Allowance]:
    """Return the buckets of a sign-in to this account by this caller.

    A browser that the account knows counts by itself alone: neither strangers' guesses, nor others at the same
    address, nor an attack on everybody keep it out. From a network that the account was signed in to before, guesses
    at this account are counted apart; each known device and network adds one allowance. Elsewhere everything counts.
    The same statements for unknown accounts as for those that do not know the browser. Raises ProofOfWorkRequired.
    """
    device_id = await known_device(auth, user_id, caller)
    if device_id is not None:
        return {device_key(device_id): GUESSES}
    network = await known_address(auth, email_norm, caller)
    await require_work_when_under_attack(auth, altcha, caller)
    account = account_key(email_norm) if network is None else known_key(network)
    return log_in_allowances(account, caller.network())
