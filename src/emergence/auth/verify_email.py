"""Prove that an address is one's own, by a link that is mailed to it."""

from datetime import timedelta
from typing import Final

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.languages import DEFAULT_LANGUAGE
from emergence.auth.mail.admit_letter import Admission, admit_letter
from emergence.auth.mail.letters import Letter
from emergence.auth.mail.links import link_with
from emergence.auth.mail.queue_letter import queue_letter
from emergence.auth.mail.requests import asked_for
from emergence.auth.one_time_tokens import new_token, token_hash
from emergence.auth.parts import Auth
from emergence.auth.read_session import live_session
from emergence.auth.store import letters, one_time_tokens, recipients
from emergence.auth.store.recipients import Recipient
from emergence.contracts.auth.by_mail import Asked, EmailState, MailedLink
from emergence.contracts.auth.problems import LinkInvalid, MailOff
from emergence.kernel.identity import Identity
from emergence.kernel.storage.database import Transaction

PURPOSE: Final = "email_verification"
LINK_LIFETIME = timedelta(hours=24)
PAGE = "verify-email"
NOTHING_TO_SEND = Admission(is_admitted=False, again_in=timedelta())


async def read_email(auth: Auth, identity: Identity) -> EmailState:
    """Return the caller's address and whether it is proved. Raises LoginSessionEnded."""
    session, account = await live_session(auth, identity)
    async with auth.database.transaction() as tx:
        found = await recipients.read_recipient(tx, session.user_id)
    return EmailState(email=account.email, verified_at=found.verified_at if found else None)


async def request_verification(auth: Auth, identity: Identity, caller: Caller) -> Asked:
    """Mail a link to the caller's own address, unless it is proved already. Raises MailOff, LoginSessionEnded."""
    session, _ = await live_session(auth, identity)
    if not auth.settings.sends_mail():
        raise MailOff()
    async with auth.database.transaction() as tx:
        found = await recipients.read_recipient(tx, session.user_id)
    if found is None or found.verified_at is not None:
        return asked_for(LINK_LIFETIME, NOTHING_TO_SEND)
    admission = await admit_letter(auth, PURPOSE, found.email_norm, caller)
    if admission.is_admitted:
        async with auth.database.transaction() as tx:
            await queue_verification(auth, tx, found, caller)
    return asked_for(LINK_LIFETIME, admission)


async def queue_verification(auth: Auth, tx: Transaction, found: Recipient, caller: Caller) -> None:
    """Mail a link that proves an address; earlier ones are worth nothing."""
    now = auth.clock.now()
    await one_time_tokens.withdraw_tokens(tx, found.user_id, (PURPOSE,), now)
    await letters.replace_waiting(tx, found.user_id, PURPOSE, now)
    token = await new_token(auth, tx, PURPOSE, found.user_id, LINK_LIFETIME, {"email_norm": found.email_norm})
    values = {"link": link_with(auth, PAGE, token)}
    language = found.language or caller.language or DEFAULT_LANGUAGE
    letter = Letter(PURPOSE, found.email, language, values, now + LINK_LIFETIME, found.user_id)
    await queue_letter(auth, tx, letter)


async def verify_email(auth: Auth, request: MailedLink, caller: Caller) -> None:
    """Note that the address is proved; whoever opens the link need not be signed in. Raises LinkInvalid."""
    hashed, now = token_hash(request.token.get_secret_value()), auth.clock.now()
    async with auth.database.transaction() as tx:
        used = await one_time_tokens.consume_token(tx, hashed, PURPOSE, now)
        if used is None or used.user_id is None:
            raise LinkInvalid()
        found = await recipients.read_recipient(tx, used.user_id)
        if found is None or found.email_norm != used.data["email_norm"]:  # changed since
            raise LinkInvalid()
        if await recipients.note_verified(tx, used.user_id, found.email_norm, now):
            await record(auth, tx, AuditEvent("account.email_verified", used.user_id, used.user_id), caller)
