"""What one look found."""

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["ok", "note", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report; `mend` says what to do about a note or a problem."""

    subject: str
    verdict: Verdict
    fact: str
    mend: str | None = None
