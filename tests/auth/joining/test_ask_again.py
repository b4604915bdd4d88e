"""Asking for an account again: what was mailed before stays good, and no letter of another kind is in the way."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.auth.joining.newcomers import (
    NEW,
    OTHER_PASSWORD,
    answered,
    ask_to_join,
    confirm,
    enters,
    mailed_registration,
)
from tests.auth.mailbox import Posted, posted_auth, token_in
from tests.auth.served_auth import ADMINISTRATOR, PASSWORD

ADA = ADMINISTRATOR["email"]


@pytest.fixture
async def open_house(database_url: str) -> AsyncIterator[Posted]:
    async with posted_auth(database_url, AUTH_SIGNUP="open") as posted:
        yield posted


async def test_the_first_link_still_works_after_asking_again_too_soon(open_house: Posted) -> None:
    served = open_house.served
    browser = served.browser()
    token = await mailed_registration(open_house, browser)
    served.clock.advance(timedelta(seconds=20))

    again = await ask_to_join(browser, password=OTHER_PASSWORD)
    await answered(served)

    assert (again.status_code, again.json()) == (202, {"expires_in": 86_400, "retry_after_seconds": 40})
    assert (await confirm(browser, token)).status_code == 200
    assert await enters(served, PASSWORD)
    assert open_house.mailbox.recipients.count(NEW) == 1


@pytest.mark.parametrize("used", [0, 1])
async def test_each_of_two_links_knows_the_password_that_was_chosen_with_it(open_house: Posted, used: int) -> None:
    served = open_house.served
    browser = served.browser()
    first = await mailed_registration(open_house, browser)
    served.clock.advance(timedelta(seconds=60))
    await ask_to_join(browser, password=OTHER_PASSWORD)
    second = token_in(await open_house.mailbox.next_to(NEW, 1))

    assert (await confirm(browser, (first, second)[used])).status_code == 200

    assert await enters(served, (PASSWORD, OTHER_PASSWORD)[used])
    assert not await enters(served, (OTHER_PASSWORD, PASSWORD)[used])


async def test_whoever_has_an_account_is_told_so_also_just_after_another_letter(open_house: Posted) -> None:
    served = open_house.served
    await served.claimed()
    await served.browser().post_json("/api/auth/request-password-reset", {"email": ADA})
    await open_house.mailbox.next_to(ADA)

    await ask_to_join(served.browser(), ADA)

    assert (await open_house.mailbox.next_to(ADA, 1))["subject"] == "You already have an account"
