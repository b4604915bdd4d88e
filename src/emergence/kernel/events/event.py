"""What an event is: a versioned fact with a subject, declared in its publisher's contract."""

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """A fact that other services may react to.

    `name` is `<service>.<fact>.v<n>`; fields are only ever added within one version. Events with
    the same `subject()` are delivered in the order in which they were published.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: ClassVar[str]

    def subject(self) -> str:
        """Return what the event is about, for ordering (a user, a thread, a run)."""
        raise TypeError(f"{type(self).__name__} must say what it is about")
