"""Addresses that a mail program reads otherwise: nobody gets their letters, and no letter waits for them."""

import pytest

from tests.auth.mailbox import Posted
from tests.auth.test_mail_delivery import outcomes, write

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
