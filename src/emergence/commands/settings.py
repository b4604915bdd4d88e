"""`emergence settings`: every variable, its value (secrets masked) and what it means."""

import argparse
import json
import os
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import asdict, replace

from emergence.composition import every_settings_class, problems_under_up
from emergence.kernel.settings import DescribedSetting, describe_all, problems_of
from emergence.up_environment import PROVIDED, with_local_defaults


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--serve", action="store_true", help="as `serve` takes them, not as `up` does")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print them all; exit 1 when one cannot be used, after printing which."""
    described = list(_under_serve() if arguments.serve else _under_up())
    if arguments.json:
        print(json.dumps([asdict(setting) for setting in described], indent=2))
    else:
        for setting in described:
            print(f"{setting.name} = {setting.shown}{'' if setting.is_set else '  (default)'}")
            print(textwrap.indent(textwrap.fill(setting.description, 100), "    "))
    problems = problems_of(every_settings_class(), os.environ) if arguments.serve else problems_under_up(os.environ)
    for problem in problems:
        print(f"emergence settings: {problem}", file=sys.stderr)
    return 1 if problems else 0


def _under_serve() -> Iterator[DescribedSetting]:
    return (setting for _, setting in describe_all(every_settings_class(), os.environ))


def _under_up() -> Iterator[DescribedSetting]:
    in_force = with_local_defaults(os.environ)
    for _, setting in describe_all(every_settings_class(), in_force):
        is_given = bool(os.environ.get(setting.name, "").strip())
        shown = "(provided by `emergence up`)" if setting.name in PROVIDED and not is_given else setting.shown
        yield replace(setting, shown=shown, is_set=is_given)
