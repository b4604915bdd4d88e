"""A link to a conversation is made, read by a stranger, and revoked."""

from tests.routes.world import World
from tests.secrecy.issued import Issued


async def share_a_conversation(world: World, issued: Issued) -> None:
    person = await world.person()
    made = await person.ask("POST", f"/api/threads/{await person.talk()}/share", {})
    assert made.status_code == 201, made.text
    token = made.json()["token"]
    issued.note("link to a conversation", token)
    stranger = await world.client()
    asked = [{"token": token}, {"token": token, "after": -1}]
    answers = [(await stranger.post("/api/shared", json=body)).status_code for body in asked]
    gone = await person.ask("DELETE", f"/api/threads/shares/{made.json()['share']['id']}")
    answers += [gone.status_code, (await stranger.post("/api/shared", json={"token": token})).status_code]
    assert answers == [200, 422, 204, 404]


STEPS = [share_a_conversation]
