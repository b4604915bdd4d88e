"""Two instances of the service on one database: whoever is connected where, everybody sees and can do the same."""

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest

from emergence.contracts.chat import ReplyEnded, ReplyText
from emergence.contracts.session.protocol import CloseCode
from emergence.kernel.errors import Unavailable
from emergence.kernel.events.broadcast.broadcast import Broadcast
from tests.session.live_client import LiveClient, live_client
from tests.session.neighbours import Person, ScriptedAuth, ScriptedChat, Step, answer, started
from tests.session.served_session import ServedSession, served_session, session_environ

WORDS = [f"word{number} é😀 " for number in range(40)]


@dataclass(frozen=True)
class Pair:
    """Two instances between the same neighbours."""

    one: ServedSession
    two: ServedSession
    chat: ScriptedChat

    @property
    def both(self) -> tuple[ServedSession, ServedSession]:
        return self.one, self.two


@asynccontextmanager
async def pair(database_url: str, **more: str) -> AsyncIterator[Pair]:
    auth, chat = ScriptedAuth(), ScriptedChat()
    # A lease so long that only what the instances tell each other can be the reason of what is quick here.
    environ = session_environ(database_url, SESSION_RUN_LEASE_SECONDS="60", SESSION_SWEEP_INTERVAL_SECONDS="60") | more
    async with served_session(environ, auth, chat) as one, served_session(environ, auth, chat) as two:
        found = Pair(one, two, chat)
        await acquainted(found)
        yield found


async def acquainted(pair: Pair) -> None:
    async with asyncio.timeout(10):
        while not all(each.parts.bus._has_others() for each in pair.both):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def slowly(words: Sequence[str], pause_s: float = 0.02) -> list[Step]:
    steps: list[Step] = [started()]
    for word in words:
        steps += [ReplyText(text=word), pause_s]
    return [*steps, ReplyEnded()]


class Faulty:
    """Loses, doubles and reorders notes on their way out."""

    def __init__(self, inner: Broadcast, *, share: float, seed: int = 7) -> None:
        self._inner = inner
        self._share = share
        self._random = random.Random(seed)
        self.note_max_bytes = inner.note_max_bytes
        self.listening = inner.listening
        self.close = inner.close
        self.is_down = False

    async def send(self, channel: str, notes: Sequence[str]) -> None:
        if self.is_down:
            raise Unavailable()
        sent: list[str] = []
        for note in notes:
            luck = self._random.random() / self._share
            if luck < 1:
                continue
            sent += [note, note] if luck < 2 else [note]
            if luck < 3:
                self._random.shuffle(sent)
        await self._inner.send(channel, sent)


def make_faulty(pair: Pair, share: float) -> list[Faulty]:
    found = []
    for each in pair.both:
        faulty = Faulty(each.parts.bus._broadcast, share=share)
        each.parts.bus._broadcast = faulty
        found.append(faulty)
    return found


async def shown_on(client: LiveClient, message: str, run: str) -> str:
    while client.screen.ended.get(run) is None or message not in client.screen.messages:
        await client.next()
    if client.screen.messages[message]["parts"] == []:
        await client.until("message.final")
    return client.screen.text(message)


async def test_every_word_arrives_live_at_sockets_of_the_other_instance(
    database_url: str, bus_environ: dict[str, str], ada: Person
) -> None:
    async with pair(database_url, **bus_environ) as served:
        served.chat.will_say(slowly(WORDS))
        async with live_client(served.one.url, ada) as here, live_client(served.two.url, ada) as there:
            sent = await here.send("Hello")
            shown = await shown_on(there, sent["reply"], sent["run"])
            await here.until("run.ended")

        deltas = [frame for frame in there.heard if frame["type"] == "message.delta"]
        assert shown == "".join(WORDS) == await served.two.stored_text(ada, sent["thread"], sent["reply"])
        assert len(deltas) >= 5, "the answer came live"
        assert "message.snapshot" not in there.kinds()


async def test_nobody_hears_what_is_anothers(
    database_url: str, bus_environ: dict[str, str], ada: Person, bob: Person
) -> None:
    async with pair(database_url, **bus_environ) as served:
        served.chat.will_say(answer("secret"), answer("other"))
        async with live_client(served.one.url, ada) as here, live_client(served.two.url, bob) as there:
            sent = await here.send("Hello")
            await here.until("run.ended")
            await asyncio.sleep(2.5)  # one catching up
            await there.ask("subscribe", topic=f"user:{bob.user_id}")

        heard = str(there.heard)
        assert "secret" not in heard
        assert all(sent[name] not in heard for name in ("thread", "reply", "run"))


