"""What a new item costs does not grow with what gave way before it: only what changes is written."""

from datetime import timedelta

from emergence.memory.parts import Memory
from tests.memory.test_keep_items import JANUARY, fact, heard, said
from tests.session.neighbours import Person


async def test_only_what_gives_way_is_written_however_much_gave_way_before(memory: Memory, ada: Person) -> None:
    async def live_in(town: int) -> None:
        async with memory.rows.of(ada.user_id) as tx:
            source = await said(memory, tx, ada, f"I live in Town {town}.", JANUARY + timedelta(days=town))
            await heard(memory, tx, ada, fact(f"Lives in Town {town}", "lives_in", f"Town {town}", source))

    async def written() -> dict[str, set[str]]:
        async with memory.rows.of(ada.user_id) as tx:
            return {
                table: {str(row[0]) for row in await tx.fetch(f"SELECT ({table}.ctid, {table}.*)::text FROM {table}")}
                for table in ("items", "facts", "links")
            }

    for town in range(10):
        await live_in(town)
    before = await written()
    await live_in(10)
    now = await written()

    assert {table: len(now[table] - before[table]) for table in now} == {"items": 2, "facts": 2, "links": 1}
    async with memory.rows.of(ada.user_id) as tx:
        await tx.execute("UPDATE items SET state = state")
    assert len((await written())["items"] - now["items"]) == 11, "what is written in vain is noticed"
