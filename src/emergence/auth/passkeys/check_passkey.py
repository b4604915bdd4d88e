"""Check a passkey that was used: a fresh challenge, this person's credential, its signature, its counter."""

from dataclasses import dataclass
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.parts import Auth
from emergence.auth.passkeys.challenges import Ceremony, take_challenge
from emergence.auth.passkeys.relying_party import RelyingParty
from emergence.auth.passkeys.verify import VerifiedUse, decoded, verified_use
from emergence.auth.store import passkeys as store
from emergence.auth.store.passkeys import Passkey
from emergence.contracts.auth.passkeys import PasskeyAnswer
from emergence.contracts.auth.problems import PasskeyRejected

COUNTER_BACK = "factor.passkey_counter_back"


@dataclass(frozen=True, slots=True)
class UsedPasskey:
    """A passkey that signed; `is_counter_back` where it may be a copy, so that alone it proves nothing."""

    passkey: Passkey
    sign_count: int
    is_counter_back: bool

    @property
    def methods(self) -> tuple[str, ...]:
        """Return RFC 8176's names: a key in hardware or in software, used by somebody who was there."""
        return ("swk" if self.passkey.is_synced else "hwk", "user")


async def check_passkey(
    auth: Auth, party: RelyingParty, ceremony: Ceremony, given: PasskeyAnswer, caller: Caller
) -> UsedPasskey:
    """Return the passkey that answers the ceremony's challenge; it may be used no second time with it.

    As the second step a touch is enough; else the authenticator has to have made sure of the person.
    Raises PasskeyRejected, after writing down whose passkey it was where that is known.
    """
    passkey: Passkey | None = None
    try:
        challenge = await take_challenge(auth, ceremony, given.response.client_data)
        passkey = await _named_passkey(auth, ceremony, given)
        of_person = ceremony.purpose != "second_factor"
        use = await verified_use(party, challenge, passkey, given, of_person=of_person)
    except PasskeyRejected:
        await _note_refusal(auth, ceremony, passkey, caller)
        raise
    return await _counted(auth, passkey, use, caller)


async def _named_passkey(auth: Auth, ceremony: Ceremony, given: PasskeyAnswer) -> Passkey:
    """Return the passkey that the answer names (WebAuthn §7.2, steps 5 and 6)."""
    passkey = await store.find_passkey(auth.database, decoded(given.id))
    if passkey is None or ceremony.user_id not in (None, passkey.user_id):
        raise PasskeyRejected()
    said = given.response.user_handle
    if said is None and ceremony.user_id is None:  # an authenticator that finds passkeys by itself says whose
        raise PasskeyRejected()
    if said is not None and decoded(said) != await store.read_handle(auth.database, passkey.user_id):
        raise PasskeyRejected()
    return passkey


async def _counted(auth: Auth, passkey: Passkey, use: VerifiedUse, caller: Caller) -> UsedPasskey:
    now = auth.clock.now()
    async with auth.database.transaction() as tx:
        if await store.count_use(tx, passkey.id, use.sign_count, now, is_backed_up=use.is_backed_up):
            return UsedPasskey(passkey, use.sign_count, is_counter_back=False)
        await store.note_counter_back(tx, passkey.id, now)
        data: dict[str, str | int | bool] = {
            "passkey": str(passkey.id),
            "known": passkey.sign_count,
            "given": use.sign_count,
        }
        event = AuditEvent(COUNTER_BACK, None, passkey.user_id, outcome="failure", data=data)
        await record(auth, tx, event, caller)
    return UsedPasskey(passkey, use.sign_count, is_counter_back=True)


async def _note_refusal(auth: Auth, ceremony: Ceremony, passkey: Passkey | None, caller: Caller) -> None:
    subject: UUID | None = ceremony.user_id or (passkey.user_id if passkey else None)
    is_sign_in = ceremony.purpose == "login"
    event = AuditEvent(
        "session.login" if is_sign_in else "factor.passkey",
        None if is_sign_in else subject,
        subject,
        outcome="failure",
        data={"methods": "passkey"},
    )
    async with auth.database.transaction() as tx:
        await record(auth, tx, event, caller)
