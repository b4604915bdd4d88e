"""Routes of signing in with a provider, and of the accounts there that are linked to one's own."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from emergence.auth.cookies import BrowserCookie
from emergence.auth.oidc.begin_sign_in import LIFETIME, begin_linking, begin_sign_in
from emergence.auth.oidc.finish_sign_in import finish_sign_in
from emergence.auth.oidc.hand_over import hand_over
from emergence.auth.oidc.log_out_by_provider import log_out_by_provider
from emergence.auth.oidc.my_identities import list_my_identities, unlink_identity
from emergence.auth.request_parts import (
    NEVER_STORED,
    NOT_FROM_OTHER_PAGE,
    CallerOfRequest,
    Cookie,
    CurrentIdentity,
    Parts,
)
from emergence.contracts.auth.providers import (
    BeginLinking,
    BeginProviderSignIn,
    HandOver,
    Identities,
    ProviderSignInBegun,
)
from emergence.contracts.auth.signing_in import SecondFactorNeeded
from emergence.contracts.auth.values import OIDC_COOKIE

public = APIRouter(prefix="/api/auth", tags=["auth"], dependencies=[NEVER_STORED])
account = APIRouter(prefix="/api/auth", tags=["account"], dependencies=[NEVER_STORED])


async def _browser(request: Request, response: Response, auth: Parts) -> BrowserCookie:
    return BrowserCookie(auth, request, response, OIDC_COOKIE, LIFETIME, same_site="lax")


Browser = Annotated[BrowserCookie, Depends(_browser)]


@public.post("/oidc/{provider}/start", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_start(
    auth: Parts, provider: str, request: BeginProviderSignIn, caller: CallerOfRequest, browser: Browser
) -> ProviderSignInBegun:
    """Begin to sign in with a provider; the browser then goes to the address that comes back."""
    location = await begin_sign_in(auth, provider, request, browser.renew(), caller)
    return ProviderSignInBegun(location=location)


@public.get("/oidc/{provider}/callback", status_code=303, response_class=RedirectResponse)
async def get_callback(
    auth: Parts, provider: str, request: Request, caller: CallerOfRequest, cookie: Cookie, browser: Browser
) -> str:
    """Take somebody back from a provider; whatever happened, they land on a page that says so."""
    landing = await finish_sign_in(auth, provider, request.query_params.multi_items(), browser.read(), caller)
    if landing.grant is not None:
        cookie.set(landing.grant)
    if landing.is_over:
        browser.clear()
    return landing.location


@public.post("/oidc/handover", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_handover(auth: Parts, request: HandOver) -> SecondFactorNeeded:
    """Go on with a sign-in for which a second factor is asked."""
    return await hand_over(auth, request.token.get_secret_value())


@public.post("/oidc/{provider}/backchannel-logout", status_code=200)
async def post_logout_token(auth: Parts, provider: str, request: Request, caller: CallerOfRequest) -> None:
    """Hear from a provider that somebody signed out there."""
    await log_out_by_provider(auth, provider, await request.body(), caller)


@account.get("/identities")
async def get_identities(auth: Parts, identity: CurrentIdentity) -> Identities:
    """List the accounts at providers that sign the caller in."""
    return await list_my_identities(auth, identity)


@account.post("/identities", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_linking(
    auth: Parts, identity: CurrentIdentity, request: BeginLinking, caller: CallerOfRequest, browser: Browser
) -> ProviderSignInBegun:
    """Begin to link an account at a provider to the caller's."""
    location = await begin_linking(auth, identity, request.provider, browser.renew(), caller)
    return ProviderSignInBegun(location=location)


@account.delete("/identities/{identity_id}", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def delete_identity(auth: Parts, identity: CurrentIdentity, identity_id: UUID, caller: CallerOfRequest) -> None:
    """Unlink an account at a provider."""
    await unlink_identity(auth, identity, identity_id, caller)
