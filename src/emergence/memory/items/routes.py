"""REST: what is remembered, each only to the person whose it is."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from emergence.contracts.memory.items import (
    IN_A_LINE,
    AboutToForget,
    ChangeItem,
    Forget,
    ForgetPreview,
    Forgotten,
    Found,
    Item,
    ItemHistory,
    ItemKind,
    Items,
    ItemState,
    MemoryChoices,
    MemoryState,
    WriteItem,
)
from emergence.contracts.memory.turns import AskedTurn, KeptTurns
from emergence.kernel.errors import InvalidRequest
from emergence.kernel.identity import Identity, current_identity, not_while_impersonating
from emergence.kernel.wire.languages import AskedLanguage
from emergence.memory.items import look
from emergence.memory.items.export import Format, export_json, export_markdown
from emergence.memory.items.forget import forget, forget_item, forget_turn, preview_forgetting
from emergence.memory.items.search import search_memory
from emergence.memory.items.write import change_item, write_item
from emergence.memory.parts import Memory
from emergence.memory.store.items import ItemPosition
from emergence.memory.store.turns import TurnPosition, page_of_turns

TURNS_AT_ONCE = 50
PAGE_MAX = 200
FOUND_MAX = 50
MEDIA_TYPES: dict[Format, tuple[str, str]] = {
    "json": ("application/json", "memory.json"),
    "markdown": ("text/markdown; charset=utf-8", "memory.md"),
}


AS_FILE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A file.", "content": {"application/json": {}, "text/markdown": {}}}
}


async def memory_parts(request: Request) -> Memory:
    """Return the service's parts."""
    memory: Memory = request.app.state.memory
    return memory


Parts = Annotated[Memory, Depends(memory_parts)]
Caller = Annotated[Identity, Depends(current_identity)]


async def _writer(memory: Parts, caller: Caller) -> Identity:
    """Return who writes. Raises TooManyWrites."""
    memory.write_pace.admit(caller.user_id)
    return caller


Writer = Annotated[Identity, Depends(_writer)]
Ids = Annotated[list[UUID] | None, Query(alias="id", max_length=TURNS_AT_ONCE, description="ids of messages")]
After = Annotated[str | None, Query(max_length=100, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=PAGE_MAX)]
Words = Annotated[str, Query(alias="q", min_length=1, max_length=500, pattern=IN_A_LINE)]

public = APIRouter(prefix="/api/memory", tags=["memory"], dependencies=[Depends(not_while_impersonating)])


@public.get("/state")
async def state(memory: Parts, caller: Caller) -> MemoryState:
    """Return how much is kept of the caller, and what they chose."""
    return await look.memory_state(memory, caller.user_id)


@public.put("/choices")
async def put_choices(choices: MemoryChoices, memory: Parts, caller: Caller) -> MemoryState:
    """Choose whether anything is remembered, and whether agents may bring something up unasked."""
    return await look.choose(memory, caller.user_id, choices)


@public.get("/items")
async def get_items(
    memory: Parts,
    caller: Caller,
    kind: ItemKind | None = None,
    state: ItemState = "active",
    after: After = None,
    limit: Limit = 50,
) -> Items:
    """Return a page of what memory made of what the caller said, or they wrote."""
    page, end = await look.list_items(
        memory, caller.user_id, kind=kind, state=state, after=_item_position(after), limit=limit
    )
    return Items(items=page, next=None if end is None else f"{int(end.pinned)}~{end.recorded_at.isoformat()}~{end.id}")


@public.post("/items", status_code=201)
async def post_item(written: WriteItem, memory: Parts, caller: Writer) -> Item:
    """Write something into the caller's memory."""
    return await write_item(memory, caller.user_id, written)


@public.get("/items/{item_id}")
async def get_item(item_id: UUID, memory: Parts, caller: Caller) -> ItemHistory:
    """Return an item with everything that is known of it."""
    return await look.item_history(memory, caller.user_id, item_id)


