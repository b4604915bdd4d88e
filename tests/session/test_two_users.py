"""Nothing of one person reaches another, by any route, topic or command."""

import asyncio
import json

from emergence.contracts.chat import ReplyText
from tests.session.live_client import live_client
from tests.session.neighbours import Person, started
from tests.session.served_session import ServedSession

SECRET = "the treasure lies under the oak"


async def test_nobody_sees_or_changes_anything_of_somebody_else(
    served: ServedSession, ada: Person, bob: Person
) -> None:
    served.chat.will_say([started(), ReplyText(text=SECRET), asyncio.Event().wait])

    async with live_client(served.url, ada) as adas, live_client(served.url, bob) as bobs:
        ack = await adas.send(SECRET)
        await adas.until("message.delta")
        refused = [
            (await bobs.ask("subscribe", topic=f"run:{ack['run']}"))["code"],
            (await bobs.ask("subscribe", topic=f"thread:{ack['thread']}"))["code"],
            (await bobs.ask("subscribe", topic=f"user:{ada.user_id}"))["code"],
            (await bobs.ask("subscribe", topic="run:%"))["code"],
            (await bobs.ask("run.stop", run=ack["run"]))["code"],
            (await bobs.ask("run.steer", run=ack["run"], text="Mine now"))["code"],
            (await bobs.ask("message.withdraw", message=ack["message"]))["code"],
            (await bobs.ask("message.regenerate", message=ack["reply"]))["code"],
            (await bobs.ask("message.edit", message=ack["message"], text="Mine now"))["code"],
            (await bobs.ask("branch.select", message=ack["message"]))["code"],
            (await bobs.send("Mine now", thread=ack["thread"]))["code"],
        ]
        adas_session = adas.heard[0]["data"]["session"]

    assert refused == ["unknown_topic"] * 4 + [*["unknown_run"] * 2, *["unknown_message"] * 4, "unknown_thread"]
    resume = [
        {"topic": topic, "seq": 0}
        for topic in (f"run:{ack['run']}", f"thread:{ack['thread']}", f"user:{ada.user_id}", f"user:{bob.user_id}")
    ]
    async with live_client(served.url, bob, session=adas_session, resume=resume) as bobs_again:
        welcome = bobs_again.heard[0]["data"]
        await bobs_again.send("Hello")
        await bobs_again.until("run.ended")

    assert welcome["session"] != adas_session
    assert welcome["running"] == []
    assert [each["data"]["code"] for each in bobs_again.heard if each["type"] == "error"] == ["unknown_topic"] * 3
    assert SECRET not in json.dumps(bobs.heard) + json.dumps(bobs_again.heard)
    assert (await served.get("/api/threads", bob)).json()["threads"][0]["title"] == "Hello"
    for path in (f"/api/threads/{ack['thread']}", f"/api/threads/{ack['thread']}/messages"):
        answer = await served.get(path, bob)
        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_thread")
    assert (await served.get(f"/api/threads/{ack['thread']}", ada)).status_code == 200


async def test_the_same_command_id_of_two_people_is_two_commands(
    served: ServedSession, ada: Person, bob: Person
) -> None:
    cid = "019a0000-0000-7000-8000-000000000007"

    async with live_client(served.url, ada) as adas, live_client(served.url, bob) as bobs:
        one, two = await adas.send("Hello", cid=cid), await bobs.send("Hello", cid=cid)

    assert one["message"] != two["message"]
    assert two["repeated"] is False
