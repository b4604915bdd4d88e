"""The front door over real sockets, before a service in the same process and before one elsewhere."""

import asyncio
from collections.abc import AsyncIterator
from ipaddress import ip_address

import aiohttp
import pytest
from multidict import CIMultiDict
from yarl import URL

from emergence.contracts.auth.networks import CLIENT, PROOF, vouched_for
from emergence.kernel.service_tokens import ServiceTokens
from tests.gateway.front_door import SERVICE_SECRET, Backend, Shape, front_door, served_gateway

pytestmark = pytest.mark.parametrize("shape", ["in_process", "remote"])


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


async def test_a_request_reaches_its_service_whole(shape: Shape, browser: aiohttp.ClientSession) -> None:
    async with (
        front_door(shape, Backend()) as url,
        browser.post(f"{url}/api/threads?a=1&b=%20x", data=b"y" * 200_000) as reply,
    ):
        seen = await reply.json()

    assert reply.status == 201
    assert (seen["method"], seen["query"], seen["size"]) == ("POST", "a=1&b=%20x", 200_000)
    assert reply.headers.getall("set-cookie") == ["first=1; Path=/; SameSite=lax", "second=2; Path=/; SameSite=lax"]


async def test_the_first_piece_does_not_wait_for_the_last(shape: Shape, browser: aiohttp.ClientSession) -> None:
    backend = Backend()
    async with front_door(shape, backend) as url, browser.get(f"{url}/api/threads/slow") as reply:
        first = await reply.content.readany()
        backend.let_go.set()
        rest = await reply.content.read()

    assert (first, rest) == (b"first", b"last")


async def test_what_a_service_says_below_api_is_not_stored_streams_and_refusals_neither(
    shape: Shape, browser: aiohttp.ClientSession
) -> None:
    backend, said = Backend(), []
    backend.let_go.set()
    async with front_door(shape, backend, EMERGENCE_PUBLIC_URL="https://talk.example") as url:
        for path in ("threads", "threads/slow", "threads/unknown", "session/internal/secret", "unknown", "health"):
            async with browser.get(f"{url}/api/{path}") as reply:
                said.append(reply.headers.getall("cache-control"))
        async with browser.get(f"{url}/api/threads", headers={"host": "evil.example"}) as reply:
            said.append(reply.headers.getall("cache-control"))

    assert said == [["no-store"]] * 7


async def test_a_browser_that_leaves_ends_the_work(shape: Shape, browser: aiohttp.ClientSession) -> None:
    backend = Backend()
    async with front_door(shape, backend) as url:
        async with browser.get(f"{url}/api/threads/slow") as reply:
            await reply.content.readany()
            reply.close()
        async with asyncio.timeout(10):
            await backend.was_left.wait()


async def test_a_socket_carries_both_ways_and_its_close_code(shape: Shape, browser: aiohttp.ClientSession) -> None:
    async with (
        front_door(shape, Backend()) as url,
        browser.ws_connect(f"{url}/ws", protocols=("emergence.v1", "ticket.x")) as socket,
    ):
        await socket.send_str("hello")
        answer = await socket.receive_str()
        await socket.send_str("close")
        await socket.receive()

    assert (socket.protocol, answer, socket.close_code) == ("emergence.v1", "hello!", 4401)


async def test_a_service_hears_that_the_browser_closed(shape: Shape, browser: aiohttp.ClientSession) -> None:
    backend = Backend()
    async with front_door(shape, backend) as url:
        async with browser.ws_connect(f"{url}/ws", protocols=("emergence.v1",)) as socket:
            await socket.close(code=4000)
        async with asyncio.timeout(10):
            while not backend.close_codes:  # noqa: ASYNC110 - the other side tells nobody
                await asyncio.sleep(0.02)

    assert backend.close_codes == [4000]


