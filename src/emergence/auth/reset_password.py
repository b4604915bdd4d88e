"""Use a mailed link, once, to choose a new password; it signs nobody in, so that a second factor is still asked."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from emergence.auth.audit import AuditEvent, pseudonym, record
from emergence.auth.callers import Caller
from emergence.auth.email_addresses import normalised_email
from emergence.auth.languages import DEFAULT_LANGUAGE
from emergence.auth.limit_attempts import account_key
from emergence.auth.mail.letters import Letter
from emergence.auth.mail.links import link_with
from emergence.auth.mail.queue_letter import queue_letter
from emergence.auth.mail.requests import LetterRequest, asked_for, request_letter
from emergence.auth.one_time_tokens import new_token, token_hash
from emergence.auth.parts import Auth
from emergence.auth.password_policy import (
    Chooser,
    does_alone,
    require_acceptable,
    require_not_known,
    require_still_long_enough,
)
from emergence.auth.revoke_session import Ending, end_sessions
from emergence.auth.store import attempts, devices, letters, one_time_tokens, recipients, second_factors, users
from emergence.auth.store.recipients import Recipient
from emergence.contracts.auth.by_mail import Asked, AskForLetter, ResetPassword
from emergence.contracts.auth.problems import LinkInvalid
from emergence.kernel.storage.database import Transaction

PURPOSE: Final = "password_reset"
LINK_LIFETIME = timedelta(minutes=15)  # long enough for slow mail, short enough for a shared inbox
PAGE = "reset-password"
EVENT, REASON = "account.password_reset", "password_reset"


async def request_reset(auth: Auth, request: AskForLetter, caller: Caller) -> Asked:
    """Send a link to the address, if it is the primary one of somebody who may sign in. Raises MailOff."""
    admission = await request_letter(auth, PURPOSE, normalised_email(request.email), caller)
    return asked_for(LINK_LIFETIME, admission)


async def answer_reset(auth: Auth, tx: Transaction, request: LetterRequest) -> None:
    """Write the letter that was asked for, if there is anybody to get it."""
    found = await recipients.find_active_recipient(tx, request.email_norm)
    if found is not None:
        link = link_with(auth, PAGE, await new_reset_token(auth, tx, found.user_id, mailed_to=found))
        language = found.language or request.language or DEFAULT_LANGUAGE
        ends_at = auth.clock.now() + LINK_LIFETIME
        await queue_letter(auth, tx, Letter(PURPOSE, found.email, language, {"link": link}, ends_at, found.user_id))
    subject = found.user_id if found else None
    data = {"account": pseudonym(auth, request.email_norm)}
    event = AuditEvent("account.password_reset_requested", None, subject, data=data)
    await record(auth, tx, event, request.caller)


async def new_reset_token(auth: Auth, tx: Transaction, user_id: UUID, *, mailed_to: Recipient | None) -> str:
    """Return a new token; one lives for each person, so that earlier ones die, and letters with them are not sent."""
    now = auth.clock.now()
    await one_time_tokens.withdraw_tokens(tx, user_id, (PURPOSE,), now)
    await letters.replace_waiting(tx, user_id, PURPOSE, now)
    data = {"email_norm": mailed_to.email_norm} if mailed_to else {}
    return await new_token(auth, tx, PURPOSE, user_id, LINK_LIFETIME, data)


async def reset_password(auth: Auth, request: ResetPassword, caller: Caller) -> None:
    """Set the new password, then end every login session of that person. Having the letter proves their address.

    Raises LinkInvalid, PasswordRefused, also for the password before (the link then stays good), SignInBusy.
    """
    hashed, now = token_hash(request.token.get_secret_value()), auth.clock.now()
    user_id = await one_time_tokens.holder_of(auth.database, hashed, PURPOSE, now)
    if user_id is None:  # before any work is done for it
        raise LinkInvalid()
    password = request.new_password.get_secret_value()
    await require_acceptable(auth, password, await _chooser(auth, user_id), caller)
    await require_not_known(auth, password, user_id)
    phc = await auth.passwords.hash(password)  # slow on purpose: never inside the transaction
    async with auth.database.transaction() as tx:
        await users.lock_account(tx, user_id)
        used = await one_time_tokens.consume_token(tx, hashed, PURPOSE, now)
        if used is None or used.user_id is None or not (await users.read_account(tx, used.user_id)).is_active:
            raise LinkInvalid()
        await require_still_long_enough(auth, tx, used.user_id, password)
        await users.set_password(tx, used.user_id, phc, now, does_alone=does_alone(auth, password))
        await second_factors.delete_unconfirmed(tx, used.user_id)  # whoever knew the password may have begun one
        await devices.forget_devices(tx, used.user_id, but=None)
        await _note_proved(tx, used.user_id, used.data.get("email_norm"), now)
        ended = await end_sessions(auth, tx, used.user_id, Ending(REASON, used.user_id, caller))
        event = AuditEvent(EVENT, used.user_id, used.user_id, data={"sessions_ended": ended})
        await record(auth, tx, event, caller)


async def _chooser(auth: Auth, user_id: UUID) -> Chooser:
    async with auth.database.transaction() as tx:
        account = await users.read_account(tx, user_id)
        factors = await second_factors.read_factors(tx, user_id)
    return Chooser(account.email, account.display_name, user_id, factors.is_strong)


async def _note_proved(tx: Transaction, user_id: UUID, email_norm: str | None, now: datetime) -> None:
    if email_norm is not None:
        await recipients.note_verified(tx, user_id, email_norm, now)
        await attempts.forget(tx, account_key(email_norm))  # whoever guessed before must not lock the owner out now