async def test_a_run_is_stopped_through_the_other_instance_at_once(
    database_url: str, bus_environ: dict[str, str], ada: Person
) -> None:
    async with pair(database_url, **bus_environ) as served:
        served.chat.will_say(slowly(["once "], 30.0))
        async with live_client(served.one.url, ada) as here, live_client(served.two.url, ada) as there:
            sent = await here.send("Hello")
            await here.until("message.delta")
            async with asyncio.timeout(3):
                await there.ask("run.stop", run=sent["run"])
                await here.until("run.ended", run=sent["run"], reason="stopped")

        assert await served.one.stored_text(ada, sent["thread"], sent["reply"]) == "once "
        assert len(served.chat.cancelled) == 1


async def test_a_message_that_waited_for_a_run_elsewhere_is_answered_when_it_ends(
    database_url: str, bus_environ: dict[str, str], ada: Person
) -> None:
    async with pair(database_url, **bus_environ) as served:
        goes_on = asyncio.Event()
        served.chat.will_say([started(), ReplyText(text="first"), goes_on.wait, ReplyEnded()], answer("second"))
        async with live_client(served.one.url, ada) as here, live_client(served.two.url, ada) as there:
            first = await here.send("Hello")
            await there.until("message.delta")
            second = await there.send("And then?", thread=first["thread"])
            assert len(served.chat.requests) == 1
            goes_on.set()
            async with asyncio.timeout(3):
                await here.until("run.ended", run=second["run"], reason="done")

        assert [request.turns[-1].text for request in served.chat.requests] == ["Hello", "And then?"]


async def test_a_long_message_of_a_user_reaches_the_other_instance_whole(
    database_url: str, bus_environ: dict[str, str], ada: Person
) -> None:
    text = "é" * 30_000
    async with pair(database_url, **bus_environ) as served:
        served.chat.will_say(answer("ok"))
        async with live_client(served.one.url, ada) as here, live_client(served.two.url, ada) as there:
            sent = await here.send(text)
            created = await there.until("message.created")

        assert created["data"]["message"]["id"] == sent["message"]
        assert created["data"]["message"]["parts"][0]["text"] == text


@pytest.mark.parametrize("share", [0.1, 0.3])
async def test_lost_doubled_and_reordered_notes_lose_no_word(
    database_url: str, bus_environ: dict[str, str], ada: Person, share: float
) -> None:
    async with pair(database_url, **bus_environ) as served:
        make_faulty(served, share)
        served.chat.will_say(*[slowly(WORDS) for _ in range(2)])
        async with live_client(served.one.url, ada) as here, live_client(served.two.url, ada) as there:
            for _ in range(2):
                sent = await here.send("Hello")
                await here.until("run.ended", run=sent["run"])
                async with asyncio.timeout(5):
                    shown = await shown_on(there, sent["reply"], sent["run"])
                assert shown == "".join(WORDS)
                assert not there.screen.texts[sent["reply"]].has_gap


async def test_while_no_note_gets_through_everybody_catches_up_by_the_database(
    database_url: str, bus_environ: dict[str, str], ada: Person
) -> None:
    async with pair(database_url, **bus_environ) as served:
        for faulty in make_faulty(served, share=1):
            faulty.is_down = True
        served.chat.will_say(slowly(WORDS))
        async with live_client(served.one.url, ada) as here, live_client(served.two.url, ada) as there:
            sent = await here.send("Hello")
            await here.until("run.ended")
            async with asyncio.timeout(5):
                shown = await shown_on(there, sent["reply"], sent["run"])
                while sent["thread"] not in there.screen.threads:
                    await there.next()

        assert shown == "".join(WORDS)


async def test_one_clock_for_sockets_of_both_instances(
    database_url: str, bus_environ: dict[str, str], ada: Person
) -> None:
    limits = {"SESSION_INACTIVITY_TIMEOUT_MINUTES": "0.1", "SESSION_WARNING_BEFORE_TIMEOUT_SECONDS": "3"}
    async with pair(database_url, **limits, **bus_environ) as served:
        async with live_client(served.one.url, ada) as here:
            session = here.heard[0]["data"]["session"]
            async with live_client(served.two.url, ada, session=session) as there:
                async with asyncio.timeout(timedelta(seconds=20).total_seconds()):
                    codes = await asyncio.gather(here.close_code(), there.close_code())

        assert set(codes) == {int(CloseCode.INACTIVITY)}
        for client in (here, there):
            assert client.kinds().count("session.warning") == client.kinds().count("session.expired") == 1
