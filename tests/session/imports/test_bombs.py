"""Files that are small on their way and endless here: read, unpacked, counted or sent."""

import asyncio
import io
import zipfile

import pytest

from emergence.session.imports import open_file
from emergence.session.imports.found import Refused, Unreadable
from emergence.session.imports.running_imports import AT_ONCE
from tests.session.imports.bringing import brought, zipped
from tests.session.imports.chatgpt_export import export, simple
from tests.session.imports.test_hostile_files import MEGABYTE, read
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession

OWN_HEAD = (
    b'{"format":"emergence.thread","version":1,"exported_at":"2024-01-01T00:00:00Z","thread":{"title":"","agent":"a",'
    b'"created_at":"2024-01-01T00:00:00Z","updated_at":"2024-01-01T00:00:00Z"},"messages":[{"id":'
    b'"0190f000-0000-7000-8000-000000000000","turn":0,"slot":0,"role":"user","status":"complete","created_at":'
    b'"2024-01-01T00:00:00Z","parts":['
)
MANY_PARTS = OWN_HEAD + b'{"text":""},' * 400_000 + b'{"text":""}]}]}'
MANY_LISTS = b'[{"mapping":{"a":{}},"x":[' + b"[]," * 800_000 + b"[]]}]"
MANY_STRINGS = b'[{"mapping":' + b'""' * 1_600_000 + b"}]"
MANY_NODES = b'[{"mapping":{' + b",".join(b'"%x":{}' % number for number in range(60_000)) + b"}}]"


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"threads__a_json": MANY_PARTS}, "too many parts"),
        ({"conversations_json": MANY_LISTS}, "too many parts"),
        ({"conversations_json": MANY_STRINGS}, "too many parts"),
        ({"conversations_json": MANY_NODES}, "more than 50000 messages"),
    ],
)
def test_what_is_tiny_on_the_way_and_huge_once_read_is_not_read(files: dict[str, bytes], reason: str) -> None:
    bomb = zipped(**files)
    assert len(bomb) < MEGABYTE
    try:
        (refusal,) = read(bomb, 100 * MEGABYTE)
    except Unreadable as refused:
        told = refused.reason
    else:
        assert isinstance(refusal, Refused)
        told = refusal.reason
    assert reason in told


def test_conversations_without_end_are_not_counted_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_file, "CONVERSATIONS_MAX", 50)
    assert len(read(b"[" + b",".join([b"{}"] * 50) + b"]")) == 50
    with pytest.raises(Unreadable, match="more than 50 conversations"):
        read(b"[" + b",".join([b"{}"] * 51) + b"]")
    with pytest.raises(Unreadable, match="more than 50 conversations"):
        read(zipped(**{f"threads__{number}_json": b"{}" for number in range(51)}))


@pytest.mark.parametrize("packing", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_an_archive_that_is_damaged_in_any_packing_is_refused(packing: int) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", packing) as archive:
        archive.writestr("conversations.json", export(simple("a", "b", "c" * 5000)))
    raw = held.getvalue()
    refused = 0
    for at in range(48, raw.index(b"PK\x01\x02"), 7):
        damaged = bytearray(raw)
        damaged[at] ^= 0xFF
        try:
            read(bytes(damaged))
        except Unreadable:
            refused += 1
    assert refused > 3


@pytest.mark.parametrize("name", ["\x00", "\ud800", "x" * 5000])
async def test_a_name_that_cannot_be_stored_is_told_as_far_as_it_can_be(
    served: ServedSession, ada: Person, name: str
) -> None:
    odd = {"title": "t", "mapping": {name: {"parent": 7}}}
    result = await brought(served, ada, export(simple("a", "b", "c"), odd))
    assert (result["state"], result["imported"], result["refused"]) == ("done", 1, 1)
    assert result["problems"][0]["place"].startswith("file[1]: mapping.")
    assert len(result["problems"][0]["place"]) <= 200


async def test_one_person_cannot_keep_everybody_else_from_bringing_files(
    served: ServedSession, ada: Person, bob: Person
) -> None:
    host, port = served.url.removeprefix("http://").split(":")
    head = (
        f"POST /api/threads/import HTTP/1.1\r\nhost: {host}\r\ntransfer-encoding: chunked\r\n"
        f"authorization: {served.auth.bearer(bob)['authorization']}\r\ncontent-type: application/octet-stream\r\n\r\n"
    )

    async def left_open() -> tuple[bytes, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(head.encode() + b"1\r\n[\r\n")
        try:
            async with asyncio.timeout(3):
                return await reader.readline(), writer
        except TimeoutError:
            return b"", writer

    opened = await asyncio.gather(*(left_open() for _ in range(AT_ONCE)))
    try:
        assert sorted(answer for answer, _ in opened) == [b"", *[b"HTTP/1.1 409 Conflict\r\n"] * (AT_ONCE - 1)]
        assert (await brought(served, ada, export(simple("a", "b", "c"))))["state"] == "done"
    finally:
        for _, writer in opened:
            writer.close()
