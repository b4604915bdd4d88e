"""A body above its route's limit is refused at once, whether or not it says how long it is."""

from dataclasses import replace

from fastapi import FastAPI, Request
from pydantic import BaseModel

from emergence.kernel.body_limit import DEFAULT_BODY_LIMIT_BYTES
from emergence.kernel.service_app import service_app
from tests.kernel.requests_to_app import Answered, ask
from tests.kernel.service_plans import plan

LARGER_BYTES = 3 * DEFAULT_BODY_LIMIT_BYTES


class Note(BaseModel):
    text: str


def build() -> FastAPI:
    app = service_app(replace(plan("shop"), larger_bodies={"/files": LARGER_BYTES}))

    @app.post("/notes")
    async def keep(note: Note) -> int:
        return len(note.text)

    @app.post("/raw")
    async def count(request: Request) -> int:
        return sum([len(piece) async for piece in request.stream()])

    @app.post("/files/{name}")
    async def store(name: str, request: Request) -> int:
        return len(await request.body())

    return app


APP = build()


def note_of(size_bytes: int) -> bytes:
    frame = len(b'{"text":""}')
    return b'{"text":"' + b"x" * (size_bytes - frame) + b'"}'


def assert_refused(answer: Answered, limit_bytes: int = DEFAULT_BODY_LIMIT_BYTES) -> None:
    assert answer.status == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], answer.json()["limit_bytes"]) == ("request_too_large", limit_bytes)


async def test_a_body_at_the_limit_is_read_whole() -> None:
    answer = await ask(APP, "/notes", method="POST", body=note_of(DEFAULT_BODY_LIMIT_BYTES))

    assert (answer.status, answer.body) == (200, str(DEFAULT_BODY_LIMIT_BYTES - 11).encode())


async def test_one_byte_more_is_refused() -> None:
    assert_refused(await ask(APP, "/notes", method="POST", body=note_of(DEFAULT_BODY_LIMIT_BYTES + 1)))


async def test_a_body_that_hides_its_length_is_counted_while_it_comes() -> None:
    pieces = [b"x" * 300_000] * 4

    assert_refused(await ask(APP, "/notes", method="POST", body=pieces))
    assert_refused(await ask(APP, "/raw", method="POST", body=pieces))


async def test_a_body_that_lies_about_its_length_is_counted_too() -> None:
    pieces = [b"x" * 300_000] * 4

    assert_refused(await ask(APP, "/raw", method="POST", body=pieces, headers={"content-length": "5"}))


async def test_a_route_may_accept_more() -> None:
    accepted = await ask(APP, "/files/a", method="POST", body=b"x" * LARGER_BYTES)
    refused = await ask(APP, "/files/a", method="POST", body=b"x" * (LARGER_BYTES + 1))

    assert (accepted.status, accepted.body) == (200, str(LARGER_BYTES).encode())
    assert_refused(refused, LARGER_BYTES)
