"""Chat reads a thread for memory at a price that is known before, and counts it whatever becomes of the caller."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from uuid import uuid4

import asyncpg
import pytest

from emergence.contracts.consolidation import (
    Consolidate,
    Consolidated,
    ConsolidationClient,
    NoConsolidationModel,
    Statement,
    ToConsolidate,
)
from emergence.kernel.errors import Forbidden
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.peers import Peers
from tests.chat.chat_service import SERVICE_SECRET, ChatService, chat_service
from tests.scripted_models.anthropic_server import AnthropicServer
from tests.scripted_models.script import Answer, HangUp, Script, words

STATEMENTS = [Statement(said_at=datetime(2026, 3, 4, tzinfo=UTC), text="I live in Nantes.")]
ASKED = ToConsolidate(statements=STATEMENTS)


def anthropic(server: AnthropicServer) -> dict[str, str]:
    return {"ANTHROPIC_API_KEY": "sk-test-0123456789abcdef", "ANTHROPIC_BASE_URL": server.base_url}


def client_of(chat: ChatService, caller: str = "memory") -> ConsolidationClient:
    peers = Peers()
    peers.connect("chat", InProcess(chat.app, service="chat", tokens=ServiceTokens(SERVICE_SECRET, caller)))
    return ConsolidationClient(peers)


def asking(most_usd: Decimal = Decimal(1)) -> Consolidate:
    return Consolidate(run_id=uuid4(), user_id=uuid4(), thread_id=uuid4(), most_usd=most_usd, statements=STATEMENTS)


async def runs(database_url: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(database_url)
    try:
        rows: list[asyncpg.Record] = await connection.fetch("SELECT * FROM chat.runs")
        return rows
    finally:
        await connection.close()


async def test_a_call_never_costs_more_than_was_estimated_and_an_estimate_calls_nobody(database_url: str) -> None:
    async with AnthropicServer() as server, chat_service(database_url, **anthropic(server)) as chat:
        client = client_of(chat)
        estimate = await client.estimate(ASKED)
        assert server.exchanges == []
        assert estimate.cost_usd is not None
        done = await client.consolidate(asking(estimate.cost_usd))
        (seen,) = server.exchanges

    assert (done.text, done.problem) == ("Paris is the capital of France.", None)
    assert done.usage.cost_usd is not None
    assert 0 < done.usage.cost_usd <= estimate.cost_usd
    assert seen.body["max_tokens"] == estimate.output_tokens


async def test_what_became_dearer_meanwhile_is_not_called_and_no_run(database_url: str) -> None:
    async with AnthropicServer() as server, chat_service(database_url, **anthropic(server)) as chat:
        done = await client_of(chat).consolidate(asking(Decimal("0.0001")))

        assert (done.problem, done.usage.cost_usd) == ("over_price", Decimal(0))
        assert server.exchanges == []
        assert await runs(database_url) == []


async def test_one_run_is_counted_once(database_url: str) -> None:
    async with AnthropicServer() as server, chat_service(database_url, **anthropic(server)) as chat:
        asked = asking()
        for _ in range(2):
            await client_of(chat).consolidate(asked)
        (run,) = await runs(database_url)

    assert (run["id"], run["agent"], run["outcome"]) == (asked.run_id, "memory", "done")


async def test_a_caller_that_goes_away_is_still_counted(database_url: str) -> None:
    slow = Answer(tokens=words(400), rate=100)
    async with AnthropicServer(Script(slow)) as server, chat_service(database_url, **anthropic(server)) as chat:
        calling = asyncio.create_task(client_of(chat).consolidate(asking()))
        async with asyncio.timeout(20):
            while not (server.exchanges and server.exchanges[0].tokens_sent > 3):  # noqa: ASYNC110 - the server does it
                await asyncio.sleep(0.01)
            calling.cancel()
            with suppress(asyncio.CancelledError):
                await calling
            while not (counted := await runs(database_url)):  # noqa: ASYNC110 - the service does it
                await asyncio.sleep(0.01)

    (run,) = counted
    assert run["outcome"] == "stopped"
    assert run["cost_usd"] > 0
    assert run["estimated"]


@pytest.mark.parametrize(
    ("step", "problem", "costs"),
    [
        (Answer(ending="max_tokens"), "did_not_end", True),
        (Answer(ending="refusal"), "did_not_end", True),
        (HangUp(), "model_unavailable", False),
    ],
)
async def test_what_fails_at_the_provider_is_a_problem_with_its_price(
    database_url: str, step: Answer | HangUp, problem: str, costs: bool
) -> None:
    async with (
        AnthropicServer(Script(otherwise=step)) as server,
        chat_service(database_url, **anthropic(server)) as chat,
    ):
        done: Consolidated = await client_of(chat).consolidate(asking())

    assert done.problem == problem
    assert done.usage.cost_usd is not None
    assert (done.usage.cost_usd > 0) == costs


async def test_memory_alone_may_ask_and_only_where_there_is_a_model(database_url: str) -> None:
    async with chat_service(database_url) as chat:
        with pytest.raises(Forbidden):
            await client_of(chat, "session").estimate(ASKED)
        with pytest.raises(NoConsolidationModel):
            await client_of(chat).estimate(ASKED)
