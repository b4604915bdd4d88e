"""One question over HTTP, of which everything but a good answer is an exception."""

from typing import Any

import aiohttp

Json = dict[str, Any]


class Refused(Exception):
    """Auth or a service answered with something else than 200."""


async def ask_over_http(
    http: aiohttp.ClientSession, method: str, url: str, body: Json | None, token: str | None = None
) -> Json:
    """Return the document of a 200. Raises Refused, and what aiohttp raises."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    async with http.request(method, url, json=body, headers=headers) as reply:
        if reply.status != 200:
            raise Refused(f"{method} {url}: {reply.status} {await reply.text()}")
        document: Json = await reply.json()
        return document
