"""A40: an export holds every row about a person, and after the erasure there is none; a new table fails here first."""

import io
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

import pytest

from emergence.auth.export.collect_exports import collect_due_exports
from emergence.auth.sweep import sweep
from emergence.contracts.auth.events import UserDeleted
from emergence.contracts.personal_data import EXPORTER, HOLDERS
from emergence.kernel.events import outbox
from emergence.kernel.events.bus.postgres import PostgresBus
from emergence.kernel.events.bus.retention import Retention
from emergence.kernel.events.erasing import AGAIN_AFTER
from emergence.memory.items.forget import forget_turn
from tests.auth.served_auth import PASSWORD, Browser, bearer
from tests.auth.test_deletion import WEEK, delete
from tests.journeys.held_product import HeldProduct, held_product, until
from tests.journeys.personal_tables import NOT_EXPORTED, TABLES, known_tables, tables_that_name_people
from tests.scripted_models.openai_server import OpenAIServer
from tests.scripted_models.script import Answer, words

EMAIL, NAME, SAID = "Zephyrine.Quill@Example.org", "Zephyrine Quill", "the treasure lies under the oak"
LOG_IN = {"email": EMAIL, "password": PASSWORD}
EXPORT = "/api/auth/me/export"
FORMER_ROWS = (  # of the former system, the last of them about nobody, done by the person
    "INSERT INTO auth.legacy_people (source, user_id, imported_at) VALUES ('s', $1, now())",
    "INSERT INTO auth.legacy_audit_log (source, type, subject) VALUES ('s', 'login', $1)",
    "INSERT INTO auth.legacy_audit_log (source, type, actor) VALUES ('a', 'revoke', $1)",
    "INSERT INTO chat.legacy_costs (source, user_id, cost_usd) VALUES ('s', $1, 0.1)",
    "INSERT INTO session.legacy_threads (source, user_id, thread_id) VALUES ('s', $1, gen_random_uuid())",
    "INSERT INTO session.legacy_documents (source, user_id, former_id, filename) VALUES ('s', $1, '1', 'oak.pdf')",
    """INSERT INTO session.legacy_thread_documents (source, user_id, thread_id)
       SELECT 's', user_id, id FROM session.threads WHERE user_id = $1 LIMIT 1""",
)


@dataclass
class Zephyrine:
    """Somebody who used everything there is."""

    product: HeldProduct
    browser: Browser
    signed_in: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.signed_in["user_id"])

    async def log_in(self) -> None:
        answer = await self.browser.post_json("/api/auth/login", LOG_IN)
        assert answer.status_code == 200, answer.text
        self.signed_in = answer.json()

    async def export(self) -> ZipFile:
        assert (await self.browser.post_json(EXPORT, **bearer(self.signed_in))).status_code == 202
        await collect_due_exports(self.product.auth.auth)
        answer = await self.browser.get(EXPORT + "/download", headers=bearer(self.signed_in))
        assert answer.status_code == 200, answer.text
        return ZipFile(io.BytesIO(answer.content))


@pytest.fixture
async def product(database_url: str, models: OpenAIServer) -> AsyncIterator[HeldProduct]:
    async with held_product(database_url, models) as running:
        yield running


@pytest.fixture
async def zephyrine(product: HeldProduct) -> Zephyrine:
    """An administrator among two, who signed in badly and well, talked, asked again, and typed a key in."""
    await product.auth.claimed()
    browser, signed_in = await product.auth.person(EMAIL.lower())
    await product.database.execute("UPDATE auth.users SET role = 'admin'")
    await product.database.execute("UPDATE auth.user_emails SET email = $1 WHERE email_norm = lower($1)", EMAIL)
    person = Zephyrine(product, browser, signed_in)
    await browser.post_json("/api/auth/login", {**LOG_IN, "password": "not the right one at all"})
    await browser.post_json("/api/auth/step-up", {"password": "neither is this one"}, **bearer(signed_in))
    await person.log_in()
    patched = {"display_name": NAME, "language": "fr"}
    await browser.patch("/api/auth/me", json=patched, headers=bearer(person.signed_in))
    await browser.post_json("/api/auth/2fa/enable", **bearer(person.signed_in))
    await product.database.execute(
        """INSERT INTO auth.recovery_codes (user_id, place, hash) SELECT id, 'a', 'x' FROM auth.users WHERE id = $1""",
        person.id,
    )
    async with product.live(browser, person.signed_in) as live:
        ack = await live.send(SAID)
        await live.until("run.ended")
        again = await live.ask("message.regenerate", message=ack["reply"])
        await live.until("run.ended")
    await until(lambda: has_turns(product, 3), "memory")
    await forget_turn(product.memory, UUID(person.id), UUID(again["reply"]))
    await product.database.execute(
        "INSERT INTO chat.provider_keys (provider, api_key_sealed, updated_by) VALUES ('openai', 'sealed', $1)",
        person.id,
    )
    for statement in FORMER_ROWS:
        await product.database.execute(statement, person.id)
    async with product.auth.auth.database.transaction() as tx:
        await tx.execute(
            """INSERT INTO one_time_tokens (hash, purpose, user_id, created_at, exp)
               VALUES ('h', 'second_factor', $1, now(), now() + interval '30 days')""",
            person.id,
        )
    return person


