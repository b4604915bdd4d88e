"""Addresses that a mail program reads otherwise: nobody gets their letters, and no letter waits for them."""

from datetime import timedelta

import pytest

from tests.auth.mailbox import Posted
from tests.auth.test_mail_delivery import outcomes, postponed, write

ODD = (
    "a@x..org",
    "a@x.",
    "a@.org",
    "=?utf-8?q?victim?=@example.com",
    "=?utf-8?q?v=69ctim?=@example.com",
    "victim@=?utf-8?q?example.com?=",
    "=?us-ascii?q?victim?=@example.com",
)


@pytest.mark.parametrize("odd", ODD)
async def test_an_address_that_cannot_be_written_to_holds_up_no_letter_and_reaches_nobody_else(
    posted: Posted, odd: str
) -> None:
    for number in range(3):
        await write(posted.served.auth, number, to=odd)
    await write(posted.served.auth, 4)

    assert await outcomes(posted.served.auth, 4) == ["refused"] * 3 + ["sent"]
    assert posted.mailbox.recipients == ["person4@example.org"]
    assert await posted.served.auth.database.fetch("SELECT FROM email_outbox WHERE tries > 1") == []


async def test_a_good_letter_behind_all_of_them_leaves_in_the_same_round(posted: Posted) -> None:
    for number, odd in enumerate(ODD):
        await write(posted.served.auth, number, to=odd)
    await write(posted.served.auth, len(ODD))

    assert await outcomes(posted.served.auth, len(ODD) + 1) == ["refused"] * len(ODD) + ["sent"]
    assert posted.mailbox.recipients == [f"person{len(ODD)}@example.org"]
    assert await posted.served.auth.database.fetch("SELECT FROM email_outbox WHERE tries <> 1") == []


async def test_a_letter_at_which_the_server_hangs_up_is_tried_ever_more_rarely_and_holds_up_no_other(
    posted: Posted,
) -> None:
    auth, clock, mailbox = posted.served.auth, posted.served.clock, posted.mailbox
    mailbox.answers[:] = ["421 closing"]
    await write(auth, 0, ends_in=timedelta(days=1))
    first = await postponed(auth, 1) - clock.now()
    await write(auth, 1)
    await mailbox.next_to("person1@example.org")
    mailbox.answers[:] = ["421 closing"]
    clock.advance(timedelta(hours=2))
    second = await postponed(auth, 2) - clock.now()

    assert timedelta(seconds=45) <= first <= timedelta(seconds=75)
    assert timedelta(minutes=45) <= second <= timedelta(minutes=75)
    clock.advance(second)
    await mailbox.next_to("person0@example.org")
