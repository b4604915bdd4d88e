"""What chat does when somebody's session ends, and when nobody says so for long."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from emergence.kernel.revocations import LATE, LOST
from emergence.kernel.wire.messages import WireRequest
from tests.chat.chat_service import ChatService, chat_service
from tests.shifted_clock import ShiftedClock


async def status_of(chat: ChatService, method: str, path: str, token: str) -> int:
    request = WireRequest(method, path, {"authorization": f"Bearer {token}"}, b"")
    async with chat.user_transport().send(request) as reply:
        return reply.status


async def test_after_sign_out_the_old_token_is_refused_within_a_second(database_url: str) -> None:
    ended, user = uuid4(), uuid4()
    async with chat_service(database_url) as chat:
        token, other = (chat.mint.token(claims={"sid": str(each), "sub": str(user)}) for each in (ended, uuid4()))
        assert await status_of(chat, "GET", "/api/models", token) == 200

        chat.feed.revoke("sid", ended)

        async with asyncio.timeout(1):
            while await status_of(chat, "GET", "/api/models", token) != 401:  # noqa: ASYNC110 - over HTTP
                await asyncio.sleep(0.02)
        assert await status_of(chat, "GET", "/api/agents", token) == 401
        assert await status_of(chat, "GET", "/api/models", other) == 200


@pytest.mark.parametrize(("silent_for", "confirmed"), [(LATE, 200), (LOST, 503)])
async def test_without_news_changes_are_confirmed_and_then_nobody_administers(
    database_url: str, silent_for: timedelta, confirmed: int
) -> None:
    clock, ended = ShiftedClock(), uuid4()
    async with chat_service(database_url, clock) as chat:
        token = chat.mint.token(claims={"sid": str(ended), "role": "admin", "acr": "2"})
        member = chat.mint.token()
        async with asyncio.timeout(5):
            assert await status_of(chat, "DELETE", "/api/models/openai", token) == 200
            while chat.feed.asked_standing:  # until the feed has said its first word, everything is confirmed
                chat.feed.asked_standing.clear()
                assert await status_of(chat, "DELETE", "/api/models/openai", token) == 200

        chat.feed.is_silent = True
        chat.feed.ended.add(ended)
        await asyncio.sleep(0.3)
        clock.pass_by(silent_for + timedelta(seconds=1))

        assert await status_of(chat, "DELETE", "/api/models/openai", token) == 401
        assert await status_of(chat, "GET", "/api/models", member) == 200
        chat.feed.ended.clear()
        assert await status_of(chat, "DELETE", "/api/models/openai", token) == confirmed
