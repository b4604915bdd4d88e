"""What the acts of `emergence admin` have in common: how one is declared, asked about and told."""

import argparse
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from emergence.auth.parts import Auth

Value = TypeVar("Value")


class Refused(Exception):
    """The command was asked wrongly, or its question was answered with no."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, for a person and for a program."""

    line: str
    members: dict[str, object]


Act = Callable[[Auth], Awaitable[Outcome]]


def declare(
    acts: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    explanation: str,
    prepare: Callable[[argparse.Namespace], Act],
) -> argparse.ArgumentParser:
    """Add an act; `prepare` looks at its words before anything is opened, and may raise Refused."""
    parser = acts.add_parser(name, help=explanation, description=explanation)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(prepare=prepare)
    return parser


def may_be_confirmed(parser: argparse.ArgumentParser) -> None:
    """Let an act that takes something away be carried out without a question."""
    parser.add_argument("--yes", action="store_true", help="do not ask")


def confirm(arguments: argparse.Namespace, question: str) -> None:
    """Ask on the terminal, once it is known that there is something to ask about. Raises Refused unless it is yes.

    Nothing else runs in a command, so that waiting for the answer keeps nobody waiting.
    """
    if arguments.yes:
        return
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Refused("nothing was changed. Answer y, or add --yes.")


def checked(kind: TypeAdapter[Value], value: str, mistake: str) -> Value:
    """Return a value as the API would take it. Raises Refused."""
    try:
        return kind.validate_python(value)
    except ValidationError:
        raise Refused(mistake) from None
