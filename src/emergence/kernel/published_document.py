"""A document that says the same to everybody: encoded once, and not sent again to whoever has it already."""

from dataclasses import dataclass
from hashlib import sha256

from fastapi import Request, Response


@dataclass(frozen=True, slots=True)
class PublishedDocument:
    """A JSON document as it is sent; `etag` is a strong validator."""

    body: bytes
    etag: str

    def answer(self, request: Request, max_age_s: int) -> Response:
        """Return the document for caches to keep, or 304 where the asker's copy is the same."""
        headers = {"Cache-Control": f"public, max-age={max_age_s}", "ETag": self.etag}
        held = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
        if self.etag in held or held == {"*"}:
            return Response(status_code=304, headers=headers)
        return Response(self.body, media_type="application/json", headers=headers)


def published_document(body: bytes) -> PublishedDocument:
    """Return `body` as it is published."""
    return PublishedDocument(body, f'"{sha256(body).hexdigest()[:32]}"')
