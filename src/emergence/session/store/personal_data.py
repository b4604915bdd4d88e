"""What session holds of people, in the order in which it is erased: first what could still write the rest."""

from emergence.kernel.storage.personal_data import PersonalTable

_IN_OWN_THREADS = "t.user_id = $1 AND t.thread_id IN (SELECT id FROM threads WHERE user_id = $1)"
_OF_OWN_MESSAGES = """t.user_id = $1 AND t.message_id IN
    (SELECT said.id FROM messages AS said JOIN threads ON threads.id = said.thread_id WHERE threads.user_id = $1)"""
_IN_OWN_TOPICS = "t.user_id = $1 AND t.topic IN (SELECT topic FROM topics WHERE user_id = $1)"

PERSONAL_TABLES = (
    PersonalTable("imports", ("id",)),
    PersonalTable("shares", ("id",), without=("token_hash",)),
    PersonalTable("import_origins", ("user_id", "digest")),
    PersonalTable("legacy_thread_documents", ("thread_id", "source"), without=("source",)),
    PersonalTable("legacy_documents", ("user_id", "source"), without=("source",)),
    PersonalTable("legacy_threads", ("user_id", "source")),
    PersonalTable("runs", ("id",), whose=_OF_OWN_MESSAGES),
    PersonalTable("frames", ("topic", "seq"), whose=_IN_OWN_TOPICS),
    PersonalTable("topics", ("topic",)),
    PersonalTable("search_texts", ("id",), exported=False),  # words of the messages and titles that follow
    PersonalTable("messages", ("thread_id", "turn", "slot"), whose=_IN_OWN_THREADS),
    PersonalTable("threads", ("id",)),
    PersonalTable("thread_folders", ("id",)),
    PersonalTable("commands", ("user_id", "cid"), without=("digest",)),
    PersonalTable("live_sessions", ("id",)),
)
