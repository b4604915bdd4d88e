"""Keys and addresses that an administrator types in: tried, sealed, shown to nobody."""

import asyncpg
import msgspec
import pytest

from emergence.kernel.wire.messages import WireRequest
from tests.chat.chat_service import ChatService, ask, chat_service, text_of
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Refuse

KEY = "sk-typed-in-0123456789abcdef"


async def send(
    chat: ChatService, method: str, path: str, body: dict[str, object] | None = None, role: str | None = "admin"
) -> tuple[int, dict[str, object]]:
    headers = {"content-type": "application/json"}
    if role is not None:
        headers["authorization"] = f"Bearer {chat.token(role)}"
    payload = b"" if body is None else msgspec.json.encode(body)
    transport = chat.user_transport()
    async with transport.send(WireRequest(method, path, headers, payload)) as reply:
        content = b"".join([chunk async for chunk in reply.chunks])
    return reply.status, msgspec.json.decode(content, type=dict[str, object])


def states(document: dict[str, object]) -> dict[str, dict[str, object]]:
    providers = document["providers"]
    assert isinstance(providers, list)
    return {provider["provider"]: provider for provider in providers}


async def test_a_working_address_is_kept_and_answers_at_once(database_url: str) -> None:
    async with OpenAIServer(key=KEY) as server, chat_service(database_url) as chat:
        change: dict[str, object] = {"api_key": KEY, "base_url": server.base_url, "model": "scripted-1"}
        status, state = await send(chat, "PUT", "/api/models/openai_compatible", change)
        pieces = await chat.hear(ask())

    assert (status, state["state"], state["source"]) == (200, "ready", "administrator")
    assert text_of(pieces) == "Paris is the capital of France."


async def test_a_wrong_key_changes_nothing_and_says_why(database_url: str) -> None:
    async with OpenAIServer(key="another-key-entirely") as server, chat_service(database_url) as chat:
        change: dict[str, object] = {"api_key": KEY, "base_url": server.base_url, "model": "scripted-1"}
        status, problem = await send(chat, "PUT", "/api/models/openai_compatible", change)
        _, models = await send(chat, "GET", "/api/models")

    assert (status, problem["code"], problem["reason"]) == (409, "provider_rejected", "model_key_rejected")
    assert KEY not in str(problem)
    assert states(models)["openai_compatible"]["state"] == "not_configured"


async def test_what_a_provider_says_itself_is_told_apart_from_our_sentence(database_url: str) -> None:
    async with OpenAIServer() as server, chat_service(database_url) as chat:
        server.refuses_list = Refuse(400, message="No such tenant.")
        change: dict[str, object] = {"base_url": server.base_url, "model": "scripted-1"}
        _, problem = await send(chat, "PUT", "/api/models/openai_compatible", change)

    assert (problem["reason"], problem["provider_words"]) == ("model_refused_request", "No such tenant.")
    assert "tenant" not in str(problem["detail"])


async def test_a_key_is_sealed_at_rest_and_never_shown(database_url: str) -> None:
    async with OpenAIServer(key=KEY) as server, chat_service(database_url) as chat:
        change: dict[str, object] = {"api_key": KEY, "base_url": server.base_url, "model": "scripted-1"}
        await send(chat, "PUT", "/api/models/openai_compatible", change)
        _, models = await send(chat, "GET", "/api/models", role="member")
        connection = await asyncpg.connect(database_url)
        try:
            stored = await connection.fetchval("SELECT api_key_sealed FROM chat.provider_keys")
        finally:
            await connection.close()

    assert KEY not in str(models)
    assert KEY.encode() not in stored


async def test_a_known_key_is_not_sent_to_a_new_address(database_url: str) -> None:
    async with OpenAIServer(key=KEY) as first, OpenAIServer(key=KEY) as second, chat_service(database_url) as chat:
        change: dict[str, object] = {"api_key": KEY, "base_url": first.base_url, "model": "scripted-1"}
        await send(chat, "PUT", "/api/models/openai_compatible", change)
        status, problem = await send(chat, "PUT", "/api/models/openai_compatible", {"base_url": second.base_url})

    assert (status, problem["reason"]) == (409, "model_key_rejected")


async def test_a_key_of_the_environment_is_used_and_not_copied(database_url: str) -> None:
    async with OpenAIServer(key=KEY) as server:
        environment = {
            "OPENAI_COMPATIBLE_BASE_URL": server.base_url,
            "OPENAI_COMPATIBLE_API_KEY": KEY,
            "OPENAI_COMPATIBLE_MODEL": "from-environment",
        }
        async with chat_service(database_url, **environment) as chat:
            status, state = await send(chat, "PUT", "/api/models/openai_compatible", {"model": "typed-in"})
            pieces = await chat.hear(ask())
            connection = await asyncpg.connect(database_url)
            try:
                row = await connection.fetchrow("SELECT api_key_sealed, base_url, model FROM chat.provider_keys")
            finally:
                await connection.close()

    assert (status, state["model"]) == (200, "typed-in")
    assert row is not None
    assert tuple(row) == (None, None, "typed-in")
    assert text_of(pieces) == "Paris is the capital of France."


