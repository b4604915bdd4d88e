"""A page of another origin, in the same browser, gets nothing and changes nothing, even where cookies do reach us."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from playwright.async_api import Page, Response, expect

from tests.journeys.browser.conftest import EMAIL, Person
from tests.journeys.visitor import PASSWORD
from tests.session.live_client import HELLO

pytestmark = pytest.mark.xdist_group("browser")

Site = Literal["cross-site", "same-site"]
HOSTS: dict[Site, str] = {"cross-site": "localhost", "same-site": "127.0.0.1"}  # ports make no other site
REFRESH, LOGOUT, TICKET = FORGED = ("/api/auth/refresh", "/api/auth/logout", "/api/auth/ws-ticket")
JSON, TEXT = {"content-type": "application/json"}, {"content-type": "text/plain"}
FORMS = ("application/x-www-form-urlencoded", "text/plain", "multipart/form-data")
SUBMIT = """([url, enctype]) => {
  const form = Object.assign(document.createElement("form"), { method: "post", action: url, enctype });
  form.append(Object.assign(document.createElement("input"), { name: '{"a":"', value: '"}' }));
  document.body.append(form);
  form.submit();
}"""
FETCH = """([url, init]) => fetch(url, { method: "POST", credentials: "include", body: "{}", ...init })
  .then((answer) => answer.type, (refused) => refused.name)"""
DIAL = """([url, protocols, hello]) => new Promise((resolve) => {
  const socket = new WebSocket(url, protocols);
  socket.onopen = () => socket.send(hello);
  socket.onmessage = ({ data }) => { if (JSON.parse(data).type === "welcome") resolve("welcome"); };
  socket.onclose = ({ code }) => resolve(code);
})"""
ASK = """([path, bearer, body]) => fetch(path, { method: body === null ? "GET" : "POST", body,
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" } })
  .then(async (answer) => [answer.status, await answer.text()])"""


async def blank(_: web.Request) -> web.Response:
    return web.Response(text="<!doctype html><body>", content_type="text/html")


@asynccontextmanager
async def evil_page(person: Person, site: Site) -> AsyncIterator[Page]:
    """Open a page of another server in the person's browser."""
    app = web.Application()
    app.router.add_get("/", blank)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        listening = web.TCPSite(runner, "127.0.0.1", 0)
        await listening.start()
        page = await person.context.new_page()
        await page.goto(f"http://{HOSTS[site]}:{urlsplit(listening.name).port or runner.addresses[0][1]}/")
        yield page
        await page.close()
    finally:
        await runner.cleanup()


async def came_from(answer: Response) -> tuple[str, str | None, bool]:
    """Return what the browser told us: how near the page is, of which origin, and whether the cookie came with it."""
    sent = await answer.request.all_headers()
    return sent["sec-fetch-site"], sent.get("origin"), "emg_rt" in sent.get("cookie", "")


async def submit(page: Page, url: str, enctype: str) -> Response:
    """Send a form from a page, which is left by that, and come back to it."""
    own = page.url
    async with page.expect_navigation() as navigation:
        await page.evaluate(SUBMIT, [url, enctype])
    answer = await navigation.value
    await page.goto(own)
    return answer


async def opened(page: Page, url: str, ticket: str) -> object:
    """Dial; return how the socket was closed, or that it was welcomed."""
    offered = ["emergence.v1", f"ticket.{ticket}"]
    return await page.evaluate(DIAL, [url.replace("http", "ws", 1) + "/ws", offered, json.dumps(HELLO)])


@pytest.mark.parametrize("site", list(HOSTS))
async def test_another_origin_in_the_same_browser_changes_nothing(ada: Person, site: Site) -> None:
    url = ada.server.url
    own = await ada.tab("/settings/security")
    await expect(own.get_by_role("list", name="Where you are signed in")).to_contain_text("This session")
    body = json.dumps({"email": EMAIL, "password": PASSWORD})
    signed_in = await (await ada.context.request.post(f"{url}/api/auth/login", data=body, headers=JSON)).json()
    bearer, cookie = signed_in["access_token"], await ada.refresh_token()
    ada.server.secrets.update({bearer, cookie})
    status, text = await own.evaluate(ASK, [TICKET, bearer, "{}"])
    assert status == 200
    ticket = json.loads(text)["ticket"]

    async with evil_page(ada, site) as evil:
        arrived: list[Response] = []
        evil.on("response", lambda answer: arrived.append(answer) if answer.url.startswith(url) else None)
        for path in FORGED:
            forms = [await submit(evil, url + path, enctype) for enctype in FORMS]
            assert [answer.status for answer in forms] == [403] * len(FORMS)
            stolen = {"headers": JSON | {"authorization": f"Bearer {bearer}"}}
            for init in ({"headers": JSON}, stolen, {"headers": TEXT}, {"headers": TEXT, "mode": "no-cors"}):
                assert await evil.evaluate(FETCH, [url + path, init]) == "TypeError"
        told = {await came_from(answer) for answer in arrived if answer.request.method == "POST"}
        statuses = {answer.status for answer in arrived if answer.request.method == "POST"}
        assert await opened(evil, url, ticket) == 4403
        assert await opened(evil, url, "invented") == 4403

    assert {near for near, _, _ in told} == {site}
    assert any(has_cookie for _, _, has_cookie in told) is (site == "same-site"), told  # Strict counts sites, not ports
    assert statuses == {403}
    assert await ada.refresh_token() == cookie
    assert (await own.evaluate(ASK, ["/api/auth/session", bearer, None]))[0] == 200
    assert await opened(own, url, ticket) == "welcome"  # nobody has used it up
    assert (await own.evaluate(ASK, [REFRESH, bearer, "{}"]))[0] == 200
    await own.reload()
    await expect(own.get_by_role("list", name="Where you are signed in")).to_contain_text("This session")
    ada.server.secrets.update({await ada.refresh_token(), ticket})
