"""An administrator who looks at somebody's account, as tests begin it."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from emergence.auth.store.audit import AuditRow
from tests.auth.audited import rows_about
from tests.auth.served_auth import Browser, ServedAuth, bearer

REASON = "they asked why a conversation is missing"
RENEW, END = "/api/auth/admin/impersonation/renew", "/api/auth/admin/impersonation/end"


@dataclass
class Look:
    """An administrator who looks at Eve's account; `token` belongs to that."""

    served: ServedAuth
    browser: Browser
    ada: dict[str, Any]
    eve_browser: Browser
    eve: dict[str, Any]
    token: dict[str, Any]

    async def is_over(self) -> bool:
        answer = await self.browser.get("/api/auth/session", headers=bearer(self.token))
        return answer.status_code == 401

    async def audited(self) -> list[AuditRow]:
        """Return what was written of the impersonation itself, oldest first."""
        rows = await rows_about(self.served.auth.database, UUID(self.eve["user_id"]), None, 50)
        return [row for row in reversed(rows) if row.session_id == UUID(self.token["session_id"])]


async def begin(browser: Browser, administrator: dict[str, Any], user: str, reason: object = REASON) -> Any:
    return await browser.post(
        f"/api/auth/admin/users/{user}/impersonate",
        content=json.dumps({"reason": reason}),  # escaped: a test sends half a character
        headers={"content-type": "application/json", **bearer(administrator)},
    )


async def looking(served: ServedAuth) -> Look:
    browser, ada = await served.claimed()
    eve_browser, eve = await served.person("eve@example.org")
    answer = await begin(browser, ada, eve["user_id"])
    assert answer.status_code == 200, answer.text
    return Look(served, browser, ada, eve_browser, eve, answer.json())
