"""What stands in letters stands nowhere else: not in the database, not in logs, not in figures."""

import asyncio
import re
from datetime import timedelta

import pytest

from tests.auth.mailbox import Posted, mail_environ, mailbox_at, token_in, until
from tests.auth.served_auth import ADMINISTRATOR, served_auth
from tests.auth.test_mail_delivery import REQUEST, outcomes, write

ADA = ADMINISTRATOR["email"]


async def test_no_live_link_code_or_address_stands_in_the_database(database_url: str, free_port: int) -> None:
    async with served_auth(mail_environ(database_url, free_port)) as served:  # nothing can leave
        await served.claimed()
        await served.browser().post_json(REQUEST, {"email": ADA})
        served.clock.advance(timedelta(minutes=1))
        await served.browser().post_json("/api/auth/magic-link", {"email": ADA})
        await write(served.auth, to="visible@example.org")

        async def all_are_written() -> bool:
            return len(await served.auth.database.fetch("SELECT id FROM email_outbox")) == 3

        await until(all_are_written)
        tables = ("email_outbox", "email_requests", "one_time_tokens", "audit_log", "rate_buckets")
        rows = [row for name in tables for row in await served.auth.database.fetch(f"TABLE {name}")]
        dump = " ".join(str(dict(row)) for row in rows)
        async with mailbox_at(free_port) as mailbox:
            arrived = [await mailbox.next_to(ADA), await mailbox.next_to(ADA, 1)]
            arrived.append(await mailbox.next_to("visible@example.org"))
        tokens = [token_in(letter) for letter in arrived]

    assert tokens[2] == "secret0"
    assert not [secret for secret in (*tokens, "visible@", "reset-password#", "http://") if secret in dump]


async def test_logs_and_figures_name_no_address_and_no_link(posted: Posted, capsys: pytest.CaptureFixture[str]) -> None:
    await posted.served.claimed()
    posted.mailbox.answers_to_recipient.append(f"550 no mailbox {ADA}")
    await write(posted.served.auth, to=ADA)
    await outcomes(posted.served.auth)
    await posted.served.browser().post_json(REQUEST, {"email": ADA})
    token = token_in(await posted.mailbox.next_to(ADA))
    await asyncio.sleep(0.5)
    figures = (await posted.served.browser().get("/metrics")).text
    # How a line looks, and whether the test's own mail server logs, is up to whoever configured the logs last.
    lines = [line for line in "".join(capsys.readouterr()).splitlines() if "mail.log" not in line]
    printed = "\n".join(lines) + figures

    assert not re.search(f"{re.escape(ADA)}|example.org|secret0|{re.escape(token)}", printed, re.IGNORECASE)
    assert re.search(r'^mail_letters_total\{outcome="refused"\} [1-9]', figures, re.MULTILINE)
    assert "mail_outbox_depth " in figures and "mail_outbox_oldest_seconds " in figures
