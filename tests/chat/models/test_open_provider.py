"""From access to provider: lazily, and with a clear error for what cannot work."""

import subprocess
import sys
import time
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from emergence.chat.models.call_with_care import Care, call_with_care
from emergence.chat.models.circuit_breaker import CircuitBreaker
from emergence.chat.models.errors import ModelError
from emergence.chat.models.open_provider import LoadedOnFirstUse, open_builtin, open_provider
from emergence.chat.models.provider import ModelProvider, ModelTurn, ProviderAccess
from emergence.kernel.clock import SystemClock
from tests.chat.models.conversation import CALL, KEY, hear, line_to
from tests.scripted_models.anthropic_server import AnthropicServer
from tests.scripted_models.openai_server import OpenAIServer, PickyOpenAIServer
from tests.scripted_models.script import Answer, Script

IMPORTS_EVERYTHING = """
import importlib, pkgutil, sys
import emergence.chat.models as models
from emergence.chat.models.open_provider import open_provider
from emergence.chat.models.provider import ProviderAccess
from emergence.kernel.clock import SystemClock
for name in ("call_with_care", "catalogue", "errors", "prices", "provider"):
    importlib.import_module("emergence.chat.models." + name)
open_provider("anthropic", ProviderAccess("k"), SystemClock())
open_provider("openai", ProviderAccess("k"), SystemClock())
print(sorted({"anthropic", "openai", "genai_prices", "httpx2"} & set(sys.modules)))
"""


def test_no_provider_package_is_imported_before_the_first_call() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORTS_EVERYTHING], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("name", "access", "code"),
    [
        ("anthropic", ProviderAccess(), "model_key_rejected"),
        ("openai", ProviderAccess("  "), "model_key_rejected"),
        ("openai", ProviderAccess("clé-française"), "model_key_rejected"),
        ("openai", ProviderAccess("two\nlines"), "model_key_rejected"),
        ("openai_compatible", ProviderAccess("key"), "model_unavailable"),
        ("openai_compatible", ProviderAccess(base_url="ftp://127.0.0.1"), "model_unavailable"),
        ("openai_compatible", ProviderAccess(base_url="http://127.0.0.1:notaport"), "model_unavailable"),
        ("openai_compatible", ProviderAccess(base_url="http://[::1"), "model_unavailable"),
    ],
)
def test_access_that_cannot_work_is_told_at_once(name: str, access: ProviderAccess, code: str) -> None:
    with pytest.raises(ModelError) as caught:
        open_provider(name, access, SystemClock())  # type: ignore[arg-type]

    assert caught.value.code == code


def test_access_does_not_print_its_key() -> None:
    assert KEY not in repr(ProviderAccess(KEY))


async def test_a_missing_package_is_a_clear_error() -> None:
    def load() -> ModelProvider:
        raise ModuleNotFoundError("No module named 'anthropic'")

    heard = await hear(LoadedOnFirstUse("anthropic", load).stream(CALL))

    assert heard.error is not None
    assert heard.error.code == "model_package_missing"


async def test_a_compatible_server_needs_no_key_and_no_v1() -> None:
    async with OpenAIServer() as server:
        access = ProviderAccess(base_url=server.base_url.removesuffix("/v1"))
        provider = open_provider("openai_compatible", access, SystemClock())
        heard = await hear(provider.stream(CALL))
        await provider.close()

    assert heard.error is None
    assert heard.text == "Paris is the capital of France."


