"""The examples of docs/auth-api.md fit the published OpenAPI document, member by member."""

import json
import re
import shlex
from functools import cache
from importlib import import_module
from itertools import pairwise
from pkgutil import iter_modules
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

import emergence.contracts.auth
from emergence.contracts.auth import problems
from emergence.kernel.errors import ServiceError
from emergence.kernel.logs import set_request_id
from emergence.kernel.problems import problem_response
from tests.architecture.sources import ROOT

Json = dict[str, Any]
PAGE = (ROOT / "docs" / "auth-api.md").read_text()
ORIGIN = "https://chat.example.org"
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)
ANSWER = re.compile(r"Answer (\d+) of `([A-Z]+) (/\S+?)`[^`]*?```json\n(.*?)```", re.DOTALL)
CODE = re.compile(r"`(\w+)` \((\d{3})\b")
NAMED = re.compile(r"`([A-Z]+) (/(?:api|\.well-known)/[^\s`?]+)[^`]*`")
PATHS: Json = json.loads((ROOT / "docs" / "api" / "openapi.json").read_text())["paths"]


@cache
def models() -> dict[str, type[BaseModel]]:
    """Return the bodies of auth by the names that the document gives them."""
    package = emergence.contracts.auth
    modules = [import_module(f"{package.__name__}.{found.name}") for found in iter_modules(package.__path__)]
    values = (value for module in modules for value in vars(module).values())
    return {value.__name__: value for value in values if isinstance(value, type) and issubclass(value, BaseModel)}


def operation(method: str, path: str) -> Json:
    """Return what the document says of a request. Raises LookupError where it knows none."""
    for template, operations in PATHS.items():
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path.partition("?")[0]) and method.lower() in operations:
            found: Json = operations[method.lower()]
            return found
    raise LookupError(f"{method} {path}")


def schema_names(content: Json) -> list[str]:
    """Return the names of the bodies that may stand at a place of the document."""
    schema = content.get("application/json", {}).get("schema", {})
    return [each["$ref"].rpartition("/")[2] for each in (schema, *schema.get("anyOf", [])) if "$ref" in each]


def check(example: Json, names: list[str]) -> None:
    """Fail unless an example fits one of the bodies, with its members and no others."""
    faults = []
    for name in names:
        try:
            read = TypeAdapter(models()[name]).validate_python(example)
        except ValidationError as fault:
            faults.append(str(fault))
            continue
        members = {field.alias or key for key, field in type(read).model_fields.items()}
        if set(example) <= members:
            return
        faults.append(f"{name} has no {sorted(set(example) - members)}")
    raise AssertionError("\n".join(faults) or "the document has no body there")


def requests() -> list[tuple[str, str, Json | None]]:
    """Return what the page's commands ask: method, path and body."""
    found = []
    for block in SHELL.findall(PAGE):
        for line in block.replace("\\\n", " ").strip().splitlines():
            words = shlex.split(line)
            (url,) = [word for word in words if word.startswith(f"{ORIGIN}/")]
            given = dict(pairwise(words))
            body = json.loads(given["-d"]) if "-d" in given else None
            found.append((given.get("-X", "GET"), url.removeprefix(ORIGIN), body))
    return found


@pytest.mark.parametrize(("method", "path", "body"), requests())
def test_each_command_asks_what_the_document_knows(method: str, path: str, body: Json | None) -> None:
    asked = operation(method, path)

    names = schema_names(asked.get("requestBody", {}).get("content", {}))
    if names:
        assert body is not None
        check(body, names)
    else:
        assert not body


@pytest.mark.parametrize(("status", "method", "path", "text"), ANSWER.findall(PAGE))
def test_each_answer_is_as_the_document_has_it(status: str, method: str, path: str, text: str) -> None:
    example = json.loads(text)
    if int(status) >= 400:
        (refusal,) = [each for each in vars(problems).values() if getattr(each, "code", None) == example["code"]]
        set_request_id(example["trace_id"])
        assert example["status"] == int(status)
        assert example == json.loads(bytes(problem_response(refusal()).body))
        return

    check(example, schema_names(operation(method, path)["responses"][status]["content"]))


def test_every_json_example_is_checked_and_every_route_exists() -> None:
    assert len(ANSWER.findall(PAGE)) == PAGE.count("```json") > 0
    for method, path in NAMED.findall(PAGE):
        operation(method, path)


def test_each_code_of_a_refusal_has_the_status_that_is_told() -> None:
    values = vars(problems).values()
    statuses = {kind.code: kind.status for kind in values if isinstance(kind, type) and issubclass(kind, ServiceError)}
    told = {code: int(status) for code, status in CODE.findall(PAGE)}

    assert told
    assert told == {code: statuses[code] for code in told}


def test_an_example_that_does_not_fit_is_noticed() -> None:
    names = schema_names(operation("POST", "/api/auth/login")["requestBody"]["content"])

    for wrong in ({"email": "ada@example.org"}, {"email": "a@b.org", "password": "x", "role": "admin"}):
        with pytest.raises(AssertionError):
            check(wrong, names)
    with pytest.raises(AssertionError):
        check({"ticket": "x", "expires_in": 30, "more": 1}, ["Ticket"])
    with pytest.raises(LookupError):
        operation("GET", "/api/auth/login")
