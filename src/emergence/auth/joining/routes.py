"""Routes for getting an account, and for administrators who let people in."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from emergence.auth.cookies import BrowserCookie
from emergence.auth.joining import accept_invitation as accepting
from emergence.auth.joining import allow_address as allowing
from emergence.auth.joining import invite as inviting
from emergence.auth.joining.confirm_registration import confirm_registration
from emergence.auth.joining.register import COOKIE, LINK_LIFETIME, register
from emergence.auth.request_parts import (
    NEVER_STORED,
    NOT_FROM_OTHER_PAGE,
    CallerOfRequest,
    Cookie,
    CurrentIdentity,
    Parts,
    hand_out,
)
from emergence.contracts.auth.by_mail import Asked, MailedLink
from emergence.contracts.auth.joining import (
    AcceptInvitation,
    AddressRemoved,
    AdministeredInvitations,
    AllowAddress,
    AllowedAddress,
    AllowedAddresses,
    ConfirmRegistration,
    InvitationShown,
    Invite,
    Invited,
    Register,
)
from emergence.contracts.auth.signing_in import SignedIn
from emergence.contracts.auth.values import Email

public = APIRouter(prefix="/api/auth", tags=["joining"], dependencies=[NEVER_STORED])
admin = APIRouter(prefix="/api/auth/admin", tags=["administration"], dependencies=[NEVER_STORED])


async def _browser(request: Request, response: Response, auth: Parts) -> BrowserCookie:
    return BrowserCookie(auth, request, response, COOKIE, LINK_LIFETIME)


Browser = Annotated[BrowserCookie, Depends(_browser)]


@public.post("/register", status_code=202, dependencies=[NOT_FROM_OTHER_PAGE])
async def post_registration(auth: Parts, request: Register, caller: CallerOfRequest, browser: Browser) -> Asked:
    """Ask for an account; the answer is the same for every address, and what follows comes by mail."""
    return await register(auth, request, caller, browser)


@public.post("/register/confirm", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_confirmation(
    auth: Parts, request: ConfirmRegistration, caller: CallerOfRequest, cookie: Cookie, browser: Browser
) -> SignedIn:
    """Make the account with the mailed link, which works once, and sign in."""
    return hand_out(cookie, await confirm_registration(auth, request, caller, browser))


@public.post("/invitations/show", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_show(auth: Parts, request: MailedLink) -> InvitationShown:
    """Say what an invitation offers; its link stays good."""
    return await accepting.show_invitation(auth, request)


@public.post("/invitations/accept", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_acceptance(auth: Parts, request: AcceptInvitation, caller: CallerOfRequest, cookie: Cookie) -> SignedIn:
    """Make the account that one is invited to, and sign in."""
    return hand_out(cookie, await accepting.accept_invitation(auth, request, caller))


@admin.get("/invitations")
async def get_invitations(
    auth: Parts, identity: CurrentIdentity, before: UUID | None = None
) -> AdministeredInvitations:
    """List invitations, the latest first."""
    return await inviting.list_invitations(auth, identity, before)


@admin.post("/invitations", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_invitation(auth: Parts, identity: CurrentIdentity, request: Invite, caller: CallerOfRequest) -> Invited:
    """Invite somebody; the link is mailed, or returned to hand over where nothing is mailed."""
    return await inviting.invite(auth, identity, request, caller)


@admin.post("/invitations/{invitation_id}/resend", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_resending(
    auth: Parts, identity: CurrentIdentity, invitation_id: UUID, caller: CallerOfRequest
) -> Invited:
    """Send another link, which ends the one before."""
    return await inviting.resend_invitation(auth, identity, invitation_id, caller)


@admin.delete("/invitations/{invitation_id}", status_code=204, dependencies=[NOT_FROM_OTHER_PAGE])
async def delete_invitation(
    auth: Parts, identity: CurrentIdentity, invitation_id: UUID, caller: CallerOfRequest
) -> None:
    """Withdraw an invitation."""
    await inviting.revoke_invitation(auth, identity, invitation_id, caller)


@admin.get("/allowlist")
async def get_allowlist(
    auth: Parts,
    identity: CurrentIdentity,
    after: Annotated[str, Query(max_length=254, pattern=r"^[^\x00]*$")] = "",
) -> AllowedAddresses:
    """List the addresses that may make an account by themselves."""
    return await allowing.list_allowed(auth, identity, after)


@admin.post("/allowlist", dependencies=[NOT_FROM_OTHER_PAGE])
async def post_allowed(
    auth: Parts, identity: CurrentIdentity, request: AllowAddress, caller: CallerOfRequest
) -> AllowedAddress:
    """Let whoever owns an address make an account."""
    return await allowing.allow_address(auth, identity, request, caller)


@admin.delete("/allowlist", dependencies=[NOT_FROM_OTHER_PAGE])
async def delete_allowed(
    auth: Parts, identity: CurrentIdentity, email: Annotated[Email, Query()], caller: CallerOfRequest
) -> AddressRemoved:
    """Take an address from the list; an account that has it stays."""
    return await allowing.disallow_address(auth, identity, email, caller)
