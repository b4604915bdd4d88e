"""Real Envoy in front of real processes, each with its manifest's environment and its own packages only."""

import json
from collections.abc import AsyncIterator, Iterator

import aiohttp
import asyncpg
import pytest
from yarl import URL

from blueprint.connections import BESIDE_POOL
from emergence.kernel.service_tokens import ServiceTokens
from tests.databases import Databases, EngineLoop
from tests.infra.cloud_run.behind_envoy import Edge, behind_envoy
from tests.journeys.visitor import PASSWORD, Visitor, text_of
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer, words

pytestmark = pytest.mark.xdist_group("behind-envoy")
ADA = "ada@example.org"


@pytest.fixture(scope="module")
def models(engine_loop: EngineLoop) -> Iterator[OpenAIServer]:
    """A model server in a thread of its own."""
    server = OpenAIServer()
    engine_loop.run(server.__aenter__())
    yield server
    engine_loop.run(server.__aexit__(None, None, None))


@pytest.fixture(scope="module")
async def edge(
    databases: Databases, models: OpenAIServer, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Edge]:
    name = databases.make()
    async with behind_envoy(tmp_path_factory.mktemp("edge"), databases.url(name), models) as running:
        yield running
    databases.drop(name)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("/api/auth/setup", "auth"),
        ("/.well-known/jwks.json", "auth"),
        ("/api/threads", "session"),
        ("/api/agents", "main"),
        ("/api/memory/state", "main"),
        ("/api/health", "main"),
        ("/", "main"),
        ("/wsx", "main"),
    ],
)
async def test_a_path_reaches_its_owner_and_nobody_else(
    edge: Edge, http: aiohttp.ClientSession, path: str, service: str
) -> None:
    before = {name: await edge.requests_to(http, name) for name in ("auth", "session", "main")}

    async with http.get(edge.deployment.url + path) as reply:
        await reply.read()

    after = {name: await edge.requests_to(http, name) for name in before}
    assert {name: after[name] - before[name] for name in before} == {**dict.fromkeys(before, 0), service: 1}
    assert reply.status != 421


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/metrics?x=1",
        "/api/chat/internal/agents",
        "/api//chat/internal/agents",
        "/api/x/../chat/internal/agents",
        "/api/x/%2e%2e/chat/internal/agents",
        "/api/chat/%69nternal/agents",
    ],
)
async def test_what_is_for_neighbours_is_not_even_asked_for(edge: Edge, http: aiohttp.ClientSession, path: str) -> None:
    token = ServiceTokens(edge.secret, "session").token_for("chat")
    headers = {"authorization": f"Bearer {token}"}
    direct = edge.services["main"] + "/api/chat/internal/agents"
    before = await edge.requests_to(http, "main")

    async with http.get(URL(edge.deployment.url + path, encoded=True), headers=headers) as hidden:
        pass

    assert hidden.status == 404
    assert await edge.requests_to(http, "main") == before
    async with http.get(direct, headers=headers) as neighbour:
        assert neighbour.status == 200, "the same call is answered beside the edge, so the edge is what hides it"


@pytest.mark.parametrize("host", ["rebound.example", "rebound.example:{port}", "127.0.0.1.example", "0.0.0.0:{port}"])
@pytest.mark.parametrize("path", ["/", "/api/auth/setup", "/api/threads", "/.well-known/jwks.json"])
async def test_another_name_that_leads_here_reaches_no_service(
    edge: Edge, http: aiohttp.ClientSession, path: str, host: str
) -> None:
    port = edge.deployment.url.rpartition(":")[2]
    before = {name: await edge.requests_to(http, name) for name in ("auth", "session", "main")}

    async with http.get(edge.deployment.url + path, headers={"Host": host.format(port=port)}) as reply:
        assert reply.status == 421

    assert {name: await edge.requests_to(http, name) for name in before} == before


@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "localhost", "LOCALHOST"])
async def test_this_machines_own_names_lead_to_the_services(edge: Edge, http: aiohttp.ClientSession, host: str) -> None:
    name = host.format(port=edge.deployment.url.rpartition(":")[2])

    async with http.get(edge.deployment.url + "/.well-known/jwks.json", headers={"Host": name}) as reply:
        assert reply.status == 200


async def test_an_escaped_slash_is_refused(edge: Edge, http: aiohttp.ClientSession) -> None:
    async with http.get(URL(edge.deployment.url + "/api/chat%2finternal/agents", encoded=True)) as reply:
        assert reply.status == 400


async def test_figures_ask_for_the_token_at_each_service(edge: Edge, http: aiohttp.ClientSession) -> None:
    for service in ("auth", "session", "main"):
        async with http.get(f"{edge.services[service]}/metrics") as reply:
            assert reply.status == 401, service


async def test_a_person_claims_the_server_and_talks_over_the_socket(edge: Edge, models: OpenAIServer) -> None:
    models.script.then(Answer(tokens=words(30), rate=100))
    async with Visitor(edge.deployment, ADA) as ada:
        body = {"email": ADA, "password": PASSWORD, "display_name": "Ada", "code": setup_code(edge)}
        claimed = await ada.call("POST", "/api/auth/setup", body)
        assert claimed.status == 200, claimed
        ada.token = claimed.body["access_token"]

        async with ada.live() as live:
            ack = await live.send("Through Envoy")
            final = await live.answer_to(ack)
        stored = await ada.stored(ack)

    assert final == "".join(words(30)) == text_of(stored)


async def test_a_process_holds_no_more_connections_than_the_policy_counts(edge: Edge, databases: Databases) -> None:
    connection = await asyncpg.connect(edge.deployment.programs[("auth",)].environ["DATABASE_URL"])
    try:
        rows = await connection.fetch(
            "SELECT application_name, count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() GROUP BY 1"
        )
    finally:
        await connection.close()
    held = {row[0].removeprefix("emergence-"): row[1] for row in rows}
    beside_pools = sum(count for name, count in held.items() if name not in BESIDE_POOL)

    for service, counted in BESIDE_POOL.items():
        assert held.get(f"{service}-listen", 0) <= max(0, counted - 2), (service, held)
    assert held["auth-listen"] >= 1
    assert 0 < beside_pools <= sum(BESIDE_POOL.values()), held


def setup_code(edge: Edge) -> str:
    """Return the code that auth printed where an operator reads it."""
    lines = (json.loads(line) for line in edge.deployment.programs[("auth",)].said().splitlines() if line[:1] == "{")
    return next(str(line["setup_code"]) for line in lines if "setup_code" in line)
