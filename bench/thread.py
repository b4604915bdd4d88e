"""`emergence bench thread`: how a conversation of 2,000 messages feels in a browser, beside a short one.

Chromium without a graphics card opens both, scrolls, types, and shows an answer that streams. What the
machine's slowness adds is the same for both: compare the ratios.
"""

import argparse
import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import perf_counter
from uuid import uuid4

from playwright.async_api import Browser, Page, async_playwright
from playwright.async_api import Error as BrowserError

from bench.instruments.engine import running_postgres, scratch_folder
from bench.instruments.programs import Program, free_port
from bench.instruments.report import Figure, NotMeasured, progress, run_and_publish
from tests.journeys.browser.conftest import FLAGS, WIDE, chromium_path

OPEN_S = 1.5
TYPING_RATIO, STREAM_RATIO = 2.0, 2.0
SCROLL_FRAME_MS = 50.0
PATIENCE_MS = 120_000
LOAD_LIMIT_S = 180.0
ANSWER = (
    "The **estuary** has three parts, and each has birds of its own:\n\n"
    "1. the *salt marsh*, where redshanks breed;\n2. the mud, where knots feed at low tide;\n3. the dunes.\n\n"
    "```python\nfor bird in birds:\n    print(bird.name, bird.count)\n```\n\n"
    "Most are seen in October, when those from the north come through; the numbers fall again before Christmas.\n"
)
TOKENS, RATE = 300, 60
ADMINISTRATOR = {"email": "ada@example.org", "password": "correct horse battery staple", "display_name": "Ada"}

_FETCH = """async ([path, body, token]) => {
    const headers = {"content-type": typeof body === "string" ? "application/octet-stream" : "application/json"};
    if (token) headers.authorization = `Bearer ${token}`;
    const method = body === null ? "GET" : "POST";
    const sent = body === null ? undefined : typeof body === "string" ? body : JSON.stringify(body);
    const answer = await fetch(path, {method, headers, body: sent});
    return await answer.json();
}"""
_FRAMES = """async () => {
    const box = document.querySelector(".message-scroll");
    const frames = [];
    let last = performance.now();
    for (let step = 0; step < 120; step++) {
        box.scrollTop += step < 60 ? -700 : 700;
        await new Promise(requestAnimationFrame);
        const now = performance.now();
        frames.push(now - last);
        last = now;
    }
    return frames;
}"""
_TYPE = """async () => {
    const field = document.querySelector(".composer-place textarea");
    const write = Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set;
    const times = [];
    for (let place = 0; place < 60; place++) {
        const began = performance.now();
        write.call(field, field.value + "x");
        field.dispatchEvent(new Event("input", {bubbles: true}));
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        times.push(performance.now() - began);
    }
    write.call(field, "");
    field.dispatchEvent(new Event("input", {bubbles: true}));
    return times;
}"""
# How many messages there are and how the last answer stands: a search of the whole page would be measured, too.
_LAST = """() => {
    const said = document.getElementsByTagName("article");
    const last = said[said.length - 1];
    return [said.length, last?.dataset.agent ? last.dataset.status : ""];
}"""


@dataclass(frozen=True, slots=True)
class Feel:
    """What one conversation cost the page; `busy_s` is its main thread's time while a reply came."""

    open_s: float
    scroll_ms: list[float]
    typing_ms: list[float]
    busy_s: float


async def measured(messages: int) -> list[Figure]:
    """Return every figure. Raises NotMeasured."""
    async with running_postgres() as database:
        with scratch_folder() as folder:
            words = ["tests.scripted_models.openai_server", "--tokens", str(TOKENS), "--rate", str(RATE)]
            with Program(words) as provider:
                _, address = provider.until_said("http://")
                environ = {
                    "DATABASE_URL": database,
                    "EMERGENCE_DATA_DIR": str(folder / "data"),
                    "OPENAI_COMPATIBLE_BASE_URL": address,
                    "OPENAI_COMPATIBLE_MODEL": "scripted",
                }
                port = free_port()
                with Program(["emergence", "up", "--port", str(port)], environ) as product:
                    product.until_ready(port)
                    return await _felt(f"http://127.0.0.1:{port}", messages)


async def _felt(url: str, messages: int) -> list[Figure]:
    async with _browser() as browser:
        page = await browser.new_page(viewport=WIDE, reduced_motion="reduce")  # type: ignore[arg-type]
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(url)
        token = (await page.evaluate(_FETCH, ["/api/auth/setup", ADMINISTRATOR, None]))["access_token"]
        await page.evaluate(_FETCH, ["/api/auth/setup", None, token])
        for title, count in (("Short", 10), ("Long", messages)):
            await _bring(page, token, _file(title, count))
        await page.goto(url)
        short = await _feel(page, "Short", 10)
        long = await _feel(page, "Long", messages)
        nodes = await page.evaluate("document.querySelectorAll('*').length")
        drawn = await page.evaluate("document.querySelectorAll('article[data-message-id]').length")
    p95 = {name: _percentile(values, 95) for name, values in _series(short, long).items()}
    return [
        Figure("open_long", long.open_s, "s", OPEN_S, note="from the press on its line to its last message"),
        Figure("open_short", short.open_s, "s"),
        Figure("scroll_frame_p95_long", p95["scroll_long"], "ms", SCROLL_FRAME_MS, note="every message loaded"),
        Figure("scroll_frame_p95_short", p95["scroll_short"], "ms"),
        Figure("typing_ratio", p95["typing_long"] / p95["typing_short"], "×", TYPING_RATIO, note="a letter, p95"),
        Figure("typing_p95_long", p95["typing_long"], "ms", note="from a letter to the frame that shows it"),
        Figure("stream_ratio", long.busy_s / short.busy_s, "×", STREAM_RATIO, note="the page's CPU for one reply"),
        Figure("stream_cpu_long", long.busy_s, "cpu-s", note=f"{TOKENS} tokens at {RATE} a second"),
        Figure("messages_drawn", drawn, "messages"),
        Figure("elements", nodes, "elements"),
    ]


