"""What memory found, as a model is shown it: dated quotes and notes, between marks that nobody can foresee."""

import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from itertools import groupby

from emergence.chat.agents.agents import shipped_agents
from emergence.chat.words_of_memories import WORDS, Words
from emergence.contracts.chat import Language
from emergence.contracts.memory.recall import RecalledTurn
from emergence.contracts.memory.recollection import KnownText, Recollection
from emergence.contracts.time_zones import zone_named

FORMS = {"instruction": "wish", "preference": "preference"}  # of what they said themself; all else is known
THEIR_OWN = ("written", "said")


def quoted(memories: Recollection, language: Language, time_zone: str | None = None) -> str:
    """Return the block, or both: what is known of the person, and what was said, in the order in which it was.

    Days are those of the person's zone. The marks are new each time: nothing that is quoted can end it.
    """
    words, zone = WORDS[language], zone_named(time_zone)
    blocks = []
    if memories.items:
        blocks.append(_fenced(words["known"], (_known(item, words, zone) for item in memories.items)))
    if any(turn.why.timeline for turn in memories.turns):
        blocks.append(_fenced(words["timeline"], _timeline(memories.turns, words, zone)))
    elif memories.turns:
        said = sorted(memories.turns, key=_said_at)
        lines = (f"- {_day(turn.said_at, zone)}, {_quote(turn, words, zone)}" for turn in said)
        blocks.append(_fenced(words["said"], lines))
    return "\n\n".join(blocks)


def _fenced(head: str, lines: Iterator[str]) -> str:
    mark = f"<<<{secrets.token_hex(8)}>>>"
    return "\n".join([head.format(mark=mark), mark, *lines, mark])


def _known(item: KnownText, words: Words, zone: tzinfo) -> str:
    text = f"“{visible(item.text)}”"
    if item.since is not None:
        now = f"“{visible(item.since.text)}”"
        text += words["source_edited"].format(date=_day(item.since.at, zone), now=now)
    if item.happened_at is not None:
        text = f"{_day(item.happened_at, zone)}, {text}"
    if item.why.hint is not None:
        form = "hint"
    elif item.origin not in THEIR_OWN:
        form = "hearsay"
    else:
        form = FORMS.get(item.kind, "fact" if item.said_at is None else "fact_then")
    return "- " + words[form].format(text=text, date=item.said_at and _day(item.said_at, zone))


def _timeline(turns: Sequence[RecalledTurn], words: Words, zone: tzinfo) -> Iterator[str]:
    threads = {thread: number for number, thread in enumerate(dict.fromkeys(turn.thread for turn in turns), start=1)}
    said = sorted(turns, key=_said_at)
    for (day, thread), together in groupby(said, lambda turn: (_day(turn.said_at, zone), turn.thread)):
        yield words["day"].format(date=day, number=threads[thread])
        for turn in together:
            yield f"- {turn.said_at.astimezone(zone):%H:%M}, {_quote(turn, words, zone)}"


def _said_at(turn: RecalledTurn) -> datetime:
    return turn.said_at


def _day(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d}"


def _quote(turn: RecalledTurn, words: Words, zone: tzinfo) -> str:
    known = shipped_agents().get(turn.speaker)
    name = known.name if known else visible(turn.speaker)
    form = "agent" if turn.role == "agent" else "pasted" if turn.why.pasted else "user"
    said = words[form].format(name=name, quote=f"“{visible(turn.text)}”")
    asked = {"edited": "edited_before"} if turn.role == "agent" else {}
    return said + "".join(
        words[asked.get(later.how, later.how)].format(date=_day(later.at, zone), now=f"“{visible(later.text)}”")
        for later in turn.since
    )


def visible(text: str) -> str:
    """Return `text` in one line, without characters that nobody sees but a model reads."""
    seen = "".join(" " if each.isspace() else each for each in text if each.isspace() or _is_seen(each))
    return " ".join(seen.split())


def _is_seen(character: str) -> bool:
    # Cf: zero widths, directions, tags. Joiners inside emoji go too; they stay in the message itself.
    return unicodedata.category(character) not in ("Cc", "Cf", "Co", "Cn", "Cs")
