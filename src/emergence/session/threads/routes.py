"""REST: people manage their threads; each change is told on `user:` to all of their sockets."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from emergence.contracts.session.managing import (
    QUERY_MAX_CHARACTERS,
    ChangeThread,
    CreateThread,
    DeletedThread,
    DeploymentPreview,
    OrderPins,
    PinnedThreads,
    RestorablePage,
    Retention,
    RetentionDays,
    RetentionPreview,
    SearchPage,
)
from emergence.contracts.session.problems import UnknownFolder
from emergence.contracts.session.threads import Thread, ThreadPage
from emergence.kernel.identity import no_changes_while_impersonating
from emergence.session.request_parts import Administrator, Caller, Cursor, Doer, Limit, Parts, cursor_refused
from emergence.session.store import thread_folders
from emergence.session.store.thread_management import DeletedPosition
from emergence.session.store.threads import ThreadFilter, ThreadPosition, read_threads
from emergence.session.threads.change_thread import change_thread
from emergence.session.threads.create_thread import create_thread
from emergence.session.threads.delete_thread import delete_thread, read_restorable, restore_thread
from emergence.session.threads.erase_threads import erase_deleted
from emergence.session.threads.order_pins import order_pins
from emergence.session.threads.preview_retention import preview_deployment, preview_retention
from emergence.session.threads.search_threads import hit_position, search_threads

# `:uuid` tells ids from `search` and `folders`: an address then has only the methods that it is meant to have.
router = APIRouter(prefix="/api/threads", tags=["threads"], dependencies=[Depends(no_changes_while_impersonating())])

InFolder = Annotated[UUID | Literal["none"] | None, Query(description="only of this folder, or of none")]
Words = Annotated[str, Query(max_length=QUERY_MAX_CHARACTERS, description='words, "a phrase", -unwanted, this or that')]
OfThread = Annotated[UUID | None, Query(description="only this one; null: all of the caller's")]
Days = Annotated[RetentionDays | None, Query(description="null: as the deployment and each thread say")]


@router.get("")
async def threads(
    session: Parts,
    caller: Caller,
    before: Cursor = None,
    limit: Limit = 50,
    archived: bool = False,
    folder: InFolder = None,
) -> ThreadPage:
    """Return the caller's threads that are in the archive or, as usual, are not: pinned ones first, then latest first.

    No thread comes twice because another one moved; one that moves to the front meanwhile is told live.
    """
    position = None if before is None else _thread_position(before)
    if isinstance(folder, UUID):
        async with session.database.connection() as connection:
            if not await thread_folders.hold_folder(connection, caller.user_id, folder):
                raise UnknownFolder()
    which = ThreadFilter(archived, folder)
    found = await read_threads(session.database, caller.user_id, which, position, limit + 1)
    page = found[:limit]
    return ThreadPage(threads=page, next=_cursor(page[-1]) if len(found) > limit else None)


@router.post("", status_code=201)
async def post_thread(session: Parts, caller: Doer, request: CreateThread) -> Thread:
    """Begin a thread in which nothing was said yet."""
    return await create_thread(session, caller.user_id, request)


@router.get("/search")
async def search(session: Parts, caller: Doer, q: Words, before: Cursor = None, limit: Limit = 20) -> SearchPage:
    """Find titles, questions and answers of the caller, in any form of the words; best first, then newest."""
    try:
        position = None if before is None else hit_position(before)
    except (ValueError, OverflowError):
        raise cursor_refused() from None
    return await search_threads(session, caller.user_id, q.replace("\x00", " "), position, limit)


@router.get("/deleted")
async def deleted_threads(session: Parts, caller: Caller, before: Cursor = None, limit: Limit = 50) -> RestorablePage:
    """Return the caller's deleted threads that can still be brought back, the last deleted first."""
    try:
        position = None if before is None else DeletedPosition(*_moment_and_id(*before.split("~")))
    except (TypeError, ValueError, OverflowError):
        raise cursor_refused() from None
    return await read_restorable(session, caller.user_id, position, limit)


@router.delete("/deleted/{thread_id:uuid}", status_code=204)
async def erase_one_thread(thread_id: UUID, session: Parts, caller: Doer) -> None:
    """Erase a deleted thread now: nobody can bring it back then."""
    await erase_deleted(session, caller.user_id, thread_id)


@router.get("/retention")
async def retention(session: Parts, _: Caller) -> Retention:
    """Say for how long conversations are kept here."""
    settings = session.settings
    return Retention(
        days=settings.retention_days(),
        deleted_days=settings.session_deleted_threads_kept_days,
        temporary_hours=settings.session_temporary_threads_kept_hours,
    )


@router.get("/retention/preview")
async def retention_preview(
    session: Parts, caller: Caller, days: Days = None, thread: OfThread = None
) -> RetentionPreview:
    """Say which of the caller's threads would go, and by when, if they were kept for so many days."""
    return await preview_retention(session, caller.user_id, days, thread)


@router.get("/retention/deployment")
async def deployment_preview(session: Parts, _: Administrator, days: Days = None) -> DeploymentPreview:
    """Say how much of everybody's would go with that limit for the deployment."""
    return await preview_deployment(session, days)


@router.put("/pins/order")
async def put_pin_order(session: Parts, caller: Doer, request: OrderPins) -> PinnedThreads:
    """Put pinned threads into an order; return all of them."""
    return await order_pins(session, caller.user_id, request.threads)


@router.patch("/{thread_id:uuid}")
async def patch_thread(thread_id: UUID, session: Parts, caller: Doer, request: ChangeThread) -> Thread:
    """Rename, archive, pin, file, or limit how long it is kept."""
    return await change_thread(session, caller.user_id, thread_id, request)


@router.delete("/{thread_id:uuid}")
async def delete_one_thread(thread_id: UUID, session: Parts, caller: Doer) -> DeletedThread:
    """Delete a thread and stop what runs in it; the answer says until when it can be brought back."""
    return await delete_thread(session, caller.user_id, thread_id)


@router.post("/{thread_id}/restore")
async def post_restoration(thread_id: UUID, session: Parts, caller: Doer) -> Thread:
    """Bring a deleted thread back whole."""
    return await restore_thread(session, caller.user_id, thread_id)


def _cursor(thread: Thread) -> str:
    pin = "" if thread.pin_order is None else f"{thread.pin_order}~"
    return f"{pin}{thread.updated_at.isoformat()}~{thread.id}"


def _thread_position(cursor: str) -> ThreadPosition:
    try:
        *pin, moment, thread_id = cursor.rsplit("~", 2)
        order = int(pin[0]) if pin else None
        if order is not None and abs(order) >= 2**63:
            raise ValueError("not a place")
        return ThreadPosition(order, *_moment_and_id(moment, thread_id))
    except (ValueError, OverflowError):
        raise cursor_refused() from None


def _moment_and_id(moment: str, thread_id: str) -> tuple[datetime, UUID]:
    at = datetime.fromisoformat(moment)
    if at.tzinfo is None:
        raise ValueError("not a moment")
    # Near the first and the last year only one of two zones has a name for the same moment.
    return at.astimezone(UTC), UUID(thread_id)
