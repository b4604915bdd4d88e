"""Threads with something in them, made as people make them, and threads made old."""

from datetime import timedelta
from typing import Any

from tests.session.live_client import live_client
from tests.session.neighbours import Person, answer
from tests.session.served_session import ServedSession

Json = dict[str, Any]


async def talked(
    served: ServedSession, person: Person, *said: str, answers: list[str] | None = None, temporary: bool = False
) -> str:
    """Say things in a new thread, hear each answered, and return the thread's id."""
    thread = None
    async with live_client(served.url, person) as client:
        for place, text in enumerate(said):
            if answers is not None:
                served.chat.will_say(answer(answers[place]))
            ack = await client.send(text, thread=thread, temporary=temporary)
            thread = ack["thread"]
            if ack["run"] not in client.screen.ended:
                await client.until("run.ended", run=ack["run"])
    assert thread is not None
    return str(thread)


def text_of(message: Json) -> str:
    """Return what a message says."""
    return "".join(part["text"] for part in message["parts"])


async def shown(served: ServedSession, person: Person, thread: str, *, limit: int = 200) -> list[Json]:
    """Return the messages of the branch that a thread shows, of every page, oldest first."""
    found: list[Json] = []
    before = ""
    while True:
        page = (await served.get(f"/api/threads/{thread}/messages?limit={limit}{before}", person)).json()
        found = page["messages"] + found
        if page["next"] is None:
            return found
        before = f"&before={page['next']}"


async def created(served: ServedSession, person: Person, **members: object) -> Json:
    """Make an empty thread and return it."""
    made = await served.ask("POST", "/api/threads", person, members)
    assert made.status_code == 201, made.text
    found: Json = made.json()
    return found


async def changed(served: ServedSession, person: Person, thread: str, **members: object) -> Json:
    """Change a thread and return it."""
    answered = await served.ask("PATCH", f"/api/threads/{thread}", person, members)
    assert answered.status_code == 200, answered.text
    found: Json = answered.json()
    return found


async def listed(served: ServedSession, person: Person, query: str = "") -> list[str]:
    """Return the ids of the threads of every page."""
    ids: list[str] = []
    before = ""
    while True:
        page = (await served.get(f"/api/threads?limit=3{query}{before}", person)).json()
        ids += [thread["id"] for thread in page["threads"]]
        if page["next"] is None:
            return ids
        before = f"&before={page['next'].replace('+', '%2B')}"


async def age(served: ServedSession, thread: str, column: str, by: timedelta) -> None:
    """Let something have happened to a thread so long ago."""
    await served.parts.database.execute(
        f"UPDATE threads SET {column} = {column} - $2::interval WHERE id = $1", thread, by
    )


async def rows_of(served: ServedSession, thread: str) -> dict[str, int]:
    """Return how many rows of each table are about a thread, or name it."""
    tables = ("threads", "messages", "runs", "search_texts", "topics", "frames")
    counts = {}
    for table in tables:
        row = await served.parts.database.fetchrow(
            f"""SELECT count(*) AS count FROM {table} AS t WHERE t::text LIKE '%' || $1 || '%'
                AND NOT ('{table}' = 'frames' AND t::text LIKE '%thread.deleted%')""",
            thread,
        )
        assert row is not None
        counts[table] = row["count"]
    return counts
