"""`emergence bench harvest [--data FILE…]`: what is taken, without a model, from what people state of themselves.

Each line of a file is a message and what it should make; without files, those that the tests read.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from bench.instruments.marked_sentences import judged, read_marked
from bench.instruments.report import Figure, NotMeasured, run_and_publish

MARKED = Path(__file__).parents[1] / "tests" / "memory" / "harvest"
PRECISION_TARGET, RECALL_TARGET, MESSAGE_TARGET_MS = 0.98, 0.93, 2.0


async def measured(paths: Sequence[Path]) -> list[Figure]:
    """Return precision and recall of each file, and how long a message takes. Raises NotMeasured."""
    figures: list[Figure] = []
    seconds, messages = 0.0, 0
    for path in paths:
        began = perf_counter()
        marked = read_marked(path)
        seconds += perf_counter() - began
        messages += len(marked)
        if not any(each.should for each in marked):
            raise NotMeasured(f"{path} marks nothing that should be made")
        found, name = judged(marked), path.stem.removeprefix("marked_")
        note = f"{found.sentences} messages, {sum(not each.should for each in marked)} of which state nothing"
        figures += [
            Figure(f"{name}_precision", found.precision, "share", PRECISION_TARGET, ">=", note=note),
            Figure(f"{name}_recall", found.recall, "share", RECALL_TARGET, ">=", note=f"of {found.wanted} statements"),
        ]
    return [*figures, Figure("message", 1000 * seconds / messages, "ms", MESSAGE_TARGET_MS)]


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="emergence bench harvest", description="What is taken from statements.")
    parser.add_argument("--data", type=Path, action="append", metavar="FILE", help="see bench/README.md")
    parser.add_argument("--json", action="store_true", help="print JSON; it always does")
    given = parser.parse_args()
    return run_and_publish("harvest", measured(given.data or sorted(MARKED.glob("marked_*.tsv"))))


if __name__ == "__main__":
    raise SystemExit(main())
