"""The live protocol as an AsyncAPI 3.0 document, made from the models that the server itself uses."""

import json
from collections.abc import Sequence
from functools import cache
from typing import get_args

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaValue, models_json_schema

from emergence.contracts.session.commands import AnyCommand
from emergence.contracts.session.frames import AnyFrame, AnyTopicFrame
from emergence.contracts.session.protocol import SUBPROTOCOL, CloseCode
from emergence.kernel.published_document import PublishedDocument, published_document

DESCRIPTION = (
    "One JSON object a text frame; subprotocols: `emergence.v1` and `ticket.<one-time ticket>`. Without a WebSocket, "
    "one frame an event. Within v1 fields and types are only added; ignore what you do not know. See docs/protocol.md."
)

SESSION = {"session": {"description": "`session` of an earlier `welcome`"}}


@cache
def published_asyncapi() -> PublishedDocument:
    """Return the document as it is served. Making it takes tens of milliseconds of everybody's time, so only once."""
    return published_document(json.dumps(asyncapi_document(), ensure_ascii=False, separators=(",", ":")).encode())


def asyncapi_document() -> dict[str, object]:
    """Return the document; the same models always give the same document."""
    commands, frames = command_models(), frame_models()
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Emergence live protocol", "version": "1.0.0", "description": DESCRIPTION},
        "defaultContentType": "application/json",
        "channels": {
            "socket": _channel("/ws", "A new live session.", commands, frames),
            "session": _channel("/ws/{session}", "Goes on with a live session.", commands, frames)
            | {"parameters": SESSION},
            "events": _channel("/api/sessions/events", "A new live session, as server-sent events.", (), frames),
            "session_events": _channel(
                "/api/sessions/{session}/events", "Goes on with a live session, as server-sent events.", (), frames
            )
            | {"parameters": SESSION},
        },
        "operations": {
            "command": _operation("receive", "What a client says.", commands),
            "hear": _operation("send", "What a client hears.", frames),
            "stream": _operation("send", "What a client hears without a WebSocket.", frames, "events"),
        },
        "components": {
            "messages": {model.__name__: _message(model) for model in (*commands, *frames)},
            "schemas": _schemas([*commands, *frames]),
        },
        "x-close-codes": {str(int(code)): code.name.lower() for code in CloseCode},
    }


def command_models() -> list[type[BaseModel]]:
    """Return every command, in the order of the contract."""
    return list(get_args(get_args(AnyCommand)[0]))


def frame_models() -> list[type[BaseModel]]:
    """Return every frame, in the order of the contract."""
    topic_frames = get_args(get_args(AnyTopicFrame)[0])
    others = [model for model in get_args(get_args(AnyFrame)[0]) if isinstance(model, type)]
    return list(dict.fromkeys([*topic_frames, *others]))


def _schemas(models: Sequence[type[BaseModel]]) -> JsonSchemaValue:
    _, schema = models_json_schema(
        [(model, "validation" if model in command_models() else "serialization") for model in models],
        ref_template="#/components/schemas/{model}",
    )
    definitions: JsonSchemaValue = schema["$defs"]
    return dict(sorted(definitions.items()))


def _channel(
    address: str, description: str, commands: Sequence[type[BaseModel]], frames: Sequence[type[BaseModel]]
) -> dict[str, object]:
    messages = {model.__name__: {"$ref": f"#/components/messages/{model.__name__}"} for model in (*commands, *frames)}
    channel: dict[str, object] = {"address": address, "description": description, "messages": messages}
    if commands:  # an event stream is plain HTTP, whose channels have no binding; its commands are in openapi.json
        channel["bindings"] = {"ws": {"method": "GET", "headers": _headers(), "bindingVersion": "0.1.0"}}
    return channel


def _headers() -> dict[str, object]:
    offered = {"type": "string", "description": f"`{SUBPROTOCOL}, ticket.<one-time ticket>`"}
    return {"type": "object", "properties": {"Sec-WebSocket-Protocol": offered}}


def _operation(
    action: str, summary: str, models: Sequence[type[BaseModel]], channel: str = "socket"
) -> dict[str, object]:
    return {
        "action": action,
        "summary": summary,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [{"$ref": f"#/channels/{channel}/messages/{model.__name__}"} for model in models],
    }


def _message(model: type[BaseModel]) -> dict[str, object]:
    field = model.model_fields.get("cmd") or model.model_fields["type"]
    name = str(get_args(field.annotation)[0])
    return {
        "name": name,
        "summary": (model.__doc__ or name).strip().splitlines()[0],
        "payload": {"$ref": f"#/components/schemas/{model.__name__}"},
    }
