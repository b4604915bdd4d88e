"""What chat does when something happens elsewhere."""

import asyncio
from uuid import uuid4

from emergence.contracts.auth.events import LoginSessionRevoked
from emergence.kernel.events.outbox import publish
from emergence.kernel.wire.messages import WireRequest
from tests.chat.chat_service import ChatService, chat_service


async def status_of(chat: ChatService, path: str, token: str) -> int:
    request = WireRequest("GET", path, {"authorization": f"Bearer {token}"}, b"")
    async with chat.user_transport().send(request) as reply:
        return reply.status


async def test_after_sign_out_the_old_token_is_refused_within_two_seconds(database_url: str) -> None:
    ended, user = uuid4(), uuid4()
    async with chat_service(database_url) as chat:
        token, other = (chat.mint.token(claims={"sid": str(each), "sub": str(user)}) for each in (ended, uuid4()))
        assert await status_of(chat, "/api/models", token) == 200

        async with chat.app.state.chat.database.transaction() as tx:
            await publish(tx, LoginSessionRevoked(session_id=ended, user_id=user, reason="logged_out"))

        async with asyncio.timeout(2):
            while await status_of(chat, "/api/models", token) != 401:  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(0.05)
        assert await status_of(chat, "/api/agents", token) == 401
        assert await status_of(chat, "/api/models", other) == 200