def _series(short: Feel, long: Feel) -> dict[str, list[float]]:
    return {
        "scroll_long": long.scroll_ms,
        "scroll_short": short.scroll_ms,
        "typing_long": long.typing_ms,
        "typing_short": short.typing_ms,
    }


async def _feel(page: Page, title: str, count: int) -> Feel:
    progress(f"{title.lower()}: {count} messages")
    last = page.locator("article[data-message-id]").last
    began = perf_counter()
    await page.get_by_role("link", name=title, exact=True).click()
    await page.get_by_role("heading", name=title, exact=True).wait_for()
    await last.wait_for()
    open_s = perf_counter() - began
    await _load_all(page, count)
    scroll_ms = await page.evaluate(_FRAMES)
    typing_ms = await page.evaluate(_TYPE)
    busy_s = await _busy_while_streaming(page)
    return Feel(open_s, scroll_ms[5:], typing_ms[5:], busy_s)


async def _load_all(page: Page, count: int) -> None:
    drawn = page.locator("article[data-message-id]")
    began = perf_counter()
    while (known := await drawn.count()) < count:
        if perf_counter() - began > LOAD_LIMIT_S:
            raise NotMeasured(f"only {known} of {count} messages were loaded")
        await page.evaluate("document.querySelector('.message-scroll').scrollTop = 0")
        await page.wait_for_timeout(60)
    await page.evaluate("(box => box.scrollTop = box.scrollHeight)(document.querySelector('.message-scroll'))")
    await page.wait_for_timeout(500)


async def _busy_while_streaming(page: Page) -> float:
    client = await page.context.new_cdp_session(page)
    await client.send("Performance.enable")
    field = page.get_by_role("textbox", name="Message", exact=True)
    await field.fill("Say it at length")
    known, _ = await page.evaluate(_LAST)
    before = await _task_s(client)
    await field.press("Enter")
    count, status = known, ""
    while count <= known or status != "complete":
        await page.wait_for_timeout(250)  # the page forbids scripts that wait inside it
        count, status = await page.evaluate(_LAST)
    busy_s = await _task_s(client) - before
    if not await page.locator("article[data-agent]").last.inner_text():
        raise NotMeasured("the scripted model said nothing")
    return busy_s


async def _task_s(client: object) -> float:
    told = await client.send("Performance.getMetrics")  # type: ignore[attr-defined]
    return float(next(each["value"] for each in told["metrics"] if each["name"] == "TaskDuration"))


async def _bring(page: Page, token: str, file: str) -> None:
    progress("importing a conversation")
    begun = await page.evaluate(_FETCH, ["/api/threads/import", file, token])
    while True:
        found = await page.evaluate(_FETCH, [f"/api/threads/imports/{begun['id']}", None, token])
        if found["state"] != "running":
            break
        await asyncio.sleep(0.2)
    if found["imported"] != 1:
        raise NotMeasured(f"the conversation was not imported: {found}")


def _file(title: str, count: int) -> str:
    """Return a conversation of so many messages in the format that Emergence exports."""
    began = datetime.now(UTC) - timedelta(days=2)
    messages: list[dict[str, object]] = []
    for number in range(count):
        is_question = number % 2 == 0
        text = f"Question {number}: what lives there?" if is_question else f"{ANSWER}\n{number}"
        messages.append(
            {
                "id": str(uuid4()),
                "turn": number // 2,
                "slot": number % 2,
                "role": "user" if is_question else "agent",
                "agent": None if is_question else "anima",
                "status": "complete",
                "parts": [{"kind": "text", "text": text}],
                "created_at": (began + timedelta(seconds=number)).isoformat(),
                "parent": messages[-1]["id"] if messages else None,
            }
        )
    head = {
        "title": title,
        "agent": "anima",
        "created_at": began.isoformat(),
        "updated_at": messages[-1]["created_at"],
        "titled": True,
    }
    whole = {"format": "emergence.thread", "version": 1, "exported_at": datetime.now(UTC).isoformat(), "thread": head}
    return json.dumps({**whole, "messages": messages})


@asynccontextmanager
async def _browser() -> AsyncIterator[Browser]:
    path = chromium_path()
    if path is None:
        raise NotMeasured("no Chromium here: install one, or set CHROMIUM=/path/to/it")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            yield browser
        except BrowserError as failed:
            raise NotMeasured(str(failed)) from failed
        finally:
            await browser.close()


def _percentile(values: Sequence[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="emergence bench thread", description="How a long conversation feels.")
    parser.add_argument("--messages", type=int, default=2_000, help="messages of the long conversation (2000)")
    given = parser.parse_args()
    return run_and_publish("thread", measured(given.messages))


if __name__ == "__main__":
    raise SystemExit(main())
