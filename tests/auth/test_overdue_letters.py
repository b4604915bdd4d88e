"""What /api/ready says of outgoing mail while the mail server answers and no letter leaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from emergence.auth.mail.letters import Letter
from emergence.auth.mail.queue_letter import queue_letter
from tests.auth.mailbox import Posted, mail_environ, mailbox_at
from tests.auth.served_auth import ADMINISTRATOR, ServedAuth, served_auth
from tests.auth.test_mail_delivery import outcomes, postponed, write

ADA = ADMINISTRATOR["email"]
A_DAY = timedelta(days=1)
OVERDUE = "answers, but letters that are due have waited for more than 10 minutes"


@asynccontextmanager
async def held_letters(served: ServedAuth) -> AsyncIterator[None]:
    """Stand for a sender that hangs with the letters: others pass them over, and they stay due."""
    is_held, is_over = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with served.auth.database.transaction() as tx:
            await tx.execute("SELECT FROM email_outbox FOR UPDATE")
            is_held.set()
            await is_over.wait()

    holding = asyncio.create_task(hold())
    await is_held.wait()
    try:
        yield
    finally:
        is_over.set()
        await holding


async def said(served: ServedAuth) -> tuple[int, str, str | None]:
    answer = await served.browser().get("/api/ready")
    (smtp,) = [each for each in answer.json()["dependencies"] if each["name"] == "smtp"]
    return answer.status_code, smtp["state"], smtp["detail"]


async def test_letters_that_do_not_leave_degrade_it_after_ten_minutes_until_they_leave(posted: Posted) -> None:
    served, clock = posted.served, posted.served.clock
    due_at = clock.now() + timedelta(minutes=1)  # nobody takes it before it is held
    async with served.auth.database.transaction() as tx:
        await queue_letter(served.auth, tx, Letter("password_changed", ADA, "en", {"at": "now", "link": "http://x"}))
        await tx.execute("UPDATE email_outbox SET next_at = $1", due_at)
    async with held_letters(served):
        clock.advance(timedelta(minutes=10, seconds=59))
        before = await said(served)
        clock.advance(timedelta(seconds=1))
        after = await said(served)
        assert posted.mailbox.letters == []
    await posted.mailbox.next_to(ADA)
    await outcomes(served.auth)

    assert before == (200, "ok", None)
    assert after == (200, "degraded", OVERDUE)
    assert await said(served) == (200, "ok", None)


async def test_a_letter_that_the_server_defers_is_not_due_and_degrades_nothing(posted: Posted) -> None:
    posted.mailbox.answers[:] = ["451 greylisted"]
    clock = posted.served.clock
    await write(posted.served.auth, ends_in=A_DAY)
    next_at = await postponed(posted.served.auth, 1)

    assert next_at > clock.now()
    assert await said(posted.served) == (200, "ok", None)


async def test_a_server_that_is_away_is_told_as_that(database_url: str, free_port: int) -> None:
    async with served_auth(mail_environ(database_url, free_port)) as served:
        await write(served.auth, ends_in=A_DAY)
        served.clock.advance(timedelta(minutes=11))
        away = await said(served)
        async with mailbox_at(free_port) as mailbox:
            await mailbox.next_to("person0@example.org")
            await outcomes(served.auth)
            served.clock.advance(timedelta(seconds=31))

            assert away == (200, "degraded", "does not answer")
            assert await said(served) == (200, "ok", None)
