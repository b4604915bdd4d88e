"""Sign in with a code that is mailed, in the browser that asked for it; a second factor is asked where one is set."""

import hmac
import json
import secrets
from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.cookies import BrowserCookie, new_browser_secret
from emergence.auth.email_addresses import normalised_email
from emergence.auth.end_sign_in import end_sign_in, grant_of
from emergence.auth.languages import DEFAULT_LANGUAGE
from emergence.auth.limit_attempts import address_key, admit_attempt, note_success
from emergence.auth.mail.letters import Letter
from emergence.auth.mail.links import link_with
from emergence.auth.mail.queue_letter import queue_letter
from emergence.auth.mail.requests import LetterRequest, asked_for, request_letter
from emergence.auth.one_time_tokens import token_hash
from emergence.auth.open_session import Authentication, Grant
from emergence.auth.parts import Auth
from emergence.auth.second_factors import methods_of
from emergence.auth.second_step import FirstStep, ask_second_factor
from emergence.auth.store import letters, one_time_tokens, recipients, users
from emergence.auth.store.one_time_tokens import NewToken
from emergence.contracts.auth.by_mail import Asked, AskForLetter, LogInWithMailedCode
from emergence.contracts.auth.problems import CodeRejected
from emergence.contracts.auth.signing_in import SecondFactorNeeded
from emergence.kernel.storage.database import Transaction

KIND: Final = "magic_link"
PURPOSE: Final = "mailed_code"
LIFETIME = timedelta(minutes=10)
DIGITS, TRIES = 8, 5
COOKIE = "emg_mail"
PAGE = "magic-link"
BY_MAIL = Authentication(("email",))  # RFC 8176 has no name for it


async def request_code(auth: Auth, request: AskForLetter, caller: Caller, browser: BrowserCookie) -> Asked:
    """Mail a code to the address, if it is the primary one of somebody who may sign in. Raises MailOff.

    The browser keeps the secret of the last code that was mailed: an asking that comes too soon leaves that one good.
    """
    secret, code = new_browser_secret(), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    sealed = {"hash": token_hash(secret).hex(), "code": code, "code_hash": _code_hash(secret, code)}
    admission = await request_letter(auth, KIND, normalised_email(request.email), caller, sealed)
    if admission.is_admitted:
        browser.keep(secret)
    return asked_for(LIFETIME, admission)


async def answer_code(auth: Auth, tx: Transaction, request: LetterRequest) -> None:
    """Let the code count, and write the letter with it; for nobody's address there is one too, which lets nobody in."""
    found, now = await recipients.find_active_recipient(tx, request.email_norm), auth.clock.now()
    if found is not None:
        await one_time_tokens.withdraw_tokens(tx, found.user_id, (PURPOSE,), now)
        await letters.replace_waiting(tx, found.user_id, KIND, now)
    asked, ends_at = request.secrets, request.asked_at + LIFETIME
    data = json.dumps({"code_hash": asked["code_hash"], "email_norm": request.email_norm})
    owner = found.user_id if found else None
    await one_time_tokens.add_token(tx, NewToken(bytes.fromhex(asked["hash"]), PURPOSE, owner, now, ends_at, data))
    if found is not None:
        code = asked["code"]
        values = {"code": f"{code[:4]} {code[4:]}", "link": link_with(auth, PAGE, code)}
        language = found.language or request.language or DEFAULT_LANGUAGE
        await queue_letter(auth, tx, Letter(KIND, found.email, language, values, ends_at, found.user_id))


async def log_in_by_mail(
    auth: Auth, request: LogInWithMailedCode, caller: Caller, browser: BrowserCookie
) -> Grant | SecondFactorNeeded:
    """Open a login session for whoever gives the code in the browser that asked for it, or ask for a second factor.

    Raises CodeRejected for a wrong, used or old code, for another browser and after five tries:
    never told apart, after the same work; TooManyAttempts.
    """
    of_address, now = address_key(caller.network()), auth.clock.now()
    await admit_attempt(auth, (of_address,))
    secret = browser.read()
    hashed, given = token_hash(secret), "".join(each for each in request.code if each.isalnum())
    tried = await one_time_tokens.try_token(auth.database, hashed, PURPOSE, now, TRIES)
    is_right = tried is not None and hmac.compare_digest(tried.data["code_hash"], _code_hash(secret, given))
    if tried is None or tried.user_id is None or not is_right:
        await _note_refusal(auth, tried.user_id if tried else None, caller)
        raise CodeRejected()
    user_id, email_norm = tried.user_id, tried.data["email_norm"]
    async with auth.database.transaction() as tx:
        account = await users.hold_account(tx, user_id)
        if await one_time_tokens.consume_token(tx, hashed, PURPOSE, now) is None or not account.may_prove_itself:
            raise CodeRejected()
        await note_success(tx, address=of_address)
        await recipients.note_verified(tx, user_id, email_norm, now)
        if asked := await methods_of(tx, user_id):
            return await ask_second_factor(auth, tx, user_id, FirstStep(BY_MAIL.methods), asked)
        end = await end_sign_in(auth, tx, account, BY_MAIL, caller)
    return await grant_of(auth, end)


def _code_hash(secret: str, code: str) -> str:
    """Return what is stored of a code; without the browser's secret eight digits would soon be found."""
    return sha256(f"{secret} {code}".encode()).hexdigest()


async def _note_refusal(auth: Auth, subject: UUID | None, caller: Caller) -> None:
    data = {"methods": " ".join(BY_MAIL.methods)}
    async with auth.database.transaction() as tx:
        await record(auth, tx, AuditEvent("session.login", subject=subject, outcome="failure", data=data), caller)
