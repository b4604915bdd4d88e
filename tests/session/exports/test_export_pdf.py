"""A PDF holds every text of a conversation: what no font can show is named, and nothing vanishes."""

import asyncio
import io
import json
import subprocess
import sys
from collections import Counter
from typing import Any
from uuid import uuid4

import httpx2
import pypdf
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emergence.contracts.session.problems import PdfTooLong
from emergence.session.exports import write_pdf
from emergence.session.exports.pdf_limits import TOO_MUCH
from emergence.session.exports.pdf_process import Setting
from emergence.session.exports.pdf_text import blocks_of
from tests.served_app import NO_CERTIFICATES
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession
from tests.session.threads.talking import changed, talked

MARKDOWN = """# Résumé

L’**été** à *Nîmes* : œuvres, `code en ligne` et [un lien](https://example.org/a).

1. un
2. deux
   - trois

> cité

```python
def f(x):
    return "<b>" + x
```

| a | b |
|---|---|
| 1 | 2 |

---
<script>alert(1)</script>
"""


async def pdf(served: ServedSession, person: Person, path: str) -> httpx2.Response:
    """Ask with the patience that setting takes on a busy machine."""
    headers = served.auth.bearer(person)
    async with httpx2.AsyncClient(
        base_url=served.url, headers=headers, trust_env=False, timeout=60, verify=NO_CERTIFICATES
    ) as client:
        return await client.get(path)


def set_alone(*texts: str) -> pypdf.PdfReader:
    setting = Setting()
    setting.begin("Title", "told")
    for text in texts:
        setting.message("You", [text])
    return pypdf.PdfReader(io.BytesIO(setting.whole()))


def letters(text: str) -> Counter[str]:
    return Counter(letter for letter in text if not letter.isspace())


def text_in(reader: pypdf.PdfReader) -> str:
    # the reader shows two-byte codes of one font with a zero before each
    return "\n".join(page.extract_text() for page in reader.pages).replace("\x00", "")


async def test_a_conversation_is_set_as_it_is_read(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Écris", answers=[MARKDOWN])
    await changed(served, ada, thread, title="L’été à Nîmes")

    found = await pdf(served, ada, f"/api/threads/{thread}/export?format=pdf&language=fr")

    assert (found.status_code, found.headers["content-type"]) == (200, "application/pdf")
    assert "L%E2%80%99%C3%A9t%C3%A9" in found.headers["content-disposition"]
    reader = pypdf.PdfReader(io.BytesIO(found.content))
    text = text_in(reader)
    for piece in (
        "L’été à Nîmes", "Vous, ", "Anima, ", "Résumé", "L’été à Nîmes : œuvres, code en ligne",
        "un lien (https://example.org/a)", "1. un", "2. deux", "• trois", "cité", "python", '    return "<b>" + x',
        "a | b", "1 | 2", "<script>alert(1)</script>",
    ):  # fmt: skip
        assert piece in text, (piece, text)
    assert "**" not in text
    assert reader.metadata is not None
    assert reader.metadata.title == "L’été à Nîmes"
    assert [page.get("/Annots") for page in reader.pages] == [None]
    assert b"/JavaScript" not in found.content


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Привет, Ελλάδα", "Привет, Ελλάδα"),
        ("日本語", "日本語"),
        ("🐧😀", "🐧😀"),
        ("שלום", None),
        ("\U00013000 and \ue000", "[U+13000] and [U+E000]"),
        ("bell \x07", "bell [U+0007]"),
        ("`日本 code 🐧`", "code"),
    ],
)
def test_letters_of_the_world_are_shown_or_named(text: str, shown: str | None) -> None:
    found = text_in(set_alone(text))
    if shown is None:
        assert letters(text) - letters(found) == Counter()
    else:
        assert "".join(shown.split()) in "".join(found.split())


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Cn", "Co", "Zl", "Zp", "Mn", "Me", "Mc"]))
SOURCE = st.lists(
    st.sampled_from(
        [
            "\n",
            "\n\n",
            "# ",
            "> ",
            "- ",
            "1. ",
            "```",
            "`",
            "**",
            "*",
            "[",
            "](",
            ")",
            "<b>",
            "|",
            "    ",
            "&amp;",
            "\\",
        ]
    )
    | st.text("abcé œ9", max_size=6),
    max_size=30,
).map("".join)


