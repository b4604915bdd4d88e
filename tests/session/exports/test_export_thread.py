"""A conversation leaves as a file, with everything that was said in it, under its own name."""

import io
import json
import zipfile
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from emergence.kernel.plain_markdown import escaped
from emergence.session.exports.file_name import content_disposition, stem_of
from emergence.session.exports.write_markdown import quoted
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession
from tests.session.threads.talking import changed, talked

FENCED = "Voilà :\n```python\n# pas un titre\nprint('é')\n\nthe fence stays open"
HOSTILE = "# A heading\n\n<script>alert(1)</script>\n> quoted\n---\r\n## another\r# and one more"


async def test_json_holds_every_text_role_and_time(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, FENCED, HOSTILE, answers=["100", HOSTILE])
    page = (await served.get(f"/api/threads/{thread}/messages", ada)).json()["messages"]

    found = await served.get(f"/api/threads/{thread}/export?format=json", ada)

    file = found.json()
    assert (file["format"], file["version"]) == ("emergence.thread", 1)
    assert [(m["id"], m["role"], m["agent"], m["parts"], m["created_at"]) for m in file["messages"]] == [
        (m["id"], m["role"], m["agent"], m["parts"], m["created_at"]) for m in page
    ]
    assert [(m["turn"], m["slot"]) for m in file["messages"]] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert found.headers["content-type"] == "application/json"


async def test_markdown_holds_texts_with_fences_and_headings(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, FENCED, HOSTILE, answers=["fine", FENCED])
    await changed(served, ada, thread, title="L’*été* [à](x) l’œuvre")

    found = await served.get(f"/api/threads/{thread}/export?format=markdown&language=fr", ada)

    tokens = [token for token in MarkdownIt().parse(found.text) if token.level == 0]
    kinds = [token.type for token in tokens if token.type.endswith("_open")]
    assert kinds == ["heading_open", "paragraph_open", *["heading_open", "blockquote_open"] * 4]
    rendered = MarkdownIt().render(found.text)
    assert "<h1>L’*été* [à](x) l’œuvre</h1>" in rendered
    assert "<script>" not in found.text.replace("> <script>", "")
    assert "Vous, 2" in rendered


async def test_a_file_is_named_after_its_conversation(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Bonjour")
    await changed(served, ada, thread, title="L’été à Nîmes : œuvres / \u202efdp.exe")

    found = await served.get(f"/api/threads/{thread}/export?format=markdown", ada)

    plain, _, extended = found.headers["content-disposition"].partition("; filename*=UTF-8''")
    assert plain == 'attachment; filename="L\'ete a Nimes oeuvres fdp.exe.md"'
    assert unquote(extended) == "L’été à Nîmes œuvres fdp.exe.md"


async def test_an_answer_that_is_being_written_is_exported_as_far_as_it_is(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Now?", answers=["All of it"])
    await served.parts.database.execute("UPDATE messages SET status = 'streaming', parts = '[]' WHERE role = 'agent'")

    said = (await served.get(f"/api/threads/{thread}/export", ada)).json()["messages"][1]

    assert (said["status"], said["parts"]) == ("interrupted", [{"kind": "text", "text": "All of it"}])


async def test_others_and_the_deleted_are_not_exported(served: ServedSession, ada: Person, bob: Person) -> None:
    thread = await talked(served, ada, "Mine")
    path = f"/api/threads/{thread}/export"

    strangers = [(await served.get(f"{path}?format={kind}", bob)).status_code for kind in ("json", "markdown", "pdf")]
    nobody = (await served.get(path, None)).status_code
    odd = (await served.get(f"{path}?format=docx", ada)).status_code
    await served.ask("DELETE", f"/api/threads/{thread}", ada)

    assert (strangers, nobody, odd) == ([404] * 3, 401, 422)
    assert (await served.get(path, ada)).status_code == 404


async def test_all_conversations_come_as_one_archive(served: ServedSession, ada: Person, bob: Person) -> None:
    kept = await talked(served, ada, "Keep this")
    await changed(served, ada, kept, title="../../etc/passwd", archived=True)
    gone = await talked(served, ada, "Not this")
    await served.ask("DELETE", f"/api/threads/{gone}", ada)
    await talked(served, ada, "Nor this", temporary=True)
    await talked(served, bob, "Nor that")

    found = await served.get("/api/threads/export", ada)

    with zipfile.ZipFile(io.BytesIO(found.content)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["threads/00001 etc passwd.json"]
        files = [json.loads(archive.read(name)) for name in archive.namelist()]
    assert [file["messages"][0]["parts"][0]["text"] for file in files] == ["Keep this"]
    assert files[0]["thread"]["archived"] is True
    assert found.headers["content-type"] == "application/zip"


async def test_a_long_conversation_is_exported_whole_and_in_order(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "First")
    await served.parts.database.execute(
        """
        INSERT INTO messages (id, user_id, thread_id, turn, slot, role, status, parts, created_at)
        SELECT gen_random_uuid(), $2, $1, 1 + n, 0, 'user', 'complete',
            jsonb_build_array(jsonb_build_object('kind', 'text', 'text', 'n' || n)), now()
        FROM generate_series(0, 499) AS n
        """,
        thread,
        ada.user_id,
    )

    said = (await served.get(f"/api/threads/{thread}/export", ada)).json()["messages"]

    assert [message["parts"][0]["text"] for message in said[2:]] == [f"n{n}" for n in range(500)]


LINES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@given(LINES)
@example("```\nopen")
@example("a\r# b\r\n## c")
@example("\n\n\n")
@example("<!--\n")
def test_no_text_leaves_its_quotation(text: str) -> None:
    written = f"## before\n\n{quoted(text)}\n\n## after\n\n{quoted('x')}\n"
    top = [token for token in MarkdownIt().parse(written) if token.level == 0]
    assert [token.type for token in top if token.type.endswith("_open")] == ["heading_open", "blockquote_open"] * 2


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1))
def test_an_escaped_line_shows_what_it_says(line: str) -> None:
    tokens = MarkdownIt().parse(f"# {escaped(line)}\n")
    assert [token.type for token in tokens] == ["heading_open", "inline", "heading_close"]
    inline = tokens[1].children or []
    assert "".join(token.content for token in inline).strip() == line.strip()
    assert {token.type for token in inline} <= {"text", "text_special"}


@given(st.text())
def test_any_title_makes_a_name_for_a_file(title: str) -> None:
    stem = stem_of(title)
    header = content_disposition(f"{stem}.md")
    assert header.isascii()
    assert "\n" not in header
    assert header.count('"') == 2
    assert not set(stem) & set('/\\:*?"<>|\x00\n\r\u202e')
    assert 0 < len(stem) <= 81
    assert unquote(header.partition("filename*=UTF-8''")[2]) == f"{stem}.md"


@pytest.mark.parametrize(("title", "stem"), [("", "conversation"), ("...", "conversation"), ("NUL", "_NUL")])
def test_titles_that_are_no_names(title: str, stem: str) -> None:
    assert stem_of(title) == stem


def test_a_plain_line_stays_as_it_is_typed_and_no_address_becomes_a_link() -> None:
    plain = "Où en est l'été ? Vu le 2026-11-28 à 00:24 (v1.2), 100 % sûr !"

    assert escaped(plain) == plain
    assert escaped("see http://a.example or www.a.example") == r"see http\://a.example or www\.a.example"
