"""Prove again by a passkey who one is, within an open session."""

from emergence.auth.callers import Caller
from emergence.auth.limit_attempts import admit_ceremony, admit_codes, forget_codes
from emergence.auth.parts import Auth
from emergence.auth.passkeys.challenges import Ceremony, new_challenge
from emergence.auth.passkeys.check_passkey import check_passkey
from emergence.auth.passkeys.questions import use_question
from emergence.auth.passkeys.relying_party import RelyingParty
from emergence.auth.read_session import live_session
from emergence.auth.store import passkeys as store
from emergence.auth.store.sessions import Session
from emergence.contracts.auth.passkeys import PasskeyAnswer, PasskeyQuestion
from emergence.contracts.auth.problems import PasskeyCounterBack
from emergence.kernel.identity import Identity


async def begin_proof(auth: Auth, party: RelyingParty, identity: Identity, caller: Caller) -> PasskeyQuestion:
    """Ask for one of the caller's passkeys. Raises LoginSessionEnded, TooManyAttempts."""
    session, _ = await live_session(auth, identity)
    await admit_ceremony(auth, caller)
    async with auth.database.transaction() as tx:
        challenge = await new_challenge(auth, tx, _ceremony(session))
    return use_question(party, challenge, await store.list_passkeys(auth.database, session.user_id), of_person=True)


async def proved_by_passkey(
    auth: Auth, party: RelyingParty, session: Session, given: PasskeyAnswer, caller: Caller
) -> tuple[str, ...]:
    """Return how the person of a session proved by a passkey who they are.

    Raises PasskeyRejected, PasskeyCounterBack, TooManyAttempts.
    """
    await admit_codes(auth, session.user_id, caller)
    used = await check_passkey(auth, party, _ceremony(session), given, caller)
    if used.is_counter_back:
        raise PasskeyCounterBack()
    async with auth.database.transaction() as tx:
        await forget_codes(tx, session.user_id, caller)
    return used.methods


def _ceremony(session: Session) -> Ceremony:
    return Ceremony("step_up", str(session.id), session.user_id)
