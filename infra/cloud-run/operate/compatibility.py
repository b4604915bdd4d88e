"""Whether an older program can live with a migration: what is known to add only is let through, everything else is not.

Read with the standard library alone, so statements are told apart by their quotes and known by their first words.
A statement that needs more knowledge than that says why it adds only: `-- only adds: …` in front of it or within it.
"""

import re
from collections.abc import Iterator

from operate.place import REPOSITORY_ROOT
from operate.programs import Tools
from operate.refusals import Exit, Refused

MIGRATIONS = ":(glob)src/emergence/**/migrations/*.sql"
SAID = re.compile(r"--\s*only adds: \S")
# What ends at its own sign alone (PostgreSQL §4.1): comments, strings, E'…' with backslashes, names, dollar quotes.
OPAQUE = re.compile(
    r"--[^\n]*|/\*.*?\*/|\bE'(?:[^'\\]|\\.|'')*'|'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(\w*)\$.*?\$\1\$",
    re.DOTALL | re.IGNORECASE,
)
NAME = r"(?:[\w.]+|\"(?:[^\"]|\"\")*\")+"
NEW_TABLE = re.compile(rf"CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?({NAME})", re.IGNORECASE)
OF_TABLE = (
    re.compile(rf"(?:ALTER TABLE|TRUNCATE|DELETE FROM|UPDATE) (?:IF EXISTS )?(?:ONLY )?({NAME})", re.IGNORECASE),
    re.compile(rf"CREATE (?:UNIQUE |CONSTRAINT )?(?:INDEX|TRIGGER|POLICY)\b.*? ON (?:ONLY )?({NAME})", re.IGNORECASE),
)
ADDS = re.compile(
    r"CREATE (?:OR REPLACE )?(?:UNLOGGED )?(?:TABLE|FUNCTION|PROCEDURE|VIEW|MATERIALIZED VIEW|TYPE|DOMAIN|SEQUENCE"
    r"|SCHEMA|EXTENSION|INDEX|COLLATION|AGGREGATE|STATISTICS)\b"
    r"|DROP (?:INDEX|POLICY)\b|INSERT INTO\b|UPDATE\b|SELECT\b|WITH\b(?!.*\b(?:DELETE|TRUNCATE|DROP)\b)"
    r"|COMMENT ON\b|GRANT\b|ANALYZE\b|SET\b|RESET\b|ALTER TYPE .* ADD VALUE\b|ALTER DEFAULT PRIVILEGES .*\bGRANT\b",
    re.IGNORECASE | re.DOTALL,
)
ALTER_TABLE = re.compile(rf"ALTER TABLE (?:IF EXISTS )?(?:ONLY )?{NAME} (.*)", re.IGNORECASE | re.DOTALL)
# A new column takes nothing away where the older program may leave it out.
TABLE_ACTION = re.compile(
    rf"ADD (?:COLUMN )?(?:IF NOT EXISTS )?(?!(?:CONSTRAINT|CHECK|UNIQUE|PRIMARY|FOREIGN|EXCLUDE)\b){NAME} "
    r"(?:(?!.*\bNOT NULL\b)|(?=.*\b(?:DEFAULT|GENERATED)\b)(?!.*\b(?:UNIQUE|PRIMARY KEY)\b))"
    rf"|ALTER (?:COLUMN )?{NAME} (?:SET DEFAULT|DROP NOT NULL|SET STATISTICS|SET STORAGE|SET COMPRESSION)\b"
    r"|DROP CONSTRAINT\b|VALIDATE CONSTRAINT\b|ATTACH PARTITION\b|CLUSTER ON\b|SET \(|RESET \(|OWNER TO\b",
    re.IGNORECASE | re.DOTALL,
)
SHOWN_CHARACTERS = 80


def contracting_in(sql: str) -> str | None:
    """Return the first statement of a migration of which it is not known that it only adds, shortened; or None."""
    made: set[str] = set()  # tables of this migration: nobody uses them yet
    for statement, says_so in statements_of(sql):
        if table := NEW_TABLE.match(statement):
            made.add(_compared(table[1]))
        if not (says_so or _only_adds(statement, made)):
            return statement if len(statement) <= SHOWN_CHARACTERS else f"{statement[:SHOWN_CHARACTERS]}…"
    return None


def _only_adds(statement: str, made: set[str]) -> bool:
    if any((about := pattern.match(statement)) and _compared(about[1]) in made for pattern in OF_TABLE):
        return True
    if altered := ALTER_TABLE.match(statement):
        return all(TABLE_ACTION.match(action) for action in _actions(altered[1]))
    return ADDS.match(statement) is not None


def _compared(name: str) -> str:
    return name.rpartition(".")[2].strip('"').lower()


def _actions(text: str) -> Iterator[str]:
    """Yield what stands between commas that no bracket holds."""
    depth, begun = 0, 0
    for place, each in enumerate(text):
        depth += (each == "(") - (each == ")")
        if each == "," and depth == 0:
            yield text[begun:place].strip()
            begun = place + 1
    yield text[begun:].strip()


def statements_of(sql: str) -> Iterator[tuple[str, bool]]:
    """Yield each statement in one line, strings empty and comments gone, and whether it says that it only adds."""
    plain, says_so = "", False
    for text, is_opaque in _parts(sql):
        if is_opaque:
            says_so |= bool(SAID.match(text))
            plain += " " if text.startswith(("--", "/*")) else text if text.startswith('"') else "''"
            continue
        while ";" in text:
            rest, _, text = text.partition(";")
            if statement := " ".join((plain + rest).split()):
                yield statement, says_so
            plain, says_so = "", False
        plain += text
    if statement := " ".join(plain.split()):
        yield statement, says_so


def _parts(sql: str) -> Iterator[tuple[str, bool]]:
    end = 0
    for opaque in OPAQUE.finditer(sql):
        yield sql[end : opaque.start()], False
        yield opaque[0], True
        end = opaque.end()
    yield sql[end:], False


def require_compatible(tools: Tools, old: str | None, new: str | None = None) -> None:
    """Raise Refused(SCHEMA) where a migration between two commits may take away what `old` uses.

    `new` is by default what is checked out. An unknown commit is refused: nobody can tell what it can live with.
    """
    later = new or "HEAD"
    if not old or not _knows(tools, old) or not _knows(tools, later):
        raise Refused(
            Exit.SCHEMA,
            f"nobody knows what schema {old or 'that revision'} can live with; `git fetch`, or say --accept-schema",
        )
    words = ("diff", "--name-only", "--no-renames", "--diff-filter=AM", old, later, "--", MIGRATIONS)
    for name in _git(tools, *words).splitlines():
        if found := contracting_in(_git(tools, "show", f"{later}:{name}")):
            raise Refused(
                Exit.SCHEMA,
                f"{name} has `{found}`, which {old} may not live with; expand first, contract in a later release",
            )


def _git(tools: Tools, *words: str) -> str:
    return tools.run("git", "-C", str(REPOSITORY_ROOT), *words, code=Exit.TOOL)


def _knows(tools: Tools, commit: str) -> bool:
    return not tools.machine.run(["git", "-C", str(REPOSITORY_ROOT), "cat-file", "-e", f"{commit}^{{commit}}"]).status
