"""What gave way to something else is so again when that is gone; what was pinned is pinned again."""

from typing import Any
from uuid import UUID

from emergence.contracts.session.events import ThreadErased
from tests.memory.items_at import ITEMS, call, rows_of
from tests.memory.served_memory import ServedMemory
from tests.memory.test_on_events import tell
from tests.session.neighbours import Person
from tests.session.threads.talking import talked


async def states(served: ServedMemory, person: Person) -> dict[str, str]:
    found: dict[str, str] = {}
    for state in ("active", "superseded"):
        for item in (await call(served, person, "GET", f"{ITEMS}?state={state}"))["items"]:
            found[item["text"]] = item["state"]
    return found


async def moved(served: ServedMemory, person: Person) -> tuple[dict[str, Any], UUID]:
    """Live in Nantes, then in Brest; return the item of Brest and its thread."""
    await talked(served.session, person, "I live in Nantes.", answers=["Ah."])
    await served.settled()
    thread = await talked(served.session, person, "I live in Brest.", answers=["Oh."])
    await served.settled()
    (brest,) = (await call(served, person, "GET", ITEMS))["items"]
    assert await states(served, person) == {"Lives in Brest": "active", "Lives in Nantes": "superseded"}
    return brest, UUID(thread)


async def test_a_forgotten_successor(served: ServedMemory, ada: Person) -> None:
    brest, _ = await moved(served, ada)
    history = await call(served, ada, "GET", f"{ITEMS}/{brest['id']}")
    assert (history["versions"], [link["text"] for link in history["links"]]) == ([], ["Lives in Nantes"])

    await call(served, ada, "DELETE", f"{ITEMS}/{brest['id']}", status=204)

    assert await states(served, ada) == {"Lives in Nantes": "active"}
    (nantes,) = (await call(served, ada, "GET", ITEMS))["items"]
    assert (nantes["superseded_at"], nantes["fact"]["valid_to"]) == (None, None)


async def test_a_successor_in_a_deleted_thread_and_in_one_that_is_restored(served: ServedMemory, ada: Person) -> None:
    _, thread = await moved(served, ada)

    assert (await served.session.ask("DELETE", f"/api/threads/{thread}", ada)).status_code == 200
    await served.settled()
    assert await states(served, ada) == {"Lives in Nantes": "active"}

    assert (await served.session.ask("POST", f"/api/threads/{thread}/restore", ada)).status_code == 200
    await served.settled()
    assert await states(served, ada) == {"Lives in Brest": "active", "Lives in Nantes": "superseded"}


async def test_a_corrected_successor_goes_with_its_former_version(served: ServedMemory, ada: Person) -> None:
    brest, _ = await moved(served, ada)
    corrected = await call(served, ada, "PATCH", f"{ITEMS}/{brest['id']}", {"text": "Lives near Brest"})
    history = await call(served, ada, "GET", f"{ITEMS}/{corrected['id']}")
    assert [version["text"] for version in history["versions"]] == ["Lives in Brest"]

    await call(served, ada, "DELETE", f"{ITEMS}/{corrected['id']}", status=204)

    assert await states(served, ada) == {"Lives in Nantes": "active"}


async def test_a_pin_of_a_restored_thread_and_none_of_an_erased_one(served: ServedMemory, ada: Person) -> None:
    thread = await talked(served.session, ada, "I live in Nantes.", answers=["Ah."])
    await served.settled()
    (item,) = (await call(served, ada, "GET", ITEMS))["items"]
    await call(served, ada, "PATCH", f"{ITEMS}/{item['id']}", {"pinned": True})

    for restored in (True, False):
        assert (await served.session.ask("DELETE", f"/api/threads/{thread}", ada)).status_code == 200
        await served.settled()
        assert (await rows_of(served, ada, ["items", "kept_pins"])) == {"items": 0, "kept_pins": 1}
        if restored:
            assert (await served.session.ask("POST", f"/api/threads/{thread}/restore", ada)).status_code == 200
            await served.settled()
            assert [each["pinned"] for each in (await call(served, ada, "GET", ITEMS))["items"]] == [True]
            assert (await rows_of(served, ada, ["kept_pins"])) == {"kept_pins": 0}
    await tell(served, ThreadErased(user_id=ada.user_id, thread_id=UUID(thread)))

    assert (await rows_of(served, ada, ["kept_pins"])) == {"kept_pins": 0}