async def test_every_table_that_names_people_is_exported_or_has_its_reason(product: HeldProduct) -> None:
    await product.auth.claimed()  # makes the schema of the bus too, once its event is on the way
    people = await tables_that_name_people(product)

    assert people - known_tables() - set(NOT_EXPORTED) == set(), "give it a line in its service's PERSONAL_TABLES"
    existing = {place.of for place in await product.columns()}
    assert known_tables() - existing == set()
    assert {"auth.sessions", "auth.ws_tickets", "session.messages", "chat.runs", "chat.provider_keys"} <= people
    assert {EXPORTER, *(holder.service for holder in HOLDERS)} == set(TABLES), "a service that holds people is asked"


async def test_a_new_table_would_be_noticed(product: HeldProduct) -> None:
    await product.database.execute(
        """CREATE TABLE chat.favourites (id uuid PRIMARY KEY, chosen_by uuid);
           CREATE TABLE auth.pictures (id uuid PRIMARY KEY, whose uuid REFERENCES auth.users (id));
           CREATE TABLE auth.frames (id uuid PRIMARY KEY, picture uuid REFERENCES auth.pictures (id))"""
    )

    missing = await tables_that_name_people(product) - known_tables() - set(NOT_EXPORTED)

    assert missing == {"chat.favourites", "auth.pictures", "auth.frames"}


async def test_the_export_holds_every_row_in_which_the_person_appears(zephyrine: Zephyrine) -> None:
    archive = await zephyrine.export()
    found = await zephyrine.product.rows_with([zephyrine.id, EMAIL, NAME, SAID])

    exported = {
        name.removesuffix(".json").replace("/", "."): json.loads(archive.read(name))
        for name in archive.namelist()
        if "/" in name
    }
    assert set(found) - set(exported) - set(NOT_EXPORTED) == set()
    secrets = {f"{schema}.{table.name}": set(table.without) for schema, tables in TABLES.items() for table in tables}
    for table in set(found) & set(exported) - {"auth.exports"}:
        shown = [sorted(row.items(), key=str) for row in exported[table]]
        for row in found[table]:
            assert sorted(((k, v) for k, v in row.items() if k not in secrets[table]), key=str) in shown, table
    used = {
        "auth.ws_tickets", "auth.totp_credentials", "auth.recovery_codes", "auth.one_time_tokens", "auth.rate_buckets",
        "auth.known_addresses", "auth.audit_log", "auth.audit_references", "auth.audit_addresses", "auth.exports",
        "session.frames", "session.topics", "session.commands", "session.live_sessions", "chat.runs",
        "chat.provider_keys", "memory.turns", "memory.tombstones", "auth.legacy_people", "auth.legacy_audit_log",
        "chat.legacy_costs", "session.legacy_threads", "session.legacy_documents", "session.legacy_thread_documents",
    }  # fmt: skip
    assert used <= set(exported), "the person of this test must have used everything"
    said = [part["text"] for row in exported["session.messages"] for part in row["parts"]]
    assert SAID in said
    assert SAID in [row["body"] for row in exported["memory.turns"]]
    assert len(exported["session.runs"]) == len(exported["chat.runs"]) == 2