@pytest.mark.parametrize("authorization", [None, "Bearer nonsense", "Basic abc"])
async def test_internal_paths_do_not_exist_for_browsers(
    shape: Shape, browser: aiohttp.ClientSession, authorization: str | None
) -> None:
    headers = {"authorization": authorization} if authorization else {}
    async with (
        front_door(shape, Backend()) as url,
        browser.get(f"{url}/api/session/internal/secret", headers=headers) as reply,
    ):
        problem = await reply.json()

    assert (reply.status, problem["code"]) == (404, "not_found")


async def test_internal_paths_exist_for_neighbours(shape: Shape, browser: aiohttp.ClientSession) -> None:
    token = ServiceTokens(SERVICE_SECRET, "chat").token_for("session")
    async with front_door(shape, Backend()) as url:
        address = f"{url}/api/session/internal/secret"
        async with browser.get(address, headers={"authorization": f"Bearer {token}"}) as reply:
            assert reply.status == 201


async def test_a_neighbour_may_use_the_platforms_own_name_for_us(shape: Shape, browser: aiohttp.ClientSession) -> None:
    token = ServiceTokens(SERVICE_SECRET, "chat").token_for("session")
    headers = {"authorization": f"Bearer {token}", "host": "emergence-app-123.europe-west1.run.app"}
    async with front_door(shape, Backend(), EMERGENCE_PUBLIC_URL="https://chat.example.org") as url:
        async with browser.get(f"{url}/api/session/internal/secret", headers=headers) as internal:
            pass
        async with browser.get(f"{url}/api/threads", headers=headers) as public:
            pass

    assert (internal.status, public.status) == (201, 421)


@pytest.mark.parametrize(
    "path",
    [
        "/api/session/./internal/secret",
        "/api/threads/../session/internal/secret",
        "/api/session/%2569nternal/secret",
        "/api/threads/%2e%2e/session/internal/secret",
        "/api/threads/..%2fsession%2finternal%2fsecret",
        "/ws/../metrics",
        "/api/threads/..%5csession",
    ],
)
async def test_paths_that_could_mean_another_path_lead_nowhere(
    shape: Shape, browser: aiohttp.ClientSession, path: str
) -> None:
    token = ServiceTokens(SERVICE_SECRET, "chat").token_for("session")
    headers = {"authorization": f"Bearer {token}"}
    async with front_door(shape, Backend()) as url:
        async with browser.get(URL(url + path, encoded=True), headers=headers) as reply:
            assert reply.status == 404


async def test_figures_are_for_this_machine_or_behind_a_token(shape: Shape, browser: aiohttp.ClientSession) -> None:
    statuses = []
    here = {"EMERGENCE_ENV": "local", "GATEWAY_LOOPBACK_ONLY": "true"}
    published = here | {"EMERGENCE_PUBLIC_URL": "https://chat.example.org"}
    for variables in ({}, {"METRICS_TOKEN": "a-token-for-figures"}, {"EMERGENCE_ENV": "local"}, here, published):
        async with front_door(shape, Backend(), **variables) as url, browser.get(f"{url}/metrics") as reply:
            statuses.append(reply.status)

    assert statuses == [404, 401, 404, 200, 404]


async def test_the_last_proxy_is_believed_however_the_header_is_split(
    shape: Shape, browser: aiohttp.ClientSession
) -> None:
    if shape == "in_process":
        return  # a service in the same process sees the connection itself
    lines = CIMultiDict([("x-forwarded-for", "198.51.100.4"), ("x-forwarded-for", "203.0.113.8")])
    async with front_door(shape, Backend(), GATEWAY_TRUSTED_HOPS="1") as url:
        async with browser.get(f"{url}/api/threads", headers=lines) as reply:
            seen = await reply.json()

    assert seen["headers"]["x-forwarded-for"] == "203.0.113.8, 127.0.0.1"


