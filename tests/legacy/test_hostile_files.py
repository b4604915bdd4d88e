"""A file that somebody else wrote commands no terminal, fills no memory, and costs no hours at each sign-in."""

import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from emergence.legacy.conversations import THREAD_TOO_LONG, Reading, former_session_messages
from emergence.legacy.people import COSTLY, Owner, RowRefused, person_in
from emergence.legacy.report import as_text, printable
from emergence.legacy.store import KNOWN, LONGEST_BYTES, TOO_LONG, Row, Source, Value
from emergence.legacy.tally import ROW_TOLD_CHARACTERS, Tally
from tests.legacy.former_database import ADA, SEED, FormerDatabase

MIB = 1024 * 1024
ROWS = 9
CLEAR_SCREEN, OVERWRITE, BACKWARDS = "\x1b[2J", "\r", "\u202e"


@pytest.fixture
def former(tmp_path: Path) -> FormerDatabase:
    return FormerDatabase(tmp_path / "hostile.db")


def person(**columns: Value) -> Row:
    return dict.fromkeys(KNOWN["auth_allowlist"]) | {"email": ADA, "role": "member"} | columns


def test_no_name_and_no_row_commands_a_terminal(former: FormerDatabase) -> None:
    evil = f"x{CLEAR_SCREEN}{OVERWRITE}{BACKWARDS}\nDone."
    former.connection.execute(f'CREATE TABLE "{evil}" (id)')
    former.connection.execute(f'ALTER TABLE threads ADD COLUMN "{evil}"')
    tallies = {table: Tally(table, lambda _: None) for table in KNOWN}
    tallies["threads"].refuse(evil, "no reason")

    with Source(former.file) as source:
        told = as_text(source.differences(), tallies, writes=True)

    assert [line for line in told.splitlines() if not line.isprintable()] == []
    assert told.count("x\\x1b[2J\\r\\u202e\\nDone.") == 3
    assert told.splitlines().count("Done.") == 1
    assert printable("Clé « été » ☂") == "Clé « été » ☂"


def test_large_rows_are_in_memory_one_at_a_time(former: FormerDatabase) -> None:
    former.person(ADA)
    former.thread("t", ADA, [("user", "x" * 7 * MIB)] * ROWS)

    with Source(former.file) as source:
        source.prepare_messages()
        tracemalloc.start()
        read = sum(len(str(row["content"])) for row in source.messages_of("t"))
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert read == ROWS * 7 * MIB
    assert peak_bytes < 4 * 7 * MIB


@pytest.mark.parametrize(
    ("table", "column", "length"),
    [
        ("threads", "title", LONGEST_BYTES),
        ("messages", "content", 8_000_000),
        ("sessions", "session_data", 16 * MIB),
        ("auth_allowlist", "totp_secret", LONGEST_BYTES),
        ("auth_audit_log", "metadata", LONGEST_BYTES),
    ],
)
@pytest.mark.parametrize("begun", ["", "\0"])  # SQLite's own length() ends at a zero
def test_what_is_longer_than_anything_stays_in_the_file_and_is_told(
    former: FormerDatabase, table: str, column: str, length: int, begun: str
) -> None:
    for end in ("", "x"):
        former.add(table, **{column: begun + "x" * (length - len(begun)) + end})
    with Source(former.file) as source:
        source.prepare_messages()
        former_rows = list(source.rows(table))

    assert [row.get(TOO_LONG) for row in former_rows] == [None, column]
    assert former_rows[0][column] == begun + "x" * (length - len(begun))
    assert former_rows[1][column] is None


def test_what_is_left_out_anyway_may_be_as_long_as_it_likes(former: FormerDatabase) -> None:
    former.add("threads", id="t", meta="x" * MIB)
    former.add("messages", id="m", thread_id="t", role="user", content="Yes.", meta="x" * MIB)

    with Source(former.file) as source:
        source.prepare_messages()
        rows = [*source.rows("threads"), *source.messages_of("t")]

    assert [row["id"] for row in rows if TOO_LONG not in row] == ["t", "m"]


def test_a_second_factor_that_is_too_long_keeps_its_person_out() -> None:
    with pytest.raises(RowRefused, match="totp_secret is longer"):
        person_in({**person(totp_secret=None), TOO_LONG: "totp_secret"}, None)
    assert person_in(person(totp_secret=SEED), None)


def test_a_conversation_that_is_too_long_is_refused() -> None:
    with pytest.raises(RowRefused, match="session_data is longer"):
        list(former_session_messages({"id": "s", "session_data": None, TOO_LONG: "session_data"}))


def test_one_conversation_is_held_up_to_a_limit() -> None:
    tally = Tally("messages", lambda _: None)
    owner = Owner(uuid4())
    reading = Reading(owner, "anima", datetime.now(UTC), tally, lambda _: owner, characters_max=25)
    for number in range(4):
        said = {"id": f"m-{number}", "role": "user", "content": f"{number:010}", "agent_id": None}
        reading.take({**said, "created_at": None, "user_id": None})

    assert [message.key for message in reading.messages] == ["m-0", "m-1"]
    assert tally.reasons == {THREAD_TOO_LONG: 2}


def test_a_report_names_rows_by_their_beginning() -> None:
    noted: list[Value] = []
    tally = Tally("threads", lambda row: noted.append(row["row"]))
    tally.refuse("x" * MIB, "no reason")
    tally.hint("x" * MIB, "a hint")
    tally.refuse(17, "no reason")

    assert [len(str(row)) for row in noted] == [ROW_TOLD_CHARACTERS + 1, ROW_TOLD_CHARACTERS + 1, 2]


@pytest.mark.parametrize(("cost", "is_kept"), [(3, False), (4, True), (12, True), (14, True), (15, False), (31, False)])
def test_a_password_takes_no_hours_to_check(cost: int, is_kept: bool) -> None:
    found, hints = person_in(person(password_hash=f"$2b${cost:02}$" + "a" * 53), None)

    assert (found.password is not None) is is_kept
    assert hints == ([] if is_kept else [COSTLY])
