"""REST: links to conversations, made by their people and read by anybody."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from emergence.contracts.auth.networks import FORWARDED, address_of, counted_by, vouched_for
from emergence.contracts.auth.own_pages import require_own_page
from emergence.contracts.session.problems import TooManyReads
from emergence.contracts.session.sharing import (
    CopyShared,
    NewShare,
    ReadShared,
    Share,
    SharedConversation,
    Shares,
    ShareThread,
)
from emergence.contracts.session.threads import Thread
from emergence.kernel.identity import no_changes_while_impersonating
from emergence.session.request_parts import Caller, Doer, Parts
from emergence.session.shares import share_thread as shares
from emergence.session.shares.copy_shared import copy_shared
from emergence.session.shares.read_shared import read_shared

router = APIRouter(prefix="/api/threads", tags=["shares"], dependencies=[Depends(no_changes_while_impersonating())])
public = APIRouter(prefix="/api/shared", tags=["shares"], dependencies=[Depends(no_changes_while_impersonating())])

OfThread = Annotated[UUID | None, Query(description="only of this one; null: of all of the caller's")]


@router.get("/shares")
async def get_shares(session: Parts, caller: Caller, thread: OfThread = None) -> Shares:
    """Return the caller's links that lead somewhere, without their tokens, which nobody has but who was given them."""
    return await shares.read_shares(session, caller.user_id, thread)


@router.post("/{thread_id:uuid}/share", status_code=201)
async def post_share(thread_id: UUID, session: Parts, caller: Doer, request: ShareThread) -> NewShare:
    """Make a link to what has been said so far; only this answer has its token."""
    return await shares.share_thread(session, caller.user_id, thread_id, request)


@router.post("/shares/{share_id:uuid}/update")
async def post_share_update(share_id: UUID, session: Parts, caller: Doer) -> Share:
    """Let a link show what has been said since."""
    return await shares.update_share(session, caller.user_id, share_id)


@router.delete("/shares/{share_id:uuid}", status_code=204)
async def delete_share(share_id: UUID, session: Parts, caller: Doer) -> None:
    """Revoke a link: it leads nowhere from now on."""
    await shares.revoke_share(session, caller.user_id, share_id)


async def _reader(request: Request, session: Parts) -> None:
    """Let a reader on whose network does not ask too much. Raises TooManyReads, CrossSiteRequest."""
    require_own_page(request.headers, _is_nobody, or_no_browser=True)
    forwarded = ",".join(request.headers.getlist(FORWARDED))
    peer = request.client.host if request.client else ""
    hops = session.settings.auth_trusted_hops
    vouched = vouched_for(request.headers, request.app.state.service_tokens, "session") if hops else None
    if not session.reads.admits(counted_by(vouched or address_of(forwarded, peer, hops))):
        raise TooManyReads(headers={"Retry-After": str(session.reads.retry_after_s)})


def _is_nobody(_: str) -> bool:
    """Refuse browsers that say their page's origin and nothing more: none that runs our pages does."""
    return False


@public.post("", dependencies=[Depends(_reader)])
async def post_shared(session: Parts, asked: ReadShared, response: Response) -> SharedConversation:
    """Return a page of what a link shows, to whoever has its token."""
    response.headers["x-robots-tag"] = "noindex, nofollow, noarchive"
    response.headers["referrer-policy"] = "no-referrer"
    return await read_shared(session, asked)


@public.post("/copy", status_code=201, dependencies=[Depends(_reader)])
async def post_copy(session: Parts, caller: Doer, asked: CopyShared) -> Thread:
    """Copy what a link shows into the caller's account; the same twice is one copy."""
    return await copy_shared(session, caller.user_id, asked)
