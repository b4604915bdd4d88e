"""Every service's app names requests, hides its faults, and tells its state and figures."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import APIRouter, FastAPI
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from starlette.responses import Response, StreamingResponse

from emergence.kernel.errors import ServiceError, Unauthenticated
from emergence.kernel.health import Dependency
from emergence.kernel.logs import AlreadyLogged, request_id
from emergence.kernel.problems import invalid_places, invalid_sentence
from emergence.kernel.service_app import service_app
from tests.kernel.requests_to_app import Answered, ask
from tests.kernel.service_plans import plan


class SignIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str
    password: SecretStr


class Full(ServiceError):
    code = "test_full"
    status = 507
    sentence = "There is no room left."


def build() -> FastAPI:
    app = service_app(plan("shop"))
    router = APIRouter(prefix="/api/shop")

    @router.post("/sign-in/{place}")
    async def sign_in(place: int, given: SignIn) -> SignIn:
        return given

    @router.get("/name")
    async def name() -> Response:
        return Response(str(request_id()))

    @router.get("/broken")
    async def broken() -> None:
        raise ZeroDivisionError("hunter2")

    @router.get("/breaks-off")
    async def break_off() -> Response:
        async def pieces() -> AsyncIterator[bytes]:
            yield b"half"
            raise ZeroDivisionError("hunter2")

        return StreamingResponse(pieces())

    @router.get("/full")
    async def full() -> None:
        raise Full(members={"bytes_left": 0}, headers={"Retry-After": "60"})

    @router.get("/mine")
    async def mine() -> None:
        raise Unauthenticated()

    app.include_router(router, prefix="/v9")
    return app


APP = build()


def assert_problem(answer: Answered, status: int, code: str) -> None:
    document = answer.json()
    assert (answer.status, document["status"], document["code"]) == (status, status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert document["type"] == f"urn:emergence:problem:{code}"
    assert document["trace_id"] == answer.headers["x-request-id"]
    assert isinstance(document["detail"], str)


async def test_a_request_without_a_name_gets_one_which_is_echoed() -> None:
    answer = await ask(APP, "/v9/api/shop/name")

    assert answer.body.decode() == answer.headers["x-request-id"]


async def test_a_sane_name_from_outside_is_kept() -> None:
    answer = await ask(APP, "/v9/api/shop/name", headers={"x-request-id": "trace.me-1_A"})

    assert answer.headers["x-request-id"] == answer.body.decode() == "trace.me-1_A"


@pytest.mark.parametrize("name", ["", "a b", "x" * 65, "<script>", "é"])
async def test_names_that_could_do_harm_are_replaced(name: str) -> None:
    answer = await ask(APP, "/v9/api/shop/name", headers={"x-request-id": name})

    assert answer.headers["x-request-id"] != name
    assert len(answer.headers["x-request-id"]) == 36


async def test_a_declared_error_becomes_its_problem() -> None:
    answer = await ask(APP, "/v9/api/shop/full")

    assert_problem(answer, 507, "test_full")
    assert answer.json()["bytes_left"] == 0
    assert answer.headers["retry-after"] == "60"
    assert answer.headers["cache-control"] == "no-store"


async def test_a_refused_credential_says_how_to_send_one() -> None:
    answer = await ask(APP, "/v9/api/shop/mine")

    assert_problem(answer, 401, "unauthenticated")
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


async def test_an_exception_nobody_caught_is_logged_and_told_without_details(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = await ask(APP, "/v9/api/shop/broken")

    assert_problem(answer, 500, "internal_error")
    assert b"hunter2" not in answer.body
    assert b"ZeroDivision" not in answer.body
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["event"], line["request_id"]) for line in logged] == [
        ("request_broke", answer.headers["x-request-id"])
    ]
    assert logged[0]["exception"][0]["type"] == "ZeroDivisionError"


async def test_an_answer_that_breaks_off_does_not_look_whole() -> None:
    with pytest.raises(AlreadyLogged):
        await ask(APP, "/v9/api/shop/breaks-off")


async def test_an_unknown_path_and_an_unknown_method_are_problems() -> None:
    assert_problem(await ask(APP, "/nowhere"), 404, "not_found")
    refused = await ask(APP, "/v9/api/shop/name", method="DELETE")

    assert_problem(refused, 405, "method_not_allowed")
    assert refused.headers["allow"] == "GET"


@pytest.mark.parametrize(
    "sent",
    [
        {"name": 7, "password": ["hunter2"]},
        {"name": "a", "password": "b", "hunter2": "hunter2"},
        {"hunter2": {"hunter2": "hunter2"}},
        ["hunter2"],
        "hunter2",
    ],
)
async def test_malformed_input_is_told_by_place_and_never_echoed(sent: object) -> None:
    answer = await ask(APP, "/v9/api/shop/sign-in/4", method="POST", body=json.dumps(sent).encode())

    assert_problem(answer, 422, "invalid_request")
    assert b"hunter2" not in answer.body
    errors = answer.json()["errors"]
    assert isinstance(errors, list)
    assert all(error.keys() == {"place", "reason"} for error in errors)


async def test_each_place_has_its_reason() -> None:
    answer = await ask(APP, "/v9/api/shop/sign-in/here", method="POST", body=b'{"password": "x", "more": 1}')

    assert answer.json()["errors"] == [
        {"place": "path.place", "reason": "Input should be a valid integer, unable to parse string as an integer"},
        {"place": "body.name", "reason": "is required"},
        {"place": "body.(a name that is not known here)", "reason": "is not accepted"},
    ]
    assert answer.json()["detail"] == (
        "place: Input should be a valid integer, unable to parse string as an integer; name: is required; "
        "(a name that is not known here): is not accepted."
    )


async def test_a_body_that_is_not_json_is_malformed() -> None:
    answer = await ask(APP, "/v9/api/shop/sign-in/4", method="POST", body=b'{"password": hunter2}')

    assert_problem(answer, 422, "invalid_request")
    assert answer.json()["errors"] == [{"place": "body", "reason": "is not JSON"}]
    assert answer.json()["detail"] == "body: is not JSON."


class Bounded(BaseModel):
    """One field of each kind that has bounds."""

    password: SecretStr = Field(min_length=15, max_length=20)
    name: str = Field(min_length=1, max_length=4, pattern="^h")
    entries: list[str] = Field(default=[], min_length=1)


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        ({"password": "hunter2", "name": "h"}, "password: too short (at least 15 characters)."),
        ({"password": "hunter2" * 3, "name": "h"}, "password: too long (at most 20 characters)."),
        (
            {"password": "hunter2" * 2, "name": ""},
            "password: too short (at least 15 characters); name: too short (at least 1 character).",
        ),
        ({"password": "x" * 15, "name": "hunter2"}, "name: too long (at most 4 characters)."),
        ({"password": "x" * 15, "name": "unte"}, "name: does not have the form that is asked for."),
        ({"password": "x" * 15, "name": "h", "entries": []}, "entries: too short (at least 1 entry)."),
        ({"password": 7, "name": 7, "entries": [1, 2]}, None),
    ],
)
def test_a_bound_is_told_with_its_field_and_nothing_that_was_sent(given: dict[str, Any], detail: str | None) -> None:
    with pytest.raises(ValidationError) as refused:
        Bounded.model_validate(given)
    errors = [dict(each) | {"loc": ("body", *each["loc"])} for each in refused.value.errors()]

    told = invalid_sentence(invalid_places(errors)) or ""

    assert "hunter2" not in told and "unte" not in told
    assert told == detail if detail else told.endswith("; and 1 more.")


async def test_the_process_says_that_it_lives() -> None:
    answer = await ask(APP, "/api/health")

    assert answer.json().keys() == {"status", "service", "version"}
    assert (answer.json()["status"], answer.json()["service"]) == ("ok", "shop")


async def test_readiness_follows_what_is_needed() -> None:
    is_up = {"postgresql": True, "mail": True}

    def dependency(name: str, *, is_required: bool) -> Dependency:
        async def check() -> bool:
            return is_up[name]

        return Dependency(name, check, is_required)

    app = service_app(plan("shop", [dependency("postgresql", is_required=True), dependency("mail", is_required=False)]))
    all_up = await ask(app, "/api/ready")
    is_up["mail"] = False
    without_mail = await ask(app, "/api/ready")
    is_up["postgresql"] = False
    without_both = await ask(app, "/api/ready")

    assert [answer.status for answer in (all_up, without_mail, without_both)] == [200, 200, 503]
    assert without_both.json() == {
        "status": "not_ready",
        "service": "shop",
        "dependencies": [
            {"name": "postgresql", "state": "down", "detail": "does not answer", "parts": None},
            {"name": "mail", "state": "degraded", "detail": "does not answer", "parts": None},
        ],
    }


async def test_documentation_pages_are_off() -> None:
    for path in ("/docs", "/redoc", "/openapi.json"):
        assert (await ask(APP, path)).status == 404


def test_the_openapi_document_describes_refusals_as_problems() -> None:
    document = APP.openapi()
    operation = document["paths"]["/v9/api/shop/sign-in/{place}"]["post"]

    assert operation["responses"].keys() == {"200", "default"}
    content = operation["responses"]["default"]["content"]
    assert content == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    assert {"Problem", "InvalidPlace"} <= document["components"]["schemas"].keys()
    assert "/metrics" not in document["paths"]
