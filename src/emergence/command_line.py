"""The `emergence` command: parses words, loads only the command that was asked for."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from emergence import __version__
from emergence.kernel.garbage import postpone_collection
from emergence.kernel.settings import SettingsInvalid

COMMANDS = {
    "up": "Start everything on this machine, with its own database, and open for browsers.",
    "serve": "Start some services in this process, for a deployment in several parts.",
    "chat": "Talk with an agent from this terminal.",
    "threads": "List conversations, or show one.",
    "memory": "Look at what is remembered, correct it, forget it, take it along.",
    "doctor": "Check this machine and its configuration, and say how to mend what is wrong.",
    "settings": "Print every setting with its value and meaning; secrets are masked.",
    "admin": "Make administrators, reset second factors, replace keys, end sessions, register services, on the server.",
    "import-legacy": "Bring people and conversations over from the SQLite database of the former system.",
    "breached": "Make a file of published passwords that nobody may choose.",
    "migrate": "Bring the databases of services to this version's schema.",
    "inventory": "Print what the databases hold, table by table, to compare with what is restored.",
    "openapi": "Print the OpenAPI document of the public REST interface.",
    "asyncapi": "Print the AsyncAPI document of the live protocol.",
    "bench": "Measure this version; prints JSON and exits 1 when a target is missed.",
}

SERVERS = frozenset({"up", "serve"})


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status: 0 done, 1 it failed, 2 it was asked wrongly."""
    parser = argparse.ArgumentParser(prog="emergence", description="A self-hosted, multi-agent conversation platform.")
    parser.add_argument("--version", action="version", version=f"emergence {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND")
    given = list(sys.argv[1:] if words is None else words)
    for name, explanation in COMMANDS.items():
        subparser = subparsers.add_parser(name, help=explanation, description=explanation)
        if name in given[:1]:
            if name in SERVERS:
                postpone_collection()  # the server resumes it when it is ready
            import_module(f"emergence.commands.{name.replace('-', '_')}").configure(subparser)
    arguments = parser.parse_args(given)
    if arguments.command is None:
        parser.print_help()
        return 2
    try:
        status: int = arguments.run(arguments)
    except SettingsInvalid as invalid:
        print(f"emergence {arguments.command}: {invalid}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    return status
