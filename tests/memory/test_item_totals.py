"""Items are counted by state, of everybody together, without anybody who may see everybody's."""

from emergence.kernel.storage.migrate import migrations_in
from emergence.memory.items.forget import forget_item
from emergence.memory.parts import Memory
from emergence.memory.store.edit_items import Correction, add_version
from emergence.memory.store.item_totals import add_up
from tests.memory.kept_items import know
from tests.memory.said_turns import THEN
from tests.session.neighbours import Person


async def test_totals_follow_what_is_kept_changed_forgotten_and_erased(
    memory: Memory, ada: Person, bob: Person
) -> None:
    before = await add_up(memory.database)
    note, _ = await know(memory, ada, "Buy bread.", "note")
    other, _ = await know(memory, ada, "Buy figs.", "note")
    await know(memory, bob, "Buy plums.", "note")

    async def totals() -> list[int]:
        return [count - before[state] for state, count in (await add_up(memory.database)).items()]

    assert await totals() == [3, 0, 0]
    async with memory.rows.of(ada.user_id) as tx:
        await add_version(tx, ada.user_id, note, Correction("Buy rye bread.", "en", None, None), THEN)
        await tx.execute("UPDATE items SET uses = uses + 1")
        await tx.execute("UPDATE items SET state = 'archived' WHERE id = $1", other)
    assert await totals() == [2, 1, 1]
    await forget_item(memory, ada.user_id, other)
    assert await totals() == [2, 1, 0]
    assert len(await memory.database.fetch("SELECT 1 FROM item_changes")) <= 3, "they are added up"
    async with memory.database.transaction() as tx:
        await memory.erasing.note(tx, ada.user_id)
    await memory.erasing.erase_due()
    assert await totals() == [1, 0, 0]


async def test_what_was_there_before_is_counted(memory: Memory, ada: Person) -> None:
    before = await add_up(memory.database)
    await know(memory, ada, "Buy bread.", "note")
    (migration,) = [each for each in migrations_in("emergence.memory.migrations") if "item_totals" in each.name]
    counting = migration.sql[migration.sql.index("ALTER TABLE items NO FORCE") :]

    await memory.database.execute("DELETE FROM item_changes")
    async with memory.database.transaction() as tx:
        await tx.execute(counting)

    assert await add_up(memory.database) == before | {"active": before["active"] + 1}
    assert await memory.database.fetch("SELECT 1 FROM items") == [], "the owner is held to the policies again"
