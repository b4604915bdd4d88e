"""The running service consolidates what is due, and first closes what a former instance left running."""

from emergence.kernel.ids import new_id
from emergence.kernel.metrics import metrics_text
from emergence.memory.store import consolidations
from emergence.memory.store.consolidations import NIGHT
from tests.memory.kept_rows import kept_memory
from tests.memory.said_turns import keep
from tests.memory.served_memory import memory_environ, served_memory, until
from tests.session.neighbours import Person


async def test_a_start_closes_what_was_left_running_and_goes_on(database_url: str, ada: Person) -> None:
    async with kept_memory(database_url) as memory:
        thread = await keep(memory, ada, ["One", "Two"])
        now = memory.clock.now()
        async with memory.database.transaction() as tx:
            await consolidations.note_thread(tx, ada.user_id, thread, now)
            await tx.execute("DELETE FROM consolidations_due WHERE thread_id = $1", NIGHT)  # as before there were any
            await tx.execute(
                "INSERT INTO consolidations (user_id, id, thread_id, model, began_at, outcome, cost_usd)"
                " VALUES ($1, $2, $3, 'm', $4, 'running', 0.01)",
                ada.user_id, new_id(), thread, now,
            )  # fmt: skip

    async with served_memory(memory_environ(database_url)) as served:

        async def is_done() -> bool:
            rows = await served.parts.database.fetch("SELECT outcome, model FROM consolidations ORDER BY began_at, id")
            return [tuple(row) for row in rows] == [("failed", "m"), ("done", None)]

        await until(is_done)
        nights = await served.parts.database.fetch(
            "SELECT due_at FROM consolidations_due WHERE user_id = $1 AND thread_id = $2", ada.user_id, NIGHT
        )
        assert len(nights) == 1

        async def are_counted() -> bool:
            return b'memory_items{state="superseded"} 0.0' in metrics_text()

        await until(are_counted)
