"""`emergence breached`: a file of published passwords that nobody may choose, for AUTH_BREACHED_PASSWORDS_FILE."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument(
        "lists", nargs="+", type=Path, help="text files: a password a line, or its SHA-1 with or without `:COUNT`"
    )
    parser.add_argument("--to", required=True, type=Path, metavar="FILE", help="what to write")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read the lists twice, once to count, and write the file."""
    from emergence.auth.breached_list import BreachedList

    lists: Sequence[Path] = arguments.lists
    try:
        count = sum(1 for _ in _lines(lists))
        size_bytes = BreachedList.of(_lines(lists), count).save(arguments.to)
    except OSError as failed:
        print(f"emergence breached: {failed}", file=sys.stderr)
        return 1
    print(f"{arguments.to}: {count} passwords in {size_bytes} bytes. Set AUTH_BREACHED_PASSWORDS_FILE to it.")
    return 0


def _lines(lists: Sequence[Path]) -> Iterator[bytes]:
    for file in lists:
        with file.open("rb") as opened:
            yield from (line for line in opened if line.strip())
