"""The published description: current, and only ever added to."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from emergence.session.asyncapi import asyncapi_document

Json = dict[str, Any]
COMMITTED = Path(__file__).parents[2] / "docs" / "api" / "asyncapi.json"
FIRST_PUBLISHED = Path(__file__).parent / "published" / "asyncapi.v1.json"


def breaking_changes(old: Json, new: Json) -> list[str]:
    """Return what a client of `old` would miss in `new`, by place."""
    gone = [f"message {name}" for name in old["components"]["messages"].keys() - new["components"]["messages"].keys()]
    before, after = old["components"]["schemas"], new["components"]["schemas"]
    for name in sorted(before):
        if name not in after:
            gone.append(f"schema {name}")
            continue
        was, is_now = before[name], after[name]
        for field, schema in was.get("properties", {}).items():
            if field not in is_now.get("properties", {}):
                gone.append(f"{name}.{field}")
            elif _shape(schema) != _shape(is_now["properties"][field]):
                gone.append(f"{name}.{field} changed")
        is_said_by_client = "cmd" in was.get("properties", {})
        newly_required = set(is_now.get("required", [])) - set(was.get("required", []))
        if is_said_by_client:
            gone += [f"{name}.{field} is demanded" for field in sorted(newly_required)]
        no_longer_promised = set(was.get("required", [])) - set(is_now.get("required", []))
        if not is_said_by_client:
            gone += [f"{name}.{field} is not promised any more" for field in sorted(no_longer_promised)]
    return gone


def _shape(schema: Json) -> str:
    """What a value may be, without the words about it; values may be added to an enumeration."""
    kept = {key: value for key, value in schema.items() if key not in ("title", "description", "enum", "default")}
    return json.dumps(kept, sort_keys=True)


def test_the_committed_file_is_what_the_models_say() -> None:
    assert json.loads(COMMITTED.read_text(encoding="utf-8")) == asyncapi_document(), "run `emergence asyncapi`"


def test_nothing_that_was_published_has_been_taken_back() -> None:
    first = json.loads(FIRST_PUBLISHED.read_text(encoding="utf-8"))

    assert breaking_changes(first, asyncapi_document()) == []


@pytest.mark.parametrize("place", ["drop field", "drop message", "drop schema", "change type", "demand more"])
def test_a_breaking_change_is_noticed(place: str) -> None:
    old = deepcopy(json.loads(json.dumps(asyncapi_document())))
    new = deepcopy(old)
    schemas = new["components"]["schemas"]
    match place:
        case "drop field":
            del schemas["DeltaData"]["properties"]["offset"]
        case "drop message":
            del new["components"]["messages"]["Drain"]
        case "drop schema":
            del schemas["Usage"]
        case "change type":
            schemas["DeltaData"]["properties"]["offset"] = {"type": "string"}
        case _:
            schemas["SendMessage"]["required"].append("thread")

    assert breaking_changes(old, old) == []
    assert breaking_changes(old, new) != []


def test_every_reference_leads_somewhere() -> None:
    document = json.loads(json.dumps(asyncapi_document()))

    def references(part: object) -> list[str]:
        if isinstance(part, dict):
            here = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
            return here + [ref for value in part.values() for ref in references(value)]
        return [ref for value in part for ref in references(value)] if isinstance(part, list) else []

    for reference in references(document):
        found: Any = document
        for step in reference.removeprefix("#/").split("/"):
            found = found[step]
