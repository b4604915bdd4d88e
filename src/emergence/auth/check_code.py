"""Check a second factor: a code of the authenticator or a recovery code, each good once."""

from typing import Literal
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.limit_attempts import admit_codes, forget_codes
from emergence.auth.parts import Auth
from emergence.auth.recovery_codes import TypedCode, typed_code
from emergence.auth.store import second_factors as store
from emergence.auth.totp import DIGITS, matching_step
from emergence.contracts.auth.problems import CodeRejected

Method = Literal["otp", "recovery_code"]
SEED_PLACE = "totp/{}"


async def check_code(auth: Auth, user_id: UUID, code: str, caller: Caller) -> Method:
    """Use a code of this person up and return which kind it was.

    Raises CodeRejected for one that is wrong, was used before, or belongs to nobody; TooManyAttempts; SignInBusy.
    """
    await admit_codes(auth, user_id, caller)
    text = code.strip().replace(" ", "")
    recovery = typed_code(text)
    is_right = await _is_recovery_code(auth, user_id, recovery) if recovery else await _is_totp(auth, user_id, text)
    method: Method = "recovery_code" if recovery else "otp"
    async with auth.database.transaction() as tx:
        if is_right:
            await forget_codes(tx, user_id, caller)
        if not is_right or recovery:  # every use of a recovery code is worth a line of its own
            outcome: Literal["success", "failure"] = "success" if is_right else "failure"
            event = AuditEvent("factor.code", user_id, user_id, outcome=outcome, data={"method": method})
            await record(auth, tx, event, caller)
    if not is_right:
        raise CodeRejected()
    return method


async def _is_totp(auth: Auth, user_id: UUID, text: str) -> bool:
    stored = await store.read_totp(auth.database, user_id)
    if stored is None or len(text) != DIGITS:
        return False
    seed = auth.seal.open(stored.seed_enc, SEED_PLACE.format(user_id))
    step = matching_step(seed, text, auth.clock.now(), skew=auth.settings.auth_totp_skew)
    if step is None:
        return False
    async with auth.database.transaction() as tx:
        return await store.use_step(tx, user_id, step)


async def _is_recovery_code(auth: Auth, user_id: UUID, typed: TypedCode) -> bool:
    hashed = await store.read_recovery_code(auth.database, user_id, typed.place)
    verdict = await auth.passwords.check(typed.secret, hashed)
    if hashed is None or not verdict.is_right:
        return False
    async with auth.database.transaction() as tx:
        return await store.use_recovery_code(tx, user_id, typed.place, hashed, auth.clock.now())
