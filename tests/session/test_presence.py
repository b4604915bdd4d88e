"""Which of a person's pages and devices are connected, told to all of them and to nobody else."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from tests.session.event_client import event_client
from tests.session.instances.test_two_instances import pair
from tests.session.live_client import Json, LiveClient, live_client
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession


async def present(client: LiveClient, expected: Callable[[list[Json]], bool]) -> list[Json]:
    """Wait until a presence is heard that is as expected; earlier ones are passed over."""
    while True:
        sessions: list[Json] = (await client.until("presence"))["data"]["sessions"]
        if expected(sessions):
            return sessions


def so_many(count: int) -> Callable[[list[Json]], bool]:
    return lambda sessions: len(sessions) == count


async def test_a_second_page_is_told_to_both_and_its_going_to_the_first(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as first:
        (alone,) = await present(first, so_many(1))
        async with live_client(served.url, ada) as second:
            both = await present(first, so_many(2))
            assert await present(second, so_many(2)) == both
        assert await present(first, so_many(1)) == [alone]

    assert both[0] == alone
    assert [each["session"] for each in both] == [
        client.heard[0]["data"]["session"] for client in (first, second)
    ]  # fmt: skip
    assert {each["sign_in"] for each in both} == {str(ada.session_id)}
    assert {each["client"] for each in both} == {"tests 1"}


async def test_nobody_hears_of_somebody_else(served: ServedSession, ada: Person, bob: Person) -> None:
    async with live_client(served.url, ada) as adas, live_client(served.url, bob) as bobs:
        (own,) = await present(bobs, so_many(1))
        (adas_own,) = await present(adas, so_many(1))

    assert own["session"] == bobs.heard[0]["data"]["session"]
    assert adas_own["session"] == adas.heard[0]["data"]["session"]


async def test_an_administrator_who_looks_is_not_seen(served: ServedSession, ada: Person) -> None:
    looking = replace(ada, session_id=uuid4(), impersonator_id=uuid4())

    async with live_client(served.url, ada) as own:
        await present(own, so_many(1))
        async with live_client(served.url, looking) as other:
            (seen,) = await present(other, so_many(1))
            (still,) = await present(own, so_many(1))

    assert seen == still


@pytest.mark.parametrize("by_events", [False, True])
async def test_an_administrator_who_looks_takes_over_no_session_of_the_person(
    served: ServedSession, ada: Person, by_events: bool
) -> None:
    looking = replace(ada, session_id=uuid4(), impersonator_id=uuid4())
    async with live_client(served.url, ada) as own:
        (alone,) = await present(own, so_many(1))
        if by_events:
            async with event_client(served, looking, session=alone["session"]) as events:
                theirs = events.session
        else:
            async with live_client(served.url, looking, session=alone["session"]) as other:
                theirs = other.heard[0]["data"]["session"]
    row = await served.parts.database.fetchrow(
        "SELECT login_session_id, is_hidden FROM live_sessions WHERE id = $1", alone["session"]
    )

    assert theirs != alone["session"]
    assert row is not None
    assert (row["login_session_id"], row["is_hidden"]) == (ada.session_id, False)


async def test_a_stream_of_events_is_present_too(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as socket, event_client(served, ada):
        await present(socket, so_many(2))


async def test_a_page_that_comes_back_is_the_same(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as watching:
        async with live_client(served.url, ada) as other:
            both = await present(watching, so_many(2))
            session = other.heard[0]["data"]["session"]
        await present(watching, so_many(1))
        async with live_client(served.url, ada, session=session):
            assert await present(watching, so_many(2)) == both


async def test_pages_on_two_instances_know_of_each_other(database_url: str, ada: Person) -> None:
    async with pair(database_url) as two, live_client(two.one.url, ada) as here:
        await present(here, so_many(1))
        async with live_client(two.two.url, ada) as there:
            both = await present(here, so_many(2))
            assert await present(there, so_many(2)) == both
        await present(here, so_many(1))


async def test_what_an_instance_that_died_had_connected_counts_as_gone(served: ServedSession, ada: Person) -> None:
    async with live_client(served.url, ada) as first:
        await present(first, so_many(1))
        await served.parts.database.execute(
            """
            INSERT INTO live_sessions
                (id, user_id, login_session_id, client, instance, created_at, last_seen_at, active_at)
            VALUES ($1, $2, $3, 'dead', 'dead', now() - $4::interval, now() - $4::interval, now())
            """,
            uuid4(), ada.user_id, ada.session_id, timedelta(hours=1),
        )  # fmt: skip
        async with live_client(served.url, ada):
            assert "dead" not in {each["client"] for each in await present(first, so_many(2))}
