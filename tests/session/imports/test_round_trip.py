"""What leaves as our own format comes in again the same: texts, roles, agents, times and order, to the byte."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emergence.contracts.session.carrying import CarriedMessage, CarriedThread, ThreadFile
from emergence.contracts.session.threads import Part
from emergence.kernel.ids import new_id
from emergence.session.imports.found import Found, Refused
from emergence.session.imports.read_own import read_own
from emergence.session.store.carried import insert_carried
from tests.session.imports.bringing import brought, messages_of, sent, text_of, threads_of, zipped
from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession
from tests.session.threads.talking import changed, talked

Json = dict[str, Any]
CARRIED = ("turn", "slot", "role", "agent", "status", "parts", "created_at")


def essence(file: Json) -> tuple[object, ...]:
    """Return what must be the same: everything but ids, which are compared by the places that they name."""
    places = {message["id"]: number for number, message in enumerate(file["messages"])}
    said = [
        (*(message[name] for name in CARRIED), message.get("copied"), places.get(message["parent"]))
        for message in file["messages"]
    ]
    return file["thread"], places.get(file["leaf"]), said


async def exported(served: ServedSession, person: Person, thread: str) -> bytes:
    found = await served.get(f"/api/threads/{thread}/export?format=json", person)
    assert found.status_code == 200, found.text
    return found.content


async def test_a_conversation_comes_in_as_it_left(served: ServedSession, ada: Person, bob: Person) -> None:
    texts = ["100", "000", "a\r\nb\rc\n\n", "\u2028\ufeff 👩‍👩‍👧 e\u0301", "```\n# no end"]
    thread = await talked(served, ada, *texts, answers=texts)
    async with live_client(served.url, ada) as client:
        again = await client.ask("message.regenerate", message=(await messages_of(served, ada, thread))[1]["id"])
        await client.until("run.ended")
        assert again
    await changed(served, ada, thread, title="L’été", archived=True)
    file = await exported(served, ada, thread)

    result = await brought(served, bob, file)

    assert (result["state"], result["format"], result["imported"]) == ("done", "emergence", 1)
    assert len(json.loads(file)["messages"]) == 11  # both answers to the first question, and all that followed one
    (copy,) = await threads_of(served, bob, "&archived=true")
    assert essence(json.loads(await exported(served, bob, copy["id"]))) == essence(json.loads(file))
    mine = {message["id"] for message in json.loads(file)["messages"]}
    assert not mine & {message["id"] for message in await messages_of(served, bob, copy["id"])}


async def test_an_archive_of_all_comes_in_as_it_left(served: ServedSession, ada: Person, bob: Person) -> None:
    for title in ("One", "Two", "Trois"):
        await changed(served, ada, await talked(served, ada, f"Say {title}"), title=title)
    archive = (await served.get("/api/threads/export", ada)).content

    result = await brought(served, bob, archive)

    assert (result["conversations"], result["imported"]) == (3, 3)
    theirs = (await served.get("/api/threads/export", bob)).content
    assert files_in(theirs) == files_in(archive)
    assert (await brought(served, bob, archive))["known"] == 3


def files_in(archive: bytes) -> list[tuple[object, ...]]:
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        return sorted((essence(json.loads(opened.read(name))) for name in opened.namelist()), key=str)


NOW = datetime.now(UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
MOMENT = st.datetimes(datetime(1970, 1, 2), NOW.replace(tzinfo=None)).map(lambda at: at.replace(tzinfo=UTC))
NAME = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)


@st.composite
def files(draw: st.DrawFn) -> ThreadFile:
    places = sorted(draw(st.sets(st.tuples(st.integers(0, 50), st.integers(0, 4)), max_size=12)))
    ids = [uuid4() for _ in places]

    def one_of(ids: list[UUID]) -> st.SearchStrategy[UUID | None]:
        return st.none() | st.sampled_from(ids) if ids else st.none()

    messages = [
        CarriedMessage(
            id=own,
            turn=turn,
            slot=slot,
            role=draw(st.sampled_from(["user", "agent"])),
            agent=draw(st.none() | NAME),
            status=draw(st.sampled_from(["complete", "stopped", "interrupted", "error"])),
            parts=[Part(text=text) for text in draw(st.lists(TEXT, max_size=3))],
            created_at=draw(MOMENT),
            parent=draw(one_of(ids[:number])),
            copied=draw(st.booleans()),
        )
        for number, (own, (turn, slot)) in enumerate(zip(ids, places, strict=True))
    ]
    thread = CarriedThread(
        title=draw(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=60)),
        agent="anima",
        created_at=draw(MOMENT),
        updated_at=draw(MOMENT),
        titled=draw(st.booleans()),
        archived=draw(st.booleans()),
    )
    leaf = draw(st.sampled_from(ids)) if ids else None
    return ThreadFile(exported_at=NOW, thread=thread, leaf=leaf, messages=messages)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(file=files())
async def test_any_conversation_is_the_same_after_import_and_export(served: ServedSession, file: ThreadFile) -> None:
    person, thread_id = Person(), new_id()
    found = read_own(file.model_dump_json().encode(), "file")
    assert isinstance(found, Found)
    async with served.parts.database.transaction() as tx:
        await insert_carried(tx, person.user_id, thread_id, found.thread, found.messages, found.leaf, "file")

    again = json.loads(await exported(served, person, str(thread_id)))

    assert essence(again) == essence(json.loads(file.model_dump_json()))


def a_file(**members: object) -> Json:
    message = CarriedMessage(
        id=new_id(), turn=0, slot=0, role="user", status="complete", parts=[Part(text="Hello")], created_at=NOW
    )
    thread = CarriedThread(title="Fine", agent="anima", created_at=NOW, updated_at=NOW)
    whole: Json = json.loads(ThreadFile(exported_at=NOW, thread=thread, messages=[message]).model_dump_json())
    return whole | members


def after_itself() -> Json:
    file = a_file()
    file["messages"][0]["parent"] = file["messages"][0]["id"]
    return file


def with_message(**members: object) -> Json:
    file = a_file()
    file["messages"][0] |= members
    return file


@pytest.mark.parametrize(
    ("file", "place"),
    [
        (a_file(version=2), "version"),
        (a_file(format="emergence.thread.draft"), "format"),
        (a_file(surprise="emergence.thread"), "surprise"),
        (with_message(role="system"), "messages.0.role"),
        (with_message(turn=-1), "messages.0.turn"),
        (with_message(turn=2**31), "messages.0.turn"),
        (with_message(parts=[{"kind": "image", "text": ""}]), "messages.0.parts.0.kind"),
        (with_message(created_at=(NOW + timedelta(days=3)).isoformat()), "messages.0.created_at"),
        (with_message(created_at="2026-01-01T00:00:00"), "messages.0.created_at"),
        (with_message(parent=str(uuid4())), "messages.0"),
        (after_itself(), "messages.0"),
        (a_file(leaf=str(uuid4())), "leaf"),
        (with_message(agent="two\nlines"), "messages.0.agent"),
        (a_file(messages=[*a_file()["messages"], *a_file()["messages"]]), "messages.1"),
        (a_file(messages=[*(file := a_file())["messages"], {**file["messages"][0], "slot": 1}]), "messages.1"),
        (with_message(parts=[{"text": "x" * 2_000_001}]), "messages.0"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_place(file: Json, place: str) -> None:
    found = read_own(json.dumps(file).encode(), "file")
    assert isinstance(found, Refused)
    assert found.place == f"file: {place}"


@pytest.mark.parametrize("content", [b'{"emergence.thread"', b'{"format":"emergence.thread","a":"\xff"}'])
async def test_half_a_file_is_refused_whole(served: ServedSession, ada: Person, content: bytes) -> None:
    answered = await sent(served, ada, content)
    assert (answered.status_code, answered.json()["code"]) == (422, "import_unreadable")
    assert answered.json()["place"] == "file"
    in_archive = await brought(
        served, ada, zipped(threads__a_json=content, threads__b_json=json.dumps(a_file()).encode())
    )
    assert (in_archive["imported"], in_archive["refused"]) == (1, 1)
    assert in_archive["problems"][0]["place"] == "threads/a.json"


async def test_what_was_said_stays_text_and_nobody_elses_agent_is_asked(served: ServedSession, ada: Person) -> None:
    hostile = '<img src=x onerror=alert(1)> [x](javascript:alert(1)) "; DROP TABLE threads; --'
    file = with_message(role="agent", agent="constructor", parts=[{"text": hostile}])
    file["thread"] |= {"agent": "ghost", "title": hostile}

    await brought(served, ada, json.dumps(file).encode())

    (thread,) = await threads_of(served, ada)
    assert (thread["title"], thread["agent"]) == (hostile, "anima")
    assert text_of((await messages_of(served, ada, thread["id"]))[0]) == hostile


async def test_an_export_of_the_whole_account_is_no_export_of_conversations(served: ServedSession, ada: Person) -> None:
    answered = await sent(served, ada, zipped(session__threads_json=b"[]", contents_json=b"{}"))
    assert answered.json()["reason"].startswith("no conversations are in this archive")
    assert answered.json()["fault"] == "no_conversations"


@pytest.mark.parametrize(
    ("change", "fault", "inside"),
    [
        ({"version": 2}, "newer_version", "version"),
        ({"thread": {"title": "A", "agent": "anima"}}, "incomplete", "thread.created_at"),
        ({"surprise": 1}, "unknown_member", "surprise"),
        ({"messages": 7}, "malformed", "messages"),
        ({"leaf": "0199c0de-0000-7000-8000-000000000000"}, "inconsistent", "leaf"),
        ({"exported_at": "soon"}, "unexpected_value", "exported_at"),
    ],
)
async def test_why_a_file_is_refused_has_a_stable_code(
    served: ServedSession, ada: Person, change: dict[str, object], fault: str, inside: str
) -> None:
    answered = await sent(served, ada, json.dumps(with_message() | change).encode())

    assert (answered.status_code, answered.json()["code"]) == (422, "import_unreadable")
    assert (answered.json()["fault"], answered.json()["place"]) == (fault, f"file: {inside}")
