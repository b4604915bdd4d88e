"""What is so now at the end of a long chain: each of its links is followed once, from however many messages."""

from datetime import timedelta
from uuid import UUID, uuid4

from emergence.kernel.storage.database import Transaction
from emergence.memory.parts import Memory
from emergence.memory.store import outdated
from emergence.memory.store.outdated import ends_of, news_of
from tests.memory.said_turns import THEN, Line, keep
from tests.session.neighbours import Person

MOVES = 120


def test_every_thing_that_gave_way_leads_to_all_that_is_so() -> None:
    first, second, third, last, other, round_about = (uuid4() for _ in range(6))
    links = [
        (first, second),
        (second, third),
        (third, last),
        (second, other),
        (third, round_about),
        (round_about, first),
    ]

    ends = ends_of(links, {last, other})

    assert ends[first] == ends[second] == ends[third] == ends[round_about] == {last, other}
    assert ends[last] == ends[other] == set()


async def test_of_a_long_chain_each_link_is_read_once(memory: Memory, ada: Person) -> None:
    said = [Line(f"I live in Town{place}.", at=THEN + timedelta(minutes=place)) for place in range(MOVES)]
    await keep(memory, ada, said)
    async with memory.rows.of(ada.user_id) as tx:
        await _chain(tx)
        ids: list[UUID] = [
            row["message_id"] for row in await tx.fetch("SELECT message_id FROM turns ORDER BY position")
        ]

        links = await tx.fetch(outdated._LINKS, ada.user_id, ids)
        news = await news_of(tx, ada.user_id, ids)

    assert len(links) == MOVES - 1
    assert {message: [each.text for each in told] for message, told in news.items()} == {
        message: [f"Lives in Town{MOVES - 1}"] for message in ids[:-1]
    }


async def _chain(tx: Transaction) -> None:
    """Make an item of each turn, each in the place of the one before; rows alone, as settling so many takes long."""
    await tx.execute(
        """
        INSERT INTO items (user_id, id, kind, body, language, terms, importance, confidence, origin, recorded_at, state)
        SELECT user_id, message_id, 'fact', said, 'en', lexemes(said), 0.9, 0.9, 'said', said_at,
            CASE WHEN position = max(position) OVER () THEN 'active' ELSE 'superseded' END
        FROM turns, format('Lives in Town%s', position) AS said
        """
    )
    await tx.execute(
        """
        INSERT INTO facts (user_id, item_id, subject, predicate, object)
        SELECT user_id, message_id, 'user', 'lives_in', 'Town' || position FROM turns
        """
    )
    await tx.execute(
        """
        INSERT INTO item_sources (user_id, item_id, message_id, thread_id, quote, said_at)
        SELECT user_id, message_id, message_id, thread_id, body, said_at FROM turns
        """
    )
    await tx.execute(
        """
        INSERT INTO links (user_id, from_id, to_id, kind)
        SELECT user_id, later.message_id, former.message_id, 'updates'
        FROM turns AS former JOIN turns AS later USING (user_id) WHERE later.position = former.position + 1
        """
    )
