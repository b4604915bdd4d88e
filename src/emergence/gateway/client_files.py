"""Serves the built web client: hashed assets for ever, the page itself always fresh."""

import gzip
import mimetypes
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

CLIENT_FOLDER = Path(__file__).parent / "client"
NOT_BUILT = "The web client has not been built. Run `make web` in the repository, or install a released wheel.\n"
FOR_EVER = "public, max-age=31536000, immutable"
COMPRESSIBLE = ("text/", "application/javascript", "application/json", "application/manifest+json", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class ClientFile:
    """A file of the client as it is sent; `etag` is a strong validator."""

    body: bytes
    compressed: bytes | None
    media_type: str
    cache_control: str
    etag: str


class ClientFiles:
    """Answers GET and HEAD below `/`; unknown paths without a suffix get the page, for the client's own routes."""

    def __init__(self, folder: Path = CLIENT_FOLDER) -> None:
        self._folder = folder
        self._read = lru_cache(maxsize=512)(self._read_file)

    def answer(self, request: Request) -> Response:
        """Return the file, the page, or 404."""
        if request.method not in ("GET", "HEAD"):
            return PlainTextResponse("Method Not Allowed\n", 405, {"allow": "GET, HEAD"})
        file = self._find(request.url.path)
        if file is None:
            is_built = (self._folder / "index.html").is_file()
            return PlainTextResponse("Not Found\n" if is_built else NOT_BUILT, 404 if is_built else 503)
        return _reply(request, file)

    def _find(self, path: str) -> ClientFile | None:
        name = path.lstrip("/") or "index.html"
        found = self._read_inside(name)
        if found is None and "." not in name.rsplit("/", 1)[-1]:
            return self._read_inside("index.html")
        return found

    def _read_inside(self, name: str) -> ClientFile | None:
        try:
            path = (self._folder / name).resolve()
            status = path.stat()
        except (OSError, ValueError):
            return None
        if not path.is_relative_to(self._folder.resolve()) or not path.is_file():
            return None
        return self._read(path, status.st_mtime_ns)

    def _read_file(self, path: Path, modified_ns: int) -> ClientFile:
        body = path.read_bytes()
        media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if path.suffix == ".webmanifest":
            media_type = "application/manifest+json"
        is_text = media_type.startswith(COMPRESSIBLE)
        return ClientFile(
            body=body,
            compressed=gzip.compress(body, 6, mtime=0) if is_text and len(body) > 1024 else None,
            media_type=media_type,
            cache_control=FOR_EVER if path.parent.name == "assets" else "no-cache",
            etag=f'"{modified_ns:x}-{len(body):x}"',
        )


def _reply(request: Request, file: ClientFile) -> Response:
    headers = {"cache-control": file.cache_control, "etag": file.etag, "vary": "accept-encoding"}
    if request.headers.get("if-none-match") == file.etag:
        return Response(status_code=304, headers=headers)
    body = file.body
    if file.compressed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body = file.compressed
        headers["content-encoding"] = "gzip"
    return Response(
        b"" if request.method == "HEAD" else body, 200, headers | {"content-length": str(len(body))}, file.media_type
    )
