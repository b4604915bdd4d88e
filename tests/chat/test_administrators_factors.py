"""Administering chat asks for as many factors as administering auth does: in production two."""

from emergence.kernel.wire.messages import WireRequest
from tests.chat.chat_service import ChatService, chat_service

ASKED = {"AUTH_ADMIN_REQUIRE_MFA": "1"}
PATH = "/api/models/openai_compatible"


async def status(chat: ChatService, method: str, acr: object, role: str = "admin") -> tuple[int, str]:
    token = chat.mint.token(claims={"role": role, "acr": acr})
    headers = {"content-type": "application/json", "authorization": f"Bearer {token}"}
    body = b"{}" if method == "PUT" else b""
    async with chat.user_transport().send(WireRequest(method, PATH, headers, body)) as reply:
        content = b"".join([chunk async for chunk in reply.chunks])
    return reply.status, content.decode()


async def test_one_factor_changes_no_model(database_url: str) -> None:
    async with chat_service(database_url, **ASKED) as chat:
        for method in ("PUT", "DELETE"):
            for acr in ("0", "1", "22"):
                code, text = await status(chat, method, acr)
                assert (code, "insufficient_user_authentication" in text) == (401, True), text
                assert '"acr_values":"2"' in text.replace(" ", "")


async def test_two_factors_do_and_are_worth_nothing_to_members(database_url: str) -> None:
    async with chat_service(database_url, **ASKED) as chat:
        assert (await status(chat, "DELETE", "2"))[0] == 200
        assert (await status(chat, "DELETE", "2", role="member"))[0] == 403
        assert (await status(chat, "DELETE", 2))[0] == 401  # no text: not as we issue it


async def test_where_they_are_not_asked_for_one_does(database_url: str) -> None:
    async with chat_service(database_url, AUTH_ADMIN_REQUIRE_MFA="0") as chat:
        assert (await status(chat, "DELETE", "1"))[0] == 200


async def test_production_asks_for_them(database_url: str) -> None:
    production = {"EMERGENCE_ENV": "production", "EMERGENCE_PUBLIC_URL": "http://127.0.0.1:8080"}
    async with chat_service(database_url, **production) as chat:
        assert (await status(chat, "DELETE", "1"))[0] == 401
