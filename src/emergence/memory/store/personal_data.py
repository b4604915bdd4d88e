"""What memory holds of people, in the order in which it is erased: first what could still write the rest."""

from emergence.kernel.storage.personal_data import PersonalTable

PERSONAL_TABLES = (
    PersonalTable("thread_reads", ("user_id", "thread_id"), exported=False),  # where to look for what follows
    PersonalTable("pending_vectors", ("user_id", "message_id", "model"), exported=False),
    PersonalTable("consolidations_due", ("user_id", "thread_id"), exported=False),
    PersonalTable("people", ("user_id",), exported=False),
    PersonalTable("choices", ("user_id",)),
    PersonalTable("uses", ("user_id", "used_id", "run_id")),
    PersonalTable("hints", ("user_id", "item_id")),
    PersonalTable("kept_pins", ("user_id", "thread_id", "same"), exported=False),  # `same` says nothing readable
    PersonalTable("links", ("user_id", "from_id", "to_id", "kind")),
    PersonalTable("mentions", ("user_id", "concept_id", "item_id")),
    PersonalTable("concepts", ("user_id", "id"), without=("folded_name",)),
    PersonalTable("facts", ("user_id", "item_id")),
    PersonalTable("preferences", ("user_id", "item_id")),
    PersonalTable("item_sources", ("user_id", "item_id", "message_id")),
    PersonalTable("item_vectors", ("user_id", "model", "id"), exported=False),  # computed from what follows
    PersonalTable("items", ("user_id", "id"), without=("terms", "same")),
    PersonalTable("consolidations", ("user_id", "id")),
    PersonalTable("turn_vectors", ("user_id", "model", "message_id"), exported=False),  # computed from what follows
    PersonalTable("turns", ("user_id", "message_id"), without=("terms", "asks")),
    PersonalTable("tombstones", ("user_id", "id")),
    PersonalTable("tombstone_keys", ("user_id",), exported=False),  # with it what was forgotten could be guessed
)
