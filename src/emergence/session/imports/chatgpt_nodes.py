"""The tree of a conversation in ChatGPT's export, as far as it matters here, and what one of its nodes says."""

from typing import Any

from pydantic import BaseModel, Field

from emergence.session.imports.found import without_surrogates


class Author(BaseModel):
    role: str = ""


class Content(BaseModel):
    content_type: str = ""
    parts: list[Any] | None = None
    text: str | None = None


class Said(BaseModel):
    author: Author = Author()
    create_time: Any = None
    content: Content | None = None
    recipient: str | None = "all"
    metadata: dict[str, Any] | None = None


class Node(BaseModel):
    message: Said | None = None
    parent: str | None = None
    children: list[str] = []


class Conversation(BaseModel):
    """One element of `conversations.json`; whatever else is in it is of no use here."""

    title: str | None = None
    create_time: Any = None
    update_time: Any = None
    mapping: dict[str, Node] = Field(min_length=1)
    current_node: str | None = None


THOUGHTS = frozenset({"thoughts", "reasoning_recap"})
ATTACHED = {
    "image_asset_pointer": "[image]",
    "audio_asset_pointer": "[audio]",
    "video_container_asset_pointer": "[video]",
}


def is_said(said: Said | None) -> bool:
    """Return whether a person wrote it or was answered by it: not the system, a tool, a thought or a call of a tool."""
    if said is None or said.content is None or said.author.role not in ("user", "assistant"):
        return False
    is_hidden = bool((said.metadata or {}).get("is_visually_hidden_from_conversation"))
    is_to_a_tool = said.author.role == "assistant" and said.recipient not in (None, "all")
    return not (is_hidden or is_to_a_tool or said.content.content_type in THOUGHTS)


def text_of(said: Said) -> tuple[str, int]:
    """Return a message's text, in which a line stands for each thing attached to it, and how many those are."""
    assert said.content is not None
    lines: list[str] = []
    attached = 0
    for part in said.content.parts or []:
        if isinstance(part, str):
            lines.append(part)
        elif isinstance(part, dict):
            written = part.get("text")
            if isinstance(written, str):
                lines.append(written)
            else:
                attached += 1
                lines.append(ATTACHED.get(str(part.get("content_type")), "[file]"))
    if isinstance(said.content.text, str) and said.content.text:
        is_code = said.content.content_type == "code"
        lines.append(_fenced(said.content.text) if is_code else said.content.text)
    names = _file_names(said)
    lines += [f"[file: {name}]" for name in names]
    return without_surrogates("\n\n".join(line for line in lines if line)), attached + len(names)


def attachments_in(said: Said | None) -> int:
    """Return how many things a message that is left out shows."""
    parts = said.content.parts or [] if said is not None and said.content is not None else []
    return sum(isinstance(part, dict) and part.get("content_type") in ATTACHED for part in parts)


def _fenced(code: str) -> str:
    fence = "```"
    while fence in code:
        fence += "`"
    return f"{fence}\n{code}\n{fence}"


def _file_names(said: Said) -> list[str]:
    """Return the names of attached files; images stand among the parts already."""
    attachments = (said.metadata or {}).get("attachments")
    if not isinstance(attachments, list):
        return []
    files = [each for each in attachments if isinstance(each, dict)]
    return [
        " ".join(str(file.get("name", "")).split())[:200] or "?"
        for file in files
        if not str(file.get("mime_type") or file.get("mimeType") or "").startswith("image/")
    ]
