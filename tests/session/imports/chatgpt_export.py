"""An export of ChatGPT, written by hand: branches, tools, hidden and empty messages, images, files, odd times."""

import json
from typing import Any

Json = dict[str, Any]

BEGUN = 1_716_000_000.123456


def node(own: str, parent: str | None, children: list[str], message: Json | None) -> Json:
    return {"id": own, "message": message, "parent": parent, "children": children}


def said(role: str, *parts: object, at: float | None = BEGUN, kind: str = "text", **more: Any) -> Json:
    content: Json = {"content_type": kind, "parts": list(parts)}
    message: Json = {
        "id": f"message-{role}-{len(parts)}",
        "author": {"role": role, "name": None, "metadata": {}},
        "create_time": at,
        "update_time": None,
        "content": content,
        "status": "finished_successfully",
        "end_turn": True,
        "weight": 1.0,
        "metadata": {"model_slug": "gpt-4o"},
        "recipient": "all",
        "channel": None,
    }
    return message | more


IMAGE = {
    "content_type": "image_asset_pointer",
    "asset_pointer": "file-service://file-abc",
    "size_bytes": 12,
    "width": 1,
}

MAPPING = {
    "root": node("root", None, ["system"], None),
    "system": node("system", "root", ["hello"], said("system", "", at=None)),
    # two questions in the same place: one was edited, its branch is not in front
    "hello": node("hello", "system", ["old-question", "question"], said("user", "", at=None, metadata={})),
    "old-question": node("old-question", "hello", ["old-answer"], said("user", "Where is the Rhône?")),
    "old-answer": node("old-answer", "old-question", [], said("assistant", "In Switzerland and France.")),
    "question": node(
        "question", "hello", ["answer-1", "answer-2"], said("user", "Où finit la Seine ? 🐧", at=BEGUN + 1)
    ),
    # the first answer was asked for again
    "answer-1": node("answer-1", "question", [], said("assistant", "À Paris.", at=BEGUN + 2)),
    "answer-2": node("answer-2", "question", ["image"], said("assistant", "Au Havre.\n\n```\n# code", at=BEGUN + 3)),
    "image": node(
        "image",
        "answer-2",
        ["call"],
        said(
            "user",
            IMAGE,
            "And this?",
            kind="multimodal_text",
            at=BEGUN + 4,
            metadata={
                "attachments": [
                    {"id": "file-abc", "name": "map.png", "mime_type": "image/png"},
                    {"id": "file-def", "name": "tides.pdf", "mime_type": "application/pdf"},
                ]
            },
        ),
    ),
    "call": node(
        "call",
        "image",
        ["tool"],
        said("assistant", kind="code", recipient="python")
        | {"content": {"content_type": "code", "language": "python", "text": "print(1)"}},
    ),
    "tool": node("tool", "call", ["nothing"], said("tool", IMAGE, kind="multimodal_text", at=BEGUN + 5)),
    "nothing": node("nothing", "tool", ["thoughts"], said("assistant") | {"content": None}),
    "thoughts": node(
        "thoughts", "nothing", ["last"], said("assistant") | {"content": {"content_type": "thoughts", "thoughts": []}}
    ),
    "last": node("last", "thoughts", [], said("assistant", "A map of <b>tides</b>.", at=None)),
}


def conversation(**members: object) -> Json:
    whole: Json = {
        "title": "La Seine\n& the sea",
        "create_time": BEGUN,
        "update_time": BEGUN + 9,
        "mapping": MAPPING,
        "moderation_results": [],
        "current_node": "last",
        "plugin_ids": None,
        "conversation_id": "6650-aa",
        "id": "6650-aa",
    }
    return whole | members


def simple(title: str, *texts: str) -> Json:
    """Return a conversation of questions and answers in turn."""
    names = ["root", *(f"n{number}" for number in range(len(texts)))]
    mapping = {"root": node("root", None, names[1:2], None)}
    for number, text in enumerate(texts):
        role = "user" if number % 2 == 0 else "assistant"
        message = said(role, text, at=BEGUN + number)
        mapping[f"n{number}"] = node(f"n{number}", names[number], names[number + 2 : number + 3], message)
    return conversation(title=title, mapping=mapping, current_node=names[-1])


def export(*conversations: Json) -> bytes:
    return json.dumps(list(conversations)).encode()
