"""A conversation of the former system as session takes it in: its messages in order, each once."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Literal

from emergence.chat.agents.agents import shipped_agents
from emergence.contracts.session.carrying import CarriedThread
from emergence.contracts.session.managing import NAME_MAX_CHARACTERS
from emergence.legacy.people import Owner, RowRefused, require_whole
from emergence.legacy.store import Row, Value
from emergence.legacy.tally import Tally
from emergence.legacy.values import is_true, list_in, moment_in, text_in
from emergence.session.imports.read_own import TEXT_MAX_CHARACTERS
from emergence.session.imports.take_in_legacy import LegacyMessage, LegacyThread

AGENT_MAX_CHARACTERS = 80
THREAD_MAX_CHARACTERS = 32_000_000  # it is in memory whole, before it is stored whole
TITLE_FROM_CHARACTERS = 60  # of the first message, where the conversation has no title
SYSTEM, NOTE = "system", "note"  # who spoke where neither a person nor an agent did
ROLES: Mapping[str, Literal["user", "agent"]] = {"user": "user", "assistant": "agent", SYSTEM: "agent", NOTE: "agent"}

EMPTY = "says nothing"
OTHER_ROLE = "role is none of user, assistant, system and note"
TOO_LONG = f"is longer than {TEXT_MAX_CHARACTERS} characters"
THREAD_TOO_LONG = f"its conversation is longer than {THREAD_MAX_CHARACTERS} characters"
ANOTHERS = "belongs to another person than its thread"
NO_TIME = "created_at is no time: that of the message before it was taken"
NO_TIMES = "neither the thread nor any of its messages has a time"
NOTHING_SAID = "no message that can be imported is in it"
NO_LIST = "session_data is no JSON list of messages"
NO_ID = "has no id"


@dataclass(slots=True)
class Reading:
    """The messages of one conversation as they are read; `owner_of` says whose a row is."""

    owner: Owner
    agent: str
    begun_at: datetime | None
    tally: Tally
    owner_of: Callable[[Value], Owner]
    messages: list[LegacyMessage] = field(default_factory=list)
    characters_max: int = THREAD_MAX_CHARACTERS
    _characters: int = 0
    _keys: set[str] = field(default_factory=set)
    _said: set[tuple[str, str, bytes]] = field(default_factory=set)

    def take(self, row: Row) -> None:
        """Take a message, unless it is a copy or cannot be brought over."""
        self.tally.read += 1
        if row.get("is_copy"):
            self.tally.copies += 1
            return
        try:
            message = self._message(row)
        except RowRefused as refused:
            self.tally.refuse(row["id"], str(refused))
            return
        second = message.created_at.replace(microsecond=0).isoformat()
        said = (_role(row), second, sha256(message.text.encode()).digest())
        if message.key in self._keys or said in self._said:
            self.tally.copies += 1
            return
        self._keys.add(message.key)
        self._said.add(said)
        self._characters += len(message.text)
        self.messages.append(message)

    def _message(self, row: Row) -> LegacyMessage:
        """Return the message in a row. Raises RowRefused."""
        require_whole(row)
        written = _role(row)
        role = ROLES.get(written)
        text = text_in(row["content"])
        if role is None:
            raise RowRefused(OTHER_ROLE)
        if text is None:
            raise RowRefused(EMPTY)
        if len(text) > TEXT_MAX_CHARACTERS:
            raise RowRefused(TOO_LONG)
        if self._characters + len(text) > self.characters_max:
            raise RowRefused(THREAD_TOO_LONG)
        whose = self.owner_of(row["user_id"]).user_id if text_in(row["user_id"]) else None
        if whose is not None and whose != self.owner.user_id:
            raise RowRefused(ANOTHERS)
        agent = None
        if role == "agent":
            agent = written if written in (SYSTEM, NOTE) else agent_in(row["agent_id"]) or self.agent
        at = moment_in(row["created_at"])
        if at is None:
            at = self.messages[-1].created_at if self.messages else self.begun_at
            if at is None:
                raise RowRefused(NO_TIMES)
            self.tally.hint(row["id"], NO_TIME)
        key = text_in(row["id"]) or f"{written}\x1f{at.isoformat()}\x1f{sha256(text.encode()).hexdigest()}"
        return LegacyMessage(key, role, agent, text, at)


def thread_in(row: Row, read: list[LegacyMessage]) -> LegacyThread:
    """Return the conversation in a row of `threads`, its messages in the order of their times. Raises RowRefused."""
    require_whole(row)
    messages = sorted(read, key=lambda message: message.created_at)  # as text, times of two forms sort otherwise
    source_id = text_in(row["id"])
    if source_id is None:
        raise RowRefused(NO_ID)
    if not messages:
        raise RowRefused(NOTHING_SAID)
    return LegacyThread(source_id, _head(row, messages, is_archived=is_true(row["archived"])), messages)


def _head(row: Row, messages: list[LegacyMessage], *, is_archived: bool) -> CarriedThread:
    title = _one_line(text_in(row["title"]) or "")[:NAME_MAX_CHARACTERS]
    first = next((message.text for message in messages if message.role == "user"), messages[0].text)
    times = [message.created_at for message in messages]
    return CarriedThread.model_construct(
        title=title or _one_line(first[: 4 * TITLE_FROM_CHARACTERS])[:TITLE_FROM_CHARACTERS],
        agent=thread_agent(row["agent_id"]),
        created_at=min(moment_in(row["created_at"]) or times[0], times[0]),
        updated_at=max(moment_in(row["last_message_at"]) or times[-1], times[-1]),
        titled=bool(title),
        archived=is_archived,
    )


def former_session_messages(row: Row) -> Iterator[Row]:
    """Yield the messages in a row of `sessions` as rows of `messages`. Raises RowRefused."""
    require_whole(row)
    listed = list_in(row["session_data"])
    if listed is None:
        raise RowRefused(NO_LIST)
    for number, each in enumerate(listed):
        place = f"{row['id']}, message {number + 1}"
        said = each if isinstance(each, Mapping) else {}
        yield {
            "id": _plain(said.get("id")) or place,
            "role": _plain(said.get("role")),
            "content": _plain(said.get("content")),
            "agent_id": _plain(_first(said, ("agent_id", "agent"))),
            "created_at": _plain(_first(said, ("created_at", "timestamp"))),
            "user_id": _plain(said.get("user_id")),
        }


def former_session_head(row: Row) -> Row:
    """Return a row of `sessions` as the row of `threads` that it becomes."""
    return {
        "id": row["id"],
        "title": None,
        "agent_id": None,
        "created_at": row["created_at"],
        "last_message_at": row["updated_at"],
        "archived": 0,
    }


def agent_in(value: Value) -> str | None:
    """Return an agent's name: in small letters where it is one of ours, else as it was."""
    name = _one_line(text_in(value) or "")[:AGENT_MAX_CHARACTERS]
    return (name.lower() if name.lower() in shipped_agents() else name) or None


def thread_agent(value: Value) -> str:
    """Return who goes on with a conversation: the agent that it had, where it is here too, else the first one."""
    name = agent_in(value)
    return name if name in shipped_agents() else next(iter(shipped_agents()))


def _role(row: Row) -> str:
    return (text_in(row["role"]) or "").strip().lower()


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _first(said: Mapping[str, object], names: Iterable[str]) -> object:
    return next((said[name] for name in names if said.get(name) is not None), None)


def _plain(value: object) -> Value:
    return value if isinstance(value, str | int | float) else None