@public.patch("/items/{item_id}")
async def patch_item(item_id: UUID, change: ChangeItem, memory: Parts, caller: Writer) -> Item:
    """Correct an item, which makes a new version with an id of its own, or pin it."""
    return await change_item(memory, caller.user_id, item_id, change)


@public.delete("/items/{item_id}", status_code=204)
async def delete_item(item_id: UUID, memory: Parts, caller: Caller) -> None:
    """Forget an item for good, with its versions, its sources in memory, and summaries of them."""
    await forget_item(memory, caller.user_id, item_id)


@public.get("/search")
async def search(
    words: Words,
    memory: Parts,
    caller: Caller,
    kind: ItemKind | None = None,
    limit: Annotated[int, Query(ge=1, le=FOUND_MAX)] = 20,
) -> Found:
    """Return what fits, by words and by meaning; with a kind items of that one alone."""
    async with memory.questions.of(caller.user_id):
        return await search_memory(memory, caller.user_id, words, kind, limit)


@public.post("/forget/preview")
async def preview(about: AboutToForget, memory: Parts, caller: Caller) -> ForgetPreview:
    """Return what would be forgotten of a subject; nothing is."""
    async with memory.questions.of(caller.user_id):
        return await preview_forgetting(memory, caller.user_id, about.about)


@public.post("/forget")
async def post_forget(what: Forget, memory: Parts, caller: Caller) -> Forgotten:
    """Forget these items and turns for good."""
    return await forget(memory, caller.user_id, what)


@public.get("/turns")
async def kept_turns(
    memory: Parts, caller: Caller, ids: Ids = None, after: After = None, limit: Limit = TURNS_AT_ONCE
) -> KeptTurns:
    """Return those of the caller's turns that are still kept: the named ones, or else a page of all."""
    if ids:
        return KeptTurns(turns=await look.asked_turns(memory, caller.user_id, ids))
    async with memory.rows.of(caller.user_id) as tx:
        found = await page_of_turns(tx, caller.user_id, _turn_position(after), limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    page = [AskedTurn(**turn.model_dump()) for turn in found[:limit]]
    return KeptTurns(turns=page, next=None if last is None else f"{last.said_at.isoformat()}~{last.message}")


@public.delete("/turns/{message_id}", status_code=204)
async def delete_turn(message_id: UUID, memory: Parts, caller: Caller) -> None:
    """Forget one of the caller's turns for good; the message itself stays in its thread."""
    await forget_turn(memory, caller.user_id, message_id)


@public.get("/export", response_class=StreamingResponse, responses=AS_FILE)
async def export(
    memory: Parts,
    caller: Caller,
    language: AskedLanguage,
    format: Format = "json",  # noqa: A002 - the name in the address
) -> StreamingResponse:
    """Download everything that is remembered."""
    media_type, name = MEDIA_TYPES[format]
    parts = (
        export_json(memory, caller.user_id) if format == "json" else export_markdown(memory, caller.user_id, language)
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(parts, media_type=media_type, headers=headers)


def _item_position(after: str | None) -> ItemPosition | None:
    if after is None:
        return None
    try:
        pinned, moment, item_id = after.split("~")
        return ItemPosition(bool(int(pinned)), _moment(moment), UUID(item_id))
    except (ValueError, OverflowError):
        raise _refused() from None


def _turn_position(after: str | None) -> TurnPosition | None:
    if after is None:
        return None
    try:
        moment, message_id = after.split("~")
        return TurnPosition(_moment(moment), UUID(message_id))
    except (ValueError, OverflowError):
        raise _refused() from None


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("not a moment")
    return at.astimezone(UTC)


def _refused() -> InvalidRequest:
    place = {"place": "query.after", "reason": "is not the `next` of a page"}
    return InvalidRequest("`after` must be the `next` of an earlier page.", members={"errors": [place]})