async def test_a_service_elsewhere_is_told_whom_the_gateway_saw(shape: Shape, browser: aiohttp.ClientSession) -> None:
    if shape == "in_process":
        return  # a service in the same process sees the connection itself
    forged = {"x-forwarded-for": "198.51.100.4, 8.8.4.4", CLIENT: "198.51.100.4", PROOF: "Bearer forged"}
    async with front_door(shape, Backend(), GATEWAY_TRUSTED_HOPS="1") as url:
        async with browser.get(f"{url}/api/threads", headers=forged) as reply:
            seen = (await reply.json())["headers"]

    assert seen[CLIENT] == "8.8.4.4"
    assert vouched_for(seen, ServiceTokens(SERVICE_SECRET, "session"), "session") == ip_address("8.8.4.4")


async def test_every_answer_has_security_headers(shape: Shape, browser: aiohttp.ClientSession) -> None:
    async with front_door(shape, Backend()) as url:
        for path in ("/api/threads", "/api/health", "/api/nothing", "/"):
            async with browser.get(url + path) as reply:
                assert "frame-ancestors 'none'" in reply.headers["content-security-policy"]
                assert reply.headers["x-content-type-options"] == "nosniff"
                assert "strict-transport-security" not in reply.headers


async def test_a_forged_origin_address_is_not_believed(shape: Shape, browser: aiohttp.ClientSession) -> None:
    async with (
        front_door(shape, Backend()) as url,
        browser.get(f"{url}/api/threads", headers={"x-forwarded-for": "203.0.113.9"}) as reply,
    ):
        seen = await reply.json()

    if shape == "remote":
        assert seen["headers"]["x-forwarded-for"] == "127.0.0.1"
    else:
        assert "127.0.0.1" in seen["client"]


async def test_another_host_name_is_refused_on_loopback(shape: Shape, browser: aiohttp.ClientSession) -> None:
    async with front_door(shape, Backend(), GATEWAY_LOOPBACK_ONLY="1") as url:
        async with browser.get(f"{url}/api/threads", headers={"host": "evil.example"}) as refused:
            pass
        async with browser.get(f"{url}/api/health", headers={"host": "evil.example"}) as health:
            pass

    assert (refused.status, health.status) == (421, 200)


async def test_a_collector_beside_the_gateway_reads_its_figures(shape: Shape, browser: aiohttp.ClientSession) -> None:
    """On Cloud Run it knows the gateway as 127.0.0.1 alone (infra/cloud-run/monitoring/collector.yaml)."""
    given = {"host": "127.0.0.1:8080", "authorization": "Bearer f1e2d3c4b5a697887766554433221100"}
    answered = []
    async with front_door(
        shape, Backend(), EMERGENCE_PUBLIC_URL="https://talk.example", METRICS_TOKEN="f1e2d3c4b5a697887766554433221100"
    ) as url:
        for headers in (given, {"host": given["host"]}, given | {"host": "evil.example"}):
            async with browser.get(f"{url}/metrics", headers=headers) as reply:
                answered.append(reply.status)

    assert answered == [200, 401, 421]


async def test_a_service_that_is_not_connected_says_which_setting(shape: Shape, browser: aiohttp.ClientSession) -> None:
    async with front_door(shape, Backend()) as url, browser.get(f"{url}/api/agents") as reply:
        problem = await reply.json()

    assert reply.status == 503
    assert "CHAT_SERVICE_URL" in problem["detail"]


async def test_a_service_that_is_away_is_said_so_over_http_and_socket(
    shape: Shape, browser: aiohttp.ClientSession, free_port: int
) -> None:
    if shape == "in_process":
        return  # a neighbour in the same process cannot be away
    from emergence.gateway.forward import Forward

    forward = Forward("session", f"http://127.0.0.1:{free_port}")
    async with served_gateway(forward) as url:
        async with browser.get(f"{url}/api/threads") as reply:
            problem = await reply.json()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await browser.ws_connect(f"{url}/ws", protocols=("emergence.v1",))
        async with browser.get(f"{url}/api/ready") as ready:
            pass
    await forward.close()

    assert (reply.status, problem["code"]) == (503, "unavailable")
    assert "retry-after" in reply.headers
    assert ready.status == 503
