"""The client is cut off after every frame of a reply, and comes back elsewhere: nothing is missing or doubled."""

import asyncio

import pytest

from tests.faults.buses import ON_POSTGRES
from tests.faults.cluster import Cluster
from tests.faults.device import Person
from tests.faults.verify import asked_of_model, assert_kept
from tests.scripted_models.script import Answer

pytestmark = ON_POSTGRES

TOKENS = ("Ça", " va ", "👩\u200d👩\u200d👧", " e\u0301", "🇫🇷", " — 100", "000", " fin.", "\n\n")
ANSWER = Answer(tokens=TOKENS, rate=12)
WHOLE = "".join(ANSWER.tokens)
AT_ONCE = 6


async def test_a_client_that_is_cut_after_any_frame_ends_with_the_same_text(cluster: Cluster) -> None:
    cluster.models.script.otherwise = ANSWER
    recorded = await _asked_and_cut(cluster, 10_000)
    assert recorded >= len(ANSWER.tokens) + 8, "two messages, a run, its parts and its end"

    for first in range(0, recorded + 1, AT_ONCE):
        cuts = range(first, min(first + AT_ONCE, recorded + 1))
        await asyncio.gather(*(_asked_and_cut(cluster, after) for after in cuts))


async def _asked_and_cut(cluster: Cluster, after: int) -> int:
    """Ask, be cut off so many frames later, come back elsewhere; return how many frames there were in all."""
    person = Person(cluster)
    async with person.device("a", "b") as device:
        question = f"How are you, {person.user_id}?"
        before = device.frames
        device.cuts_after = after or None
        if after == 0:
            asking = asyncio.ensure_future(device.send(question))
            await asyncio.sleep(0)
            device.cut()
            ack = await asking
        else:
            ack = await device.send(question)
        await device.until(lambda: ack["run"] in device.screen.ended, "the end")
        stored = await assert_kept(cluster, [device])
        frames = device.frames - before
        again = await device.say_again(device.said[0])

        assert len(device.welcomed) == (2 if after <= frames else 1)
        assert stored.text(ack["reply"]) == WHOLE == device.screen.text(ack["reply"])
        assert stored.runs[ack["run"]]["outcome"] == "done"
        assert again["repeated"] is True
        assert again["run"] == ack["run"]
        assert asked_of_model(cluster, question) == 1
        return frames


@pytest.mark.parametrize("after", [1, 9])
async def test_a_client_that_was_away_until_the_end_finds_all_of_it(cluster: Cluster, ada: Person, after: int) -> None:
    cluster.models.script.otherwise = ANSWER
    async with ada.device("a") as device, ada.device("b") as other:
        ack = await device.send("How are you?")
        device.leaves(after)
        await other.until(lambda: ack["run"] in other.screen.ended, "the end")
        device.comes_back()

        stored = await assert_kept(cluster, [device, other])

    assert stored.text(ack["reply"]) == WHOLE
