"""A conversation as Markdown. Every text is a quotation, so that no fence and no heading in it can leave it."""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import datetime

from emergence.contracts.chat import Language
from emergence.contracts.session.carrying import CarriedMessage
from emergence.kernel.plain_markdown import escaped
from emergence.session.exports.read_pieces import OnItsWay, shown_messages_of
from emergence.session.exports.words import heading_of, line_of
from emergence.session.parts import Session

_LINE_END = re.compile(r"\r\n|\n|\r")  # all that end a line in CommonMark


async def markdown_of(
    session: Session, thread: OnItsWay, at: datetime, language: Language
) -> AsyncGenerator[bytes, None]:
    """Yield the file. Raises DatabaseUnavailable."""
    title, told = line_of(thread.head, at, language)
    yield f"# {escaped(title)}\n\n*{escaped(told)}*\n".encode()
    async with aclosing(shown_messages_of(session, thread)) as pages:
        async for page in pages:
            yield "".join(_section(message, language) for message in page).encode()


def _section(message: CarriedMessage, language: Language) -> str:
    heading = f"\n## {escaped(heading_of(message, language))}\n"
    return heading + "".join(f"\n{quoted(part.text)}\n" for part in message.parts)


def quoted(text: str) -> str:
    """Return a text as a quotation; without the `> ` that begins each of its lines it is the text again."""
    return "> " + _LINE_END.sub(lambda end: f"{end[0]}> ", text)
