"""What chat hands out of a person, and what it forgets when they are no more."""

import asyncio
import json
from contextlib import aclosing
from uuid import UUID

import pytest

from emergence.contracts.auth.events import UserDeleted
from emergence.contracts.personal_data import OfChat, RowPiece, RowsEnded, export_path
from emergence.kernel.events.outbox import publish
from emergence.kernel.service_tokens import ServiceTokens
from emergence.kernel.wire.in_process import InProcess
from emergence.kernel.wire.messages import WireRequest
from emergence.kernel.wire.peers import Peers
from tests.chat.chat_service import SERVICE_SECRET, ChatService, ask, chat_service
from tests.scripted_models.openai_server import OpenAIServer


async def rows_of(chat: ChatService, user_id: UUID) -> list[tuple[str, dict[str, object]]]:
    peers = Peers()
    peers.connect("chat", InProcess(chat.app, service="chat", tokens=ServiceTokens(SERVICE_SECRET, "auth+gateway")))
    async with aclosing(OfChat(peers).export(user_id)) as pieces:
        heard = [piece async for piece in pieces]
    assert isinstance(heard[-1], RowsEnded)
    return [(piece.table, json.loads(piece.text)) for piece in heard if isinstance(piece, RowPiece)]


async def test_what_runs_used_is_handed_out_and_erased_for_one_person_only(database_url: str) -> None:
    ada, bob = ask(), ask()
    async with OpenAIServer() as model:
        variables = {"OPENAI_COMPATIBLE_BASE_URL": model.base_url, "OPENAI_COMPATIBLE_MODEL": "scripted"}
        async with chat_service(database_url, **variables) as chat:
            for request in (ada, bob):
                await chat.hear(request)
            [(table, row)] = await rows_of(chat, ada.user_id)

            async with chat.app.state.chat.database.transaction() as tx:
                await publish(tx, UserDeleted(user_id=ada.user_id))

            async with asyncio.timeout(10):
                while await rows_of(chat, ada.user_id):  # noqa: ASYNC110 - another task erases
                    await asyncio.sleep(0.05)
            assert (table, row["id"], row["user_id"]) == ("runs", str(ada.run_id), str(ada.user_id))
            assert row["output_tokens"] == 6
            assert len(await rows_of(chat, bob.user_id)) == 1


@pytest.mark.parametrize(("caller", "status"), [(None, 401), ("session", 403)])
async def test_nobody_but_auth_gets_anything(database_url: str, caller: str | None, status: int) -> None:
    async with chat_service(database_url) as chat:
        transport = chat.user_transport() if caller is None else chat.transport
        async with transport.send(WireRequest("POST", export_path("chat", ask().user_id))) as reply:
            assert reply.status == status
