"""What became of the rows of one table: counts, each refusal with its row, and sums that compare both sides."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from emergence.legacy.store import Value

REFUSED_TOLD = 1_000  # of a table; a file of refusals has every one
SUMS = 2**256
ROW_TOLD_CHARACTERS = 200  # of what a row is known by

RefusedRow = dict[str, Value]


@dataclass(slots=True)
class Tally:
    """The rows of one table. `copies` stand in the file twice; `left` are not brought over by design.

    `source` and `target` add up a fingerprint of each row that was or is here: equal sums are equal rows, in any
    order. `note` hears of every refusal and every hint.
    """

    table: str
    note: Callable[[RefusedRow], None]
    read: int = 0
    imported: int = 0
    present: int = 0
    copies: int = 0
    left: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    hints: Counter[str] = field(default_factory=Counter)
    refused: list[RefusedRow] = field(default_factory=list)
    source: int = 0
    target: int = 0

    def refuse(self, row: Value, reason: str) -> None:
        """Count a row that cannot be brought over."""
        self.reasons[reason] += 1
        told: RefusedRow = {"table": self.table, "row": _begun(row), "refused": reason}
        if len(self.refused) < REFUSED_TOLD:
            self.refused.append(told)
        self.note(told)

    def hint(self, row: Value, hint: str) -> None:
        """Count a row that was brought over, but not all of it."""
        self.hints[hint] += 1
        self.note({"table": self.table, "row": _begun(row), "hint": hint})

    def agree(self) -> bool:
        """Return whether what was to be here is here."""
        return self.source % SUMS == self.target % SUMS

    def told(self) -> dict[str, object]:
        """Return all of it for a program."""
        return {
            "read": self.read,
            "imported": self.imported,
            "present": self.present,
            "copies": self.copies,
            "not_imported": self.left,
            "refused": self.reasons.total(),
            "refused_by_reason": dict(self.reasons),
            "hints": dict(self.hints),
            "refused_rows": self.refused,
            "checksum_source": f"{self.source % SUMS:064x}",
            "checksum_target": f"{self.target % SUMS:064x}",
        }


def _begun(row: Value) -> Value:
    return row if not isinstance(row, str) or len(row) <= ROW_TOLD_CHARACTERS else f"{row[:ROW_TOLD_CHARACTERS]}…"
