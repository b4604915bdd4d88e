"""`emergence bench NAME`: run one measurement of the repository's `bench/` folder."""

import argparse
import os
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]
BENCH_FOLDER = REPOSITORY / "bench"
DEPLOYMENT = REPOSITORY / "infra" / "cloud-run"  # what builds images and deploys is measured too


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("name", nargs="?", help="start, stream, …: a file in bench/; without a name they are listed")
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="passed on to the measurement")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Return the measurement's own exit status: 0 every target met, 1 one missed; list them without a name."""
    known = sorted(path.stem for path in BENCH_FOLDER.glob("[a-z]*.py"))
    if arguments.name is None and known:
        print("\n".join(f"emergence bench {name}" for name in known))
        return 0
    if arguments.name not in known:
        reason = f"known are {', '.join(known)}" if known else "it runs from a checkout of the repository"
        print(f"emergence bench: there is no measurement called {arguments.name!r}; {reason}.", file=sys.stderr)
        return 2
    command = [sys.executable, "-m", f"bench.{arguments.name}", *arguments.rest]
    # Not by the current folder: files are named from that.
    places = {"PYTHONPATH": os.pathsep.join(map(str, (REPOSITORY, DEPLOYMENT)))}
    return subprocess.run(command, env={**os.environ, **places}, check=False).returncode
