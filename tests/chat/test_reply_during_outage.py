"""The database of chat goes away while it answers: the reply is whole, and what it cost is counted, once."""

import asyncio

import asyncpg

from emergence.contracts.chat import ReplyEnded, ReplyText
from tests.chat.chat_service import ask, chat_service, text_of
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer, Script, words
from tests.session.cuttable_line import CuttableLine, cuttable_line

ANSWER = Answer(tokens=words(20), rate=20)


async def mend_soon(line: CuttableLine) -> None:
    await asyncio.sleep(2)
    line.mend()


async def outcomes(database_url: str) -> list[str]:
    connection = await asyncpg.connect(database_url)
    try:
        return [row["outcome"] for row in await connection.fetch("SELECT outcome FROM chat.runs")]
    finally:
        await connection.close()


async def test_a_reply_that_ends_in_an_outage_is_whole_and_counted(database_url: str) -> None:
    async with OpenAIServer(Script(ANSWER)) as server, cuttable_line(database_url) as (line, address):
        settings = {"OPENAI_COMPATIBLE_BASE_URL": server.base_url, "OPENAI_COMPATIBLE_MODEL": "gpt-6.1-sol"}
        async with chat_service(address, **settings) as chat:
            pieces = []
            mending: asyncio.Task[None] | None = None
            async for piece in chat.client.reply(ask()):
                if mending is None and isinstance(piece, ReplyText):
                    line.cut()
                    mending = asyncio.create_task(mend_soon(line))
                pieces.append(piece)
            assert mending is not None
            await mending

    assert text_of(pieces) == "".join(ANSWER.tokens)
    assert pieces[-1] == ReplyEnded(reason="done")
    assert await outcomes(database_url) == ["done"]


async def test_a_reply_that_begins_in_an_outage_waits_for_its_end(database_url: str) -> None:
    async with OpenAIServer(Script(ANSWER)) as server, cuttable_line(database_url) as (line, address):
        settings = {"OPENAI_COMPATIBLE_BASE_URL": server.base_url, "OPENAI_COMPATIBLE_MODEL": "gpt-6.1-sol"}
        async with chat_service(address, **settings) as chat:
            line.cut()
            mending = asyncio.create_task(mend_soon(line))
            pieces = await chat.hear(ask())
            await mending

    assert text_of(pieces) == "".join(ANSWER.tokens)
    assert pieces[-1] == ReplyEnded(reason="done")
    assert await outcomes(database_url) == ["done"]
