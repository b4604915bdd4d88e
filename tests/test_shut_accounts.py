"""What somebody showed to strangers is withdrawn by the service that shows it, once auth has shut their account."""

import asyncio

import httpx2
import pytest

from emergence.contracts.auth.values import Role
from tests.deployed_pair import Pair, bearer, deployed_pair

SAID = """
    INSERT INTO messages (id, user_id, thread_id, turn, slot, role, status, parts, created_at)
    VALUES (gen_random_uuid(), $2, $1, 0, 0, 'user', 'complete', '[{"kind": "text", "text": "Look here"}]', now())
"""


async def read(pair: Pair, token: str) -> httpx2.Response:
    return await pair.browser.post(f"{pair.session_url}/api/shared", json={"token": token, "after": 0})


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_a_link_of_whoever_is_suspended_or_deleted_dies_though_they_were_signed_out(
    database_url: str, is_deleted: bool
) -> None:
    async with deployed_pair(database_url) as pair:
        administrator, eve = await pair.person("ada", Role.ADMIN), await pair.person("eve")
        grant = await pair.sign_in(eve)
        made = await pair.browser.post(f"{pair.session_url}/api/threads", json={}, headers=bearer(grant))
        thread = made.json()["id"]
        await pair.session.database.execute(SAID, thread, eve.user_id)
        shared = await pair.browser.post(
            f"{pair.session_url}/api/threads/{thread}/share", json={}, headers=bearer(grant)
        )
        token = shared.json()["token"]
        assert (await read(pair, token)).status_code == 200
        await pair.post("/api/auth/logout", grant)

        act = ("DELETE", "", {}) if is_deleted else ("PUT", "/status", {"status": "suspended"})
        path = f"/api/auth/admin/users/{eve.user_id}{act[1]}"
        await pair.ask(act[0], path, await pair.sign_in(administrator), act[2])

        async with asyncio.timeout(20):
            while (await read(pair, token)).status_code != 404:  # noqa: ASYNC110 - the service tells nobody
                await asyncio.sleep(0.3)
