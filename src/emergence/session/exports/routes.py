"""REST: people take their conversations with them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from emergence.contracts.session.carrying import ExportFormat
from emergence.kernel.errors import ForbiddenWhileImpersonating
from emergence.kernel.wire.languages import AskedLanguage
from emergence.session.exports.file_name import stem_of
from emergence.session.exports.read_pieces import begin_reading
from emergence.session.exports.streamed_file import StreamedFile, saved_as
from emergence.session.exports.write_archive import archive_of
from emergence.session.exports.write_json import json_of
from emergence.session.exports.write_markdown import markdown_of
from emergence.session.exports.write_pdf import pdf_of
from emergence.session.request_parts import Doer, Parts

router = APIRouter(prefix="/api/threads", tags=["threads"])

As = Annotated[ExportFormat, Query(alias="format", description="json is our own and loses nothing")]


@router.get("/export", response_class=Response, responses={200: {"content": {"application/zip": {}}}})
async def export_all(session: Parts, caller: Doer) -> Response:
    """Return all of the caller's conversations as one ZIP file, each in our own format. Not for administrators."""
    if caller.impersonator_id is not None:
        raise ForbiddenWhileImpersonating()
    at = session.clock.now()
    name = f"emergence-conversations-{at:%Y-%m-%d}.zip"
    return StreamedFile(archive_of(session, caller.user_id, at), name, "application/zip")


@router.get(
    "/{thread_id:uuid}/export",
    response_class=Response,
    responses={200: {"content": {"application/json": {}, "text/markdown": {}, "application/pdf": {}}}},
)
async def export_thread(
    thread_id: UUID, session: Parts, caller: Doer, language: AskedLanguage, as_: As = "json"
) -> Response:
    """Return one of the caller's conversations as a file."""
    thread = await begin_reading(session, caller.user_id, thread_id)
    stem, at = stem_of(thread.head.title), session.clock.now()
    if as_ == "markdown":
        return StreamedFile(markdown_of(session, thread, at, language), f"{stem}.md", "text/markdown; charset=utf-8")
    if as_ == "pdf":
        content = await pdf_of(session, thread, at, language)
        return Response(content, media_type="application/pdf", headers=saved_as(f"{stem}.pdf"))
    return StreamedFile(json_of(session, thread, at), f"{stem}.json", "application/json")
