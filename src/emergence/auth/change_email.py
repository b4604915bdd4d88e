"""Change one's own address: confirmed at the new one, told to the old one, which can take it back for three days."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.email_addresses import normalised_email
from emergence.auth.languages import DEFAULT_LANGUAGE
from emergence.auth.mail.admit_letter import admit_letter
from emergence.auth.mail.letters import Letter
from emergence.auth.mail.links import link_with
from emergence.auth.mail.queue_letter import queue_letter
from emergence.auth.mail.requests import LetterRequest, asked_for, note_request
from emergence.auth.one_time_tokens import Purpose, new_token, token_hash
from emergence.auth.parts import Auth
from emergence.auth.revoke_session import EMAIL_CHANGE as CHANGE
from emergence.auth.revoke_session import QUIET_ENDS, Ending, end_sessions
from emergence.auth.step_up import recent_session
from emergence.auth.store import letters, one_time_tokens, recipients, sessions, users
from emergence.auth.store.recipients import Recipient
from emergence.auth.use_link import use_link
from emergence.contracts.auth.by_mail import Asked, AskForLetter, MailedLink
from emergence.contracts.auth.problems import LinkInvalid, MailOff
from emergence.kernel.identity import Identity
from emergence.kernel.storage.database import Transaction

UNDO: Final = "email_change_undo"
CHANGE_WITHIN, UNDO_WITHIN = timedelta(hours=24), timedelta(hours=72)
CHANGE_PAGE, UNDO_PAGE = "confirm-email", "undo-email"
# What was mailed to an address that is no longer the account's.
OF_OLD_ADDRESS: tuple[Purpose, ...] = ("password_reset", "email_verification", "mailed_code", CHANGE)


async def request_change(auth: Auth, identity: Identity, request: AskForLetter, caller: Caller) -> Asked:
    """Mail a link to the new address; until it is used nothing changes.

    An address that somebody else has gets none. Nothing says so: not the answer, not when it comes, and not what is
    kept of the asking; whose the address is, is found out afterwards.
    Raises MailOff, StepUpRequired, LoginSessionEnded.
    """
    session, _ = await recent_session(auth, identity)
    if not auth.settings.sends_mail():
        raise MailOff()
    email, email_norm = request.email.strip(), normalised_email(request.email)
    admission = await admit_letter(auth, CHANGE, email_norm, caller)
    if admission.is_admitted:
        data, now = {"email": email, "session_id": str(session.id)}, auth.clock.now()
        async with auth.database.transaction() as tx:
            await one_time_tokens.withdraw_tokens(tx, session.user_id, (CHANGE,), now)
            await letters.replace_waiting(tx, session.user_id, CHANGE, now)
            token = await new_token(auth, tx, CHANGE, session.user_id, CHANGE_WITHIN, data)
            await note_request(auth, tx, CHANGE, email_norm, caller, {"email": email, "token": token})
            event = AuditEvent("account.email_change_requested", session.user_id, session.user_id, session.id)
            await record(auth, tx, event, caller)
    return asked_for(CHANGE_WITHIN, admission)


async def answer_change(auth: Auth, tx: Transaction, request: LetterRequest) -> None:
    """Write the letter that was asked for, unless the address is somebody else's or the link is dead by now."""
    token, now = request.secrets["token"], auth.clock.now()
    user_id = await one_time_tokens.holder_of(tx, token_hash(token), CHANGE, now)
    if user_id is None or await recipients.is_anothers(tx, request.email_norm, user_id):
        return
    values, ends_at = {"link": link_with(auth, CHANGE_PAGE, token)}, request.asked_at + CHANGE_WITHIN
    found = await recipients.read_recipient(tx, user_id)
    language = (found.language if found else None) or request.language or DEFAULT_LANGUAGE
    await queue_letter(auth, tx, Letter(CHANGE, request.secrets["email"], language, values, ends_at, user_id))


async def confirm_change(auth: Auth, request: MailedLink, caller: Caller) -> None:
    """Use the new address from now on; every session ends but the one that asked for it.

    The old address is told, with a link that takes the change back, and stays this account's meanwhile.
    Raises LinkInvalid, also when that session was revoked; EmailTaken when somebody was faster.
    """
    now = auth.clock.now()
    async with auth.database.transaction() as tx:
        used, user_id = await use_link(auth, tx, request, CHANGE)
        asked_in = UUID(used.data["session_id"])
        is_active = (await users.read_account(tx, user_id)).is_active
        if not is_active or await sessions.end_reason(tx, asked_in) not in (None, *QUIET_ENDS):
            raise LinkInvalid()
        old, email = await recipients.read_recipient(tx, user_id), used.data["email"]
        keep_until = now + UNDO_WITHIN
        await recipients.replace_primary(tx, user_id, email, normalised_email(email), now, keep_old_until=keep_until)
        await one_time_tokens.withdraw_tokens(tx, user_id, OF_OLD_ADDRESS, now)
        if old is not None and old.email_norm != normalised_email(email):
            await _offer_undo(auth, tx, old, used.created_at, caller)
        ending = Ending("email_changed", user_id, caller)
        await end_sessions(auth, tx, user_id, ending, but=asked_in)
        await record(auth, tx, AuditEvent("account.email_changed", user_id, user_id), caller)


async def _offer_undo(auth: Auth, tx: Transaction, old: Recipient, asked_at: datetime, caller: Caller) -> None:
    now = auth.clock.now()
    token = await new_token(
        auth, tx, UNDO, old.user_id, UNDO_WITHIN, {"email": old.email, "asked_at": asked_at.isoformat()}
    )
    values = {"link": link_with(auth, UNDO_PAGE, token), "at": f"{now:%Y-%m-%d %H:%M}"}
    language = old.language or caller.language or DEFAULT_LANGUAGE
    await queue_letter(auth, tx, Letter(UNDO, old.email, language, values, now + UNDO_WITHIN, old.user_id))
