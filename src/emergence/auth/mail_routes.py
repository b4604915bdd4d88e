"""Routes for what goes by mail: forgotten passwords, verified and changed addresses, mailed codes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from emergence.auth.change_email import confirm_change, request_change
from emergence.auth.cookies import BrowserCookie
from emergence.auth.log_in_by_mail import COOKIE, LIFETIME, log_in_by_mail, request_code
from emergence.auth.request_parts import (
    NEVER_STORED,
    NOT_FROM_OTHER_PAGE,
    CallerOfRequest,
    Cookie,
    CurrentIdentity,
    Parts,
    hand_out,
)
from emergence.auth.reset_password import request_reset, reset_password
from emergence.auth.undo_email_change import undo_change
from emergence.auth.verify_email import read_email, request_verification, verify_email
from emergence.contracts.auth.by_mail import (
    Asked,
    AskForLetter,
    EmailState,
    LogInWithMailedCode,
    MailedLink,
    ResetPassword,
)
from emergence.contracts.auth.signing_in import SecondFactorNeeded, SignedIn

public = APIRouter(prefix="/api/auth", tags=["mail"], dependencies=[NEVER_STORED])


async def _browser(request: Request, response: Response, auth: Parts) -> BrowserCookie:
    return BrowserCookie(auth, request, response, COOKIE, LIFETIME)


Browser = Annotated[BrowserCookie, Depends(_browser)]


@public.post("/request-password-reset", status_code=202, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_reset_request(auth: Parts, request: AskForLetter, caller: CallerOfRequest) -> Asked:
    """Mail a link for choosing a new password; the answer is the same for every address."""
    return await request_reset(auth, request, caller)


@public.post("/reset-password", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_reset(auth: Parts, request: ResetPassword, caller: CallerOfRequest) -> None:
    """Choose a new password with a mailed link, which works once; all sessions end."""
    await reset_password(auth, request, caller)


@public.get("/email")
async def get_email(auth: Parts, identity: CurrentIdentity) -> EmailState:
    """Return the caller's address and whether it is verified."""
    return await read_email(auth, identity)


@public.post("/verify-email/request", status_code=202, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_verification_request(auth: Parts, identity: CurrentIdentity, caller: CallerOfRequest) -> Asked:
    """Mail a link that verifies the caller's address."""
    return await request_verification(auth, identity, caller)


@public.post("/verify-email", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_verification(auth: Parts, request: MailedLink, caller: CallerOfRequest) -> None:
    """Verify an address with the link that was mailed to it."""
    await verify_email(auth, request, caller)


@public.post("/email/change", status_code=202, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_change(auth: Parts, identity: CurrentIdentity, request: AskForLetter, caller: CallerOfRequest) -> Asked:
    """Mail a link to the address that the caller wants to use from now on."""
    return await request_change(auth, identity, request, caller)


@public.post("/email/confirm", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_confirmation(auth: Parts, request: MailedLink, caller: CallerOfRequest) -> None:
    """Use the new address from now on; other sessions end, and the old address is told."""
    await confirm_change(auth, request, caller)


@public.post("/email/undo", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_undoing(auth: Parts, request: MailedLink, caller: CallerOfRequest) -> None:
    """Go back to the address before a change; all sessions end, and a new password is asked for by mail."""
    await undo_change(auth, request, caller)


@public.post("/magic-link", status_code=202, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_code_request(auth: Parts, request: AskForLetter, caller: CallerOfRequest, browser: Browser) -> Asked:
    """Mail a code for signing in; the answer is the same for every address."""
    return await request_code(auth, request, caller, browser)


@public.post("/magic-link/login", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_mailed_code(
    auth: Parts, request: LogInWithMailedCode, caller: CallerOfRequest, cookie: Cookie, browser: Browser
) -> SignedIn | SecondFactorNeeded:
    """Sign in with a mailed code; where a second factor is set, its code is asked for next."""
    outcome = await log_in_by_mail(auth, request, caller, browser)
    return outcome if isinstance(outcome, SecondFactorNeeded) else hand_out(cookie, outcome)
