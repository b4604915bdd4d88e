"""Sign in with a passkey: as the only proof, or as the second step after another."""

from emergence.auth.callers import Caller
from emergence.auth.end_sign_in import end_sign_in, grant_of
from emergence.auth.limit_attempts import admit_ceremony, admit_codes, admit_passkey, forget_codes, forgive_passkey
from emergence.auth.one_time_tokens import token_hash
from emergence.auth.open_session import Authentication, Grant
from emergence.auth.parts import Auth
from emergence.auth.passkeys.challenges import Ceremony, new_challenge
from emergence.auth.passkeys.check_passkey import UsedPasskey, check_passkey
from emergence.auth.passkeys.questions import use_question
from emergence.auth.passkeys.relying_party import RelyingParty
from emergence.auth.second_factors import methods_of
from emergence.auth.second_step import (
    FirstStep,
    UncertainPasskey,
    ask_second_factor,
    open_after_second_step,
    try_second_step,
)
from emergence.auth.store import one_time_tokens, users
from emergence.auth.store import passkeys as store
from emergence.contracts.auth.passkeys import PasskeyAnswer, PasskeyQuestion
from emergence.contracts.auth.problems import PasskeyCounterBack, PasskeyRejected, SignInExpired
from emergence.contracts.auth.signing_in import SecondFactorNeeded


async def begin_log_in(auth: Auth, party: RelyingParty, browser: str, caller: Caller) -> PasskeyQuestion:
    """Ask for any passkey of this server; nobody is named, so nothing is told of who has one.

    `browser` is what the answer has to come with again. Raises TooManyAttempts.
    """
    await admit_ceremony(auth, caller)
    async with auth.database.transaction() as tx:
        challenge = await new_challenge(auth, tx, Ceremony("login", browser))
    return use_question(party, challenge, [], of_person=True)


async def begin_second_step(auth: Auth, party: RelyingParty, token: str, caller: Caller) -> PasskeyQuestion:
    """Ask for a passkey of whoever took the first step. Raises SignInExpired, TooManyAttempts."""
    await admit_ceremony(auth, caller)
    now = auth.clock.now()
    user_id = await one_time_tokens.holder_of(auth.database, token_hash(token), "second_factor", now)
    if user_id is None:
        raise SignInExpired()
    async with auth.database.transaction() as tx:
        challenge = await new_challenge(auth, tx, Ceremony("second_factor", token, user_id))
    return use_question(party, challenge, await store.list_passkeys(auth.database, user_id), of_person=False)


async def log_in_with_passkey(
    auth: Auth, party: RelyingParty, browser: str, given: PasskeyAnswer, caller: Caller
) -> Grant | SecondFactorNeeded:
    """Open a login session for whoever has a passkey and is the person that it knows: two factors in one.

    One that may be a copy is only a first step. Raises PasskeyRejected, PasskeyCounterBack where there
    is no other factor to ask for, DeletionPending, TooManyAttempts.
    """
    await admit_passkey(auth, caller)
    used = await check_passkey(auth, party, Ceremony("login", browser), given, caller)
    if used.is_counter_back:
        return await _ask_for_another(auth, used)
    how = Authentication((*used.methods, "mfa"))
    async with auth.database.transaction() as tx:
        account = await users.hold_account(tx, used.passkey.user_id)
        is_there = used.passkey.id in {each.id for each in await store.list_passkeys(tx, account.user_id)}
        if not is_there or not account.may_prove_itself:  # taken away while it was being checked
            raise PasskeyRejected()
        await forgive_passkey(tx, caller)
        end = await end_sign_in(auth, tx, account, how, caller)
    return await grant_of(auth, end)


async def take_second_step(auth: Auth, party: RelyingParty, token: str, given: PasskeyAnswer, caller: Caller) -> Grant:
    """Open a login session for whoever took the first step just before and uses a passkey now.

    Raises PasskeyRejected, PasskeyCounterBack, SignInExpired, TooManyAttempts.
    """
    pending = await try_second_step(auth, token)
    await admit_codes(auth, pending.user_id, caller)
    used = await check_passkey(auth, party, Ceremony("second_factor", token, pending.user_id), given, caller)
    if used.is_counter_back:
        raise PasskeyCounterBack()
    async with auth.database.transaction() as tx:
        await forget_codes(tx, pending.user_id, caller)
    return await open_after_second_step(auth, pending, used.methods, caller)


async def _ask_for_another(auth: Auth, used: UsedPasskey) -> SecondFactorNeeded:
    user_id = used.passkey.user_id
    others = [method for method in await methods_of(auth.database, user_id) if method != "passkey"]
    if not others:
        raise PasskeyCounterBack()
    first = FirstStep(used.methods, UncertainPasskey(used.passkey.id, used.sign_count))
    async with auth.database.transaction() as tx:
        return await ask_second_factor(auth, tx, user_id, first, others)
