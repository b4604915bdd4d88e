"""What the session service counts."""

from datetime import timedelta

from prometheus_client import Histogram

from emergence.kernel.metrics import counter, gauge, histogram

FIRST_TEXT_BUCKETS_S = (0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 60)

INACTIVITY_SHARES = (0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 1, 1.01, 1.05, 1.1, 1.5, 2, 5)

sessions_timeout = counter("sessions_timeout_total", "Live sessions ended because nobody did anything.")
sessions_warning_sent = counter("sessions_warning_sent_total", "Live sessions whose end was announced.")
sessions_active = gauge("sessions_active_current", "Live sessions with an open socket on this instance.")
connections = gauge("session_connections", "Open sockets on this instance.")
connections_closed = counter("session_connections_closed_total", "Sockets closed, by close code.", ["code"])
resumes = counter("session_resumes_total", "Topics resumed, by what the client got.", ["outcome"])
frames_sent = counter("session_frames_sent_total", "Frames sent to sockets.")
snapshots_sent = counter("session_snapshots_sent_total", "Snapshots sent in place of deltas.")
outbox_bytes = gauge("session_outbox_bytes", "What waits for readers, over all sockets of this instance.")
notes_sent = counter("session_notes_sent_total", "Notes sent to the other instances.")
notes_heard = counter("session_notes_heard_total", "Notes heard from the other instances.")
caught_up = counter("session_caught_up_total", "Topics that sockets caught up with because no note said so.")
commands = counter("session_commands_total", "Commands received, by command and outcome.", ["command", "outcome"])
first_text_seconds = histogram(
    "session_first_text_seconds", "From the start of a run to its first text.", buckets=FIRST_TEXT_BUCKETS_S
)
runs_ended = counter("session_runs_ended_total", "Runs ended, by outcome.", ["outcome"])
runs_executing = gauge("session_runs_executing", "Runs that this instance carries out.")


def inactivity_seconds(timeout: timedelta) -> Histogram:
    """Return how long people did nothing before they went on or were signed out; buckets surround the timeout."""
    return histogram(
        "session_inactivity_duration_seconds",
        "How long nothing was done, at the end of an announced inactivity.",
        buckets=[share * timeout.total_seconds() for share in INACTIVITY_SHARES],
    )
