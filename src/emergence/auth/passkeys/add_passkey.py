"""Add a passkey to one's account, and recovery codes with the first one, so that a lost device locks nobody out."""

import os

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.limit_attempts import admit_ceremony
from emergence.auth.parts import Auth
from emergence.auth.passkeys.authenticators import passkey_name
from emergence.auth.passkeys.challenges import Ceremony, new_challenge, take_challenge
from emergence.auth.passkeys.my_passkeys import shown
from emergence.auth.passkeys.questions import creation_question
from emergence.auth.passkeys.relying_party import RelyingParty
from emergence.auth.passkeys.verify import verified_credential
from emergence.auth.recovery_codes import NewCodes, new_codes
from emergence.auth.revoke_session import Ending, end_sessions
from emergence.auth.step_up import hold_factors, recent_session
from emergence.auth.store import passkeys as store
from emergence.auth.store import second_factors
from emergence.auth.store.passkeys import Passkey
from emergence.auth.store.second_factors import Factors
from emergence.auth.store.sessions import Session
from emergence.contracts.auth.passkeys import AddPasskey, PasskeyAdded, PasskeyQuestion
from emergence.contracts.auth.problems import PasskeyAlreadyAdded, PasskeyRejected, TooManyPasskeys
from emergence.kernel.identity import Identity
from emergence.kernel.ids import new_id

ADDED = "factor.passkey_added"
FIRST_ADDED = "first_passkey_added"
HANDLE_BYTES = 64  # WebAuthn §14.6.1: random, and as long as it may be
AT_MOST = 20  # more than anybody uses, few enough to name them all to a browser


async def begin_adding(auth: Auth, party: RelyingParty, identity: Identity, caller: Caller) -> PasskeyQuestion:
    """Ask for a new passkey. Raises StepUpRequired, TooManyPasskeys, TooManyAttempts."""
    session, account = await recent_session(auth, identity)
    await admit_ceremony(auth, caller)
    async with auth.database.transaction() as tx:
        handle = await store.keep_handle(tx, session.user_id, os.urandom(HANDLE_BYTES))
        known = await store.list_passkeys(tx, session.user_id)
        if len(known) >= AT_MOST:
            raise TooManyPasskeys()
        challenge = await new_challenge(auth, tx, _ceremony(session))
    return creation_question(party, challenge, account, handle, known)


async def add_passkey(
    auth: Auth, party: RelyingParty, identity: Identity, request: AddPasskey, caller: Caller
) -> PasskeyAdded:
    """Keep a new passkey: from now on it signs in, and a second factor is asked for after the password.

    With the first factor every other login session ends, since less opened it, and ten recovery codes replace
    whatever was there; later ones bring codes where none are left. They are shown this once.
    Raises PasskeyRejected, PasskeyAlreadyAdded, TooManyPasskeys, StepUpRequired, SignInBusy.
    """
    session, _ = await recent_session(auth, identity)
    given = request.credential
    challenge = await take_challenge(auth, _ceremony(session), given.response.client_data)
    credential = await verified_credential(party, challenge, given)
    passkey = Passkey(
        id=new_id(),
        user_id=session.user_id,
        credential_id=credential.credential_id,
        public_key=credential.public_key,
        sign_count=credential.sign_count,
        transports=tuple(given.response.transports or ()),
        aaguid=credential.aaguid,
        is_synced=credential.is_synced,
        is_backed_up=credential.is_backed_up,
        name=passkey_name(credential.aaguid, request.name),
        created_at=auth.clock.now(),
    )
    needed = _needs_codes(await second_factors.read_factors(auth.database, session.user_id))
    codes = await _store(auth, session, passkey, await new_codes(auth.passwords) if needed else None, caller)
    return PasskeyAdded(passkey=shown(passkey), recovery_codes=codes.shown if codes else None)


def _needs_codes(factors: Factors) -> bool:
    return not (factors.is_strong and factors.has_recovery_codes)


async def _store(
    auth: Auth, session: Session, passkey: Passkey, made: NewCodes | None, caller: Caller
) -> NewCodes | None:
    async with auth.database.transaction() as tx:
        factors = await hold_factors(auth, tx, session)
        codes = made if _needs_codes(factors) else None
        if codes is None and _needs_codes(factors):  # the last other factor went away meanwhile
            raise PasskeyRejected()
        await store.keep_handle(tx, session.user_id, os.urandom(HANDLE_BYTES))
        if len(await store.list_passkeys(tx, session.user_id)) >= AT_MOST:
            raise TooManyPasskeys()
        if not await store.add_passkey(tx, passkey):
            raise PasskeyAlreadyAdded()
        if codes is not None:
            await second_factors.replace_recovery_codes(tx, session.user_id, codes.hashes, auth.clock.now())
        if not factors.is_strong:
            ending = Ending(FIRST_ADDED, session.user_id, caller)
            await end_sessions(auth, tx, session.user_id, ending, but=session.id)
        data: dict[str, str | int | bool] = {"passkey": str(passkey.id), "is_synced": passkey.is_synced}
        await record(auth, tx, AuditEvent(ADDED, session.user_id, session.user_id, session.id, data=data), caller)
    return codes


def _ceremony(session: Session) -> Ceremony:
    return Ceremony("register", str(session.id), session.user_id)
