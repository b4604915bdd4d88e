"""What a measurement prints: every figure beside its target, as one JSON document."""

import json
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from types import FrameType
from typing import Literal

from bench.instruments.machine import Machine, this_machine
from emergence.kernel.serving import run_to_end

NO_CONDITIONS: Mapping[str, object] = {}
EXIT_MET, EXIT_MISSED, EXIT_NOT_MEASURED = 0, 1, 2


class NotMeasured(Exception):
    """The measurement itself could not be carried out; says nothing about any target."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value. Without a `target` it is there to explain the others, and can miss nothing."""

    name: str
    value: float
    unit: str
    target: float | None = None
    relation: Literal["<=", ">="] = "<="
    note: str = ""

    @property
    def met(self) -> bool | None:
        """Return whether the target is met; None without one. The value counts as it is printed."""
        if self.target is None:
            return None
        return self._printed <= self.target if self.relation == "<=" else self._printed >= self.target

    @property
    def _printed(self) -> float:
        return float(f"{self.value:.4g}")

    def document(self) -> dict[str, object]:
        """Return the figure as it is printed: four digits, and whether its target is met."""
        return {**asdict(self), "value": self._printed, "met": self.met}


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one measurement, and the machine that they are from."""

    bench: str
    machine: Machine
    figures: Sequence[Figure]
    conditions: Mapping[str, object] = field(default_factory=dict)  # what else a reader must know

    @property
    def met(self) -> bool:
        """Return whether no target is missed."""
        return all(figure.met is not False for figure in self.figures)

    def document(self) -> dict[str, object]:
        """Return what is printed."""
        figures = [figure.document() for figure in self.figures]
        told = {"bench": self.bench, "machine": asdict(self.machine), **self.conditions}
        return {**told, "figures": figures, "met": self.met}


def measure_and_publish(
    bench: str, measure: Callable[[], Sequence[Figure]], conditions: Mapping[str, object] = NO_CONDITIONS
) -> int:
    """Take the measurement, print its report, and return the exit status.

    A signal to stop ends every program and folder of the measurement on its way out.
    """
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    machine = this_machine()
    try:
        figures = measure()
    except NotMeasured as reason:
        progress(str(reason))
        return EXIT_NOT_MEASURED
    return publish(Report(bench, machine, figures, conditions))


def run_and_publish(
    bench: str,
    measuring: Coroutine[object, object, Sequence[Figure]],
    conditions: Mapping[str, object] = NO_CONDITIONS,
) -> int:
    """Do the same for a measurement that is a coroutine, on the event loop that the product runs on."""

    def measure() -> Sequence[Figure]:
        figures: list[Figure] = []

        async def main() -> None:
            figures.extend(await measuring)

        run_to_end(main())
        return figures

    return measure_and_publish(bench, measure, conditions)


def _leave(number: int, _: FrameType | None) -> None:
    signal.signal(number, signal.SIG_IGN)  # a second one would interrupt the cleaning up
    raise SystemExit(128 + number)


def publish(report: Report) -> int:
    """Print the report on standard output; return the exit status."""
    print(json.dumps(report.document(), indent=1, ensure_ascii=False))
    for figure in report.figures:
        if figure.met is False:
            said = f"{figure.name} is {figure.value:.4g} {figure.unit}"
            progress(f"missed: {said}, wanted {figure.relation} {figure.target:g}")
    return EXIT_MET if report.met else EXIT_MISSED


def progress(text: str) -> None:
    """Say on standard error what is being done."""
    print(f"bench: {text}", file=sys.stderr, flush=True)
