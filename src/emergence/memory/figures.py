"""What the memory service counts."""

from emergence.kernel.metrics import counter, gauge, histogram

RECALL_BUCKETS_S = (0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1, 0.15, 0.25, 0.5, 1, 2.5)

pending_reads = gauge("memory_pending_reads", "Threads of which something is still to be read from session.")
pending_vectors = gauge("memory_pending_vectors", "Turns that wait for their vector: found by words alone until then.")
left_out = gauge("memory_left_out", "Pieces of work that failed too often and are tried once a day, by loop.", ["loop"])
turns_stored = counter("memory_turns_stored_total", "Turns that became findable.")
vectors_stored = counter("memory_vectors_stored_total", "Turns that became findable by meaning.", ["model"])
embedding_failures = counter("memory_embedding_failures_total", "Batches that could not be embedded.", ["model"])
recall_seconds = histogram("memory_recall_seconds", "How long a recall took.", buckets=RECALL_BUCKETS_S)
recalls = counter("memory_recalls_total", "Recalls, by what was found.", ["outcome"])
hints = counter("memory_hints_total", "Things that agents were given to bring up though nobody asked.", ["reason"])
items = gauge("memory_items", "Items of everybody, by state.", ["state"])
items_kept = counter(
    "memory_items_kept_total", "What was made of turns, by kind and by what became of it.", ["kind", "outcome"]
)
due_consolidations = gauge("memory_consolidations_due", "Threads and people that are to be consolidated now.")
consolidations = counter(
    "memory_consolidations_total",
    "Threads that fell idle, with a model or without, and nightly rounds, by how they ended.",
    ["of", "outcome"],
)
consolidated_items = counter(
    "memory_consolidation_items_total", "What consolidating threads made, by what became of it.", ["outcome"]
)
items_merged_at_night = counter("memory_items_merged_total", "Items that joined one that says nearly the same.")
forgotten = counter("memory_forgotten_total", "What people had forgotten: turns and items.", ["what"])
items_archived = counter("memory_items_archived_total", "Items that nobody came back to: found, not shown unasked.")
consolidation_tokens = counter("memory_consolidation_tokens_total", "Tokens that models read and wrote.", ["direction"])
consolidation_spent = gauge("memory_consolidation_spent_usd", "What models cost today (UTC), with what is reserved.")
