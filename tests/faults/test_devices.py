"""Two tabs and a phone of one person, each on another instance, see and do the same, whatever happens to one."""

import asyncio

from tests.faults.buses import ON_BOTH
from tests.faults.cluster import Cluster
from tests.faults.device import Person
from tests.faults.verify import asked_of_model, assert_kept
from tests.scripted_models.script import Answer, words

pytestmark = ON_BOTH

STEADY = Answer(tokens=words(120), rate=25)


async def test_two_tabs_and_a_phone_on_three_instances(cluster: Cluster, ada: Person) -> None:
    cluster.models.script.otherwise = STEADY
    async with ada.device("a") as tab, ada.device("b") as other, ada.device("c", "a") as phone:
        ack = await tab.send(f"tab asks {ada.email}")
        for device in (other, phone):
            await device.shown(ack["reply"], 10)
        queued = await other.send(f"other asks {ada.email}", ack["thread"])
        phone.cut()
        second = await phone.send(f"phone asks {ada.email}")
        stopped = await phone.ask("run.stop", run=ack["run"])
        for device in (tab, other, phone):
            await device.until(lambda device=device: ack["run"] in device.screen.ended, "the end")
        await other.shown(queued["reply"], 10)
        other.cut()
        stored = await assert_kept(cluster, [tab, other, phone])
        repeated = [await phone.say_again(said) for device in (tab, other) for said in device.said]
        await assert_kept(cluster, [tab, other, phone])

    assert stopped["type"] == "ack"
    assert stored.runs[ack["run"]]["outcome"] == "stopped"
    assert [stored.runs[each["run"]]["outcome"] for each in (queued, second)] == ["done", "done"]
    assert [each["run"] for each in repeated] == [ack["run"], queued["run"]]
    for name in ("tab", "other", "phone"):
        assert asked_of_model(cluster, f"{name} asks {ada.email}") == 1


async def test_one_command_said_on_three_instances_at_once_has_one_effect(cluster: Cluster, ada: Person) -> None:
    async with ada.device("a") as tab, ada.device("b") as other, ada.device("c") as phone:
        first = await tab.send(f"first {ada.email}")
        for round_ in range(5):
            said = tab.prepared("message.send", text=f"{round_} {ada.email}", thread=first["thread"], agent="anima")
            answers = await asyncio.gather(*(device.say_again(said) for device in (tab, other, phone)))
            tab.said.append(said)
            said.answer = next(answer for answer in answers if not answer["repeated"])
            said.twice.remove(said.answer)
            assert sorted(answer["repeated"] for answer in answers) == [False, True, True]
        stored = await assert_kept(cluster, [tab, other, phone])

    assert len(stored.runs) == 6
    assert all(asked_of_model(cluster, f"{round_} {ada.email}") == 1 for round_ in range(5))
