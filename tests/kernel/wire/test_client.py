"""A typed client behaves the same whether its neighbour is in this process or behind a socket."""

import asyncio
from contextlib import aclosing
from datetime import timedelta

import pytest

from emergence.kernel.errors import DeadlineExceeded, InvalidRequest, NotFound, ServiceError, Unavailable
from emergence.kernel.logs import set_request_id
from emergence.kernel.storage.database import Database
from emergence.kernel.wire.client import CallInsideTransaction
from emergence.kernel.wire.messages import WireRequest
from emergence.kernel.wire.peers import Peers
from tests.kernel.wire.neighbour import Neighbour, NeighbourClient, OutOfStock, Word

PATIENCE_S = 5


async def test_an_answer_comes_back_as_its_model(client: NeighbourClient) -> None:
    said = await client.word("/echo", body=Word(word="déjà vu 🌊"))

    assert said == Word(word="déjà vu 🌊")


async def test_a_path_may_carry_escapes_and_a_query(client: NeighbourClient) -> None:
    assert await client.word("/words/caf%C3%A9?times=2") == Word(word="cafécafé")


async def test_a_declared_error_is_raised_as_its_class_with_its_members(client: NeighbourClient) -> None:
    with pytest.raises(OutOfStock) as raised:
        await client.word("/problem")

    assert raised.value.detail == "Sold out on Monday."
    assert raised.value.members == {"left": 0}


async def test_places_of_malformed_input_survive_the_wire(client: NeighbourClient) -> None:
    with pytest.raises(InvalidRequest) as raised:
        await client.word("/malformed")

    assert raised.value.members["errors"] == [{"place": "body.word", "reason": "is required"}]


async def test_a_route_that_does_not_exist_is_not_found(client: NeighbourClient) -> None:
    with pytest.raises(NotFound):
        await client.word("/nowhere")


async def test_retry_after_survives_the_wire(client: NeighbourClient) -> None:
    with pytest.raises(Unavailable) as raised:
        await client.word("/flaky")

    assert raised.value.headers["Retry-After"] == "7"


async def test_an_error_this_process_does_not_know_keeps_its_words(client: NeighbourClient) -> None:
    with pytest.raises(ServiceError) as raised:
        await client.word("/unknown-code")

    assert type(raised.value) is ServiceError
    assert (raised.value.status, raised.value.code) == (418, "from_the_future")
    assert raised.value.detail == "You cannot know this yet."
    assert raised.value.members == {"colour": "blue"}


async def test_an_error_that_is_no_problem_document_keeps_its_status(client: NeighbourClient) -> None:
    with pytest.raises(ServiceError) as raised:
        await client.word("/not-a-problem")

    assert (raised.value.status, raised.value.code) == (502, "http_502")


async def test_an_app_that_breaks_says_nothing_about_why(client: NeighbourClient) -> None:
    with pytest.raises(ServiceError) as raised:
        await client.word("/broken")

    assert raised.value.status == 500
    assert "nobody may see" not in str(raised.value.problem())


async def test_an_answer_of_another_shape_is_unavailable(client: NeighbourClient) -> None:
    with pytest.raises(Unavailable, match="something else than was promised"):
        await client.word("/gibberish")


async def test_a_streamed_piece_of_another_shape_is_unavailable(client: NeighbourClient) -> None:
    with pytest.raises(Unavailable, match="something else than was promised"):
        [piece async for piece in client.words("/gibberish", "GET")]


async def test_an_answer_above_the_limit_is_refused(client: NeighbourClient) -> None:
    with pytest.raises(Unavailable, match="larger than it may be"):
        await client.word("/large")


async def test_a_head_that_does_not_come_ends_at_the_deadline(client: NeighbourClient) -> None:
    with pytest.raises(DeadlineExceeded):
        await client.soon("/silent", timedelta(milliseconds=150))


async def test_the_first_piece_does_not_wait_for_the_last(client: NeighbourClient, neighbour: Neighbour) -> None:
    words = aiter(client.words())

    first = await asyncio.wait_for(anext(words), PATIENCE_S)  # the writer is not told to go on before this
    neighbour.may_go_on.set()
    rest = [word async for word in words]

    assert (first, rest) == (Word(word="first"), [Word(word="last")])


