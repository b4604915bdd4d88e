"""Compares what a database held when it was backed up with what was restored, as `emergence inventory` tells both."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Told = Mapping[str, Any]  # what the command prints: databases → tables → one or two {rows, checksum}
NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Difference:
    """One line of the table."""

    what: str
    backed_up: str
    restored: str
    means: str


def differences(backed_up: Told, restored: Told) -> list[Difference]:
    """Return everything in which what was restored is not what was backed up, tables by name."""
    found: list[Difference] = []
    for name, before in backed_up["databases"].items():
        after = restored["databases"].get(name)
        if after is None:
            found.append(Difference(name, "there", NOTHING, "the database is missing"))
            continue
        found += _in_tables(name, before["tables"], after["tables"])
        found += _in_migrations(name, before["migrations"], after["migrations"])
        if before["unread"] != after["unread"]:
            told = [", ".join(each["unread"]) or NOTHING for each in (before, after)]
            found.append(Difference(f"{name}: unreadable", told[0], told[1], "not the same may be read"))
    return found


def _in_tables(database: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[Difference]:
    for table in sorted({*before, *after}):
        what = f"{database}: {table}"
        if table not in after:
            yield Difference(what, _rows(before[table]), NOTHING, "the table is missing")
        elif table not in before:
            yield Difference(what, NOTHING, _rows(after[table]), "nobody had it")
        elif means := _meaning(before[table], after[table]):
            yield Difference(what, _rows(before[table]), _rows(after[table]), means)


def _meaning(before: list[Told], after: list[Told]) -> str | None:
    """Return what is wrong with a table. `before` has two entries where it changed around the moment of the backup."""
    counted = [int(each["rows"]) for each in before]
    rows = int(after[0]["rows"])
    if rows < min(counted):
        return f"{min(counted) - rows} rows missing"
    if rows > max(counted):
        return f"{rows - max(counted)} rows too many"
    if len(before) == 1 and before[0]["checksum"] != after[0]["checksum"]:
        return "other contents"
    return None


def _in_migrations(database: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[Difference]:
    for series in sorted({*before, *after}):
        if before.get(series) != after.get(series):
            told = [each.get(series, NOTHING) for each in (before, after)]
            yield Difference(f"{database}: {series} migrated to", told[0], told[1], "another schema")


def _rows(entries: Iterable[Told]) -> str:
    return " to ".join(str(rows) for rows in sorted({int(each["rows"]) for each in entries}))


def table(found: Iterable[Difference]) -> str:
    """Return the differences for people, a line each."""
    rows = [("table", "backed up", "restored", ""), *((d.what, d.backed_up, d.restored, d.means) for d in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return "\n".join(
        f"{what:<{widths[0]}}  {before:>{widths[1]}}  {after:>{widths[2]}}  {means}".rstrip()
        for what, before, after, means in rows
    )


def size(told: Told) -> str:
    """Return how much was compared, in words."""
    tables = [entries for each in told["databases"].values() for entries in each["tables"].values()]
    return f"{len(tables)} tables, {sum(int(entries[-1]['rows']) for entries in tables)} rows"
