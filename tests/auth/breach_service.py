"""A breach service on loopback that answers what a test scripts, and keeps what it was asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web


@dataclass
class BreachService:
    """`answer` is the body; `status` and `delay_s` make it fail."""

    answer: str = ""
    status: int = 200
    delay_s: float = 0.0
    address: str = ""
    asked: list[tuple[str, str | None]] = field(default_factory=list)

    async def handle(self, request: web.Request) -> web.Response:
        self.asked.append((request.path, request.headers.get("Add-Padding")))
        await asyncio.sleep(self.delay_s)
        headers = {"location": f"{self.address}/elsewhere"} if self.status in (301, 302) else None
        return web.Response(text=self.answer, status=self.status, headers=headers)


@asynccontextmanager
async def breach_service() -> AsyncIterator[BreachService]:
    service = BreachService()
    app = web.Application()
    app.router.add_get("/{path:.*}", service.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        service.address = f"http://127.0.0.1:{runner.addresses[0][1]}/range"
        yield service
    finally:
        await runner.cleanup()
