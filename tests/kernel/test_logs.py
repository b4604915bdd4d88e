"""Logs tell what happened in one form, with the request's name, and never what people said."""

import json
import logging

import pytest
import structlog
from pydantic import BaseModel, ValidationError

from emergence.kernel.logs import AlreadyLogged, configure_logs, set_request_id
from emergence.kernel.storage.database import Database

log = structlog.get_logger("emergence.test")


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> "Lines":
    return Lines(capsys)


class Lines:
    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def read(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.text().splitlines()]

    def text(self) -> str:
        return self._capsys.readouterr().err


def test_our_lines_and_the_libraries_have_one_form(lines: Lines) -> None:
    configure_logs("INFO", "json", "shop")
    set_request_id("request-1")

    log.info("cake_sold", kind="lemon")
    logging.getLogger("some.library").warning("oven is %s", "hot")

    ours, theirs = lines.read()
    common = {"service": "shop", "request_id": "request-1"}
    assert ours.items() >= ({"event": "cake_sold", "kind": "lemon", "level": "info"} | common).items()
    assert theirs.items() >= ({"event": "oven is hot", "level": "warning", "logger": "some.library"} | common).items()


@pytest.mark.parametrize("name", ["password", "text", "email", "access_token", "api_key", "old_password", "cookie"])
def test_what_must_never_be_logged_is_hidden(lines: Lines, name: str) -> None:
    log.info("signed_in", **{name: "hunter2"}, input_tokens=7)

    (line,) = lines.read()
    assert (line[name], line["input_tokens"]) == ("(hidden)", 7)


def test_an_exception_is_told_without_local_variables_or_values(lines: Lines) -> None:
    class Form(BaseModel):
        age: int

    def parse(password: str) -> None:
        try:
            Form.model_validate({"age": password})
        except ValidationError as invalid:
            raise RuntimeError("the form cannot be read") from invalid

    try:
        parse("hunter2")
    except RuntimeError:
        log.exception("form_refused")

    text = lines.text()
    told = json.loads(text)["exception"]
    assert "hunter2" not in text
    assert [found["type"] for found in told] == ["RuntimeError", "pydantic_core._pydantic_core.ValidationError"]
    assert told[0]["message"] == "the form cannot be read"
    assert told[0]["frames"][-1].endswith(" parse")


@pytest.mark.parametrize("broken", [lambda: int("hunter2"), lambda: dict[str, int]()["hunter2"]])
def test_values_that_the_interpreter_quotes_are_emptied(lines: Lines, broken: object) -> None:
    assert callable(broken)
    try:
        broken()
    except (ValueError, KeyError):
        log.exception("broke")

    assert "hunter2" not in lines.text()


async def test_a_value_that_the_database_refuses_is_not_told(lines: Lines, database_url: str) -> None:
    database = Database(database_url, "public")
    statements = (
        ("SELECT $1::int", {"age": "hunter2"}),
        ("SELECT $1::text::int", "hunter2"),
        ("SELECT $1::text::tsvector", "'hunter2' ''"),
    )
    for statement, argument in statements:
        try:
            await database.fetchrow(statement, argument)
        except Exception:
            log.exception("broke")
    await database.close()

    text = lines.text()
    assert text.count("DataError") == 1
    assert "SQLSTATE 22P02" in text
    assert "SQLSTATE 42601" in text
    assert "hunter2" not in text


def test_every_member_of_a_group_is_told(lines: Lines) -> None:
    try:
        raise ExceptionGroup("two things", [OSError("disk full"), TypeError("not a cake")])
    except ExceptionGroup:
        log.exception("broke")

    assert [found["message"] for found in json.loads(lines.text())["exception"]] == [
        "two things (2 sub-exceptions)",
        "disk full",
        "not a cake",
    ]


def test_what_was_already_logged_is_not_logged_again_by_the_server(lines: Lines) -> None:
    try:
        raise AlreadyLogged
    except AlreadyLogged:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")

    assert lines.text() == ""


def test_a_terminal_gets_plain_lines(lines: Lines) -> None:
    configure_logs("INFO", "text", "shop")
    try:
        raise OSError("disk full")
    except OSError:
        log.exception("cake_lost", kind="lemon")

    text = lines.text()
    assert "cake_lost" in text
    assert "OSError: disk full" in text


def test_levels_below_the_chosen_one_are_silent(lines: Lines) -> None:
    configure_logs("WARNING", "json", "shop")
    log.info("cake_sold")
    log.warning("cake_burnt")

    assert [line["event"] for line in lines.read()] == ["cake_burnt"]
