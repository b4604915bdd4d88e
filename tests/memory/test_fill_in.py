"""What was said before there was a memory service is kept too, whatever stops the looking, and what an event missed."""

from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from emergence.contracts.session.said import MESSAGES_AT_ONCE
from emergence.kernel.errors import Unavailable
from emergence.kernel.wire.messages import Transport, WireReply, WireRequest
from emergence.memory import fill_in as filling_in
from emergence.memory.fill_in import SETTLED_AFTER, fill_in
from emergence.memory.read_threads import read_due
from emergence.memory.store import filling
from tests.memory.served_memory import ServedMemory, memory_environ, served_memory, until
from tests.moved_wall_clock import MovedWallClock
from tests.session.imports.bringing import brought
from tests.session.imports.chatgpt_export import export, simple
from tests.session.neighbours import Person
from tests.session.served_session import ServedSession, served_session
from tests.session.threads.talking import talked


class _Refusing(AbstractAsyncContextManager[WireReply]):
    async def __aenter__(self) -> WireReply:
        raise Unavailable()

    async def __aexit__(self, *_: object) -> None:
        """Be left without having been entered."""


class Failing:
    """A way to session on which only so many requests arrive."""

    def __init__(self, way: Transport) -> None:
        self._way = way
        self.left = 10_000

    def send(self, request: WireRequest) -> AbstractAsyncContextManager[WireReply]:
        if self.left == 0:
            return _Refusing()
        self.left -= 1
        return self._way.send(request)

    async def close(self) -> None:
        await self._way.close()


async def without_events(session: ServedSession) -> None:
    """Let nobody have told of what happened: the version before this one did not."""
    await session.parts.database.execute("DELETE FROM outbox")
    await session.parts.database.execute("DELETE FROM bus.events")


async def test_everybodys_history_from_before_is_kept(database_url: str, ada: Person, bob: Person) -> None:
    environ = memory_environ(database_url)
    async with served_session(environ) as session:
        await talked(session, ada, "I play the cello.", answers=["Since when?"])
        await talked(session, bob, "I play chess.", answers=["Well?"])
        await talked(session, bob, "Nobody knows this.", temporary=True)
        deleted = await talked(session, ada, "Gone.")
        await session.ask("DELETE", f"/api/threads/{deleted}", ada)
    async with served_session(environ) as session:
        await without_events(session)
        async with served_memory(environ, session) as served:
            await served.remembers(ada, "I play the cello.", "Since when?")
            await served.remembers(bob, "I play chess.", "Well?")


async def test_looking_goes_on_where_it_was_cut_off(
    database_url: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling_in, "PAUSE", timedelta())
    environ, clock, ways = memory_environ(database_url), MovedWallClock(), list[Failing]()
    clock.advance(2 * SETTLED_AFTER)

    def failing(way: Transport) -> Transport:
        ways.append(Failing(way))
        return ways[-1]

    async with served_session(environ) as session:
        long = [text for place in range(MESSAGES_AT_ONCE) for text in (f"Question {place}", f"Answer {place}")]
        assert (await brought(session, ada, export(simple("Long", *long))))["imported"] == 1
        async with served_memory(environ, session, clock, failing) as served:
            await served.remembers(ada, *long)
            first = await filling.read_after(served.parts.database)
            await forget_everything(served, ada)
            ways[0].left = 1
            with pytest.raises(Unavailable):
                await fill_in(served.parts)
            half = await filling.read_after(served.parts.database)
            ways[0].left = 10_000
            await fill_in(served.parts)
            while await read_due(served.parts):
                pass

            assert first is not None
            assert half is not None
            assert half < first == await filling.read_after(served.parts.database)
            assert sorted(await served.bodies(ada)) == sorted(long)


async def test_what_an_event_missed_is_found_by_the_next_look(database_url: str, ada: Person) -> None:
    environ = memory_environ(database_url)
    async with served_session(environ) as session, served_memory(environ, session) as served:
        await talked(session, ada, "One", answers=["1"])
        await served.remembers(ada, "One", "1")
        async with served.parts.rows.of(ada.user_id) as tx:
            await tx.execute("DELETE FROM turns")  # as if its event had been lost

        await fill_in(served.parts)

        await served.remembers(ada, "One", "1")
        assert await filling.read_after(served.parts.database) is None, "what may still change is looked at again"


async def forget_everything(served: ServedMemory, person: Person) -> None:
    """Begin anew, with nothing buried."""
    async with served.parts.rows.of(person.user_id) as tx:
        await tx.execute("DELETE FROM turns")
    await served.parts.database.execute("UPDATE filling SET after = NULL")


async def test_session_being_away_delays_and_loses_nothing(database_url: str, ada: Person) -> None:
    ways = list[Failing]()

    def failing(way: Transport) -> Transport:
        ways.append(Failing(way))
        return ways[-1]

    environ = memory_environ(database_url)
    async with served_session(environ) as session, served_memory(environ, session, None, failing) as served:
        ways[0].left = 0
        await talked(session, ada, "Are you there?", answers=["Yes."])

        async def is_noted() -> bool:
            row = await served.parts.database.fetchrow("SELECT sum(tries) AS tries FROM thread_reads")
            return row is not None and (row["tries"] or 0) > 0

        await until(is_noted)
        assert await served.bodies(ada) == []
        ways[0].left = 10_000
        await served.remembers(ada, "Are you there?", "Yes.")
