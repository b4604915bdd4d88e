"""What a question for a time asks for, on one Saturday in Paris."""

from datetime import datetime
from zoneinfo import ZoneInfo

from emergence.memory.question.temporal import read_temporal

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 28, 9, tzinfo=PARIS)  # a Saturday


def spans_of(question: str, now: datetime = NOW) -> list[tuple[str, str]]:
    """Return the first days, and the first ones after, of what is asked for."""
    asked = read_temporal(question, now)
    assert asked is not None, question
    return [(f"{span.start:%Y-%m-%d}", f"{span.end:%Y-%m-%d}") for span in asked.spans]
