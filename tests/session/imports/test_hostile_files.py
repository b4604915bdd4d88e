"""Files that are damaged, or made to do harm, are refused with a reason; nothing is half taken in."""

import io
import json
import struct
import tracemalloc
import zipfile
from collections.abc import Iterable, Iterator
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emergence.session.imports.found import Found, Refused, Unreadable
from emergence.session.imports.open_file import OpenedFile
from emergence.session.imports.split_list import OBJECT_MAX_BYTES, objects_of
from tests.session.imports.bringing import brought, sent, threads_of, zipped
from tests.session.imports.chatgpt_export import conversation, export, simple
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ

MEGABYTE = 1024 * 1024


def read(content: bytes, most: int = 10 * MEGABYTE) -> list[Found | Refused]:
    return list(OpenedFile(io.BytesIO(content), "anima", most).conversations())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"{}",
        b"PK",
        b"PK\x03\x04" + b"\x00" * 60,
        b"\x00" * 100,
        b"null",
        b"<html>",
        zipped(a=b"b"),
        b"%PDF-1.7",
    ],
)
async def test_what_is_no_such_file_is_refused_at_once(served: ServedSession, ada: Person, content: bytes) -> None:
    answered = await sent(served, ada, content)
    assert (answered.status_code, answered.json()["code"]) == (422, "import_unreadable")
    assert answered.json()["reason"]
    assert answered.json()["fault"] in ("not_an_export", "no_conversations", "damaged", "incomplete")
    assert (await served.get("/api/threads/imports", ada)).json()["imports"] == []


@pytest.mark.parametrize(
    ("content", "fault", "reason"),
    [
        (export(simple("a", "b", "c"))[:-1], "damaged", "the file ends before its list does"),
        (export(simple("a", "b", "c"))[:-20], "damaged", "the file ends before its list does"),
        (export(simple("a", "b", "c")) + b"[]", "malformed", "something else than one list is in the file"),
        (b"[" + b"[" * 100_000, "malformed", "an object was expected here"),
        (b'[{"a":' + b"[" * 100_000, "too_deep", "this is nested more than 200 deep"),
        (b"[1, 2]", "malformed", "an object was expected here"),
        (b"[{} {}]", "malformed", "an object was expected here"),
        (b"[{},]", "malformed", "an object was expected here"),
        (b"[,{}]", "malformed", "an object was expected here"),
    ],
)
async def test_a_list_that_is_none_brings_nothing_in(
    served: ServedSession, ada: Person, content: bytes, fault: str, reason: str
) -> None:
    result = await brought(served, ada, content)
    assert (result["state"], result["imported"]) == ("failed", 0)
    assert (result["failure"]["fault"], result["failure"]["reason"]) == (fault, reason)
    assert result["failure"]["place"].startswith("file[")
    assert await threads_of(served, ada) == []


async def test_an_archive_that_unpacks_to_too_much_is_refused(database_url: str, ada: Person) -> None:
    bomb = zipped(conversations_json=b"[" + b" " * (30 * MEGABYTE) + b"]")
    assert len(bomb) < MEGABYTE / 10
    async with served_session(session_environ(database_url, SESSION_IMPORT_MAX_MEGABYTES="1")) as served:
        result = await brought(served, ada, bomb)
    assert (result["state"], result["failure"]["fault"]) == ("failed", "too_large")
    assert result["failure"]["reason"] == "unpacked, this is more than the server takes"


async def test_a_file_above_the_limit_is_refused_and_one_at_the_limit_is_taken(database_url: str, ada: Person) -> None:
    whole = export(simple("Long", "a", "b"))
    async with served_session(session_environ(database_url, SESSION_IMPORT_MAX_MEGABYTES="1")) as served:
        at_limit = await brought(served, ada, whole + b" " * (MEGABYTE - len(whole)))
        above = await sent(served, ada, whole + b" " * (MEGABYTE - len(whole) + 1))
    assert at_limit["imported"] == 1
    assert (above.status_code, above.json()["limit_bytes"]) == (413, MEGABYTE)


def test_all_files_of_an_archive_share_one_limit() -> None:
    many = zipped(**{f"conversations-{n:03}_json": b"[" + b" " * MEGABYTE + b"]" for n in range(12)})
    with pytest.raises(Unreadable, match="more than the server takes"):
        read(many)


