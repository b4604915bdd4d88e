"""What an import says: how far it is, and what became of everything."""

import json
import sys
from collections.abc import Mapping, Sequence
from time import monotonic
from typing import TextIO

from emergence.legacy.store import Differences
from emergence.legacy.tally import RefusedRow, Tally

NEWS_EVERY_S = {True: 0.2, False: 5.0}  # on a terminal, where the line is written over, and in a log
CARRIAGE_RETURN = "\r"
COLUMNS = ("read", "imported", "present", "copies", "refused", "left out")
REFUSED_SHOWN = 20  # of each table; all of them are in the JSON and in the file of refusals
SUMMED = ("messages", "threads", "sessions", "auth_audit_log", "costs", "documents", "thread_docs")


class Progress:
    """Writes how far each table is; on a terminal over the same line."""

    def __init__(self, to: TextIO) -> None:
        self._to = to
        self._is_terminal = to.isatty()
        self._said_at_s = -NEWS_EVERY_S[False]
        self._table = ""

    def tell(self, table: str, done: int, total: int) -> None:
        """Write it, if it is time."""
        now_s, is_over = monotonic(), done == total
        if table == self._table and not is_over and now_s - self._said_at_s < NEWS_EVERY_S[self._is_terminal]:
            return
        self._said_at_s, self._table = now_s, table
        end = "\n" if is_over or not self._is_terminal else ""
        self._to.write(f"{CARRIAGE_RETURN if self._is_terminal else ''}{table}: {done} of {total}{end}")
        self._to.flush()


class RefusedRows:
    """Writes every row that was refused, or of which something was left out, as a line of JSON."""

    def __init__(self, to: TextIO | None) -> None:
        self._to = to

    def note(self, row: RefusedRow) -> None:
        """Write one."""
        if self._to is not None:
            self._to.write(json.dumps(row) + "\n")


def as_json(differences: Differences, tallies: Mapping[str, Tally], *, writes: bool) -> str:
    """Return all of it for a program."""
    told = {
        "dry_run": not writes,
        "agree": all_agree(tallies),
        "unknown_tables": differences.unknown_tables,
        "unknown_columns": differences.unknown_columns,
        "missing_tables": differences.missing_tables,
        "tables": {name: tally.told() for name, tally in tallies.items()},
    }
    return json.dumps(told, indent=2)


def all_agree(tallies: Mapping[str, Tally]) -> bool:
    """Return whether what was to be here is here, word by word."""
    return all(tally.agree() for tally in tallies.values())


def as_text(differences: Differences, tallies: Mapping[str, Tally], *, writes: bool) -> str:
    """Return all of it for a person."""
    lines = ["Done." if writes else "Nothing was written: this is what would be done.", "", _row("table", COLUMNS)]
    for tally in tallies.values():
        counts = (tally.read, tally.imported, tally.present, tally.copies, tally.reasons.total(), tally.left)
        lines.append(_row(tally.table, counts))
    lines += ["", "Checksums of what is on both sides (source, target):"]
    for name in SUMMED:
        told = tallies[name].told()
        verdict = "equal" if tallies[name].agree() else "DIFFERENT"
        lines.append(f"{name:<16}{told['checksum_source']:.16}  {told['checksum_target']:.16}  {verdict}")
    lines.append("")
    for tally in tallies.values():
        for kind, reasons in (("refused", tally.reasons), ("hint", tally.hints)):
            lines += [f"{tally.table}: {kind}, {count} x: {reason}" for reason, count in reasons.most_common()]
        lines += [f"  row {row['row']}: {row['refused']}" for row in tally.refused[:REFUSED_SHOWN]]
    return "\n".join(printable(line) for line in lines + _differences(differences))


def printable(text: object) -> str:
    """Return a line that says the same to a person and commands no terminal, whatever the file holds."""
    return "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in str(text))


def _row(first: str, others: Sequence[object]) -> str:
    return f"{first:<16}" + "".join(f"{other!s:>10}" for other in others)


def _differences(differences: Differences) -> list[str]:
    lines = [
        f"Columns of {table} that nobody knows were left out: {', '.join(columns)}"
        for table, columns in differences.unknown_columns.items()
    ]
    if differences.unknown_tables:
        lines.append(f"Tables that nobody knows were left out: {', '.join(differences.unknown_tables)}")
    if differences.missing_tables:
        lines.append(f"Tables that are not there: {', '.join(differences.missing_tables)}")
    return lines


def progress_of() -> Progress:
    """Return where a command says how far it is: never among its results."""
    return Progress(sys.stderr)