async def test_an_address_is_shown_to_administrators_only(database_url: str) -> None:
    async with OpenAIServer() as server, chat_service(database_url) as chat:
        change: dict[str, object] = {"base_url": server.base_url, "model": "scripted-1"}
        await send(chat, "PUT", "/api/models/openai_compatible", change)
        _, seen_by_admin = await send(chat, "GET", "/api/models")
        _, seen_by_member = await send(chat, "GET", "/api/models", role="member")

    assert states(seen_by_admin)["openai_compatible"]["base_url"] == server.base_url
    assert states(seen_by_member)["openai_compatible"]["base_url"] is None


async def test_an_own_address_is_not_for_providers_that_have_theirs(database_url: str) -> None:
    async with OpenAIServer() as server, chat_service(database_url) as chat:
        change: dict[str, object] = {"api_key": KEY, "base_url": server.base_url}
        status, problem = await send(chat, "PUT", "/api/models/openai", change)

    assert (status, problem["code"]) == (409, "provider_rejected")
    assert server.exchanges == []


async def test_forgetting_brings_the_environment_back(database_url: str) -> None:
    async with (
        OpenAIServer() as typed_in,
        OpenAIServer() as given,
        chat_service(
            database_url, OPENAI_COMPATIBLE_BASE_URL=given.base_url, OPENAI_COMPATIBLE_MODEL="from-environment"
        ) as chat,
    ):
        change: dict[str, object] = {"base_url": typed_in.base_url, "model": "typed-in"}
        await send(chat, "PUT", "/api/models/openai_compatible", change)
        status, state = await send(chat, "DELETE", "/api/models/openai_compatible")

    assert (status, state["source"], state["model"]) == (200, "environment", "from-environment")


@pytest.mark.parametrize(("role", "expected"), [(None, 401), ("member", 403), ("guest", 403)])
async def test_only_administrators_may_change_providers(database_url: str, role: str | None, expected: int) -> None:
    async with chat_service(database_url) as chat:
        put, _ = await send(chat, "PUT", "/api/models/openai", {"api_key": KEY}, role)
        delete, _ = await send(chat, "DELETE", "/api/models/openai", None, role)

    assert (put, delete) == (expected, expected)


@pytest.mark.parametrize(
    "change",
    [
        {"api_key": 7},
        {"base_url": "ftp://x"},
        {"base_url": "http://user:pass@x/v1"},
        {"model": "a\x00b"},
        {"surprise": "sk-secret-surprise"},
        {"model": "m" * 300},
    ],
)
async def test_malformed_changes_are_refused_without_repeating_them(
    database_url: str, change: dict[str, object]
) -> None:
    async with chat_service(database_url) as chat:
        status, problem = await send(chat, "PUT", "/api/models/openai", change)

    assert (status, problem["code"]) == (422, "invalid_request")
    assert "sk-secret-surprise" not in str(problem)


async def test_without_a_secret_keys_are_not_kept(database_url: str) -> None:
    async with chat_service(database_url, CHAT_KEY_SECRET="") as chat:
        status, problem = await send(chat, "PUT", "/api/models/openai", {"api_key": KEY})

    assert (status, problem["code"]) == (409, "provider_keys_disabled")


async def test_a_key_sealed_with_another_secret_is_named_and_can_be_entered_again(database_url: str) -> None:
    async with OpenAIServer() as server:
        change: dict[str, object] = {"api_key": KEY, "base_url": server.base_url, "model": "scripted-1"}
        async with chat_service(database_url) as chat:
            await send(chat, "PUT", "/api/models/openai_compatible", change)
        async with chat_service(database_url, CHAT_KEY_SECRET="0f9e8d7c6b5a49382716051423324150ab") as chat:
            _, models = await send(chat, "GET", "/api/models")
            status, _ = await send(chat, "PUT", "/api/models/openai_compatible", change)

    assert states(models)["openai_compatible"]["state"] == "unavailable"
    assert status == 200


async def test_agents_are_listed_with_starters_in_both_languages(database_url: str) -> None:
    async with chat_service(database_url) as chat:
        status, document = await send(chat, "GET", "/api/agents", role="guest")

    agents = document["agents"]
    assert isinstance(agents, list)
    assert status == 200
    assert [agent["id"] for agent in agents] == ["anima", "neo", "nexus"]
    assert all(len(agent["starters"][language]) == 4 for agent in agents for language in ("en", "fr"))


@pytest.mark.parametrize("path", ["/api/chat/internal/agents", "/api/chat/internal/reply"])
async def test_internal_routes_are_for_services_only(database_url: str, path: str) -> None:
    async with chat_service(database_url) as chat:
        method = "GET" if path.endswith("agents") else "POST"
        status, _ = await send(chat, method, path, None if method == "GET" else {})

    assert status == 401
