"""Who did something lately, gathered between two looks at the database."""

from uuid import UUID


class Activity:
    """Keeps the login sessions of people who did something, and whether a session came whose clock nobody knows."""

    def __init__(self) -> None:
        self._login_sessions: set[UUID] = set()
        self._has_newcomers = False

    def note(self, login_session_id: UUID) -> None:
        """Note that somebody did something; never blocks."""
        self._login_sessions.add(login_session_id)

    def note_newcomer(self) -> None:
        """Note that a live session came to this instance."""
        self._has_newcomers = True

    def taken(self) -> list[UUID]:
        """Return who did something since the last call."""
        taken, self._login_sessions = sorted(self._login_sessions), set()
        return taken

    def has_newcomers(self) -> bool:
        """Return whether a live session came since the last call."""
        has, self._has_newcomers = self._has_newcomers, False
        return has
