"""One reply through the running service: real SDKs against scripted providers, real database, real event tables."""

import asyncio
from contextlib import aclosing
from datetime import timedelta
from decimal import Decimal

import asyncpg
import pytest

from emergence.contracts.chat import (
    ReplyEnded,
    ReplyFailed,
    ReplyRequest,
    ReplyStarted,
    ReplyText,
    ReplyUsage,
    Turn,
    UnknownAgent,
)
from tests.chat.chat_service import ask, chat_service, text_of
from tests.scripted_models.anthropic_server import AnthropicServer
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer, HangUp, Refuse, Script, words

KEY = "sk-test-0123456789abcdef"
PRICED = "claude-sonnet-5-5"


def anthropic(server: AnthropicServer) -> dict[str, str]:
    return {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": server.base_url, "ANTHROPIC_MODEL": PRICED}


async def recorded(database_url: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(database_url)
    try:
        rows: list[asyncpg.Record] = await connection.fetch("SELECT * FROM chat.runs")
        return rows
    finally:
        await connection.close()


async def test_a_reply_streams_and_its_usage_is_priced_and_recorded_before_its_end(database_url: str) -> None:
    request = ask()
    async with AnthropicServer() as server, chat_service(database_url, **anthropic(server)) as chat:
        pieces = await chat.hear(request)
        (row,) = await recorded(database_url)

    assert pieces[0] == ReplyStarted(provider="anthropic", model=PRICED)
    assert text_of(pieces) == "Paris is the capital of France."
    usage, ended = pieces[-2:]
    assert isinstance(usage, ReplyUsage)
    assert usage.cost_usd is not None
    assert usage.cost_usd > Decimal(0)
    assert ended == ReplyEnded(reason="done")
    assert (row["id"], row["user_id"], row["outcome"]) == (request.run_id, request.user_id, "done")
    assert (row["input_tokens"], row["cost_usd"]) == (usage.input_tokens, usage.cost_usd)


async def test_the_model_hears_the_agents_own_instructions_and_who_said_what(database_url: str) -> None:
    turns = [
        Turn(role="user", text="Hello"),
        Turn(role="agent", agent="neo", text="I am Neo."),
        Turn(role="agent", agent="anima", text="And I am Anima."),
    ]
    async with AnthropicServer() as server, chat_service(database_url, **anthropic(server)) as chat:
        await chat.hear(ask("And you?", "anima", turns))
        (seen,) = server.exchanges

    assert seen.system.startswith("You are Anima")
    assert seen.turns == [
        ("user", "Hello\n\n[Neo] I am Neo."),
        ("assistant", "And I am Anima."),
        ("user", "And you?"),
    ]


async def test_a_finished_run_is_an_event(database_url: str) -> None:
    request = ask()
    async with AnthropicServer() as server, chat_service(database_url, **anthropic(server)) as chat:
        await chat.hear(request)
    connection = await asyncpg.connect(database_url)
    try:
        on_the_way = await connection.fetchval("SELECT count(*) FROM chat.outbox")
        has_bus = await connection.fetchval("SELECT to_regclass('bus.events') IS NOT NULL")  # made by the first event
        on_the_bus = has_bus and await connection.fetchval(
            "SELECT count(*) FROM bus.events WHERE name = 'chat.run_finished.v1'"
        )
    finally:
        await connection.close()

    assert on_the_way + on_the_bus >= 1


async def test_an_unknown_agent_is_refused_before_any_stream(database_url: str) -> None:
    async with chat_service(database_url) as chat:
        with pytest.raises(UnknownAgent):
            await chat.hear(ask(agent="hal"))

    assert await recorded(database_url) == []


async def test_without_any_model_the_answer_says_what_to_do(database_url: str) -> None:
    async with chat_service(database_url) as chat:
        (piece,) = await chat.hear(ask())

    assert isinstance(piece, ReplyFailed)
    assert piece.code == "no_model"
    assert piece.hint is not None


@pytest.mark.parametrize(
    ("step", "code"),
    [
        (Refuse(401), "model_key_rejected"),
        (Refuse(400), "model_refused_request"),
        (Answer(tokens=words(3), ending="reset"), "model_cut"),
        (Answer(tokens=words(3), ending="garbage"), "model_malformed"),
    ],
)
async def test_a_failure_keeps_the_text_so_far_and_says_its_cause(
    database_url: str, step: Answer | Refuse, code: str
) -> None:
    async with AnthropicServer(Script(step)) as server, chat_service(database_url, **anthropic(server)) as chat:
        pieces = await chat.hear(ask())
        (row,) = await recorded(database_url)

    failure = pieces[-1]
    assert isinstance(failure, ReplyFailed)
    assert failure.code == code
    assert text_of(pieces) == ("".join(words(3)) if isinstance(step, Answer) else "")
    assert (row["outcome"], row["problem_code"]) == ("error", code)
    assert KEY not in failure.model_dump_json()


async def test_another_provider_answers_when_the_first_is_away_and_nothing_was_said_yet(database_url: str) -> None:
    async with (
        AnthropicServer(Script(HangUp(), HangUp(), HangUp())) as away,
        OpenAIServer() as there,
        chat_service(
            database_url,
            **anthropic(away),
            OPENAI_API_KEY=KEY,
            OPENAI_BASE_URL=there.base_url,
            OPENAI_MODEL="scripted-1",
        ) as chat,
    ):
        pieces = await chat.hear(ask())
        (row,) = await recorded(database_url)

    assert pieces[0] == ReplyStarted(provider="openai", model="scripted-1")
    assert text_of(pieces) == "Paris is the capital of France."
    assert (row["provider"], row["outcome"]) == ("openai", "done")


async def test_two_models_texts_are_never_glued_together(database_url: str) -> None:
    async with (
        AnthropicServer(Script(Answer(tokens=words(2), ending="reset"))) as breaking,
        OpenAIServer() as there,
        chat_service(
            database_url, **anthropic(breaking), OPENAI_API_KEY=KEY, OPENAI_BASE_URL=there.base_url, OPENAI_MODEL="m"
        ) as chat,
    ):
        pieces = await chat.hear(ask())

    assert text_of(pieces) == "".join(words(2))
    assert isinstance(pieces[-1], ReplyFailed)
    assert there.exchanges == []


async def test_closing_the_stream_stops_the_provider_and_records_what_was_used(database_url: str) -> None:
    slow = Answer(tokens=words(500), rate=50)
    async with AnthropicServer(Script(slow)) as server, chat_service(database_url, **anthropic(server)) as chat:
        await hear_two_pieces(chat.client.reply, ask())
        (exchange,) = server.exchanges
        async with asyncio.timeout(2):
            await exchange.finished.wait()
    (row,) = await recorded(database_url)  # stopping the service waits for what is still to be recorded

    assert exchange.disconnected_at_s is not None
    assert (row["outcome"], row["estimated"]) == ("stopped", True)
    assert row["output_tokens"] > 0


async def hear_two_pieces(reply: object, request: ReplyRequest) -> None:
    assert callable(reply)
    async with aclosing(reply(request)) as pieces:
        async for piece in pieces:
            if isinstance(piece, ReplyText):
                return


async def test_an_unknown_price_is_unknown_and_not_nothing(database_url: str) -> None:
    async with (
        AnthropicServer() as server,
        chat_service(database_url, **{**anthropic(server), "ANTHROPIC_MODEL": "a-model-nobody-priced"}) as chat,
    ):
        pieces = await chat.hear(ask())

    (usage,) = [piece for piece in pieces if isinstance(piece, ReplyUsage)]
    assert usage.cost_usd is None


async def test_a_slow_first_token_ends_in_a_timeout_of_its_own(database_url: str) -> None:
    late = Answer(first_token_after=timedelta(seconds=20))
    async with (
        AnthropicServer(Script(late)) as server,
        chat_service(database_url, **anthropic(server), CHAT_FIRST_TOKEN_DEADLINE_S="0.3") as chat,
    ):
        pieces = await chat.hear(ask())

    failure = pieces[-1]
    assert isinstance(failure, ReplyFailed)
    assert (failure.code, failure.retryable) == ("model_timeout", True)