def test_files_that_overlap_in_an_archive_are_bounded_too() -> None:
    held = io.BytesIO(zipped(conversations_json=b"[" + b" " * MEGABYTE + b"]"))
    with zipfile.ZipFile(held) as archive:
        (entry,) = archive.infolist()
        at, size = entry.header_offset, entry.compress_size
    raw = held.getvalue()
    directory = raw.index(b"PK\x01\x02")
    record = raw[directory : raw.index(b"PK\x05\x06")]
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, len(record) * 50, directory, 0)
    with pytest.raises(Unreadable):
        read(raw[:directory] + record * 50 + end)
    assert size and at == 0


def test_a_directory_of_millions_is_not_read() -> None:
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFF0, 0, 0)
    with pytest.raises(Unreadable, match="too many files"):
        read(b"PK\x03\x04" + b"\x00" * 100 + end)


def test_an_encrypted_or_damaged_entry_is_named() -> None:
    raw = bytearray(zipped(conversations_json=export(simple("a", "b", "c" * 5000))))
    directory = raw.index(b"PK\x01\x02")
    encrypted = bytearray(raw)
    encrypted[directory + 8] |= 1
    with pytest.raises(Unreadable, match=r"conversations\.json: this is encrypted"):
        read(bytes(encrypted))
    raw[60] ^= 0xFF
    with pytest.raises(Unreadable, match=r"conversations\.json"):
        read(bytes(raw))


def test_reading_a_large_list_holds_one_conversation_at_a_time() -> None:
    one = json.dumps(simple("Long", *["x" * 4000] * 25)).encode()

    def chunks() -> Iterator[bytes]:
        yield b"["
        for number in range(400):
            yield (b"," if number else b"") + one
        yield b"]"

    tracemalloc.start()
    try:
        count = sum(1 for _ in objects_of(chunks(), "file"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 400
    assert peak < 8 * len(one) < 400 * len(one) / 10


def test_a_conversation_without_end_is_not_held() -> None:
    def chunks() -> Iterator[bytes]:
        yield b'[{"a":"'
        for _ in range(OBJECT_MAX_BYTES // MEGABYTE + 2):
            yield b"x" * MEGABYTE

    with pytest.raises(Unreadable, match="longer than 64 MB"):
        list(objects_of(chunks(), "file"))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(deadline=None)
@given(
    st.lists(st.dictionaries(st.text(), JSON, max_size=3), max_size=5),
    st.integers(1, 40),
    st.sampled_from([None, 2]),
    st.booleans(),
)
def test_a_list_is_cut_where_json_says_however_it_arrives(
    objects: list[object], size: int, indent: int | None, is_ascii: bool
) -> None:
    whole = json.dumps(objects, indent=indent, ensure_ascii=is_ascii).encode("utf-8", "surrogatepass")
    chunks: Iterable[bytes] = (whole[at : at + size] for at in range(0, len(whole), size))
    assert [json.loads(each) for each in objects_of(chunks, "file")] == objects


@settings(max_examples=300)
@given(st.data())
def test_whatever_is_changed_in_an_export_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(export(conversation(), simple("a", "b", "c")))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(whole) - 1))
        whole[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    try:
        found = read(bytes(whole))
    except Unreadable as refused:
        assert refused.reason
    else:
        assert all(isinstance(each, Found | Refused) for each in found)


@settings(max_examples=200)
@given(st.data())
def test_whatever_is_changed_in_an_archive_is_read_or_refused(data: st.DataObject) -> None:
    whole = bytearray(zipped(conversations_json=export(simple("a", "b", "c")), threads__a_json=b"{}"))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        read(bytes(whole))
    except Unreadable as refused:
        assert refused.reason


VALUES: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.lists(st.integers(), max_size=2) | st.just({})
)


@settings(max_examples=300)
@given(st.data())
def test_any_value_in_any_place_of_a_conversation_is_read_or_refused(data: st.DataObject) -> None:
    whole = json.loads(json.dumps(conversation()))
    at = whole
    while True:
        keys = list(at) if isinstance(at, dict) else list(range(len(at)))
        key = data.draw(st.sampled_from(keys))
        inner = at[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 4)) == 0:
            at[key] = data.draw(VALUES)
            break
        at = inner
    (found,) = read(export(whole))
    if isinstance(found, Found):
        places = [(message.turn, message.slot) for message in found.messages]
        assert places == sorted(set(places))
        before: set[UUID | None] = {None}
        for message in found.messages:
            assert message.parent in before
            before.add(message.id)
        assert found.leaf in before
