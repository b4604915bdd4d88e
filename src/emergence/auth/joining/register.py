"""Ask for an account: whether the address has one, may have one or may not is found out after the answer."""

import json
import secrets
from datetime import timedelta
from typing import Final

from emergence.auth.audit import AuditEvent, pseudonym, record
from emergence.auth.callers import Caller
from emergence.auth.cookies import BrowserCookie
from emergence.auth.email_addresses import normalised_email
from emergence.auth.joining.add_person import address_hash
from emergence.auth.languages import DEFAULT_LANGUAGE
from emergence.auth.limit_attempts import admit
from emergence.auth.mail.letters import Letter
from emergence.auth.mail.links import link_with, page_address
from emergence.auth.mail.queue_letter import queue_letter
from emergence.auth.mail.requests import LetterRequest, asked_for, request_letter
from emergence.auth.may_join import may_join
from emergence.auth.one_time_tokens import TOKEN_BYTES, token_hash
from emergence.auth.parts import Auth
from emergence.auth.password_policy import Chooser, require_acceptable
from emergence.auth.prove_work import require_work_when_under_attack
from emergence.auth.store import identities, recipients, registrations, users
from emergence.auth.store.attempts import Allowance
from emergence.contracts.auth.by_mail import Asked
from emergence.contracts.auth.joining import Register
from emergence.contracts.auth.problems import MailOff
from emergence.kernel.storage.database import Transaction

KIND: Final = "registration"
KNOWN: Final = "registration_known"
LINK_LIFETIME = timedelta(hours=24)
PAGE = "register"
PLACE = "registration/{}"
COOKIE = "emg_register"
FROM_NETWORK = Allowance(burst=5, interval=timedelta(minutes=12), longest_wait=timedelta(hours=1))  # five an hour


async def register(auth: Auth, request: Register, caller: Caller, browser: BrowserCookie) -> Asked:
    """Mail a link that makes the account, if the address has none and may have one; its owner is told if it has.

    The same work and answer for every address. A browser keeps one secret for all its askings, so that each of the
    links that were mailed meanwhile still knows the password that was chosen with it. Raises MailOff,
    ProofOfWorkRequired, TooManyAttempts, PasswordRefused, SignInBusy.
    """
    if not auth.settings.sends_mail():
        raise MailOff()
    await require_work_when_under_attack(auth, request.altcha, caller)
    await admit(auth, {f"register:address:{caller.network()}": FROM_NETWORK})
    name, password = request.display_name.strip(), request.password.get_secret_value()
    await require_acceptable(auth, password, Chooser(request.email, name), caller)
    phc = await auth.passwords.hash(password)
    asked = {
        "email": request.email.strip(),
        "display_name": name,
        "phc": phc,
        "browser_hash": token_hash(browser.renew()).hex(),
    }
    admission = await request_letter(auth, KIND, normalised_email(request.email), caller, asked)
    return asked_for(LINK_LIFETIME, admission)


async def answer_registration(auth: Auth, tx: Transaction, request: LetterRequest) -> None:
    """Write the link to a newcomer, a warning to whoever has the address already, and nobody else."""
    await identities.take_turn(tx, [request.email_norm])
    holder = await users.find_account(tx, request.email_norm)
    if holder is not None:
        await _tell_holder(auth, tx, request)
    elif await may_join(auth, tx, request.email_norm) is not None:
        await _offer_account(auth, tx, request)
    subject = holder.user_id if holder else None
    data = {"account": pseudonym(auth, request.email_norm)}
    event = AuditEvent("account.registration_requested", None, subject, data=data)
    await record(auth, tx, event, request.caller)


async def _tell_holder(auth: Auth, tx: Transaction, request: LetterRequest) -> None:
    found = await recipients.find_active_recipient(tx, request.email_norm)
    if found is not None:
        language = found.language or request.language or DEFAULT_LANGUAGE
        values = {"link": page_address(auth, "sign-in")}
        await queue_letter(auth, tx, Letter(KNOWN, found.email, language, values, user_id=found.user_id))


async def _offer_account(auth: Auth, tx: Transaction, request: LetterRequest) -> None:
    """Keep what was asked for beside others for this address: a stranger's asking must not end the owner's."""
    token, now = secrets.token_urlsafe(TOKEN_BYTES), auth.clock.now()
    hashed, ends_at = token_hash(token), now + LINK_LIFETIME
    asked = {**request.secrets, "language": request.language}
    sealed = auth.seal.close(json.dumps(asked).encode(), PLACE.format(hashed.hex()))
    await registrations.add(tx, hashed, address_hash(request.email_norm), sealed, now, ends_at)
    values = {"link": link_with(auth, PAGE, token)}
    language = request.language or DEFAULT_LANGUAGE
    await queue_letter(auth, tx, Letter(KIND, request.secrets["email"], language, values, ends_at))
