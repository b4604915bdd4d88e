"""What memory holds of people, in the order in which it is erased: first what could still write the rest."""

from emergence.kernel.storage.personal_data import PersonalTable

PERSONAL_TABLES = (
    PersonalTable("thread_reads", ("user_id", "thread_id"), exported=False),  # where to look for what follows
    PersonalTable("pending_vectors", ("user_id", "message_id", "model"), exported=False),
    PersonalTable("people", ("user_id",), exported=False),
    PersonalTable("turn_vectors", ("user_id", "model", "message_id"), exported=False),  # computed from what follows
    PersonalTable("turns", ("user_id", "message_id"), without=("terms", "asks")),
    PersonalTable("tombstones", ("user_id", "id")),
)
