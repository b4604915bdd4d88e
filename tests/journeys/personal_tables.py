"""What each service says that it holds of people, and what in the database names people whatever anybody says."""

from emergence.auth.store.personal_data import PERSONAL_TABLES as OF_AUTH
from emergence.chat.store import PERSONAL_TABLES as OF_CHAT
from emergence.kernel.storage.personal_data import PersonalTable
from emergence.memory.store.personal_data import PERSONAL_TABLES as OF_MEMORY
from emergence.session.store.personal_data import PERSONAL_TABLES as OF_SESSION
from tests.journeys.held_product import HeldProduct

TABLES: dict[str, tuple[PersonalTable, ...]] = {
    "auth": OF_AUTH,
    "session": OF_SESSION,
    "chat": OF_CHAT,
    "memory": OF_MEMORY,
}

# What names people and is not in an export, each with its reason.
NOT_EXPORTED = {
    "auth.export_chunks": "the export itself, sealed",
    "auth.audit_addresses": "exported where the address is the person's own; here for its key, which is no person",
    "session.search_texts": "the words of messages and titles, which are exported whole; erased with the person",
    "memory.thread_reads": "where to look for what was said; gone within seconds",
    "memory.pending_vectors": "turns whose vector is still to be made",
    "memory.people": "that there are turns of somebody, and which model made their vectors",
    "memory.turn_vectors": "computed from turns, which are exported",
    "memory.item_vectors": "computed from items, which are exported",
    "memory.consolidations_due": "which threads fell idle, and when the next night is",
    "memory.kept_pins": "that something of a deleted thread was pinned; nothing that can be read",
    "memory.tombstone_keys": "what forgotten words are hashed with: to know it would be to guess them",
    "bus.events": "on the way between services; ids only, dropped after two weeks at most",
    **{
        f"{schema}.{table}": reason
        for schema in ("auth", "chat", "memory", "session")
        for table, reason in {
            "outbox": "on the way to the bus; gone within seconds",
            "held_events": "tried again within minutes, then parked",
            "parked_events": "given up; erased with the person",
            "erasures": "who has to be erased; gone an hour later",
            "revoked_sessions": "ids of sessions for 20 minutes, nobody's name",
        }.items()
    },
}
PERSON_COLUMNS = ("user_id", "owner_id", "actor", "subject", "person_id", "account_id", "member_id")
PERSON_ENDINGS = ("_user_id", "_by", "impersonator_id", "admin_id")


async def tables_that_name_people(product: HeldProduct) -> set[str]:
    """Return the tables with a column for a person, or with foreign keys that lead to one."""
    named = {
        place.of
        for place in await product.columns()
        if place.column in PERSON_COLUMNS or place.column.endswith(PERSON_ENDINGS)
    }
    links = await product.database.fetch(
        """SELECT conrelid::regclass::text AS child, confrelid::regclass::text AS parent
           FROM pg_constraint WHERE contype = 'f' AND conparentid = 0"""
    )
    reached = {"auth.users"} | named
    while grown := {link["child"] for link in links if link["parent"] in reached} - reached:
        reached |= grown
    return reached


def known_tables() -> set[str]:
    return {f"{schema}.{table.name}" for schema, tables in TABLES.items() for table in tables}
