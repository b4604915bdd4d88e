"""A link shows what had been said when it was made, to anybody who has it, until it is withdrawn."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from emergence.contracts.auth.events import AccountShut, LoginSessionRevoked, UserDeleted
from emergence.session.on_events import OnEvents
from emergence.session.sweep_storage import sweep_storage
from tests.session.live_client import live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session, session_environ
from tests.session.threads.talking import changed, talked

Json = dict[str, Any]


async def shared(served: ServedSession, person: Person, thread: str, **members: object) -> Json:
    made = await served.ask("POST", f"/api/threads/{thread}/share", person, members)
    assert made.status_code == 201, made.text
    found: Json = made.json()
    return found


async def read(served: ServedSession, token: str, after: int = 0) -> httpx2.Response:
    return await served.ask("POST", "/api/shared", None, {"token": token, "after": after})


def texts(page: httpx2.Response) -> list[str]:
    assert page.status_code == 200, page.text
    return ["".join(part["text"] for part in message["parts"]) for message in page.json()["messages"]]


async def is_dead(served: ServedSession, token: str) -> bool:
    found, never = await read(served, token), await read(served, "x" * 43)
    of_request = {"instance": None, "trace_id": None}
    return found.status_code == 404 and found.json() | of_request == never.json() | of_request


async def test_anybody_with_the_link_reads_what_had_been_said(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Où finit la Seine ?", answers=["Au Havre."])
    made = await shared(served, ada, thread, author="Ada")
    async with live_client(served.url, ada) as client:
        ack = await client.send("And the Loire?", thread=thread)
        await client.until("run.ended", run=ack["run"])

    page = await read(served, made["token"])

    assert texts(page) == ["Où finit la Seine ?", "Au Havre."]
    assert page.json()["author"] == "Ada"
    assert page.headers["x-robots-tag"] == "noindex, nofollow, noarchive"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    known = [str(ada.user_id), thread, made["share"]["id"], *(m["id"] for m in await messages_of(served, ada, thread))]
    assert [each for each in known if each in page.text] == []


async def messages_of(served: ServedSession, person: Person, thread: str) -> list[Json]:
    found: list[Json] = (await served.get(f"/api/threads/{thread}/messages", person)).json()["messages"]
    return found


async def test_what_was_said_since_is_shown_once_its_person_says_so(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "One", answers=["1"])
    made = await shared(served, ada, thread)
    async with live_client(served.url, ada) as client:
        ack = await client.send("Two", thread=thread)
        await client.until("run.ended", run=ack["run"])
    await changed(served, ada, thread, title="Counting")
    assert (await read(served, made["token"])).json()["title"] == "One"

    updated = await served.ask("POST", f"/api/threads/shares/{made['share']['id']}/update", ada)

    assert updated.json()["messages"] == 4
    page = await read(served, made["token"])
    assert (texts(page)[2], page.json()["title"]) == ("Two", "Counting")


async def test_an_answer_that_is_asked_for_again_stays_as_it_was_shared(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Say a number", answers=["Seven"])
    made = await shared(served, ada, thread)
    answer = (await messages_of(served, ada, thread))[1]["id"]
    async with live_client(served.url, ada) as client:
        ack = await client.ask("message.regenerate", message=answer)
        await client.until("run.ended", run=ack["data"]["run"] if "data" in ack else ack["run"])

    assert texts(await read(served, made["token"])) == ["Say a number", "Seven"]


async def test_words_that_were_said_differently_are_in_no_title_either(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "My code is 4711", answers=["Noted"])
    question = (await messages_of(served, ada, thread))[0]["id"]
    async with live_client(served.url, ada) as client:
        ack = await client.ask("message.edit", message=question, text="My code is secret")
        await client.until("run.ended", run=ack["run"])

    made = await shared(served, ada, thread)
    updated = await served.ask("POST", f"/api/threads/shares/{made['share']['id']}/update", ada)
    await changed(served, ada, thread, title="Codes")
    named = await shared(served, ada, thread)

    assert "4711" not in (await read(served, made["token"])).text
    assert [made["share"]["title"], updated.json()["title"]] == ["My code is secret"] * 2
    assert (await read(served, named["token"])).json()["title"] == "Codes"


async def test_a_revoked_link_is_dead_at_once(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Secret")
    made = await shared(served, ada, thread)
    other = await shared(served, ada, thread)
    path = f"/api/threads/shares/{made['share']['id']}"

    first, again = await served.ask("DELETE", path, ada), await served.ask("DELETE", path, ada)

    assert (first.status_code, again.status_code) == (204, 404)
    assert await is_dead(served, made["token"])
    assert not await is_dead(served, other["token"])


async def test_links_are_listed_without_their_tokens(served: ServedSession, ada: Person) -> None:
    thread, elsewhere = await talked(served, ada, "Here"), await talked(served, ada, "There")
    one, two = await shared(served, ada, thread), await shared(served, ada, elsewhere, days=3)

    every = await served.get("/api/threads/shares", ada)
    of_one = (await served.get(f"/api/threads/shares?thread={thread}", ada)).json()

    assert [each["id"] for each in every.json()["shares"]] == [two["share"]["id"], one["share"]["id"]]
    assert of_one == {"shares": [one["share"]], "offered": True}
    assert one["token"] not in every.text


async def test_a_link_ends_when_its_time_is_over(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "For a day")
    made = await shared(served, ada, thread, days=1)
    assert not await is_dead(served, made["token"])
    await served.parts.database.execute("UPDATE shares SET expires_at = now() - interval '1 second'")

    assert await is_dead(served, made["token"])
    assert (await served.get("/api/threads/shares", ada)).json()["shares"] == []
    assert (await served.ask("POST", f"/api/threads/shares/{made['share']['id']}/update", ada)).status_code == 404
    await sweep_storage(served.parts)
    assert await served.parts.database.fetchrow("SELECT 1 FROM shares") is None


async def test_a_deleted_conversation_is_shown_by_no_link(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Gone soon")
    made = await shared(served, ada, thread)
    await served.ask("DELETE", f"/api/threads/{thread}", ada)

    assert await is_dead(served, made["token"])
    await served.ask("POST", f"/api/threads/{thread}/restore", ada)
    assert texts(await read(served, made["token"]))[0] == "Gone soon"


@pytest.mark.parametrize("is_final", [False, True])
async def test_whose_account_is_shut_shows_nothing_to_strangers_any_more(
    served: ServedSession, ada: Person, bob: Person, is_final: bool
) -> None:
    made = await shared(served, ada, await talked(served, ada, "Mine"))
    others = await shared(served, bob, await talked(served, bob, "His"))
    on_events = OnEvents(served.parts)

    async with served.parts.database.transaction() as tx:
        if is_final:
            await on_events.on_user_deleted(tx, UserDeleted(user_id=ada.user_id))
        else:
            await on_events.on_account_shut(tx, AccountShut(user_id=ada.user_id))

    assert await is_dead(served, made["token"])
    assert not await is_dead(served, others["token"])


async def test_signing_out_leaves_links_alone(served: ServedSession, ada: Person) -> None:
    made = await shared(served, ada, await talked(served, ada, "Still here"))
    async with served.parts.database.transaction() as tx:
        ended = LoginSessionRevoked(session_id=uuid4(), user_id=ada.user_id, reason="signed_out")
        await OnEvents(served.parts).on_login_session_revoked(tx, ended)

    assert not await is_dead(served, made["token"])


async def test_nobody_shares_or_withdraws_for_somebody_else(served: ServedSession, ada: Person, bob: Person) -> None:
    thread = await talked(served, ada, "Mine")
    made = await shared(served, ada, thread)
    link = f"/api/threads/shares/{made['share']['id']}"

    answers = [
        await served.ask("POST", f"/api/threads/{thread}/share", bob, {}),
        await served.ask("POST", f"{link}/update", bob),
        await served.ask("DELETE", link, bob),
    ]

    assert [each.status_code for each in answers] == [404, 404, 404]
    assert (await served.get(f"/api/threads/shares?thread={thread}", bob)).json()["shares"] == []
    assert not await is_dead(served, made["token"])


async def test_what_cannot_be_shared(served: ServedSession, ada: Person) -> None:
    empty = (await served.ask("POST", "/api/threads", ada, {})).json()["id"]
    passing = await talked(served, ada, "Passing", temporary=True)
    thread = await talked(served, ada, "Said")

    async def refused(thread_id: str, **members: object) -> object:
        answered = await served.ask("POST", f"/api/threads/{thread_id}/share", ada, members)
        return answered.json()["code"]

    assert await refused(empty) == "nothing_to_share"
    assert await refused(passing) == "thread_is_temporary"
    assert await refused(str(uuid4())) == "unknown_thread"
    assert await refused(thread, days=0) == "invalid_request"
    assert await refused(thread, author="two\nlines") == "invalid_request"
    assert await refused(thread, token="mine") == "invalid_request"


async def test_a_long_conversation_is_shown_in_pages(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "First", answers=["answer"])
    await served.parts.database.execute(
        """
        INSERT INTO messages (id, user_id, thread_id, turn, slot, role, status, parts, created_at)
        SELECT gen_random_uuid(), $2, $1, 1 + n, 0, 'user', 'complete',
            jsonb_build_array(jsonb_build_object('kind', 'text', 'text', 'n' || n)), now()
        FROM generate_series(0, 119) AS n
        """,
        thread,
        ada.user_id,
    )
    token = (await shared(served, ada, thread))["token"]

    said: list[str] = []
    after: int | None = 0
    while after is not None:
        page = await read(served, token, after)
        said += texts(page)
        after = page.json()["next"]

    assert said == ["First", "answer", *(f"n{n}" for n in range(120))]


async def test_a_deployment_can_switch_sharing_off(database_url: str, ada: Person) -> None:
    async with served_session(session_environ(database_url)) as served:
        thread = await talked(served, ada, "Shared")
        made = await shared(served, ada, thread)
    async with served_session(session_environ(database_url, SESSION_SHARING="off")) as served:
        refused = await served.ask("POST", f"/api/threads/{thread}/share", ada, {})
        listed = (await served.get("/api/threads/shares", ada)).json()
        assert (refused.status_code, refused.json()["code"]) == (403, "sharing_off")
        assert (await read(served, made["token"])).status_code == 404
        assert (listed["offered"], len(listed["shares"])) == (False, 1)
        assert (await served.ask("DELETE", f"/api/threads/shares/{made['share']['id']}", ada)).status_code == 204


async def test_two_links_made_at_once_do_not_pass_the_limit(served: ServedSession, ada: Person) -> None:
    thread = await talked(served, ada, "Many")
    await served.parts.database.execute(
        """
        INSERT INTO shares (id, user_id, thread_id, token_hash, title, message_ids, created_at, shown_at)
        SELECT gen_random_uuid(), $1, $2, sha256(n::text::bytea), '', '{}', now(), now()
        FROM generate_series(1, 199) AS n
        """,
        ada.user_id,
        thread,
    )

    made = await asyncio.gather(
        *(served.ask("POST", f"/api/threads/{thread}/share", ada, {"days": 1}) for _ in range(4))
    )

    assert sorted(each.status_code for each in made) == [201, 409, 409, 409]


async def test_what_is_shared_is_pruned_with_its_person(served: ServedSession, ada: Person) -> None:
    await shared(served, ada, await talked(served, ada, "Mine"), days=2)
    async with served.parts.database.transaction() as tx:
        await served.parts.erasing.note(tx, ada.user_id)
    await served.parts.erasing.erase_due()
    assert await served.parts.database.fetchrow("SELECT 1 FROM shares") is None
