"""The handshake: protocol, origin, ticket."""

import json
from datetime import timedelta

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.session.live_client import HELLO, live_client, raw_socket
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ


async def refusal(url: str, subprotocols: list[str] | None, origin: str | None = None) -> tuple[int, str | None]:
    """Return the close code of a socket that is refused, and the subprotocol that was agreed on."""
    async with raw_socket(url + "/ws", subprotocols, origin) as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code is not None
        return socket.close_code, socket.subprotocol


async def test_only_our_protocol_is_echoed_never_the_ticket(served: ServedSession, ada: Person) -> None:
    async with raw_socket(served.url + "/ws", [f"ticket.{ada.ticket()}", "emergence.v1"]) as socket:
        assert socket.subprotocol == "emergence.v1"


async def test_a_missing_unknown_or_used_ticket_closes_with_4401(served: ServedSession, ada: Person) -> None:
    used = ada.ticket()
    async with raw_socket(served.url + "/ws", ["emergence.v1", f"ticket.{used}"]) as socket:
        await socket.send(json.dumps(HELLO))
        await socket.recv()

    assert await refusal(served.url, ["emergence.v1"]) == (4401, "emergence.v1")
    assert await refusal(served.url, ["emergence.v1", "ticket."]) == (4401, "emergence.v1")
    assert await refusal(served.url, ["emergence.v1", "ticket.invented"]) == (4401, "emergence.v1")
    assert await refusal(served.url, ["emergence.v1", f"ticket.{used}"]) == (4401, "emergence.v1")
    two = [f"ticket.{ada.ticket()}", f"ticket.{ada.ticket()}"]
    assert await refusal(served.url, ["emergence.v1", *two]) == (4401, "emergence.v1")


async def test_another_protocol_closes_with_4410(served: ServedSession, ada: Person) -> None:
    assert (await refusal(served.url, None))[0] == 4410
    async with raw_socket(served.url + "/ws", ["emergence.v1", f"ticket.{ada.ticket()}"]) as socket:
        await socket.send(json.dumps({**HELLO, "protocols": ["emergence.v2"]}))
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4410


async def test_a_page_from_elsewhere_closes_with_4403_and_uses_no_ticket(served: ServedSession, ada: Person) -> None:
    ticket = ada.ticket()
    offered = ["emergence.v1", f"ticket.{ticket}"]

    for origin in ("https://evil.example", served.url + ".evil.example", "null", served.url.replace("http", "ftp")):
        assert await refusal(served.url, offered, origin) == (4403, "emergence.v1")

    assert ticket not in served.auth.used
    async with live_client(served.url, ada, origin=served.url):
        assert served.auth.origins == [served.url]


async def test_with_a_public_address_only_pages_from_it_may_open_a_socket(database_url: str, ada: Person) -> None:
    environ = session_environ(database_url, EMERGENCE_PUBLIC_URL="https://chat.example.org")
    async with served_session(environ) as served:
        offered = ["emergence.v1", f"ticket.{ada.ticket()}"]

        assert (await refusal(served.url, offered, served.url))[0] == 4403
        async with live_client(served.url, ada, origin="https://chat.example.org") as client:
            assert client.kinds() == ["welcome"]


@pytest.mark.parametrize("query", ["token=x", "a=1&access_token=x", "ticket=x", "Ticket="])
async def test_a_token_in_the_address_is_refused_before_the_handshake(
    served: ServedSession, ada: Person, query: str
) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with raw_socket(f"{served.url}/ws?{query}", ["emergence.v1", f"ticket.{ada.ticket()}"]):
            pass

    assert refused.value.response.status_code == 400
    assert served.auth.used == set()


async def test_with_auth_away_the_client_is_told_to_come_back(served: ServedSession, ada: Person) -> None:
    served.auth.is_away = True

    assert await refusal(served.url, ["emergence.v1", f"ticket.{ada.ticket()}"]) == (1013, "emergence.v1")


async def test_a_person_has_only_so_many_sockets(database_url: str, ada: Person, bob: Person) -> None:
    async with served_session(session_environ(database_url, SESSION_SOCKETS_PER_USER="2")) as served:
        async with live_client(served.url, ada), live_client(served.url, ada):
            assert (await refusal(served.url, ["emergence.v1", f"ticket.{ada.ticket()}"]))[0] == 4429
            async with live_client(served.url, bob) as client:
                assert client.kinds() == ["welcome"]
        async with live_client(served.url, ada) as client:
            assert client.kinds() == ["welcome"]


async def test_a_live_session_goes_on_over_sockets_and_is_its_owners(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as client:
        first = client.heard[0]["data"]["session"]
    async with live_client(served.url, ada, session=first) as client:
        assert client.heard[0]["data"]["session"] == first
    async with live_client(served.url, ada, session="not-an-id") as client:
        assert client.heard[0]["data"]["session"] != first


async def test_a_socket_closes_when_its_login_session_ends_by_itself(served: ServedSession) -> None:
    short = Person(lifetime=timedelta(seconds=0.5))

    async with live_client(served.url, short) as client:
        assert await client.close_code() == 4401


@pytest.mark.parametrize(
    "hello",
    [
        {"client": "tests\x00"},
        {"client": "two\nlines"},
        {"resume": [{"topic": "user:\x00", "seq": 1}]},
        {"resume": [{"topic": "user:1", "seq": 2**63}]},
    ],
)
async def test_a_hello_with_what_cannot_be_kept_closes_with_4400(
    served: ServedSession, ada: Person, hello: dict[str, object]
) -> None:
    async with raw_socket(served.url + "/ws", ["emergence.v1", f"ticket.{ada.ticket()}"]) as socket:
        await socket.send(json.dumps({**HELLO, **hello}))

        assert json.loads(await socket.recv())["data"]["code"] == "bad_frame"
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4400


async def test_a_client_that_claims_the_largest_number_is_told_the_real_one(served: ServedSession, ada: Person) -> None:
    topic = f"user:{ada.user_id}"

    async with live_client(served.url, ada, resume=[{"topic": topic, "seq": 2**63 - 1}]) as client:
        reset = await client.until("topic.reset")

    assert (reset["topic"], reset["data"]["seq"]) == (topic, 0)
