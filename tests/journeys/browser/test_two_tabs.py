"""Two tabs whose access tokens expire together ask for new ones at the same moment, again and again: nobody is out."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import BrowserContext, Page, Response, expect

from tests.journeys.browser.conftest import Person

pytestmark = pytest.mark.xdist_group("browser")

A_MOMENT_S = 0.5
LIFETIME = timedelta(minutes=5)
WITHOUT_LOCKS = "delete Navigator.prototype.locks"
CAME_BACK = "window.dispatchEvent(new Event('visibilitychange'))"  # what is shown and old is asked for again
REFRESH, SHOWN = "/api/auth/refresh", "/api/auth/my-sessions"


class Expiry:
    """The clock of all tabs of a browser: it stands still until every token in them is too old."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._at = datetime.now(UTC)

    async def begin(self) -> None:
        await self._context.clock.set_fixed_time(self._at)

    async def expire(self) -> None:
        self._at += LIFETIME
        await self.begin()


async def asks_again(tab: Page) -> Response:
    """Come back to a tab, again where it was still busy with its last answer; return what it was told."""
    async with tab.expect_response(lambda answer: answer.url.endswith(SHOWN)) as coming:
        while not coming.is_done():
            await tab.evaluate(CAME_BACK)
            await asyncio.wait([asyncio.ensure_future(coming.value)], timeout=A_MOMENT_S)
    answer = await coming.value
    await answer.finished()
    return answer


async def sees_sessions(tab: Page) -> None:
    await expect(tab.get_by_role("list", name="Where you are signed in")).to_contain_text("This session")


@pytest.mark.parametrize(("has_locks", "times"), [(True, 50), (False, 25)], ids=["with locks", "without locks"])
async def test_two_tabs_that_expire_together_stay_signed_in(ada: Person, has_locks: bool, times: int) -> None:
    """Without Web Locks, as in older browsers, both really ask; a session may refresh sixty times in a minute."""
    if not has_locks:
        await ada.context.add_init_script(WITHOUT_LOCKS)
    expiry, answers = Expiry(ada.context), list[Response]()
    await expiry.begin()
    tabs = [await ada.tab("/settings/security") for _ in range(2)]
    for tab in tabs:
        await sees_sessions(tab)
        assert await tab.evaluate("'locks' in navigator") is has_locks
    ada.context.on("response", lambda answer: answers.append(answer))  # Playwright marks what it is given

    for turn in range(times):
        await expiry.expire()
        shown = await asyncio.gather(*(asks_again(tab) for tab in tabs))
        assert [answer.status for answer in shown] == [200, 200], turn

    refreshes = [answer.status for answer in answers if answer.url.endswith(REFRESH)]
    assert set(refreshes) == {200}
    assert times <= len(refreshes) < 2 * times if has_locks else len(refreshes) > times * 3 / 2
    assert {answer.status for answer in answers if "/api/" in answer.url} == {200}
    for tab in tabs:
        await expect(tab.get_by_role("alertdialog")).to_have_count(0)
        await tab.reload()
        await sees_sessions(tab)
    ada.server.secrets.add(await ada.refresh_token())
