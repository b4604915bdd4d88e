"""The command line: `operate.sh COMMAND …`; each refusal is one line on stderr and an exit code of its own."""

import argparse
import signal
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from operate.commands import COMMANDS, Command
from operate.place import ENVIRONMENTS, NOWHERE, find_place
from operate.programs import Machine, ThisMachine, Tools
from operate.refusals import Exit, Refused


def parser() -> argparse.ArgumentParser:
    """Return what reads the words."""
    whole = argparse.ArgumentParser(prog="operate.sh", description="Operate Emergence on Cloud Run.")
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in COMMANDS.items():
        one = commands.add_parser(name, help=command.summary, description=command.summary)
        one.add_argument("--env", choices=ENVIRONMENTS, help="default: $ENVIRONMENT, else dev")
        one.add_argument("--dry-run", action="store_true", help="look at everything, change nothing")
        one.add_argument("--yes", action="store_true", help="answer questions with yes")
        command.configure(one)
    return whole


def main(words: Sequence[str], machine: Machine | None = None) -> int:
    """Run one command and return its exit code."""
    asked = parser().parse_args(words)
    command: Command = COMMANDS[asked.command]
    try:
        place = NOWHERE if command.needs_no_place(asked) else find_place(asked.env)
        tools = Tools(machine or ThisMachine(), place, is_dry=asked.dry_run)
        return command.run(tools, asked)
    except Refused as refused:
        print(f"operate {asked.command}: {' '.join(str(refused).split())}", file=sys.stderr)
        return refused.code
    except Exception as failed:  # noqa: BLE001 - the edge: one line, and no traceback that may hold a secret
        print(
            f"operate {asked.command}: it failed unforeseen, {type(failed).__name__} at {_place_of(failed)}",
            file=sys.stderr,
        )
        return Exit.FAILED
    except KeyboardInterrupt:
        print(f"operate {asked.command}: stopped; {command.after_stop}", file=sys.stderr)
        return Exit.INTERRUPTED


def _place_of(failed: Exception) -> str:
    last = traceback.extract_tb(failed.__traceback__)[-1]
    return f"{Path(last.filename).name}:{last.lineno}"


def _stop(*_: object) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _stop)  # as Ctrl-C: what was begun is taken back
    sys.exit(main(sys.argv[1:]))