async def test_closing_the_reader_stops_the_writer(client: NeighbourClient, neighbour: Neighbour) -> None:
    async with aclosing(client.words()) as words:
        await anext(words)

    await asyncio.wait_for(neighbour.stopped.wait(), PATIENCE_S)
    assert not neighbour.may_go_on.is_set()


async def test_cancelling_the_reader_stops_the_writer(client: NeighbourClient, neighbour: Neighbour) -> None:
    has_begun = asyncio.Event()

    async def read() -> None:
        async for _ in client.words():
            has_begun.set()

    reading = asyncio.create_task(read())
    await asyncio.wait_for(has_begun.wait(), PATIENCE_S)
    reading.cancel()

    with pytest.raises(asyncio.CancelledError):
        await reading
    await asyncio.wait_for(neighbour.stopped.wait(), PATIENCE_S)


async def test_a_writer_cannot_run_far_ahead_of_its_reader(client: NeighbourClient, neighbour: Neighbour) -> None:
    async with aclosing(client.words("/endless", "GET")) as words:
        await anext(words)
        seen = -1
        while seen != neighbour.written:  # until the writer stands still
            seen = neighbour.written
            await asyncio.sleep(0.3)

    await asyncio.wait_for(neighbour.stopped.wait(), PATIENCE_S)
    assert neighbour.written < 200  # 20 MB: what two sockets' buffers hold at most, never the whole


@pytest.mark.parametrize("path", ["/cut", "/ends-in-a-line"])
async def test_a_stream_cut_within_a_line_gives_its_whole_lines_then_raises(client: NeighbourClient, path: str) -> None:
    got: list[Word] = []

    with pytest.raises(Unavailable):
        async for word in client.words(path, "GET"):
            got.append(word)  # noqa: PERF401 - what came before the error is the point

    assert got == [Word(word="whole")]


async def test_a_refused_stream_raises_before_its_first_piece(client: NeighbourClient) -> None:
    with pytest.raises(OutOfStock):
        [word async for word in client.words("/problem", "GET")]


async def test_an_idempotent_call_is_tried_once_more(client: NeighbourClient, neighbour: Neighbour) -> None:
    assert await client.word("/flaky", idempotent=True) == Word(word="at last")
    assert neighbour.calls == ["GET", "GET"]


async def test_a_call_that_is_not_idempotent_is_never_repeated(client: NeighbourClient, neighbour: Neighbour) -> None:
    with pytest.raises(Unavailable):
        await client.word("/flaky", body=Word(word="once"))

    assert neighbour.calls == ["POST"]


async def test_a_call_while_a_transaction_is_open_raises(client: NeighbourClient, database_url: str) -> None:
    database = Database(database_url, schema="public")
    async with database.transaction():
        with pytest.raises(CallInsideTransaction, match="public"):
            await client.word("/words/a")
        with pytest.raises(CallInsideTransaction):
            [word async for word in client.words()]

    assert await client.word("/words/a") == Word(word="a")
    await database.close()


async def test_the_request_id_goes_along(client: NeighbourClient) -> None:
    set_request_id("request-of-a-user")

    assert await client.word("/request-id") == Word(word="request-of-a-user")


async def test_the_neighbour_learns_who_calls(client: NeighbourClient) -> None:
    assert await client.word("/caller") == Word(word="session")


async def test_a_token_for_one_service_opens_no_other_and_is_no_users_fault(client: NeighbourClient) -> None:
    with pytest.raises(Unavailable, match="do not accept each other"):
        await client.word("/elsewhere")


async def test_an_authorization_that_the_caller_sets_is_left_alone(peers: Peers) -> None:
    request = WireRequest("GET", "/authorization", {"Authorization": "Bearer of-a-user"})

    async with peers.transport("neighbour").send(request) as reply:
        body = b"".join([chunk async for chunk in reply.chunks])

    assert body == b'{"word":"Bearer of-a-user"}'


async def test_a_neighbour_that_is_not_connected_is_named_with_its_setting() -> None:
    with pytest.raises(Unavailable, match="NEIGHBOUR_SERVICE_URL"):
        await NeighbourClient(Peers()).word("/echo")
