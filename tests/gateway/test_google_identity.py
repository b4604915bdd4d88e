"""On Cloud Run calls to other processes prove which account calls, beside whatever they say in Authorization."""

import aiohttp
import jwt
import pytest

from emergence.composition import build_process
from emergence.gateway.app import Gateway
from emergence.kernel.surroundings import Surroundings
from emergence.kernel.wire.messages import WireRequest
from tests.gateway.front_door import SERVICE_SECRET, Backend
from tests.scripted_google import ScriptedMetadata
from tests.served_app import served

HEADER = "x-serverless-authorization"
FORGED = {HEADER: "Bearer forged", "authorization": "Bearer of-a-person"}


@pytest.mark.parametrize("is_on", [False, True])
async def test_what_passes_to_another_process_says_which_account_calls_it(is_on: bool) -> None:
    scripted = ScriptedMetadata()
    async with served(Backend().app()) as session, scripted.running() as metadata:
        environ = {
            "EMERGENCE_SERVICE_SECRET": SERVICE_SECRET,
            "EMERGENCE_GOOGLE_IDENTITY": str(is_on),
            "GCE_METADATA_HOST": metadata,
        }
        surroundings = Surroundings(environ=environ)
        process = build_process(["gateway"], surroundings, {"session": session})
        assert isinstance(process, Gateway)
        async with served(process) as url, aiohttp.ClientSession() as browser:
            async with browser.get(f"{url}/api/threads", headers=FORGED) as reply:
                forwarded = (await reply.json())["headers"]
            async with surroundings.peers.transport("session").send(WireRequest("GET", "/api/threads")) as answer:
                body = b"".join([chunk async for chunk in answer.chunks])

    assert forwarded["authorization"] == "Bearer of-a-person"
    assert (HEADER.encode() in body) is is_on
    assert scripted.asked == (2 if is_on else 0), "one token for each way there"
    if is_on:
        claims = jwt.decode(forwarded[HEADER].removeprefix("Bearer "), options={"verify_signature": False})
        assert (claims["aud"], claims["email"]) == (session, scripted.account)


async def test_without_a_token_nothing_passes(free_port: int) -> None:
    async with served(Backend().app()) as session:
        environ = {
            "EMERGENCE_SERVICE_SECRET": SERVICE_SECRET,
            "EMERGENCE_GOOGLE_IDENTITY": "true",
            "GCE_METADATA_HOST": f"127.0.0.1:{free_port}",
        }
        process = build_process(["gateway"], Surroundings(environ=environ), {"session": session})
        async with served(process) as url, aiohttp.ClientSession() as browser:
            async with browser.get(f"{url}/api/threads") as reply:
                assert reply.status == 503
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await browser.ws_connect(f"{url}/ws", protocols=("emergence.v1",))
