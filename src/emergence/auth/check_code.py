"""Check a second factor: a code of the authenticator or a recovery code, each good once."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.legacy.former_codes import use_former_code
from emergence.auth.limit_attempts import admit_codes, forget_codes
from emergence.auth.parts import Auth
from emergence.auth.recovery_codes import TypedCode, typed_code
from emergence.auth.store import second_factors as store
from emergence.auth.store.second_factors import StoredTotp
from emergence.auth.totp import DIGITS, matching_step
from emergence.contracts.auth.problems import CodeRejected

Method = Literal["otp", "recovery_code"]
SEED_PLACE = "totp/{}"
CONFIRM_WITHIN = timedelta(minutes=10)  # as long as the proof that was asked for the seed


@dataclass(frozen=True, slots=True)
class ArrivedSeed:
    """A seed, sealed, that a code shows to have arrived in an authenticator, and the code's step of time."""

    seed_enc: bytes
    step: int


async def check_code(auth: Auth, user_id: UUID, code: str, caller: Caller) -> Method:
    """Use a code of this person up and return which kind it was.

    Raises CodeRejected for one that is wrong, was used before, or belongs to nobody; TooManyAttempts; SignInBusy.
    """
    await admit_codes(auth, user_id, caller)
    text = code.strip().replace(" ", "")
    method: Method = "otp" if len(text) == DIGITS and text.isdigit() else "recovery_code"
    if method == "otp":
        is_right = await _is_totp(auth, user_id, text)
    elif recovery := typed_code(text):
        is_right = await _is_recovery_code(auth, user_id, recovery)
    else:
        is_right = await use_former_code(auth, user_id, text)
    await _note(auth, user_id, method, caller, is_right=is_right)
    if not is_right:
        raise CodeRejected()
    return method


async def check_new_seed(auth: Auth, user_id: UUID, code: str, caller: Caller) -> ArrivedSeed:
    """Return the seed that was handed out a moment ago and does not count yet, if the code is one of it.

    Raises CodeRejected, also where the seed is too old or counts already; TooManyAttempts.
    """
    await admit_codes(auth, user_id, caller)
    stored = await store.read_totp(auth.database, user_id)
    step = None
    if stored is not None and stored.confirmed_at is None and stored.created_at > auth.clock.now() - CONFIRM_WITHIN:
        step = _step_of(auth, user_id, stored, code.strip().replace(" ", ""))
    await _note(auth, user_id, "otp", caller, is_right=step is not None)
    if stored is None or step is None:
        raise CodeRejected()
    return ArrivedSeed(stored.seed_enc, step)


async def _note(auth: Auth, user_id: UUID, method: Method, caller: Caller, *, is_right: bool) -> None:
    async with auth.database.transaction() as tx:
        if is_right:
            await forget_codes(tx, user_id, caller)
        if not is_right or method == "recovery_code":  # every use of a recovery code is worth a line of its own
            outcome: Literal["success", "failure"] = "success" if is_right else "failure"
            event = AuditEvent("factor.code", user_id, user_id, outcome=outcome, data={"method": method})
            await record(auth, tx, event, caller)


async def _is_totp(auth: Auth, user_id: UUID, text: str) -> bool:
    """Only a confirmed seed counts: another may lie with whoever asked for it and never meant to be seen."""
    stored = await store.read_totp(auth.database, user_id)
    if stored is None or stored.confirmed_at is None:
        return False
    step = _step_of(auth, user_id, stored, text)
    if step is None:
        return False
    async with auth.database.transaction() as tx:
        return await store.use_step(tx, user_id, step)


def _step_of(auth: Auth, user_id: UUID, stored: StoredTotp, text: str) -> int | None:
    if len(text) != DIGITS:
        return None
    seed = auth.seal.open(stored.seed_enc, SEED_PLACE.format(user_id))
    return matching_step(seed, text, auth.clock.now(), skew=auth.settings.auth_totp_skew)


async def _is_recovery_code(auth: Auth, user_id: UUID, typed: TypedCode) -> bool:
    hashed = await store.read_recovery_code(auth.database, user_id, typed.place)
    verdict = await auth.passwords.check(typed.secret, hashed)
    if hashed is None or not verdict.is_right:
        return False
    async with auth.database.transaction() as tx:
        return await store.use_recovery_code(tx, user_id, typed.place, hashed, auth.clock.now())