@given(SOURCE | WORDS)
@example("[lost]: https://example.org 'a title'\n\nseen")
@example("> " * 80 + "deep")
@example("- " * 80 + "deep")
@example("a&nbsp;b &eacute; &#65;")
@example("[a](b 'title')\n\n![alt](c 'title')")
@example("<!-- hidden -->\n\n<https://example.org>")
def test_no_letter_is_lost_between_markdown_and_page(text: str) -> None:
    seen = "".join(block.mark + "".join(run.text for run in block.runs) for block in blocks_of(text))
    shown = Counter(letter for letter in seen if letter.isalnum())
    written = Counter(letter for letter in text if letter.isalnum())
    assert written - shown == Counter()


@settings(max_examples=6, deadline=None)
@given(st.lists(st.text("abcdefé œ’…–ЖΩ中あ🐧 \n#*`", min_size=1, max_size=80), min_size=1, max_size=3))
def test_every_letter_is_on_a_page(texts: list[str]) -> None:
    found = letters(text_in(set_alone(*texts)))
    wanted = Counter(letter for text in texts for letter in text if letter.isalnum() or letter == "🐧")
    assert wanted - found == Counter()


async def test_a_conversation_that_is_too_long_is_refused_with_another_way(
    served: ServedSession, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread = await talked(served, ada, "x" * 2000, "y" * 2000)
    monkeypatch.setattr(write_pdf, "MAX_CHARACTERS", 3000)

    refused = await pdf(served, ada, f"/api/threads/{thread}/export?format=pdf")

    assert (refused.status_code, refused.json()["code"]) == (413, "pdf_too_long")
    assert (await served.get(f"/api/threads/{thread}/export?format=markdown", ada)).status_code == 200


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not bound a process's memory")
async def test_what_takes_gigabytes_to_set_takes_none_of_the_services() -> None:
    text = "|a|b|\n|-|-|\n" + "|x|y|\n" * 240_000
    lines = f"{json.dumps({'title': '', 'told': ''})}\n{json.dumps({'heading': '', 'parts': [text]})}\n"
    command = [sys.executable, "-m", write_pdf.PROCESS]

    ended = await asyncio.to_thread(subprocess.run, command, input=lines.encode(), capture_output=True, check=False)

    assert (ended.returncode, ended.stdout) == (TOO_MUCH, b"")
    with pytest.raises(PdfTooLong):
        await write_pdf.set_pages(lines.encode())


async def test_one_person_cannot_keep_everybody_else_from_a_pdf(
    served: ServedSession, ada: Person, bob: Person
) -> None:
    adas, bobs = await talked(served, ada, "Mine"), await talked(served, bob, "Yours")
    async with served.parts.pdf_turn.of(uuid4()):
        waiting = [asyncio.create_task(pdf(served, bob, f"/api/threads/{bobs}/export?format=pdf")) for _ in range(3)]
        while sum(each.done() for each in waiting) < 2:  # noqa: ASYNC110 - they are answered elsewhere
            await asyncio.sleep(0.02)
        refused = [each.result() for each in waiting if each.done()]
        other = asyncio.create_task(pdf(served, ada, f"/api/threads/{adas}/export?format=pdf"))
    answers = [await each for each in (*waiting, other)]

    assert [each.json()["code"] for each in refused] == ["pdf_busy"] * 2
    assert sorted(each.status_code for each in answers) == [200, 200, 503, 503]


def test_a_word_without_end_fits_the_page() -> None:
    assert letters(text_in(set_alone("x" * 3000, "```\n" + "y" * 3000)))["x"] >= 3000


def test_the_process_says_nothing_of_what_it_sets_when_it_fails() -> None:
    command = [sys.executable, "-m", write_pdf.PROCESS]
    ended = subprocess.run(command, input=b"{\n", capture_output=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, b"")


async def test_setting_a_long_conversation_stays_within_its_time(served: ServedSession, ada: Person) -> None:
    head: dict[str, Any] = {"title": "Long", "told": ""}
    lines = [json.dumps(head), *(json.dumps({"heading": "You", "parts": [MARKDOWN * 3]}) for _ in range(100))]
    async with asyncio.timeout(60):
        written = await write_pdf.set_pages("\n".join(lines).encode())
    assert len(pypdf.PdfReader(io.BytesIO(written)).pages) > 30