async def test_a_server_on_this_machine_is_called_without_proxy_and_without_the_openai_account(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-somebody")
    async with OpenAIServer() as server:
        provider = open_provider("openai_compatible", ProviderAccess(base_url=server.base_url), SystemClock())
        heard = await hear(provider.stream(CALL))
        await provider.close()

    assert heard.error is None
    assert "openai-organization" not in server.exchanges[0].headers


async def test_a_compatible_server_that_refuses_newer_fields_is_served_without_them() -> None:
    async with PickyOpenAIServer() as server:
        provider = open_provider("openai_compatible", ProviderAccess(base_url=server.base_url), SystemClock())
        first = await hear(provider.stream(CALL))
        second = await hear(provider.stream(CALL))
        await provider.close()

    assert first.error is None
    assert first.usage.estimated
    assert second.error is None
    assert len(server.exchanges) == 3


@dataclass(frozen=True, slots=True)
class Endpoint:
    base_url: str
    api_key: str
    model: str


async def test_the_builtin_model_is_found_again_after_it_moved() -> None:
    async with OpenAIServer(key="one") as first, OpenAIServer(key="two") as second:
        where = [Endpoint(first.base_url, "one", "small-a"), Endpoint(second.base_url, "two", "small-b")]
        places = iter(where)

        async def endpoint() -> Endpoint:
            return next(places)

        provider = open_builtin(endpoint, SystemClock())
        heard = [await hear(provider.stream(CALL)) for _ in where]
        await provider.close()

    assert [answer.error for answer in heard] == [None, None]
    assert [server.exchanges[0].model for server in (first, second)] == ["small-a", "small-b"]


async def test_anthropic_gets_a_cache_marker_an_effort_and_no_temperature() -> None:
    call = replace(CALL, model="claude-sonnet-5-5", max_output_tokens=500_000)
    async with line_to("anthropic") as line:
        heard = await hear(line.provider.stream(call))
        body = line.server.exchanges[0].body

    assert heard.error is None
    assert "temperature" not in body
    assert body["max_tokens"] == 128_000
    assert body["output_config"] == {"effort": "low"}
    assert body["system"] == [{"type": "text", "text": CALL.system, "cache_control": {"type": "ephemeral"}}]


async def test_temperature_is_sent_only_where_it_is_accepted() -> None:
    async with line_to("openai") as thinking, line_to("openai_compatible") as plain:
        await hear(thinking.provider.stream(replace(CALL, model="gpt-6.1-sol")))
        await hear(plain.provider.stream(CALL))
        sent = [line.server.exchanges[0].body for line in (thinking, plain)]

    assert "temperature" not in sent[0]
    assert (sent[0]["max_completion_tokens"], sent[0]["reasoning_effort"]) == (500, "low")
    assert (sent[1]["temperature"], sent[1]["max_tokens"]) == (0.7, 500)


@pytest.mark.parametrize("kind", ["anthropic", "openai_compatible"])
async def test_empty_turns_are_left_out_and_neighbours_joined(kind: str) -> None:
    turns = (ModelTurn("user", "One"), ModelTurn("assistant", " "), ModelTurn("user", "Two"))
    async with line_to(kind) as line:
        await hear(line.provider.stream(replace(CALL, turns=turns)))

        assert line.server.exchanges[0].turns == [("user", "One\n\nTwo")]


async def test_hidden_thinking_is_not_part_of_the_answer() -> None:
    async with AnthropicServer(Script(Answer(thinking=True)), key=KEY) as server:
        provider = open_provider("anthropic", ProviderAccess(KEY, server.base_url), SystemClock())
        heard = await hear(provider.stream(CALL))
        await provider.close()

    assert heard.text == "Paris is the capital of France."


async def test_loading_does_not_count_against_the_deadlines() -> None:
    loaded_at: list[float] = []
    async with OpenAIServer() as server:
        access = ProviderAccess(base_url=server.base_url)

        def load() -> ModelProvider:
            time.sleep(3)
            loaded_at.append(time.monotonic())
            return open_provider("openai_compatible", access, SystemClock())

        provider = LoadedOnFirstUse("openai_compatible", load)
        await open_provider("openai_compatible", access, SystemClock()).prepare()
        call = replace(CALL, deadline=timedelta(seconds=2.5), first_token_deadline=timedelta(seconds=2.5))
        care = Care(SystemClock(), CircuitBreaker(SystemClock()))
        heard = await hear(call_with_care(provider, call, care))
        await provider.close()

    assert heard.error is None
    assert len(loaded_at) == 1
