"""Auth's routes: what arrives over HTTP, handed to one behaviour each."""

from fastapi import APIRouter, Request

from emergence.auth.callers import require_same_origin
from emergence.auth.claim_administrator import claim_administrator, read_setup
from emergence.auth.dev_login import dev_login
from emergence.auth.impersonate import end_impersonation
from emergence.auth.issue_ticket import issue_ticket
from emergence.auth.log_in import log_in
from emergence.auth.log_in_as_owner import log_in_as_owner
from emergence.auth.log_in_with_code import log_in_with_code
from emergence.auth.log_out import log_out
from emergence.auth.prove_work import new_challenge
from emergence.auth.read_session import read_session
from emergence.auth.refresh import refresh
from emergence.auth.request_parts import (
    FROM_OWN_PAGE,
    NEVER_STORED,
    NOT_FROM_OTHER_PAGE,
    CallerOfRequest,
    Cookie,
    CurrentIdentity,
    Parts,
    PartyOfRequest,
    hand_out,
)
from emergence.auth.settings import AuthSettings
from emergence.contracts.auth.signing_in import (
    ClaimAdministrator,
    DevLogIn,
    LogIn,
    LoginSession,
    LogInWithCode,
    OwnerLogIn,
    SecondFactorNeeded,
    SetupState,
    SignedIn,
    Ticket,
    WorkChallenge,
)
from emergence.kernel.errors import Forbidden
from emergence.kernel.identity import identity_if_any

public = APIRouter(prefix="/api/auth", tags=["auth"], dependencies=[NEVER_STORED])


@public.get("/setup")
async def get_setup(auth: Parts, cookie: Cookie, party: PartyOfRequest) -> SetupState:
    """Say whether there is an administrator, how the first one is made, and how one may sign in."""
    return await read_setup(auth, party, has_refresh_token=cookie.read() is not None)


@public.post("/setup", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_setup(auth: Parts, request: ClaimAdministrator, caller: CallerOfRequest, cookie: Cookie) -> SignedIn:
    """Create the first administrator and sign them in."""
    return hand_out(cookie, await claim_administrator(auth, request, caller))


@public.post("/login", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_login(
    auth: Parts, request: LogIn, caller: CallerOfRequest, cookie: Cookie
) -> SignedIn | SecondFactorNeeded:
    """Sign in with a password; where a second factor is set, its code is asked for next."""
    outcome = await log_in(auth, request, caller)
    return outcome if isinstance(outcome, SecondFactorNeeded) else hand_out(cookie, outcome)


@public.get("/challenge")
async def get_challenge(auth: Parts) -> WorkChallenge:
    """Return a proof of work to do, for what refuses with `proof_of_work_required`."""
    return new_challenge(auth)


@public.post("/login/mfa", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_code(auth: Parts, request: LogInWithCode, caller: CallerOfRequest, cookie: Cookie) -> SignedIn:
    """Give the code that the first step asked for."""
    return hand_out(cookie, await log_in_with_code(auth, request, caller))


@public.post("/refresh", dependencies=[FROM_OWN_PAGE])
async def post_refresh(auth: Parts, caller: CallerOfRequest, cookie: Cookie) -> SignedIn:
    """Exchange the refresh cookie for new tokens."""
    return hand_out(cookie, await refresh(auth, cookie.read(), caller))


@public.post("/logout", status_code=204)
async def post_logout(auth: Parts, request: Request, caller: CallerOfRequest, cookie: Cookie) -> None:
    """Sign out of this login session. Idempotent."""
    identity = await identity_if_any(request)
    require_same_origin(request, auth.settings, or_no_browser=identity is not None or cookie.read() is None)
    if identity is not None and identity.impersonator_id is not None:  # the cookie is the administrator's own
        await end_impersonation(auth, identity, caller)
        return
    await log_out(auth, identity, cookie.read(), caller)
    cookie.clear()


@public.get("/session")
async def get_session(auth: Parts, identity: CurrentIdentity) -> LoginSession:
    """Return the caller's login session."""
    return await read_session(auth, identity)


@public.post("/ws-ticket", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_ticket(auth: Parts, identity: CurrentIdentity, request: Request) -> Ticket:
    """Return a ticket that opens one socket from the same origin."""
    return await issue_ticket(auth, identity, request.headers.get("origin"))


def optional_routes(settings: AuthSettings) -> APIRouter:
    """Return the routes that exist only where they were asked for."""
    router = APIRouter(prefix="/api/auth", tags=["auth"], dependencies=[NEVER_STORED, NOT_FROM_OTHER_PAGE])
    if settings.offers_dev_login():
        router.add_api_route("/dev/login", _post_dev_login, methods=["POST"])
    if settings.auth_owner_credential_file is not None:
        router.add_api_route("/owner/login", _post_owner_login, methods=["POST"])
    return router


async def _post_dev_login(auth: Parts, request: DevLogIn, caller: CallerOfRequest, cookie: Cookie) -> SignedIn:
    """Sign in without a password; development only."""
    return hand_out(cookie, await dev_login(auth, request, caller))


async def _post_owner_login(auth: Parts, request: OwnerLogIn, caller: CallerOfRequest) -> SignedIn:
    """Sign in as the machine's owner, from the machine itself; there is no cookie, signing in again is as easy."""
    file = auth.settings.auth_owner_credential_file
    if file is None:
        raise Forbidden()
    return (await log_in_as_owner(auth, file, request, caller)).signed_in
