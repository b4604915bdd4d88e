"""What stands in letters stands nowhere else: not in the database, not in logs, not in figures."""

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from datetime import timedelta
from io import StringIO
from logging import getLogger

import structlog

from emergence.kernel.logs import configure_logs
from tests.auth.mailbox import mail_environ, mailbox_at, posted_auth, token_in, until
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


@contextmanager
def logged() -> Iterator[StringIO]:
    """Log everything as a server does, but what the test's own mail server says; afterwards as before."""
    root = getLogger()
    before = (root.handlers[:], root.level, structlog.get_config())
    with redirect_stderr(StringIO()) as printed:
        configure_logs("DEBUG", "json", "auth")
        getLogger("mail.log").disabled = True
        try:
            yield printed
        finally:
            getLogger("mail.log").disabled = False
            root.handlers[:] = before[0]
            root.setLevel(before[1])
            structlog.configure(**before[2])


async def test_logs_and_figures_name_no_address_and_no_link(database_url: str) -> None:
    with logged() as printed:
        async with posted_auth(database_url) as posted:
            await posted.served.claimed()
            posted.mailbox.answers_to_recipient.append(f"550 no mailbox {ADA}")
            await write(posted.served.auth, to=ADA)
            await outcomes(posted.served.auth)
            await posted.served.browser().post_json(REQUEST, {"email": ADA})
            token = token_in(await posted.mailbox.next_to(ADA))
            await asyncio.sleep(0.5)
            figures = (await posted.served.browser().get("/metrics")).text
        said = printed.getvalue()
        structlog.get_logger("proof").info("proof", link=f"/reset-password#{token}", to=ADA)
    sought = re.compile(f"{re.escape(ADA)}|example.org|secret0|{re.escape(token)}", re.IGNORECASE)

    assert '"event": "letter"' in said, "what is searched must hold what mail logs"
    assert len(sought.findall(printed.getvalue().removeprefix(said))) >= 2, "what is looked for would be found"
    assert not sought.search(said + figures)
    assert re.search(r'^mail_letters_total\{outcome="refused"\} [1-9]', figures, re.MULTILINE)
    assert "mail_outbox_depth " in figures and "mail_outbox_oldest_seconds " in figures
