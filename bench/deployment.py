"""`emergence bench deployment`: the figures of the deployment, taken of real images where there are some.

Each figure is also taken of something that is deliberately wrong, which must be noticed: `…_noticed` is 1.
"""

import argparse
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from bench.instruments import cold_start, ended_database, idle_sockets, moved_clients, rolled_back
from bench.instruments.ground import Ground, find_ground
from bench.instruments.report import EXIT_NOT_MEASURED, Figure, NotMeasured, progress, run_and_publish


@dataclass(frozen=True, slots=True)
class Part:
    """One measurement, and the images that it starts; `no_images` says why there are none."""

    images: tuple[str, ...]
    measured: Callable[[Ground, argparse.Namespace], Awaitable[list[Figure]]]
    no_images: str = ""

    def ground(self, wanted: str) -> Ground:
        """Return what it runs. Raises NotMeasured for images that are wanted and cannot be had."""
        if self.no_images and wanted == "images":
            raise NotMeasured(f"no images: {self.no_images}")
        return Ground(None, self.no_images) if self.no_images else find_ground(self.images, wanted)


PARTS: Mapping[str, Part] = {
    "idle": Part(("session",), lambda ground, given: idle_sockets.measured(ground, given.sockets)),
    "cold": Part(cold_start.SERVICES, lambda ground, given: cold_start.measured(ground, given.repeats)),
    "rolling": Part(("session",), lambda ground, given: moved_clients.rolling(ground, given.clients)),
    "killed": Part(("session",), lambda ground, given: moved_clients.killed(ground, given.clients)),
    "database": Part(("session",), lambda ground, given: ended_database.measured(ground, given.writers)),
    "rollback": Part((), lambda ground, _: rolled_back.measured(ground), rolled_back.ALWAYS_PROCESSES),
}


async def measured(grounds: Mapping[str, Ground], given: argparse.Namespace) -> Sequence[Figure]:
    """Return every figure. Raises NotMeasured."""
    return [figure for name, ground in grounds.items() for figure in await PARTS[name].measured(ground, given)]


def main() -> int:
    """Measure and print; return the exit status."""
    parser = argparse.ArgumentParser(prog="emergence bench deployment", description=__doc__)
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), help="some of the parts")
    parser.add_argument("--runs", choices=("images", "processes"), default="", help="default: images where they are")
    parser.add_argument("--sockets", type=int, default=1_000, help="idle sockets (1000)")
    parser.add_argument("--repeats", type=int, default=5, help="cold starts of each service (5)")
    parser.add_argument("--clients", type=int, default=200, help="streaming clients (200)")
    parser.add_argument("--writers", type=int, default=20, help="who write while the database is killed (20)")
    given = parser.parse_args()
    try:
        grounds = {name: PARTS[name].ground(given.runs) for name in given.only}
    except NotMeasured as reason:
        progress(str(reason))
        return EXIT_NOT_MEASURED
    for name, ground in grounds.items():
        progress(f"{name} runs {ground.runs}{': ' + ground.reason if ground.reason else ''}")
    return run_and_publish("deployment", measured(grounds, given), conditions_of(grounds))


def conditions_of(grounds: Mapping[str, Ground]) -> Mapping[str, object]:
    """Say what each part ran, and of when the images are."""
    images = {
        key: built for name, ground in grounds.items() for key, built in ground.images(PARTS[name].images).items()
    }
    return {"runs": {name: ground.runs for name, ground in grounds.items()}, "images": images}


if __name__ == "__main__":
    raise SystemExit(main())
