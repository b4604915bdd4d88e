"""A TCP line to a bus that loses, doubles and reorders the notes on it, or is cut; all else on it stays whole."""

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from tests.session.cuttable_line import CuttableLine

Piece = tuple[bytes, bool]  # a whole message of the server's, and whether it carries a note
Split = Callable[[bytearray], Iterator[Piece]]


def postgres_messages(buffer: bytearray) -> Iterator[Piece]:
    """Take whole messages of PostgreSQL's protocol 3.0 out of `buffer`: a letter, four bytes of length, the rest."""
    while len(buffer) >= 5:
        end = 1 + int.from_bytes(buffer[1:5], "big")
        if len(buffer) < end:
            return
        message = bytes(buffer[:end])
        del buffer[:end]
        yield message, message[:1] == b"A"  # NotificationResponse


def nats_messages(buffer: bytearray) -> Iterator[Piece]:
    """Take whole messages of NATS's protocol out of `buffer`: a line, after MSG and HMSG as many bytes as it says."""
    while (line_end := buffer.find(b"\r\n")) >= 0:
        words = bytes(buffer[:line_end]).split()
        end = line_end + 2
        if words and words[0] in (b"MSG", b"HMSG"):
            end += int(words[-1]) + 2
        if len(buffer) < end:
            return
        message = bytes(buffer[:end])
        del buffer[:end]
        yield message, bool(words) and words[0] == b"MSG" and b".notes." in words[1]


@dataclass
class Luck:
    """Which notes suffer what; of each kind as large a share. `happened` counts."""

    share: float = 0.0
    dice: random.Random = field(default_factory=lambda: random.Random(7))
    happened: dict[str, int] = field(default_factory=dict)

    def fate(self) -> str:
        drawn = self.dice.random() / self.share if self.share else 3.0
        kind = "dropped" if drawn < 1 else "doubled" if drawn < 2 else "reordered" if drawn < 3 else "carried"
        self.happened[kind] = self.happened.get(kind, 0) + 1
        return kind


class FaultyLine(CuttableLine):
    """Forwards to `target`; on the way back each note has its own luck."""

    def __init__(self, target: str, split: Split, default_port: int) -> None:
        super().__init__(target, default_port)
        self._split = split
        self.luck = Luck()

    async def _pump_back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        buffer = bytearray()
        held: list[bytes] = []  # overtaken by the next note
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                buffer += data
                for message, is_note in self._split(buffer):
                    if not is_note:
                        writer.write(message)
                        continue
                    fate = self.luck.fate()
                    if fate == "reordered":
                        held.append(message)
                        continue
                    times = {"dropped": 0, "doubled": 2, "carried": 1}[fate]
                    writer.write(message * times + b"".join(held))
                    held.clear()
                await writer.drain()
        writer.close()
