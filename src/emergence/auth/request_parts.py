"""What auth's routes take from a request: the slice's parts, who asks, from where, and the cookie."""

from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Query, Request, Response

from emergence.auth.callers import Caller, asked_host, caller_of, require_same_origin
from emergence.auth.cookies import BrowserCookie, RefreshCookie, cookie_name
from emergence.auth.open_session import Grant
from emergence.auth.parts import Auth
from emergence.auth.passkeys.relying_party import RelyingParty, relying_party
from emergence.contracts.auth.networks import vouched_for
from emergence.contracts.auth.signing_in import SignedIn
from emergence.contracts.auth.values import DEVICE_COOKIE
from emergence.kernel.identity import Identity, current_identity, no_changes_while_impersonating


async def _auth(request: Request) -> Auth:
    auth: Auth = request.app.state.auth
    return auth


Parts = Annotated[Auth, Depends(_auth)]
CurrentIdentity = Annotated[Identity, Depends(current_identity)]


async def _caller(request: Request, auth: Parts) -> Caller:
    device = request.cookies.get(cookie_name(DEVICE_COOKIE, request, auth.settings))
    vouched = vouched_for(request.headers, request.app.state.service_tokens, "auth")
    return replace(caller_of(request, auth.settings, vouched), device=device)


async def _not_from_other_page(request: Request, auth: Parts) -> None:
    require_same_origin(request, auth.settings, or_no_browser=True)


async def _never_stored(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"


async def _cookie(request: Request, response: Response, auth: Parts) -> RefreshCookie:
    return RefreshCookie(auth, request, response)


async def _browser(request: Request, response: Response, auth: Parts) -> BrowserCookie:
    return BrowserCookie(auth, request, response)


async def _relying_party(request: Request, auth: Parts) -> RelyingParty | None:
    return relying_party(auth.settings, asked_host(request, auth.settings))


async def _from_own_page(request: Request, auth: Parts, cookie: Annotated[RefreshCookie, Depends(_cookie)]) -> None:
    # Without the cookie there is nothing that another page could misuse: the route says what is missing.
    require_same_origin(request, auth.settings, or_no_browser=cookie.read() is None)


Browser = Annotated[BrowserCookie, Depends(_browser)]
PartyOfRequest = Annotated[RelyingParty | None, Depends(_relying_party)]
CallerOfRequest = Annotated[Caller, Depends(_caller)]
Cursor = Annotated[str | None, Query(max_length=200, description="`next` of the page before")]
Cookie = Annotated[RefreshCookie, Depends(_cookie)]
FROM_OWN_PAGE = Depends(_from_own_page)
NOT_FROM_OTHER_PAGE = Depends(_not_from_other_page)
NEVER_STORED = Depends(_never_stored)
# Everything under /api/auth that changes something is refused to whoever looks at another's account, but these.
OPEN_WHILE_IMPERSONATING = frozenset(
    {
        "/api/auth/refresh",  # reads the administrator's own cookie
        "/api/auth/logout",
        "/api/auth/ws-ticket",
        "/api/auth/admin/impersonation/renew",
        "/api/auth/admin/impersonation/end",
    }
)
NO_CHANGES_WHILE_IMPERSONATING = Depends(no_changes_while_impersonating(OPEN_WHILE_IMPERSONATING))


def hand_out(cookie: RefreshCookie, grant: Grant) -> SignedIn:
    """Set the cookies and return the body."""
    cookie.set(grant)
    return grant.signed_in
