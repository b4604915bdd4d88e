"""Make the account that was asked for, by the link that was mailed to its address, and sign in."""

import hmac
import json
from dataclasses import dataclass

from emergence.auth.audit import AuditEvent, record
from emergence.auth.callers import Caller
from emergence.auth.cookies import BrowserCookie
from emergence.auth.email_addresses import normalised_email
from emergence.auth.end_sign_in import end_sign_in, grant_of
from emergence.auth.joining.add_person import Newcomer, add_person
from emergence.auth.joining.register import PLACE
from emergence.auth.log_in_by_mail import BY_MAIL
from emergence.auth.may_join import may_join
from emergence.auth.one_time_tokens import token_hash
from emergence.auth.open_session import Grant
from emergence.auth.parts import Auth
from emergence.auth.password_policy import Chooser, require_acceptable
from emergence.auth.store import identities, registrations
from emergence.contracts.auth.joining import ConfirmRegistration
from emergence.contracts.auth.joining_problems import PasswordNeeded
from emergence.contracts.auth.problems import LinkInvalid
from emergence.contracts.auth.values import Language
from emergence.kernel.sealing import SealBroken


@dataclass(frozen=True, slots=True)
class _Asked:
    """What somebody asked for who may or may not own the address."""

    email: str
    display_name: str
    phc: str
    browser_hash: str
    language: Language | None


async def confirm_registration(
    auth: Auth, request: ConfirmRegistration, caller: Caller, browser: BrowserCookie
) -> Grant:
    """Make the account and open its first session.

    The password that was chosen with the asking counts only in the browser that asked: otherwise a stranger who
    registers somebody else's address in advance would know the password of what its owner then confirms.
    Raises LinkInvalid, EmailTaken; PasswordNeeded in another browser, PasswordRefused (the link then stays good).
    """
    hashed = token_hash(request.token.get_secret_value())
    asked = await _find(auth, hashed)
    phc = await _password_hash(auth, request, asked, caller, browser)
    email_norm, now = normalised_email(asked.email), auth.clock.now()
    async with auth.database.transaction() as tx:
        await identities.take_turn(tx, [email_norm])
        role = await may_join(auth, tx, email_norm)
        if not await registrations.take(tx, hashed, now) or role is None:  # the leave may be gone since
            raise LinkInvalid()
        newcomer = Newcomer(asked.email, asked.display_name, role, True, asked.language or caller.language, phc)
        account = await add_person(auth, tx, newcomer)
        event = AuditEvent("account.registered", account.user_id, account.user_id, data={"role": role.value})
        await record(auth, tx, event, caller)
        end = await end_sign_in(auth, tx, account, BY_MAIL, caller)
    return await grant_of(auth, end)


async def _find(auth: Auth, hashed: bytes) -> _Asked:
    sealed = await registrations.find(auth.database, hashed, auth.clock.now())
    if sealed is None:  # before any work is done for it
        raise LinkInvalid()
    try:
        return _Asked(**json.loads(auth.seal.open(sealed, PLACE.format(hashed.hex()))))
    except SealBroken:  # written under another AUTH_JWT_SECRET
        raise LinkInvalid() from None


async def _password_hash(
    auth: Auth, request: ConfirmRegistration, asked: _Asked, caller: Caller, browser: BrowserCookie
) -> str:
    if request.password is not None:
        password = request.password.get_secret_value()
        await require_acceptable(auth, password, Chooser(asked.email, asked.display_name), caller)
        return await auth.passwords.hash(password)
    if not hmac.compare_digest(token_hash(browser.read()).hex(), asked.browser_hash):
        raise PasswordNeeded()
    return asked.phc