async def test_after_the_erasure_nothing_of_the_person_is_anywhere(zephyrine: Zephyrine) -> None:
    product = zephyrine.product
    _, other = await product.auth.person("bob@example.org")
    await zephyrine.export()
    needles = [zephyrine.id, EMAIL, NAME, SAID]
    references = await product.database.fetch(
        "SELECT reference FROM auth.audit_references WHERE user_id = $1", zephyrine.id
    )

    assert (await delete(zephyrine.browser, zephyrine.signed_in)).status_code == 202
    product.clock.advance(WEEK)
    await erased(product, zephyrine.id)

    left = await product.rows_with(needles)
    assert set(left) <= {"auth.users", "bus.events", "session.erasures", "chat.erasures", "memory.erasures"}, left
    [user] = left["auth.users"]
    assert {name: value for name, value in user.items() if value not in (None, "")} == {
        "id": zephyrine.id, "role": "guest", "status": "deleted", "is_listed_admin": False,
        "created_at": user["created_at"], "deleted_at": user["deleted_at"],
    }  # fmt: skip
    product.clock.advance(AGAIN_AFTER)
    await until(lambda: nothing_due(product), "the second erasure")
    bus = PostgresBus(product.auth.auth.database.url, retention=Retention(timedelta(), timedelta()))
    await bus.prune()
    await bus.close()
    assert set(await product.rows_with(needles)) == {"auth.users"}
    assert await product.database.fetch("SELECT FROM auth.audit_log WHERE subject = $1", references[0]["reference"])
    assert set(await product.rows_with([str(references[0]["reference"])])) == {"auth.audit_log"}
    assert await product.database.fetchval("SELECT updated_by IS NULL FROM chat.provider_keys")
    assert await product.database.fetchval("SELECT user_id IS NULL FROM auth.legacy_people"), "who does not come back"
    assert await product.database.fetch("SELECT FROM auth.legacy_audit_log") == []
    assert await product.database.fetchval("SELECT status FROM auth.users WHERE id = $1", other["user_id"]) == "active"


async def test_the_event_may_come_twice_and_for_nobody(zephyrine: Zephyrine) -> None:
    product = zephyrine.product
    await delete(zephyrine.browser, zephyrine.signed_in)
    product.clock.advance(WEEK)
    await erased(product, zephyrine.id)

    async with product.auth.auth.database.transaction() as tx:
        for user_id in (zephyrine.id, uuid4()):
            await outbox.publish(tx, UserDeleted(user_id=user_id))  # type: ignore[arg-type]
    for _ in range(2):
        product.clock.advance(AGAIN_AFTER)
        await until(lambda: outbox_is_empty(product), "the relay")
    await until(lambda: nothing_due(product, tick=True), "the erasures")

    assert (
        await product.database.fetch(
            """SELECT FROM session.parked_events UNION ALL SELECT FROM chat.parked_events
               UNION ALL SELECT FROM memory.parked_events"""
        )
        == []
    )
    assert set(await product.rows_with([zephyrine.id])) <= {"auth.users", "bus.events"}


async def test_a_reply_that_is_being_written_stops_and_leaves_nothing(
    zephyrine: Zephyrine, models: OpenAIServer
) -> None:
    product = zephyrine.product
    models.script.then(Answer(tokens=words(20_000), rate=50))
    async with product.live(zephyrine.browser, zephyrine.signed_in) as live:
        ack = await live.send("Never end")
        await live.until("message.delta")
        await delete(zephyrine.browser, zephyrine.signed_in)
        assert await live.close_code() == 4401
    assert product.session.runs.get(ack["run"]) is not None or product.session.runs.ids()
    product.clock.advance(WEEK)

    await erased(product, zephyrine.id)
    await until(lambda: has_ended(product), "the end of the run")

    await until(lambda: was_cut_off(models), "the end of the model's stream")
    product.clock.advance(AGAIN_AFTER)
    await until(lambda: nothing_due(product), "the second erasure")
    assert set(await product.rows_with([zephyrine.id, "Never end"])) <= {"auth.users", "bus.events"}


async def erased(product: HeldProduct, user_id: str) -> None:
    """Sweep, and wait until every service has erased once."""

    async def is_done() -> bool:
        await sweep(product.auth.auth)
        product.clock.advance(timedelta(seconds=2))
        rows = await product.database.fetch(
            """SELECT is_last FROM session.erasures UNION ALL SELECT is_last FROM chat.erasures
               UNION ALL SELECT is_last FROM memory.erasures"""
        )
        return [row["is_last"] for row in rows] == [True, True, True]

    await until(is_done, f"the erasure of {user_id}")


async def nothing_due(product: HeldProduct, *, tick: bool = False) -> bool:
    product.clock.advance(AGAIN_AFTER if tick else timedelta(seconds=2))
    return not await product.database.fetch(
        """SELECT FROM session.erasures UNION ALL SELECT FROM chat.erasures
           UNION ALL SELECT FROM memory.erasures"""
    )


async def has_turns(product: HeldProduct, count: int) -> bool:
    return len((await product.rows_with([""])).get("memory.turns", [])) == count


async def outbox_is_empty(product: HeldProduct) -> bool:
    return not await product.database.fetch("SELECT FROM auth.outbox")


async def has_ended(product: HeldProduct) -> bool:
    return not product.session.runs.ids()


async def was_cut_off(models: OpenAIServer) -> bool:
    return models.exchanges[-1].disconnected_early
