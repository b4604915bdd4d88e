"""A conversation of ChatGPT's export: the branch that was in front, and other answers to the same questions."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from pydantic import ValidationError

from emergence.contracts.session.carrying import EARLIEST, SKEW, CarriedMessage, CarriedThread, LeftOut
from emergence.contracts.session.managing import NAME_MAX_CHARACTERS
from emergence.contracts.session.threads import Part
from emergence.kernel.ids import new_id
from emergence.session.imports.chatgpt_nodes import Conversation, Node, Said, attachments_in, is_said, text_of
from emergence.session.imports.found import Found, Refused, moment_of, why_not, without_surrogates
from emergence.session.imports.read_own import TEXT_MAX_CHARACTERS

AGENT = "ChatGPT"


def read_chatgpt(content: bytes, place: str, agent: str) -> Found | Refused:
    """Return the conversation in one object of `conversations.json`; it goes on with `agent`."""
    try:
        conversation = Conversation.model_validate(json.loads(content.decode()))
    except ValidationError as invalid:
        return why_not(place, invalid)
    except UnicodeDecodeError:
        return Refused(place, "is not UTF-8")
    except json.JSONDecodeError as malformed:
        return Refused(place, f"is not JSON: {malformed.msg} at character {malformed.pos}")
    except ValueError:
        return Refused(place, "has a number that is too long")
    try:
        path = _path(conversation)
    except LookupError as broken:
        return Refused(f"{place}: mapping", str(broken.args[0]))
    reading = _Reading(conversation, _fallback(conversation))
    for node_id in path:
        reading.take(node_id)
    if not reading.messages:
        return Refused(place, "nothing that a person or the assistant wrote is in it")
    if any(len(message.parts[0].text) > TEXT_MAX_CHARACTERS for message in reading.messages):
        return Refused(place, f"a message is longer than {TEXT_MAX_CHARACTERS} characters")
    return Found(place, _head(conversation, reading, agent), reading.messages, reading.left_out)


def _path(conversation: Conversation) -> list[str]:
    """Return the ids of the branch in front, from its root. Raises LookupError for a tree that is none."""
    mapping = conversation.mapping
    at: str | None = conversation.current_node or _last_leaf(conversation)
    path: list[str] = []
    seen: set[str] = set()
    while at is not None:
        if at in seen:
            raise LookupError("a message follows itself")
        if at not in mapping:
            raise LookupError("a message follows one that is not there")
        seen.add(at)
        path.append(at)
        at = mapping[at].parent
    return path[::-1]


def _last_leaf(conversation: Conversation) -> str:
    """Return the end of the newest branch where none is named."""
    at = next((name for name, node in conversation.mapping.items() if node.parent is None), None)
    if at is None:
        raise LookupError("no message is the first")
    seen = {at}
    while known := [child for child in conversation.mapping[at].children if child in conversation.mapping]:
        at = known[-1]
        if at in seen:
            raise LookupError("a message follows itself")
        seen.add(at)
    return at


@dataclass
class _Reading:
    """What has been read of the branch so far."""

    conversation: Conversation
    last_at: datetime
    messages: list[CarriedMessage] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)
    turn: int = -1
    slot: int = 0
    question: UUID | None = None

    def take(self, node_id: str) -> None:
        """Read one node of the branch, and what else was answered in its place."""
        node = self.conversation.mapping[node_id]
        said = node.message
        if said is None:  # the root of a tree says nothing
            self._leave_others(node_id, node)
            return
        text, attached = text_of(said) if is_said(said) else ("", 0)
        if not text.strip():
            self._leave_others(node_id, node)
            self._count(messages=1, attachments=attachments_in(said))
        elif said.author.role == "user":
            self._leave_others(node_id, node)
            self.turn, self.slot = self.turn + 1, 0
            self.question = self._add(said, text, attached).id
        else:
            own = new_id()
            for other in self._others(node_id, node):
                self._take_other(node, other, own)
            self._add(said, text, attached, own)

    def _others(self, node_id: str, node: Node) -> Iterator[Node]:
        mapping = self.conversation.mapping
        parent = None if node.parent is None else mapping[node.parent]
        names = dict.fromkeys(parent.children) if parent is not None else {}
        return (mapping[name] for name in names if name != node_id and name in mapping)

    def _leave_others(self, node_id: str, node: Node) -> None:
        self._count(branches=sum(1 for _ in self._others(node_id, node)))

    def _take_other(self, node: Node, other: Node, kept: UUID) -> None:
        """Keep another answer to the same question as an earlier one; what follows it stays behind."""
        said = other.message
        parent = None if node.parent is None else self.conversation.mapping[node.parent].message
        is_answer = said is not None and said.author.role == "assistant" and is_said(said)
        is_asked = parent is not None and parent.author.role == "user" and is_said(parent)
        text, attached = text_of(said) if said is not None and is_answer else ("", 0)
        if said is None or not is_asked or not text.strip():
            self._count(branches=1)
            return
        before = self.last_at
        self._add(said, text, attached, superseded_by=kept)
        self.last_at = before  # the branch in front goes on from where it was
        self._count(branches=1 if other.children else 0)

    def _add(
        self, said: Said, text: str, attached: int, own: UUID | None = None, superseded_by: UUID | None = None
    ) -> CarriedMessage:
        is_answer = said.author.role == "assistant"
        if is_answer:
            self.turn, self.slot = max(self.turn, 0), self.slot + 1
        self.last_at = _believable(moment_of(said.create_time)) or self.last_at
        message = CarriedMessage(
            id=own or new_id(),
            turn=self.turn,
            slot=self.slot,
            role="agent" if is_answer else "user",
            agent=AGENT if is_answer else None,
            status="complete",
            parts=[Part(text=text)],
            created_at=self.last_at,
            reply_to=self.question if is_answer else None,
            superseded_by=superseded_by,
        )
        self.messages.append(message)
        self._count(attachments=attached)
        return message

    def _count(self, branches: int = 0, messages: int = 0, attachments: int = 0) -> None:
        so_far = self.left_out
        self.left_out = LeftOut(
            branches=so_far.branches + branches,
            messages=so_far.messages + messages,
            attachments=so_far.attachments + attachments,
        )


def _head(conversation: Conversation, reading: _Reading, agent: str) -> CarriedThread:
    named = " ".join(
        "".join(c if c.isprintable() else " " for c in without_surrogates(conversation.title or "")).split()
    )
    begun = _believable(moment_of(conversation.create_time)) or reading.messages[0].created_at
    spoken = max(message.created_at for message in reading.messages)
    title = named[:NAME_MAX_CHARACTERS]
    return CarriedThread(title=title, agent=agent, created_at=begun, updated_at=max(begun, spoken), titled=bool(title))


def _fallback(conversation: Conversation) -> datetime:
    """Return when messages without a time were said, for want of better."""
    stamps = (conversation.create_time, conversation.update_time)
    moments = (_believable(moment_of(stamp)) for stamp in stamps)
    return next((moment for moment in moments if moment is not None), EARLIEST)


def _believable(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and EARLIEST <= moment <= datetime.now(UTC) + SKEW else None
