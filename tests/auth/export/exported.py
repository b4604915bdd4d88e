"""What a browser asks about its export, and the file that it gets."""

import asyncio
import io
from typing import Any
from zipfile import ZipFile

from tests.auth.served_auth import Browser, bearer

EXPORT, DOWNLOAD = "/api/auth/me/export", "/api/auth/me/export/download"


async def state(browser: Browser, signed_in: dict[str, Any], path: str = EXPORT) -> dict[str, Any] | None:
    answer = await browser.get(path, headers=bearer(signed_in))
    assert answer.status_code == 200, answer.text
    export: dict[str, Any] | None = answer.json()["export"]
    return export


async def until_state(browser: Browser, signed_in: dict[str, Any], wanted: str) -> dict[str, Any]:
    """Wait for the service's own loop, which a turn of the clock wakes."""
    async with asyncio.timeout(10):
        while (export := await state(browser, signed_in)) is None or export["state"] != wanted:  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0.02)
    return export


async def download(browser: Browser, signed_in: dict[str, Any], path: str = DOWNLOAD) -> ZipFile:
    answer = await browser.get(path, headers=bearer(signed_in))
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    assert int(answer.headers["content-length"]) == len(answer.content)
    archive = ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    return archive
