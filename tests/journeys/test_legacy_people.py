"""People who were brought over sign in as before, find, search and export what they said; a revoked one does not."""

import asyncio
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import aiohttp

from emergence.legacy.values import base32_in
from tests.auth.authenticator import code_at
from tests.journeys.conftest import deployed
from tests.journeys.deployment import Deployment, one_process
from tests.journeys.program import PATIENCE_S, plain_environ, run_command
from tests.journeys.visitor import Visitor
from tests.legacy.former_database import ADA, BOB, EVE, PASSWORD, SEED, messy_database

Json = dict[str, Any]


async def test_an_imported_person_goes_on_where_they_were(place: Path, tmp_path: Path) -> None:
    former = messy_database(tmp_path / "emergence_v7.db")
    folder = place / "legacy"
    async with deployed(one_process(folder, None)) as deployment:
        environ = plain_environ(EMERGENCE_DATA_DIR=str(folder))
        done = await run_command(("import-legacy", str(former.file), "--json"), environ)
        assert done.status == 0, done.said
        deployment.secrets.update({PASSWORD, SEED})

        await _ada_proves_both_and_finds_everything(deployment)
        async with Visitor(deployment, BOB) as bob:
            signed_in = await log_in(bob)
            assert signed_in["password_must_reset"] is True
            bob.token = signed_in["access_token"]
            assert {thread["title"] for thread in (await bob.get("/api/threads"))["threads"]} == {
                "Clé", "By its session.", "An older talk about lighthouses.",
            }  # fmt: skip
            found = await bob.get("/api/threads/search?q=géranium")
            assert [hit["thread"]["title"] for hit in found["hits"]] == ["Clé"], found
            assert (await bob.get("/api/threads/search?q=treasure"))["hits"] == []
        async with Visitor(deployment, EVE) as eve:
            reply = await eve.call("POST", "/api/auth/login", {"email": EVE, "password": PASSWORD})
            assert (reply.status, "access_token" in reply.body) == (401, False)


async def _ada_proves_both_and_finds_everything(deployment: Deployment) -> None:
    async with Visitor(deployment, ADA) as ada:
        needed = await log_in(ada)
        seed = base32_in(SEED)
        assert seed is not None and needed["mfa_required"] is True
        proof = {"mfa_token": needed["mfa_token"], "code": code_at(seed, datetime.now(UTC))}
        reply = await ada.call("POST", "/api/auth/login/mfa", proof)
        assert (reply.status, reply.body["role"]) == (200, "admin"), reply
        ada.token = reply.body["access_token"]
        deployment.secrets.add(ada.token)
        listed = (await ada.get("/api/threads"))["threads"]
        assert [thread["title"] for thread in listed] == ["Where does the treasure lie?"], "the other is archived"
        said = await ada.get(f"/api/threads/{listed[0]['id']}/messages")
        assert [message["parts"][0]["text"] for message in said["messages"]][1] == "Where does the treasure lie?"
        found = await ada.get("/api/threads/search?q=treasure")
        assert {hit["thread"]["title"] for hit in found["hits"]} >= {"Treasure", "Where does the treasure lie?"}
        async with asyncio.timeout(PATIENCE_S):
            while not (await ada.get("/api/memory/search?q=oak"))["turns"]:  # noqa: ASYNC110 - over REST
                await asyncio.sleep(0.2)
        archive = await _export(ada)
        exported = json.loads(archive.read("session/messages.json"))
        assert "Under the oak." in [part["text"] for message in exported for part in message["parts"]]
        assert [row["cost_usd"] for row in json.loads(archive.read("chat/legacy_costs.json"))] == [0.1]
        assert {row["type"] for row in json.loads(archive.read("auth/legacy_audit_log.json"))} == {"login", "revoke"}


async def log_in(visitor: Visitor) -> Json:
    reply = await visitor.call("POST", "/api/auth/login", {"email": visitor.email, "password": PASSWORD})
    assert reply.status == 200, reply
    visitor.deployment.secrets.update({str(reply.body.get("access_token", PASSWORD)), PASSWORD})
    return reply.body


async def _export(visitor: Visitor) -> ZipFile:
    assert (await visitor.call("POST", "/api/auth/me/export")).status == 202
    async with asyncio.timeout(PATIENCE_S):
        while (latest := await visitor.get("/api/auth/me/export"))["export"]["state"] != "ready":
            assert latest["export"]["state"] in ("waiting", "running")
            await asyncio.sleep(0.2)
    headers = {"authorization": f"Bearer {visitor.token}"}
    async with (
        aiohttp.ClientSession(headers=headers) as http,
        http.get(f"{visitor.deployment.url}/api/auth/me/export/download") as reply,
    ):
        assert reply.status == 200
        return ZipFile(io.BytesIO(await reply.read()))
