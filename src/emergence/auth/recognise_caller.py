"""Decide what a sign-in counts under: strangers' guesses must not lock an owner out, nor tell who has an account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from emergence.auth.callers import Caller
from emergence.auth.devices import known_device
from emergence.auth.known_addresses import is_known_network, network_hash
from emergence.auth.limit_attempts import (
    EVERYBODY,
    FROM_ADDRESS,
    FROM_ADDRESS_IN_A_DAY,
    GUESSES,
    OF_EVERYBODY,
    account_key,
    address_key,
    admit,
    device_key,
    here_key,
    refusal_of,
)
from emergence.auth.parts import Auth
from emergence.auth.prove_work import require_work_when_under_attack
from emergence.auth.store import attempts as store
from emergence.contracts.auth.problems import TooManyAttempts


@dataclass(frozen=True, slots=True)
class Admission:
    """A sign-in that was counted, and what a success gives back.

    With a `refusal` the account's guesses are used up. Whoever comes from where it was signed in to before still gets
    in by the right password; everybody else, and any other password, gets the refusal.
    """

    forgotten: Sequence[str]
    refunded: Mapping[str, timedelta]
    refusal: TooManyAttempts | None = None
    is_known: bool = True

    @property
    def may_succeed(self) -> bool:
        """Return whether the right password opens the account; otherwise the password must not be looked at."""
        return self.refusal is None or self.is_known


async def admit_log_in(
    auth: Auth, email_norm: str, user_id: UUID | None, caller: Caller, altcha: str | None
) -> Admission:
    """Count a sign-in to this account by this caller, before its password is checked.

    A browser that the account knows counts by itself alone: neither strangers' guesses, nor others at the same
    address, nor an attack on everybody keep it out. Elsewhere everything counts, in this order: the address, the
    account from this network, the account, everybody. What the first two refuse fills no later one; otherwise one
    stubborn address would use up an account's guesses, or everybody's. What the account refuses goes on as if it were
    not: whether the network is known, and so whether there is an account, must not show.

    The same statements for unknown accounts as for others. Raises TooManyAttempts, ProofOfWorkRequired.
    """
    device_id = await known_device(auth, user_id, caller)
    if device_id is not None:
        await admit(auth, {device_key(device_id): GUESSES})
        return Admission([device_key(device_id)], {})
    is_known = await is_known_network(auth, email_norm, caller)
    await require_work_when_under_attack(auth, altcha, caller)
    here, account = here_key(network_hash(auth, email_norm, caller)), account_key(email_norm)
    of_address = {address_key(caller.network()): FROM_ADDRESS, f"login:day:{caller.network()}": FROM_ADDRESS_IN_A_DAY}
    await admit(auth, {**of_address, here: GUESSES})
    refusal = await refusal_of(auth, account, GUESSES)
    await admit(auth, {EVERYBODY: OF_EVERYBODY})
    refunded = {key: allowance.interval for key, allowance in {**of_address, EVERYBODY: OF_EVERYBODY}.items()}
    if not is_known:
        return Admission([here, account], refunded, refusal, is_known)
    if refusal is None:
        refunded[account] = GUESSES.interval  # not forgotten: the owner's success buys strangers nothing
    return Admission([here], refunded, refusal, is_known)


async def note_log_in(auth: Auth, admission: Admission) -> None:
    """Forget the failures of an account that was signed in to, and take back the attempt everywhere else.

    An address is not forgiven its other attempts: one own account would buy guesses on all others. After the
    transaction and not in it: the bucket of everybody would make all sign-ins wait for each other.
    """
    await store.settle(auth.database, admission.forgotten, admission.refunded)
