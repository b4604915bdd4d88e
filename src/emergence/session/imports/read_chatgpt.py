"""A conversation of ChatGPT's export, with all its branches."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pydantic import ValidationError

from emergence.contracts.session.carrying import EARLIEST, SKEW, CarriedMessage, CarriedThread, LeftOut
from emergence.contracts.session.managing import NAME_MAX_CHARACTERS
from emergence.contracts.session.threads import Part
from emergence.kernel.ids import new_id
from emergence.session.imports.chatgpt_nodes import Conversation, Node, Said, attachments_in, is_said, text_of
from emergence.session.imports.found import Found, Refused, moment_of, why_not, without_surrogates
from emergence.session.imports.read_own import TEXT_MAX_CHARACTERS

AGENT = "ChatGPT"
MESSAGES_MAX = 50_000


def read_chatgpt(content: bytes, place: str, agent: str) -> Found | Refused:
    """Return the conversation in one object of `conversations.json`; it goes on with `agent`."""
    try:
        told = json.loads(content.decode())
        if isinstance(nodes := told.get("mapping"), dict) and len(nodes) > MESSAGES_MAX:
            return Refused(place, "too_long", f"has more than {MESSAGES_MAX} messages")
        conversation = Conversation.model_validate(told)
    except ValidationError as invalid:
        return why_not(place, invalid)
    except UnicodeDecodeError:
        return Refused(place, "malformed", "is not UTF-8")
    except json.JSONDecodeError as malformed:
        return Refused(place, "malformed", f"is not JSON: {malformed.msg} at character {malformed.pos}")
    except ValueError:
        return Refused(place, "unexpected_value", "has a number that is too long")
    try:
        names = _in_order(conversation.mapping)
    except LookupError as broken:
        return Refused(f"{place}: mapping", "inconsistent", str(broken.args[0]))
    front = conversation.current_node
    if front is not None and front not in conversation.mapping:
        reason = "the branch in front ends with a message that is not there"
        return Refused(f"{place}: mapping", "inconsistent", reason)
    reading = _Reading(conversation, _fallback(conversation))
    for name in names:
        reading.take(name)
    messages = sorted(reading.messages, key=lambda message: (message.turn, message.slot))
    if not messages:
        return Refused(place, "empty", "nothing that a person or the assistant wrote is in it")
    if any(len(message.parts[0].text) > TEXT_MAX_CHARACTERS for message in messages):
        return Refused(place, "too_long", f"a message is longer than {TEXT_MAX_CHARACTERS} characters")
    leaf = reading.before[front] if front is not None else None
    return Found(
        place,
        _head(conversation, messages, agent),
        messages,
        messages[-1].id if leaf is None else leaf.id,
        reading.left_out,
    )


def _in_order(mapping: Mapping[str, Node]) -> list[str]:
    """Return the names of all nodes, each after its parent, branch by branch.

    Raises LookupError for a tree that is none.
    """
    children: dict[str, dict[str, None]] = {name: {} for name in mapping}
    for name, node in mapping.items():  # in the order that the parent says, as far as it does
        children[name] = {child: None for child in node.children if child in mapping and mapping[child].parent == name}
    roots = []
    for name, node in mapping.items():
        if node.parent is None:
            roots.append(name)
        elif node.parent not in mapping:
            raise LookupError("a message follows one that is not there")
        else:
            children[node.parent][name] = None
    names: list[str] = []
    waiting = roots[::-1]
    while waiting:
        names.append(name := waiting.pop())
        waiting += list(children[name])[::-1]
    if len(names) != len(mapping):
        raise LookupError("a message follows itself")
    return names


@dataclass
class _Reading:
    """What has been read of the tree so far; `before` is, for each node, the last message in its branch."""

    conversation: Conversation
    begun_at: datetime
    messages: list[CarriedMessage] = field(default_factory=list)
    left_out: LeftOut = field(default_factory=LeftOut)
    before: dict[str, CarriedMessage | None] = field(default_factory=dict)
    turns: int = 0
    slots: dict[int, int] = field(default_factory=dict)

    def take(self, name: str) -> None:
        """Read a node whose parent was read."""
        node = self.conversation.mapping[name]
        parent = None if node.parent is None else self.before[node.parent]
        self.before[name] = parent
        if node.message is None:  # the root of a tree says nothing
            return
        text, attached = text_of(node.message) if is_said(node.message) else ("", 0)
        if text.strip():
            self.before[name] = self._added(node.message, text, parent)
            self._count(attachments=attached)
        else:
            self._count(messages=1, attachments=attachments_in(node.message))

    def _added(self, said: Said, text: str, parent: CarriedMessage | None) -> CarriedMessage:
        is_answer = said.author.role == "assistant"
        if is_answer and parent is not None:
            turn = parent.turn
        else:
            turn, self.turns = self.turns, self.turns + 1
        slot = self.slots.get(turn, 0) + 1 if is_answer else 0
        self.slots[turn] = slot
        at = _believable(moment_of(said.create_time)) or (self.begun_at if parent is None else parent.created_at)
        message = CarriedMessage(
            id=new_id(),
            turn=turn,
            slot=slot,
            role="agent" if is_answer else "user",
            agent=AGENT if is_answer else None,
            status="complete",
            parts=[Part(text=text)],
            created_at=at,
            parent=None if parent is None else parent.id,
        )
        self.messages.append(message)
        return message

    def _count(self, messages: int = 0, attachments: int = 0) -> None:
        so_far = self.left_out
        self.left_out = LeftOut(messages=so_far.messages + messages, attachments=so_far.attachments + attachments)


def _head(conversation: Conversation, messages: Sequence[CarriedMessage], agent: str) -> CarriedThread:
    named = " ".join(
        "".join(c if c.isprintable() else " " for c in without_surrogates(conversation.title or "")).split()
    )
    begun = _believable(moment_of(conversation.create_time)) or messages[0].created_at
    spoken = max(message.created_at for message in messages)
    title = named[:NAME_MAX_CHARACTERS]
    return CarriedThread(title=title, agent=agent, created_at=begun, updated_at=max(begun, spoken), titled=bool(title))


def _fallback(conversation: Conversation) -> datetime:
    """Return when messages without a time were said, for want of better."""
    stamps = (conversation.create_time, conversation.update_time)
    moments = (_believable(moment_of(stamp)) for stamp in stamps)
    return next((moment for moment in moments if moment is not None), EARLIEST)


def _believable(moment: datetime | None) -> datetime | None:
    return moment if moment is not None and EARLIEST <= moment <= datetime.now(UTC) + SKEW else None
